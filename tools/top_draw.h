/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Drawing the model of `top` into a grid. Pure.
 *
 * top_draw.c puts the screen together and draws header and footer,
 * top_draw_table.c a table, top_draw_hist.c a histogram, top_draw_over.c what
 * lies over the screen: help and the choice of a column.
 */
#ifndef OSTRACE_TOP_DRAW_H
#define OSTRACE_TOP_DRAW_H

#include "top_model.h"

/** top_draw - the whole screen; @g is as large as the last top_layout() said. */
void top_draw(struct top *t, struct grid *g);
/** top_head_lines - lines that the header takes, at most @limit. */
int top_head_lines(const struct top *t, int cols, int limit);

/** top_draw_panel - title and contents of panel @i. */
void top_draw_panel(struct top *t, struct grid *g, int i);
/** top_draw_overview - a line for each panel, instead of the panels. */
void top_draw_overview(struct top *t, struct grid *g);
/** top_draw_table - column titles, rows and, for the active panel, a sparkline. */
void top_draw_table(struct top *t, struct grid *g, struct top_panel *p, const struct box *b);
/** top_draw_hists - the histograms of the row one is in. */
void top_draw_hists(struct top *t, struct grid *g, struct top_panel *p, const struct box *b);
/** top_hists_height - the lines they need, at most @limit. */
int top_hists_height(const struct top_panel *p, int limit);
/** top_draw_help - the keys, and what the columns and losses mean. */
void top_draw_help(struct top *t, struct grid *g);
/** top_draw_choice - the list of columns to sort by. */
void top_draw_choice(struct top *t, struct grid *g);
/** top_draw_spark - @n values (< 0: none) scaled to @max at (y, x). */
void top_draw_spark(struct grid *g, const struct box *b, int y, int x, const double *v, int n,
		    double max);

/* Which columns fit, and where. */
struct top_columns {
	int n;
	struct {
		int col, x, w;
	} c[TABLE_MAX_COLS];
	int bar_x, bar_w; /* 0: no room */
	int spark_x, spark_w;
};

/**
 * top_fit_columns - choose the columns for @width
 * @want: widest text of each text column so far
 * @order: the column that orders the rows, never dropped
 *
 * Optional columns go first, the rightmost before the others, then the rest;
 * keys stay. What is left over widens the texts, then becomes bars and
 * sparklines.
 */
void top_fit_columns(const struct table_def *def, const int *want, int order, int width,
		     struct top_columns *out);

#endif /* OSTRACE_TOP_DRAW_H */
