/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reader's side of bpf/syscall.bpf.c: what was mapped, the last snapshot,
 * and the sums of the interval by system call, process, cgroup and result.
 * view_syscalls.c loads the programs and makes tables of this.
 */
#ifndef OSTRACE_SYSDATA_H
#define OSTRACE_SYSDATA_H

#include <stdbool.h>
#include <stdint.h>
#include "hist.h"
#include "idmap.h"
#include "ostrace/syscall.h"

/* The memory that the BPF programs fill. */
struct sys_maps {
	struct sys_control *control;
	struct sys_cpu *cpus;
	struct sys_cell *cells, *focus_cells;
	struct sys_thread *threads;
	struct sys_row *rows;
	uint32_t *free_ring;
	const uint32_t *free_head;
	const uint32_t *sys_what;
	int ncpus;
	uint32_t nthreads, nrows;
};

struct sys_totals {
	uint64_t calls, errors, untimed, total, max;
};

/* One system call in one plane: everything, or the scope in focus. */
struct sys_stat {
	struct hist sum, base; /* since the programs run; at the start */
	struct hist delta;
	uint64_t errors, restarts, untimed; /* sums */
	uint64_t d_errors, d_restarts, d_untimed;
	uint32_t open; /* calls in flight at the tick */
};

enum { PLANE_ALL, PLANE_FOCUS, PLANES };

/* A process or a cgroup. */
struct sys_owner {
	uint64_t id, start; /* tgid and its start, or cgroup id and 0 */
	uint64_t cgid;
	uint32_t tgid, ns_tgid;
	char comm[16];
	uint32_t threads;	     /* seen in the last interval */
	uint32_t seen;		     /* tick of the last activity */
	struct sys_totals acc, last; /* being summed up; the ended interval */
};

struct sys_owners {
	struct idmap index;
	struct sys_owner *v;
	uint32_t n, cap;
};

/* (system call, result) within the scope in focus. */
struct sys_result {
	uint32_t sys, result;
	struct sys_totals acc, last;
};

struct sys_results {
	struct idmap index;
	struct sys_result *v;
	uint32_t n, cap;
};

/* Which threads' rows are being followed. */
struct sys_scope {
	bool rows;	      /* follow rows at all */
	uint64_t tgid, start; /* a process, or */
	uint64_t cgid;	      /* a cgroup, or all */
};

struct sysdata {
	struct sys_maps m;
	struct sys_stat *stat[PLANES];	/* SYS_SLOTS each */
	struct sys_totals *thread_prev; /* nthreads */
	struct row_prev {
		uint64_t key, calls, total, untimed;
	} *row_prev; /* nrows */
	struct sys_owners procs, cgroups;
	struct sys_results results;
	struct sys_scope scope;
	uint32_t tick;
	uint32_t high; /* thread slots ever used */
};

int sysdata_open(struct sysdata *d, const struct sys_maps *m);
void sysdata_close(struct sysdata *d);

/** sysdata_baseline - forget what was counted so far: the first interval starts here. */
void sysdata_baseline(struct sysdata *d);
/** sysdata_harvest - take the last numbers of dead threads and recycle their slots. */
void sysdata_harvest(struct sysdata *d);
/** sysdata_tick - end the interval. Return: 0 or -ENOMEM. */
int sysdata_tick(struct sysdata *d);
/** sysdata_focus - follow the rows of @scope and keep histograms for it. */
void sysdata_focus(struct sysdata *d, const struct sys_scope *scope);

struct sys_owner *sysdata_owner(struct sys_owners *o, uint64_t id, uint64_t start);

#endif /* OSTRACE_SYSDATA_H */
