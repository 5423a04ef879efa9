/* SPDX-License-Identifier: GPL-2.0 */
/* What the two files of the syscalls view share: loading, and making tables. */
#ifndef OSTRACE_VIEW_SYSCALLS_H
#define OSTRACE_VIEW_SYSCALLS_H

#include <stdbool.h>
#include <stdint.h>
#include "sysdata.h"
#include "view.h"

struct cgroups;
struct syscall_bpf;

struct view_state {
	struct session *session;
	struct syscall_bpf *skel; /* syscall.skel.h, only in view_syscalls.c */
	struct sysdata d;
	struct cgroups *cgroups;
	uint64_t now; /* of the last tick */
	uint64_t events_base;
	uint64_t lost_base[4];
	double ns_per_event;
	bool ready;	      /* d is open */
	const char *notes[4]; /* the last one stays NULL */
	int nnotes;
};

/* view_syscalls_tables.c; see struct view for what each does. */
#define SYSCALLS_TABLES 5
extern const struct table_def syscalls_tables[SYSCALLS_TABLES];
int syscalls_fill(struct view_state *st, int table, const struct scope *scope, struct table *out);
int syscalls_focus(struct view_state *st, int table, const struct scope *scope);
int syscalls_hist(struct view_state *st, const struct scope *scope, int which, bool total,
		  struct hist *out);

#endif /* OSTRACE_VIEW_SYSCALLS_H */
