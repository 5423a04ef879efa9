/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the faults view share: loading, and making tables. */
#ifndef OSTRACE_VIEW_FAULTS_H
#define OSTRACE_VIEW_FAULTS_H

#include <stdbool.h>
#include <stdint.h>
#include "faultdata.h"
#include "view.h"

struct cgroups;
struct fault_bpf;

struct view_state {
	struct session *session;
	struct fault_bpf *skel; /* fault.skel.h, only in view_faults.c */
	struct faultdata d;
	struct cgroups *cgroups;
	struct bpf_link **ends; /* of both kinds, for each CPU */
	char online[256];	/* CPUs, as the kernel lists them: whose events are open */
	uint64_t sum_base, skipped_base;
	uint64_t lost_base[4];
	double ns_per_event;
	bool ready;	      /* d is open */
	const char *notes[8]; /* the last one stays NULL */
	int nnotes;
};

/* view_faults_tables.c; see struct view for what each does. */
enum { T_KINDS, T_PROCESSES, T_CGROUPS, T_MAPPINGS, T_ERRORS, FAULTS_TABLES };
extern const struct table_def faults_tables[FAULTS_TABLES];
int faults_fill(struct view_state *st, int table, const struct scope *scope, struct table *out);
int faults_focus(struct view_state *st, int table, const struct scope *scope);
int faults_hist(struct view_state *st, const struct scope *scope, int which, bool total,
		struct hist *out);

#endif /* OSTRACE_VIEW_FAULTS_H */
