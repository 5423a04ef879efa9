/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the faults view share: loading, and making tables. */
#ifndef OSTRACE_VIEW_FAULTS_H
#define OSTRACE_VIEW_FAULTS_H

#include <stdbool.h>
#include <stdint.h>
#include "faultdata.h"
#include "view.h"

struct bpf_program;
struct cgroups;
struct fault_bpf;
struct faults_rss;
struct faults_stacks;
struct faults_tlb;

#define FAULTS_LOST 6

struct view_state {
	struct session *session;
	struct fault_bpf *skel; /* fault.skel.h, only in view_faults.c */
	struct faultdata d;
	struct cgroups *cgroups;
	struct filter filter;	      /* only what is no pointer */
	struct faults_stacks *stacks; /* from when they are first shown; may be paused */
	/* While they are shown. */
	struct faults_tlb *tlb;
	struct faults_rss *rss;
	struct bpf_link **ends; /* of both kinds, for each CPU */
	char online[256];	/* CPUs, as the kernel lists them: whose events are open */
	uint64_t sum_base, skipped_base;
	uint64_t lost_base[FAULTS_LOST];
	uint64_t tlb_missed; /* of times before */
	double untraced_ns;
	double ns_per_event[2]; /* without and with stacks; < 0: not known */
	bool ready;		/* d is open */
	const char *notes[8];	/* the last one stays NULL */
	int nnotes;
};

enum faults_table {
	T_KINDS,
	T_PROCESSES,
	T_CGROUPS,
	T_MAPPINGS,
	T_ERRORS,
	T_FUNCTIONS,
	T_STACKS,
	T_TLB,
	T_RSS,
	FAULTS_TABLES,
};

/* Columns that other files than view_faults_tables.c fill. */
enum { S_FAULTS, S_MAJOR, S_ERRORS, S_TOTAL, S_AVG, S_MAX, S_SUMS };
enum { F_NAME, F_OBJECT, F_SUMS, F_PATH = F_SUMS + S_SUMS };
enum { U_NAME, U_SUMS, U_STACK = U_SUMS + S_SUMS, U_OBJECT, U_PATH };
enum { B_REASON, B_FLUSHES, B_FULL, B_PAGES, B_SPARED };
enum { R_GREW, R_SHRANK, R_SIZE, R_NUMBERS };
enum {
	R_PID,
	R_COMM,
	R_RSS,
	R_ANON = R_RSS + R_NUMBERS,
	R_FILE = R_ANON + R_NUMBERS,
	R_SHMEM = R_FILE + R_NUMBERS,
	R_SWAP = R_SHMEM + R_NUMBERS,
};

/* view_faults.c: have what @table needs beside the faults themselves, and nothing else. */
int faults_show(struct view_state *st, int table);

/* view_faults_tables.c; see struct view for what each does. */
extern const struct table_def faults_tables[FAULTS_TABLES];
int faults_fill(struct view_state *st, int table, const struct scope *scope, struct table *out);
int faults_focus(struct view_state *st, int table, const struct scope *scope);
int faults_hist(struct view_state *st, const struct scope *scope, int which, bool total,
		struct hist *out);

/** faults_mapping_name - "libc.so.6", "[heap]", ...; lives as long as the data */
const char *faults_mapping_name(const struct faultdata *d, uint32_t map);

#define FAULT_PATH_TEXT 4096

/**
 * faults_path - where the file of a mapping is; @whole: see faultdata_path()
 * Return: @out; NULL when it is not known, or there was none any more
 */
const char *faults_path(const struct faultdata *d, uint32_t map, bool whole, char *out, size_t n);

/** faults_set_path - column @col of @r: the path, with " (deleted)" as the kernel has it */
int faults_set_path(const struct faultdata *d, struct table *out, struct row *r, int col,
		    uint32_t map);

/* view_faults_stacks.c: @fd and @cache_fd are the maps stacks and stack_cache. */
int faults_stacks_open(int fd, int cache_fd, struct fault_control *control,
		       struct faults_stacks **out);
void faults_stacks_close(struct faults_stacks *d);
/** faults_stacks_keep - go on counting by stack, or pause */
void faults_stacks_keep(struct faults_stacks *d, bool on);
/** faults_stacks_tick - @epoch: the one that ended */
int faults_stacks_tick(struct faults_stacks *d, const struct faultdata *data, uint32_t epoch);
int faults_stacks_fill(struct faults_stacks *d, const struct faultdata *data, int table,
		       const struct scope *scope, struct table *out);

/* view_faults_tlb.c */
int faults_tlb_open(struct session *s, const struct filter *f, struct faults_tlb **out);
void faults_tlb_close(struct faults_tlb *d);
void faults_tlb_tick(struct faults_tlb *d);
int faults_tlb_fill(struct faults_tlb *d, struct table *out);
uint64_t faults_tlb_missed(const struct faults_tlb *d);

/* view_faults_rss.c: @walk is the iterator over processes. */
int faults_rss_open(struct bpf_program *walk, struct faults_rss **out);
void faults_rss_close(struct faults_rss *d);
int faults_rss_tick(struct faults_rss *d);
int faults_rss_fill(struct faults_rss *d, struct table *out);

#endif /* OSTRACE_VIEW_FAULTS_H */
