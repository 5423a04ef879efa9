/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the loaders of views with a slot for each thread have in common: the user
 * space side of bpf/threads.bpf.h.
 */
#ifndef OSTRACE_VIEW_THREADS_H
#define OSTRACE_VIEW_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ostrace/threads.h"
#include "view.h"

struct bpf_map;
struct bpf_program;
struct session;

/* The programs that go with -- program, and with a move to another cgroup. */
struct thread_progs {
	struct bpf_program *fork, *fork_2, *cgroup_attach;
};

/** programs_preempted - may a task be preempted inside a tracepoint's program? Since 7.0. */
bool programs_preempted(void);

/**
 * threads_settings - fill the settings, with room for twice the threads there are.
 * @set: of a skeleton that is open, but not loaded
 */
void threads_settings(struct thread_settings *set, const struct filter *f, int ncpus);

/** threads_choose - load those of @p that this filter and this kernel need. */
void threads_choose(struct session *s, const struct thread_progs *p, const struct filter *f);

/** threads_filters - fill the maps filter_tgids and filter_tids; err_set() as above. */
int threads_filters(const char *view, struct bpf_map *tgids, struct bpf_map *tids,
		    const struct filter *f);

#endif /* OSTRACE_VIEW_THREADS_H */
