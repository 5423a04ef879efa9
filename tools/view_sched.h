/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the two halves of the sched view: view_sched_data.c reads, view_sched.c
 * makes tables of it.
 */
#ifndef OSTRACE_VIEW_SCHED_H
#define OSTRACE_VIEW_SCHED_H

#include "hist.h"
#include "ostrace/runq.h"
#include "scxinfo.h"
#include "view.h"

struct cgroups;
struct runq_bpf;

/* One CPU, process or cgroup. */
struct runq_sum {
	struct hist wait, slice;
	uint64_t preempted, migrated;
};

struct proc {
	struct runq_sum *sum, *delta; /* allocated at the first use of the slot */
	bool active;		      /* delta has something */
	uint32_t pid;
	uint64_t cgroup;
	char comm[16];
};

struct view_state {
	struct session *session;
	struct runq_bpf *skel;
	struct cgroups *cgroups;
	struct runq_cpu *cpus; /* mapped */
	int ncpus;
	struct runq_sum *cpu_sum, *cpu_delta;
	struct runq_sum *all_sum; /* whatever the filter; NULL unless a program is followed */
	struct proc proc[RUNQ_PROCS];
	struct scxinfo now, before;
	struct hist class_delta[OSTRACE_SCHED_CLASSES];
	uint64_t missed_base;
	int stats_fd;
	int learned;
	double ns_per_event;
	const char *notes[2];
};

int sched_open(struct session *s, const struct filter *f, struct view_state **out);
void sched_close(struct view_state *st);
int sched_tick(struct view_state *st, uint64_t now);
const char *const *sched_notes(struct view_state *st);
int sched_losses(struct view_state *st, struct loss *l);
void sched_price(struct view_state *st, struct price *p);

void sched_sum_add(struct runq_sum *to, const struct runq_sum *s);

/**
 * sched_totals - sums over all CPUs, from open() to the last tick
 * @program: what the filter lets through, i.e. the program and its children
 * @all: all tasks; the same as @program when no program is followed
 */
void sched_totals(struct view_state *st, struct runq_sum *program, struct runq_sum *all);

#endif /* OSTRACE_VIEW_SCHED_H */
