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
struct where_view;

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
	const char *notes[5]; /* the last two stay NULL; one may be about `where` */
	int nnotes;
	struct where_view *where; /* NULL: nobody asks where time goes */
};

/** syscalls_seen - calls that ran through our programs: counted, or left out by the filter. */
uint64_t syscalls_seen(const struct view_state *st);

/* view_syscalls_tables.c; see struct view for what each does. */
#define SYSCALLS_TABLES 6
extern const struct table_def syscalls_tables[SYSCALLS_TABLES];
int syscalls_fill(struct view_state *st, int table, const struct scope *scope, struct table *out);
int syscalls_focus(struct view_state *st, int table, const struct scope *scope);
int syscalls_hist(struct view_state *st, const struct scope *scope, int which, bool total,
		  struct hist *out);

/* view_syscalls_where.c */

/** syscalls_where_start - load the programs that see where time goes; @events: calls so far. */
int syscalls_where_start(struct view_state *st, uint64_t events);
/** syscalls_where_stop - unload them; nothing must keep accounts any more. */
void syscalls_where_stop(struct view_state *st);
void syscalls_where_tick(struct view_state *st);
/** syscalls_where_forget - what was counted so far belongs to another scope. */
void syscalls_where_forget(struct view_state *st);
/** syscalls_where_of - the accounts of one system call in the last interval; NULL if none are kept */
const struct where_cell *syscalls_where_of(const struct view_state *st, uint32_t sys);
/** syscalls_where_price - bring @p, the price without accounts, up to date; @events: calls so far */
void syscalls_where_price(struct view_state *st, uint64_t events, struct price *p);
uint64_t syscalls_where_lost(const struct view_state *st);
/** syscalls_where_note - what this kernel cannot tell, or NULL */
const char *syscalls_where_note(const struct view_state *st);

#endif /* OSTRACE_VIEW_SYSCALLS_H */
