// SPDX-License-Identifier: GPL-2.0
/* Histograms of `top`: one bar an octave, percentiles marked where they lie. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "format.h"
#include "top_draw.h"

#define OCTAVES (OSTRACE_HIST_SLOTS / OSTRACE_HIST_SUB)
#define HEAD_LINES 2  /* name, percentiles */
#define MIN_WIDTH 36  /* of one of two beside each other */
#define WIDE 52	      /* from here on cumulative shares are shown */
#define WIDER 72      /* and from here on whole ranges, not their lower ends alone */
#define MAX_WIDTH 110 /* beyond this the eye loses the line */

/* Octaves that one line stands for. */
struct bar {
	int from, to;	   /* exclusive */
	uint64_t n, below; /* values in it and up to its end */
};

static uint64_t octave_count(const struct hist *h, int octave)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < OSTRACE_HIST_SUB; i++)
		n += h->slot[octave * OSTRACE_HIST_SUB + i];
	return n;
}

/* The octaves from the first to the last that has a value. */
static int octave_range(const struct hist *h, int *first)
{
	int i, last = -1;

	*first = 0;
	for (i = 0; i < OCTAVES; i++) {
		if (!octave_count(h, i))
			continue;
		if (last < 0)
			*first = i;
		last = i;
	}
	return last < 0 ? 0 : last - *first + 1;
}

/* At most @lines bars; if there are more octaves, several share a bar. */
static int make_bars(const struct hist *h, struct bar *bars, int lines)
{
	int first, n = octave_range(h, &first), step = 1, i, count = 0;
	uint64_t below = 0;

	if (lines < 1)
		return 0;
	while ((n + step - 1) / step > lines)
		step++;
	for (i = 0; i < n; i++) {
		struct bar *b = &bars[count];

		if (i % step == 0)
			*b = (struct bar){ .from = first + i };
		b->n += octave_count(h, first + i);
		b->to = first + i + 1;
		if ((i + 1) % step == 0 || i + 1 == n) {
			below += b->n;
			b->below = below;
			count++;
		}
	}
	return count;
}

static uint64_t octave_low(int octave)
{
	return ostrace_hist_low((unsigned int)octave * OSTRACE_HIST_SUB);
}

/* Does the value lie in the bar? The last octave has no upper end. */
static bool holds(const struct bar *b, uint64_t v)
{
	return v >= octave_low(b->from) && (b->to >= OCTAVES || v < octave_low(b->to));
}

static void marks_text(const struct hist *h, const struct bar *b, char *buf, size_t n)
{
	static const struct {
		unsigned int permille;
		const char *name;
	} marks[] = { { 500, "p50" }, { 900, "p90" }, { 990, "p99" } };
	size_t i, len = 0;

	*buf = 0;
	for (i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (holds(b, hist_percentile(h, marks[i].permille, NULL)))
			len += snprintf(buf + len, n - len, "%s%s", len ? " " : "", marks[i].name);
	if (h->max && holds(b, h->max))
		snprintf(buf + len, n - len, "%smax", len ? " " : "");
}

static void range_text(const struct bar *b, bool wide, bool utf8, char *buf, size_t n)
{
	char lo[16], hi[16];

	format_ns(lo, sizeof(lo), octave_low(b->from), utf8);
	if (!wide) {
		snprintf(buf, n, "%s", lo);
		return;
	}
	if (b->to >= OCTAVES)
		snprintf(hi, sizeof(hi), "more");
	else
		format_ns(hi, sizeof(hi), octave_low(b->to), utf8);
	snprintf(buf, n, "%7s .. %7s", lo, hi);
	if (!utf8 || !strstr(buf, "µ"))
		return;
	/* printf pads bytes, not cells */
	snprintf(buf, n, "%*s .. %*s", 7 + (strstr(lo, "µ") != NULL), lo,
		 7 + (strstr(hi, "µ") != NULL), hi);
}

static void draw_bar(struct top *t, struct grid *g, const struct box *b, int y,
		     const struct hist *h, const struct bar *bar, uint64_t most)
{
	bool wide = b->w >= WIDE, range = b->w >= WIDER;
	int label = range ? 18 : 7, end = wide ? 25 : 13, w;
	char text[48];

	w = b->w - label - 1 - 7 - 1 - end;
	range_text(bar, range, !t->ascii, text, sizeof(text));
	grid_put_right(g, b, y, label, STYLE_DIM, text);
	format_count(text, sizeof(text), bar->n);
	grid_put_right(g, b, y, label + 7, bar->n ? STYLE_NORMAL : STYLE_DIM, text);
	grid_bar(g, b, y, label + 8, w, STYLE_BAR, most ? (double)bar->n / most : 0);
	if (wide) {
		snprintf(text, sizeof(text), "%.1f%%", 100.0 * bar->below / h->count);
		grid_put_right(g, b, y, b->w - 17, STYLE_NORMAL, text);
	}
	marks_text(h, bar, text, sizeof(text));
	grid_put(g, b, y, b->w - (wide ? 16 : end - 1), STYLE_MARK, text);
}

/* "p50 1.2us  p90 ..." */
static void draw_percentiles(struct top *t, struct grid *g, const struct box *b,
			     const struct hist *h)
{
	static const unsigned int permille[] = { 500, 900, 990 };
	const char *gap = b->w >= WIDE ? "  " : " ";
	char text[128], ns[16];
	bool open;
	size_t i, len = 0;

	for (i = 0; i < 3; i++) {
		if (i == 1 && b->w < WIDE)
			continue; /* its bar is marked anyway */
		format_ns(ns, sizeof(ns), hist_percentile(h, permille[i], &open), !t->ascii);
		len += snprintf(text + len, sizeof(text) - len, "%sp%u %s%s", i ? gap : "",
				permille[i] / 10,
				!open	 ? "" :
				t->ascii ? ">=" :
					   "≥",
				ns);
	}
	if (h->max) {
		format_ns(ns, sizeof(ns), h->max, !t->ascii);
		len += snprintf(text + len, sizeof(text) - len, "%smax %s", gap, ns);
	}
	if (b->w >= WIDE && h->count) {
		format_ns(ns, sizeof(ns), h->sum / h->count, !t->ascii);
		snprintf(text + len, sizeof(text) - len, "%savg %s", gap, ns);
	}
	if (grid_put(g, b, 1, 1, STYLE_MARK, text) < b->w - 29 && b->w >= WIDE)
		grid_put_right(g, b, 1, b->w - 17, STYLE_DIM, "cumulative");
}

static const char *why_empty(const struct top *t, const struct hist *h, int err)
{
	if (err == -ENODATA)
		return "no histogram is kept for this row";
	if (err < 0)
		return "the histogram could not be read";
	if (!h->count)
		return t->since_start ? "nothing since the start" :
					"nothing in this interval (t: all time)";
	return NULL;
}

static void draw_hist(struct top *t, struct grid *g, const struct box *b, const struct top_panel *p,
		      int which)
{
	const struct hist *h = &p->hist[which];
	const char *empty = why_empty(t, h, p->hist_err[which]);
	struct bar bars[OCTAVES];
	uint64_t most = 0;
	char num[16];
	int i, n, x;

	x = grid_put(g, b, 0, 1, STYLE_HEAD, p->view->hist_names[which]);
	if (empty) {
		grid_put(g, b, 1, 1, STYLE_DIM, empty);
		return;
	}
	format_count(num, sizeof(num), h->count);
	grid_putf(g, b, 0, x, STYLE_DIM, ": %s %s", num,
		  t->since_start ? "since the start" : "in the interval");
	draw_percentiles(t, g, b, h);
	n = make_bars(h, bars, b->h - HEAD_LINES);
	for (i = 0; i < n; i++)
		if (bars[i].n > most)
			most = bars[i].n;
	for (i = 0; i < n; i++)
		draw_bar(t, g, b, HEAD_LINES + i, h, &bars[i], most);
}

int top_hists_height(const struct top_panel *p, int limit)
{
	int i, first, n, most = 0, step = 1;

	for (i = 0; i < 2; i++) {
		if (p->hist_err[i] < 0)
			continue;
		n = octave_range(&p->hist[i], &first);
		if (n > most)
			most = n;
	}
	/* Octaves that share a line leave lines over: not ours, then. */
	limit = limit > HEAD_LINES ? limit - HEAD_LINES : 1;
	while ((most + step - 1) / step > limit)
		step++;
	return HEAD_LINES + (most + step - 1) / step;
}

void top_draw_hists(struct top *t, struct grid *g, struct top_panel *p, const struct box *b)
{
	bool two = p->view->hist_names[1] && p->hist_err[1] >= 0;
	struct box half = *b;

	if (!two || b->w < 2 * MIN_WIDTH) {
		half.w = b->w < MAX_WIDTH ? b->w : MAX_WIDTH;
		draw_hist(t, g, &half, p, 0);
		return;
	}
	half.w = (b->w - 2) / 2 < MAX_WIDTH ? (b->w - 2) / 2 : MAX_WIDTH;
	draw_hist(t, g, &half, p, 0);
	half.x += half.w + 2;
	draw_hist(t, g, &half, p, 1);
}
