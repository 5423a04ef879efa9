/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A view: one subject (syscalls, softirqs, ...), some tables about it.
 *
 * A view is a file tools/view_X.c with a BPF object bpf/X.bpf.c and one row in
 * the view table of views.c. From that row and the const tables it points at
 * come the panel of `top`, the sub-command, its --help, the man page, the
 * completions and the JSON schema. Views never print and know no screen;
 * writers and the screen never know BPF.
 */
#ifndef OSTRACE_VIEW_H
#define OSTRACE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "table.h"
#include "hist.h"

struct session;
struct options;

/* What a view is asked to look at; every field acts inside the kernel. */
struct filter {
	const uint32_t *pids; /* process ids (as seen by us), npids of them */
	size_t npids;
	const uint32_t *tids;
	size_t ntids;
	uint64_t cgroup_id;	 /* 0: all; else this cgroup v2 subtree */
	int cgroup_level;	 /* its depth below the root (root = 0) */
	const char *cgroup_path; /* as it will be printed, for messages */
	uint64_t cpus[64];	 /* bitmap; meaningful with have_cpus */
	bool have_cpus;
	bool errors_only;
	uint32_t program; /* pid of a child to follow, 0 if none */
	/*
	 * The one of its tables that will be asked for first. No more has to be
	 * loaded than that one needs; the others are preceded by focus().
	 */
	int table;
};

/* Which options a view honours; others are refused by name. */
enum {
	FILTER_PID = 1 << 0,
	FILTER_TID = 1 << 1,
	FILTER_CGROUP = 1 << 2,
	FILTER_CPU = 1 << 3,
	FILTER_ERRORS = 1 << 4,
	FILTER_PROGRAM = 1 << 5,
};

#define SCOPE_MAX 4

/*
 * Where one has drilled to: step[0] is a row of a top-level table, step[1] a
 * row of the table shown below it, and so on. depth 0: the whole machine.
 */
struct scope {
	int depth;
	struct scope_step {
		int table; /* index in view->tables */
		struct row_id id;
	} step[SCOPE_MAX];
};

/* What was lost or cannot be told, since tracing started. Counters only grow. */
struct loss {
	const char *key; /* JSON key in "lost", e.g. "missed" */
	const char *help;
	uint64_t n;
};
#define LOSS_MAX 8

/* The price of the view, so far as it is known. Negative: not known (yet). */
struct price {
	double ns_per_event;	 /* added to one traced event, measured here */
	const char *event;	 /* what an event is: "syscall", "softirq" */
	uint64_t events;	 /* events traced since start */
	double bpf_ns_per_event; /* of that, inside our BPF programs */
};

struct view_state;
struct turn;

/*
 * Knobs of what a view looks at: the view's command has options for them, and
 * what they turned is put back when it ends.
 */
struct view_knobs {
	/*
	 * Check what @o asks for and get ready, while we have all privileges.
	 * *@t stays NULL when nothing is asked for. 0 or -errno, described, as
	 * the others.
	 */
	int (*prepare)(const struct options *o, struct turn **t);
	int (*turn)(struct turn *t); /* the first interval has begun */
	int (*back)(struct turn *t); /* put back, end @t; accepts NULL */
};

/* A kernel feature a view can use, for `ostrace features`. */
struct view_need {
	const char *feature; /* name in the feature table (feature.h) */
	bool required;	     /* without it the view does not start */
	const char *without; /* what its absence costs, one clause */
};

struct view {
	const char *name;		/* "syscalls": command, JSON, panel */
	const char *title;		/* panel title */
	const char *summary;		/* one line, for --help and the man page */
	const char *help;		/* paragraphs for the man page, plain text */
	const struct table_def *tables; /* [0] is the default one */
	int ntables;
	int top_table; /* the one `top` starts with */
	int overview;  /* whose worst row the overview names (.headline) */
	/*
	 * It costs enough that `top` starts it only when it is asked for, and
	 * stops it again; what a sampling program or `ostrace X` costs is its
	 * caller's wish.
	 */
	bool on_demand;
	const struct view_need *needs; /* ends with feature == NULL */
	unsigned int filters;	       /* FILTER_* honoured */
	unsigned int options;	       /* OPT_* that its command alone takes (options.h) */

	/*
	 * It reads something else than BPF programs: alone, it runs on a kernel
	 * without BPF and needs no privilege for it.
	 */
	bool without_bpf;

	/*
	 * For a view of what need not be there, such as a module of ours: is it
	 * there now? Until it is, `top` has no panel of it and does not complain,
	 * while the view's own command calls open(), which says what to do.
	 * Cheap, needs no privilege. NULL: always there.
	 */
	bool (*present)(void);

	const struct view_knobs *knobs; /* NULL: none */

	/*
	 * Load and attach. Return 0 or -errno, having described the failure
	 * with err_set() (err.h). Tracing runs from here to close(). When
	 * several views are open, all share one session.
	 */
	int (*open)(struct session *s, const struct filter *f, struct view_state **st);
	void (*close)(struct view_state *st); /* accepts NULL */

	/*
	 * Housekeeping that must not wait for a long interval (recycling the
	 * slots of dead threads): called about once a second. May be NULL.
	 */
	void (*harvest)(struct view_state *st);

	/* End the interval: what the next calls report is the delta to the
	 * previous tick (the first one: to open()). @now: CLOCK_MONOTONIC ns.
	 */
	int (*tick)(struct view_state *st, uint64_t now);

	/*
	 * Fill @out (empty, its ->def set by the callee) with the rows of
	 * tables[table] inside @scope, from the interval that the last tick
	 * ended. Unsorted, unfiltered, rows of zero activity left out.
	 */
	int (*fill)(struct view_state *st, int table, const struct scope *scope, struct table *out);

	/*
	 * Say that tables[table] inside @scope is shown from now on (one at a
	 * time). The view may then ask the kernel for what it does not keep
	 * otherwise, e.g. full histograms of one process; fill() of that scope
	 * has it from the next interval on. Call it before run_go() for a
	 * table other than the default one, and whenever `top` drills or
	 * changes tables. May be NULL.
	 */
	int (*focus)(struct view_state *st, int table, const struct scope *scope);

	/*
	 * Of a table that is a tree: show what lies below the row @id from now on,
	 * or no longer. fill() then has more rows or fewer. May be NULL.
	 */
	void (*fold)(struct view_state *st, int table, struct row_id id);

	/*
	 * The histogram behind the innermost row of @scope, of the last
	 * interval or (@total) since start. @which: 0 = the duration, 1 = a
	 * view's second one (softirqs: raise to entry). -ENODATA if the row
	 * keeps none, -ENOENT if there is no such @which.
	 */
	int (*hist)(struct view_state *st, const struct scope *scope, int which, bool total,
		    struct hist *out);
	const char *hist_names[2]; /* "latency", ...; NULL when absent */

	/*
	 * What its subject is doing, or what became of it, as of the last tick:
	 * a few words, "" when there is nothing to say. May be NULL.
	 */
	const char *(*state)(struct view_state *st);

	/* Notes on what this kernel cannot show here, NULL-terminated list. */
	const char *const *(*notes)(struct view_state *st);

	/* Fill @l with up to LOSS_MAX counters, return how many. */
	int (*losses)(struct view_state *st, struct loss *l);
	void (*price)(struct view_state *st, struct price *p);
};

/* All views, in the order of panels; ends with NULL. */
extern const struct view *const views[];

const struct view *view_find(const char *name);

#endif /* OSTRACE_VIEW_H */
