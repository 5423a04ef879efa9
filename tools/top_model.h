/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `top` shows and what its keys do, without a terminal: panels, the way
 * drilled down, selection, order, filter, pause, history. Data comes from the
 * views of a struct run; the result is drawn into a grid (top_draw.h). Tests
 * drive all of it with recorded views.
 */
#ifndef OSTRACE_TOP_MODEL_H
#define OSTRACE_TOP_MODEL_H

#include "grid.h"
#include "run.h"
#include "sysinfo.h"
#include "top_history.h"
#include "top_keys.h"

#define TOP_MAX_TABLES 16
#define TOP_FILTER_LEN 48
#define TOP_NAME_LEN 64
#define TOP_KEY_COLS 4

/* Which row is selected in a table, and what it was called when last seen. */
struct top_selection {
	bool sticky; /* it is a row; else: whatever comes first */
	bool known;  /* id and key[] are filled in */
	struct row_id id;
	struct {
		int col; /* a COL_KEY column, -1: no more */
		union value v;
		char text[TOP_NAME_LEN];
	} key[TOP_KEY_COLS];
};

/* One step of drilling: the table shown there and how it is looked at. */
struct top_frame {
	int table; /* in view->tables; -1: no table, the histogram alone */
	struct top_selection sel;
	int cursor;		  /* position of the selected row */
	int offset;		  /* first row on the screen */
	int page;		  /* rows on the screen, from the last layout */
	int want[TABLE_MAX_COLS]; /* widest text seen, so that columns stay put */
	int hist_h;		  /* lines the histogram above the rows has got */
	char filter[TOP_FILTER_LEN];
	char name[TOP_NAME_LEN]; /* of the row whose inside this is */
	struct history history;
};

/* The worst row of a panel, in words; *name == 0: none. */
struct top_worst {
	char name[TOP_NAME_LEN];
	char figure[TABLE_HEADLINES][40];
};

struct top_order {
	int col;
	bool reverse;
};

struct top_panel {
	const struct view *view;
	struct view_state *st;
	bool idle;   /* not watched until somebody wants it */
	bool wanted; /* should be watched */
	bool lent;   /* watched only because one follows something */
	bool fresh;  /* opened since the last tick: it saw a part of the interval, or nothing */
	int err;     /* < 0: not open, why says it; so when idle */
	char why[256];
	char unfiltered[64]; /* "of any process": a filter it does not know */
	struct scope scope;  /* scope.depth is the current frame */
	struct top_frame frame[SCOPE_MAX + 1];
	struct top_order order[TOP_MAX_TABLES];
	struct table table; /* the rows to show, in order */
	int fill_err;	    /* < 0: the rows could not be had */
	char fill_why[128];
	uint64_t total;	 /* sum of the first count column, all rows */
	size_t all_rows; /* before the filters */
	struct hist hist[2];
	int hist_err[2];
	struct price price;
	uint64_t events; /* in the interval */
	struct loss loss[LOSS_MAX];
	int nloss;
	struct box box;		/* on the screen; h == 0: hidden */
	bool followed;		/* shows what is followed, see top_follow.c */
	int before;		/* the table shown before that */
	struct top_worst worst; /* for the overview */
};

enum top_mode {
	TOP_MODE_TABLE,
	TOP_MODE_FILTER, /* typing the filter */
	TOP_MODE_SORT,	 /* choosing the sort column */
	TOP_MODE_HELP,
};

/* The process or cgroup that all panels show. */
struct top_follow {
	enum subject kind; /* SUBJECT_NONE: nothing is followed */
	uint64_t id;
	int from; /* the panel in which it was chosen */
	char name[TOP_NAME_LEN];
};

struct top {
	struct top_panel panel[RUN_MAX_VIEWS];
	int npanels, active;
	enum top_mode mode;
	bool paused, zoom, errors_only;
	bool overview; /* a line for each panel instead of them */
	struct top_follow follow;
	bool since_start; /* histograms: all time, not the interval */
	bool batch;	  /* text output: no selection, no keys */
	bool ascii;
	int choice; /* column marked in TOP_MODE_SORT */
	int help_offset;
	uint64_t interval_ns; /* as wanted */
	uint64_t measured_ns; /* length of the interval shown */
	uint64_t samples;     /* intervals seen */
	double cpu_percent, bpf_percent;
	struct machine machine;
	char clock[16]; /* time of day of the interval's end */
	char only[96];	/* the filters given at the start */
	char state[48]; /* "[program exited 0]" */
	struct box head, foot, hint;
	struct box page; /* what lies between them */
	int head_lines;	 /* most needed so far at this width */
	int rows, cols;
};

/* What the caller has to do after a key, a set of bits. */
enum {
	TOP_DO_QUIT = 1 << 0,
	TOP_DO_INTERVAL = 1 << 1, /* t->interval_ns is new */
	TOP_DO_PAUSE = 1 << 2,	  /* t->paused is new */
	TOP_DO_REDRAW = 1 << 3,	  /* paint everything anew */
	TOP_DO_VIEWS = 1 << 4,	  /* some panel's ->wanted differs from its ->idle */
};

/** top_init - panels for the views of @r; order and table from @o. */
void top_init(struct top *t, const struct run *r, const struct options *o);
/** top_grow - panels for views that @r has found since (run_look()). */
void top_grow(struct top *t, const struct run *r, const struct options *o);
/** top_free - release everything; accepts a zeroed model. */
void top_free(struct top *t);
/** top_sample - take in the interval that @r has just ended. */
void top_sample(struct top *t, const struct run *r);
/** top_resize - lay the screen out anew: another size, another active panel. */
void top_resize(struct top *t, int rows, int cols);
/** top_refresh - get the rows of @p again (another table, order or filter). */
void top_refresh(struct top *t, struct top_panel *p);
/** top_reopened - the view of panel @i was started or stopped: it begins anew. */
void top_reopened(struct top *t, int i, const struct run_view *rv);
/** top_key - act on a key. Return: TOP_DO_* bits. */
unsigned int top_key(struct top *t, int key);

/** top_frame - the frame a panel shows. */
static inline struct top_frame *top_frame(struct top_panel *p)
{
	return &p->frame[p->scope.depth];
}

/** top_def - the table a panel shows, NULL if only a histogram. */
static inline const struct table_def *top_def(const struct top_panel *p)
{
	int table = p->frame[p->scope.depth].table;

	return table < 0 ? NULL : &p->view->tables[table];
}

/** top_order - how the table a panel shows is ordered; not without a table. */
static inline struct top_order *top_order(struct top_panel *p)
{
	return &p->order[top_frame(p)->table];
}

/** top_has_hist - whether the panel shows the histogram of the row it is in. */
bool top_has_hist(const struct top_panel *p);
/** top_row_name - what a row is called: its key columns, optional ones apart. */
void top_row_name(const struct table_def *def, const struct row *r, bool utf8, char *buf, size_t n);
/**
 * top_select - make @r the selected row and note what it is called: it may be
 * silent, and so missing, in the next interval
 */
void top_select(struct top_selection *sel, const struct table_def *def, const struct row *r);
/** top_row - the selected row of a panel or NULL. */
struct row *top_row(struct top_panel *p);

/* top_drill.c: moving through tables; each leaves the panel refreshed. */
void top_drill_in(struct top *t, struct top_panel *p);
void top_drill_out(struct top *t, struct top_panel *p);
/** top_fold - open or close the branch of a tree that is selected. */
void top_fold(struct top *t, struct top_panel *p);
void top_next_table(struct top *t, struct top_panel *p);
/** top_focus - tell the view what is looked at: it may keep more about that. */
void top_focus(struct top_panel *p);
/** top_move - move the selection by @by rows. */
void top_move(struct top_panel *p, int by);
/** top_show - make tables[@table] the panel's table (at depth 0). */
void top_show(struct top_panel *p, int table);

/** top_sibling - go to the other table about the same rows, if there is one. */
void top_sibling(struct top *t, struct top_panel *p);

/* top_follow.c */

/**
 * top_follow_row - drill into the selected row; a process or cgroup is followed
 * by all panels whose views have a table about such
 */
void top_follow_row(struct top *t, struct top_panel *p);
/** top_unfollow - all panels show again what they showed before. */
void top_unfollow(struct top *t);
/** top_follow_panel - make a panel follow, if its view can. */
void top_follow_panel(struct top *t, struct top_panel *p);
/**
 * top_follow_found - the rows of a following panel are new: look into the
 * followed one if there is something inside. Return: whether that was done, so
 * that the rows are others.
 */
bool top_follow_found(struct top *t, struct top_panel *p);
/** top_can_follow - the panel's table about the subject, or -1. */
int top_can_follow(const struct top_panel *p, enum subject kind);

/* top_overview.c */

/** top_overview_refresh - find the worst row of every panel. */
void top_overview_refresh(struct top *t);

/* top_layout.c */

/** top_layout - place everything on a screen of that size. */
void top_layout(struct top *t, int rows, int cols);
/** top_layout_batch - all rows (at most @limit a table) under each other; sets t->rows. */
void top_layout_batch(struct top *t, int cols, int limit);

#endif /* OSTRACE_TOP_MODEL_H */
