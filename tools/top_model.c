// SPDX-License-Identifier: GPL-2.0
/* What `top` knows: panels filled from the views, one interval at a time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "err.h"
#include "format.h"
#include "top_model.h"

static bool same_id(struct row_id a, struct row_id b)
{
	return a.a == b.a && a.b == b.b;
}

bool top_has_hist(const struct top_panel *p)
{
	int d = p->scope.depth;

	return d > 0 && p->view->hist && p->view->tables[p->scope.step[d - 1].table].hist;
}

void top_row_name(const struct table_def *def, const struct row *r, bool utf8, char *buf, size_t n)
{
	char one[TOP_NAME_LEN];
	struct row flat = *r; /* where it stands in a tree is no part of its name */
	size_t len = 0;
	int i;

	flat.depth = -1;
	*buf = 0;
	for (i = 0; i < def->ncols; i++) {
		if (!(def->cols[i].flags & COL_KEY) || r->na >> i & 1 ||
		    def->cols[i].flags & COL_OPTIONAL)
			continue;
		format_value(one, sizeof(one), def, &flat, i, utf8);
		/* Of several numbers one has to say what they are: "NET_RX CPU 3". */
		if (len && def->cols[i].unit == UNIT_ID)
			len += snprintf(buf + len, n - len, " %s", def->cols[i].title);
		if (len < n)
			len += snprintf(buf + len, n - len, "%s%s", len ? " " : "", one);
		if (len >= n)
			return;
	}
}

struct row *top_row(struct top_panel *p)
{
	struct top_frame *f = top_frame(p);

	if (f->table < 0 || f->cursor < 0 || (size_t)f->cursor >= p->table.nrows)
		return NULL;
	return &p->table.rows[f->cursor];
}

void top_select(struct top_selection *sel, const struct table_def *def, const struct row *r)
{
	int i, k = 0;

	sel->known = true;
	sel->id = r->id;
	for (i = 0; i < def->ncols && k < TOP_KEY_COLS; i++) {
		if (!(def->cols[i].flags & COL_KEY) || r->na >> i & 1)
			continue;
		sel->key[k].col = i;
		sel->key[k].v = r->v[i];
		if (def->cols[i].unit == UNIT_TEXT)
			snprintf(sel->key[k].text, sizeof(sel->key[k].text), "%s",
				 r->v[i].s ? r->v[i].s : "");
		k++;
	}
	if (k < TOP_KEY_COLS)
		sel->key[k].col = -1;
}

static int find_row(const struct table *t, struct row_id id)
{
	size_t i;

	for (i = 0; i < t->nrows; i++)
		if (same_id(t->rows[i].id, id))
			return (int)i;
	return -1;
}

/*
 * A row that did nothing in this interval is not in the table. The selected
 * one is put back without numbers, or the selection would jump to a neighbour
 * whenever it takes a break.
 */
static void put_back_selected(struct table *t, const struct top_selection *sel)
{
	struct row *r;
	int i;

	if (!sel->sticky || !sel->known || find_row(t, sel->id) >= 0)
		return;
	r = table_add(t, sel->id);
	if (!r)
		return;
	r->na = ~0ull;
	for (i = 0; i < TOP_KEY_COLS && sel->key[i].col >= 0; i++) {
		int col = sel->key[i].col;

		r->na &= ~(1ull << col);
		r->v[col] = sel->key[i].v;
		if (t->def->cols[col].unit == UNIT_TEXT)
			r->v[col].s = table_str(t, sel->key[i].text);
	}
}

/* Keep the rows that have failed at something, where the table knows. */
static void keep_errors(struct table *t)
{
	int col = column_find(t->def, "errors");
	size_t i, n = 0;

	if (col < 0)
		return;
	for (i = 0; i < t->nrows; i++)
		if (!(t->rows[i].na >> col & 1) && t->rows[i].v[col].u)
			t->rows[n++] = t->rows[i];
	t->nrows = n;
}

static uint64_t sum_counts(const struct table *t)
{
	uint64_t sum = 0;
	size_t i;
	int col;

	for (col = 0; col < t->def->ncols; col++)
		if (t->def->cols[col].unit == UNIT_COUNT)
			break;
	if (col == t->def->ncols)
		return 0;
	for (i = 0; i < t->nrows; i++)
		if (!(t->rows[i].na >> col & 1))
			sum += t->rows[i].v[col].u;
	return sum;
}

/* Put the cursor where the selection is now. */
static void find_selection(struct top_panel *p)
{
	struct top_frame *f = top_frame(p);
	int n = (int)p->table.nrows, at = -1;
	struct row *r;

	if (!f->sel.sticky)
		f->cursor = 0;
	else if (f->sel.known)
		at = find_row(&p->table, f->sel.id);
	if (at >= 0)
		f->cursor = at;
	if (f->cursor >= n)
		f->cursor = n ? n - 1 : 0;
	r = top_row(p);
	/* A filter may hide the selected row: it stays the selected one. */
	if (r && (at >= 0 || !f->sel.known || !f->sel.sticky))
		top_select(&f->sel, p->table.def, r);
}

static void fill_failed(struct top_panel *p, int err)
{
	p->fill_err = err;
	snprintf(p->fill_why, sizeof(p->fill_why), "%s", err_text(err));
	err_clear();
	p->table.nrows = 0;
	p->total = 0;
	p->all_rows = 0;
}

static void keep_followed(struct table *t, uint64_t id)
{
	size_t i, n = 0;

	for (i = 0; i < t->nrows; i++)
		if (t->rows[i].id.a == id)
			t->rows[n++] = t->rows[i];
	t->nrows = n;
}

/* The table as the view has it, no order and no filter yet. */
static int fill_rows(const struct top *t, struct top_panel *p)
{
	struct top_frame *f = top_frame(p);
	int err;

	p->fill_err = 0;
	table_reset(&p->table, &p->view->tables[f->table]);
	err_clear();
	err = p->view->fill(p->st, f->table, &p->scope, &p->table);
	if (err < 0) {
		fill_failed(p, err);
		return err;
	}
	if (p->followed && !p->scope.depth)
		keep_followed(&p->table, t->follow.id);
	p->all_rows = p->table.nrows;
	p->total = sum_counts(&p->table);
	return 0;
}

static void arrange_rows(struct top *t, struct top_panel *p)
{
	struct top_frame *f = top_frame(p);
	struct top_order *o = top_order(p);

	put_back_selected(&p->table, &f->sel);
	if (t->errors_only)
		keep_errors(&p->table);
	if (*f->filter)
		table_grep(&p->table, f->filter);
	table_sort(&p->table, o->col, o->reverse);
	find_selection(p);
}

static void fill_hist(struct top *t, struct top_panel *p)
{
	int i;

	for (i = 0; i < 2; i++) {
		p->hist_err[i] = -ENOENT;
		if (!top_has_hist(p) || !p->view->hist_names[i])
			continue;
		err_clear();
		p->hist_err[i] = p->view->hist(p->st, &p->scope, i, t->since_start, &p->hist[i]);
	}
	err_clear();
}

/* @sample: the interval is new, it goes into the history. */
static void refresh(struct top *t, struct top_panel *p, bool sample)
{
	struct top_frame *f = top_frame(p);

	if (p->err < 0 || !t->samples)
		return;
	fill_hist(t, p);
	if (f->table < 0) {
		table_reset(&p->table, NULL);
		return;
	}
	if (fill_rows(t, p) < 0)
		return;
	if (top_follow_found(t, p) && fill_rows(t, p) < 0)
		return;
	if (sample)
		history_add(&f->history, &p->table);
	arrange_rows(t, p);
}

void top_refresh(struct top *t, struct top_panel *p)
{
	refresh(t, p, false);
}

/* Every history but the one of the table in sight misses this interval. */
static void skip_history(struct top_panel *p, bool visible)
{
	int i;

	for (i = 0; i <= SCOPE_MAX; i++)
		if (!visible || i != p->scope.depth)
			history_skip(&p->frame[i].history);
}

/*
 * Whether the interval can stand beside others in a sparkline: the first one
 * is cut short and one that spans a pause is long.
 */
static bool is_regular(const struct top *t)
{
	return t->measured_ns > t->interval_ns / 2 && t->measured_ns < t->interval_ns * 2;
}

static void sample_panel(struct top *t, struct top_panel *p, const struct run_view *rv)
{
	bool visible = p->box.h > 1, regular = is_regular(t) && !p->fresh;

	if (p->err < 0)
		return;
	p->fresh = false;
	p->price = rv->price;
	p->events = rv->interval_events;
	if (p->view->losses)
		p->nloss = p->view->losses(p->st, p->loss);
	skip_history(p, visible && regular);
	if (visible)
		refresh(t, p, regular);
}

void top_sample(struct top *t, const struct run *r)
{
	time_t sec = (time_t)r->wall;
	struct tm tm;
	int i;

	t->samples++;
	t->measured_ns = r->interval_ns;
	t->cpu_percent = r->cpu_percent;
	t->bpf_percent = r->bpf_percent;
	if (localtime_r(&sec, &tm))
		strftime(t->clock, sizeof(t->clock), "%H:%M:%S", &tm);
	for (i = 0; i < t->npanels; i++)
		sample_panel(t, &t->panel[i], &r->v[i]);
	if (t->overview)
		top_overview_refresh(t);
}

void top_resize(struct top *t, int rows, int cols)
{
	int i;

	top_layout(t, rows, cols);
	/* Panels that have come into sight have old rows, or none. */
	for (i = 0; i < t->npanels; i++)
		if (t->panel[i].box.h > 1)
			top_refresh(t, &t->panel[i]);
	if (t->overview)
		top_overview_refresh(t);
}

/* The filters that were asked for and that a view does not know. */
static void note_unfiltered(struct top_panel *p, const struct options *o)
{
	const struct filter *f = &o->filter;
	const struct {
		bool used;
		unsigned int bit;
		const char *name;
	} filters[] = {
		{ f->npids > 0, FILTER_PID, "process" },
		{ f->ntids > 0, FILTER_TID, "thread" },
		{ f->cgroup_id != 0, FILTER_CGROUP, "cgroup" },
		{ f->have_cpus, FILTER_CPU, "CPU" },
		{ o->program != NULL, FILTER_PROGRAM, "program" },
	};
	size_t i, len = 0;

	for (i = 0; i < sizeof(filters) / sizeof(*filters); i++)
		if (filters[i].used && !(p->view->filters & filters[i].bit) &&
		    len < sizeof(p->unfiltered))
			len += snprintf(p->unfiltered + len, sizeof(p->unfiltered) - len,
					"%s any %s", len ? "," : "of", filters[i].name);
}

static void init_orders(struct top_panel *p, const struct options *o)
{
	int i, col;

	for (i = 0; i < p->view->ntables && i < TOP_MAX_TABLES; i++) {
		col = o->sort ? column_find(&p->view->tables[i], o->sort) : -1;
		p->order[i].col = col >= 0 ? col : p->view->tables[i].sort;
		p->order[i].reverse = o->reverse;
	}
}

static void take_view(struct top_panel *p, const struct run_view *rv)
{
	p->st = rv->st;
	p->idle = rv->idle;
	p->err = rv->idle ? -EAGAIN : rv->err;
	snprintf(p->why, sizeof(p->why), "%s", rv->idle ? "" : rv->why);
	p->price = rv->price;
	p->events = 0;
	p->nloss = 0;
}

void top_reopened(struct top *t, int i, const struct run_view *rv)
{
	struct top_panel *p = &t->panel[i];
	int table = p->frame[0].table;

	take_view(p, rv);
	p->wanted = !p->idle; /* one that did not open is not tried again by itself */
	p->fresh = true;
	table_reset(&p->table, NULL);
	*p->worst.name = 0;
	top_show(p, table);
	if (t->follow.kind && !p->idle && i != t->follow.from)
		top_follow_panel(t, p);
}

static void init_panel(struct top_panel *p, const struct run_view *rv, const struct options *o)
{
	int i;

	p->view = rv->view;
	take_view(p, rv);
	p->wanted = !p->idle;
	init_orders(p, o);
	note_unfiltered(p, o);
	if (o->find)
		snprintf(p->frame[0].filter, sizeof(p->frame[0].filter), "%s", o->find);
	for (i = 0; o->by && i < p->view->ntables && i < TOP_MAX_TABLES; i++)
		if (p->view->tables[i].top_level && !strcmp(p->view->tables[i].name, o->by))
			p->frame[0].table = i;
	if (p->frame[0].table)
		top_focus(p);
}

void top_init(struct top *t, const struct run *r, const struct options *o)
{
	int i;

	memset(t, 0, sizeof(*t));
	t->interval_ns = o->interval_ns;
	t->cpu_percent = -1;
	t->bpf_percent = -1;
	t->batch = o->batch;
	for (i = 0; i < r->nviews; i++)
		init_panel(&t->panel[i], &r->v[i], o);
	t->npanels = r->nviews;
	while (t->active + 1 < t->npanels && t->panel[t->active].err < 0)
		t->active++;
}

void top_grow(struct top *t, const struct run *r, const struct options *o)
{
	while (t->npanels < r->nviews) {
		struct top_panel *p = &t->panel[t->npanels];

		init_panel(p, &r->v[t->npanels++], o);
		if (t->follow.kind && !p->idle)
			top_follow_panel(t, p);
	}
	top_resize(t, t->rows, t->cols);
}

void top_free(struct top *t)
{
	int i, j;

	for (i = 0; i < t->npanels; i++) {
		table_free(&t->panel[i].table);
		for (j = 0; j <= SCOPE_MAX; j++)
			history_reset(&t->panel[i].frame[j].history);
	}
	memset(t, 0, sizeof(*t));
}
