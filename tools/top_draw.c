// SPDX-License-Identifier: GPL-2.0
/* The screen of `top` as a whole: header, panels, footer, the line of keys. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "format.h"
#include "top_draw.h"

#define MIN_ROWS 2
#define MIN_COLS 12

/* A piece of the header or footer; pieces go onto lines like words. */
struct fact {
	char text[160];
	enum style style;
};

#define MAX_FACTS 16

struct facts {
	struct fact f[MAX_FACTS];
	int n;
};

static void __attribute__((format(printf, 3, 4))) add(struct facts *l, enum style style,
						      const char *fmt, ...)
{
	va_list ap;

	if (l->n == MAX_FACTS)
		return;
	va_start(ap, fmt);
	vsnprintf(l->f[l->n].text, sizeof(l->f[l->n].text), fmt, ap);
	va_end(ap);
	l->f[l->n++].style = style;
}

/*
 * Put facts on lines of @cols, @first of them usable on the first line, and
 * drop those that fit no more. Return: lines used. @g may be NULL.
 */
static int flow(const struct facts *l, struct grid *g, const struct box *b, int first, int cols,
		int limit)
{
	const char *dot = g && g->ascii ? " | " : " · ";
	int i, x = 0, line = 0;

	for (i = 0; i < l->n; i++) {
		int w = text_width(l->f[i].text), room = line ? cols : first;

		if (x && x + 3 + w > room) {
			if (line + 1 >= limit)
				continue; /* a shorter one may fit */
			line++;
			x = 0;
		}
		if (g && x)
			grid_put(g, b, line, x, STYLE_DIM, dot);
		if (x)
			x += 3;
		if (g)
			grid_put(g, b, line, x, l->f[i].style, l->f[i].text);
		x += w;
	}
	return line + 1;
}

static void uptime_text(char *buf, size_t n, double s)
{
	long m = (long)(s / 60);

	if (m >= 24 * 60)
		snprintf(buf, n, "up %ldd %ldh", m / (24 * 60), m / 60 % 24);
	else if (m >= 60)
		snprintf(buf, n, "up %ldh %02ldm", m / 60, m % 60);
	else
		snprintf(buf, n, "up %ldm", m);
}

/* One resource: share of time that some / all tasks had to wait for it. */
static void psi_text(char *buf, size_t n, const char *name, const struct psi *p)
{
	if (p->some < 0)
		snprintf(buf, n, "%s -", name);
	else if (p->full < 0)
		snprintf(buf, n, "%s %.0f", name, p->some);
	else
		snprintf(buf, n, "%s %.0f/%.0f", name, p->some, p->full);
}

static void add_pressure(struct facts *l, const struct machine *m)
{
	char cpu[24], mem[24], io[24];

	if (!m->psi_on) {
		add(l, STYLE_DIM, "psi off");
		return;
	}
	psi_text(cpu, sizeof(cpu), "cpu", &m->psi[PSI_CPU]);
	psi_text(mem, sizeof(mem), "mem", &m->psi[PSI_MEMORY]);
	psi_text(io, sizeof(io), "io", &m->psi[PSI_IO]);
	add(l, STYLE_NORMAL, "psi%% %s %s %s", cpu, mem, io);
}

static void head_facts(const struct top *t, struct facts *l)
{
	const struct machine *m = &t->machine;
	char buf[32];

	l->n = 0;
	add(l, STYLE_STRONG, "ostrace");
	if (*t->only)
		add(l, STYLE_STRONG, "only %s", t->only);
	if (t->follow.kind)
		add(l, STYLE_BOUND, "following %s", t->follow.name);
	add(l, STYLE_NORMAL, "%s", m->host);
	add(l, STYLE_NORMAL, "%s", m->release);
	if (m->cpus)
		add(l, STYLE_NORMAL, "%d CPU%s", m->cpus, m->cpus > 1 ? "s" : "");
	if (m->tasks >= 0)
		add(l, STYLE_NORMAL, "%ld tasks", m->tasks);
	if (m->uptime >= 0) {
		uptime_text(buf, sizeof(buf), m->uptime);
		add(l, STYLE_NORMAL, "%s", buf);
	}
	if (m->load[0] >= 0)
		add(l, STYLE_NORMAL, "load %.1f %.1f %.1f", m->load[0], m->load[1], m->load[2]);
	if (m->steal >= 0) /* stolen time looks like latency everywhere else */
		add(l, m->steal >= 5 ? STYLE_ERROR : STYLE_NORMAL, "steal %.1f%%", m->steal);
	add_pressure(l, m);
	if (m->cgroups >= 0)
		add(l, STYLE_NORMAL, "%ld cgroup%s", m->cgroups, m->cgroups == 1 ? "" : "s");
}

/* What is true of the whole screen right now, at the end of the first line. */
static int state_text(const struct top *t, char *buf, size_t n, int cols)
{
	char ns[16];
	uint64_t shown = t->interval_ns;

	/* The first interval is short, one that spans a pause is long. */
	if (t->measured_ns && (t->measured_ns < shown * 9 / 10 || t->measured_ns > shown * 11 / 10))
		shown = t->measured_ns;
	format_ns(ns, sizeof(ns), shown, !t->ascii);
	snprintf(buf, n, "%s%s%s%s%sinterval %s", t->paused ? "[paused] " : "", t->state,
		 *t->state ? " " : "", cols >= 100 || t->batch ? t->clock : "",
		 *t->clock && (cols >= 100 || t->batch) ? " " : "", ns);
	return text_width(buf);
}

int top_head_lines(const struct top *t, int cols, int limit)
{
	struct facts l;
	char state[128];
	int w = state_text(t, state, sizeof(state), cols);

	head_facts(t, &l);
	return flow(&l, NULL, NULL, cols - w - 2, cols, limit);
}

static void draw_head(struct top *t, struct grid *g)
{
	struct facts l;
	char state[128];
	int w;

	if (!t->head.h)
		return;
	w = state_text(t, state, sizeof(state), t->head.w);
	head_facts(t, &l);
	flow(&l, g, &t->head, t->head.w - w - 2, t->head.w, t->head.h);
	grid_put(g, &t->head, 0, t->head.w - w, t->paused || *t->state ? STYLE_BOUND : STYLE_NORMAL,
		 state);
}

/* "syscalls 3 missed, 2 map_full" for each view that has lost something. */
static void add_losses(struct facts *l, const struct top *t)
{
	char text[128];
	int i, j, len = 0;

	for (i = 0; i < t->npanels; i++) {
		const struct top_panel *p = &t->panel[i];
		bool named = false;

		for (j = 0; j < p->nloss && len < (int)sizeof(text) - 1; j++) {
			char n[16];

			if (!p->loss[j].n)
				continue;
			format_count(n, sizeof(n), p->loss[j].n);
			len += snprintf(text + len, sizeof(text) - len, "%s%s%s%s %s",
					named ? "," :
					len   ? "; " :
						"",
					named ? "" : p->view->name, " ", n, p->loss[j].key);
			named = true;
		}
	}
	if (len)
		add(l, STYLE_ERROR, "lost: %s", text);
	else
		add(l, STYLE_NORMAL, "lost: none");
}

static void add_price(struct facts *l, const struct top *t)
{
	char text[128] = "";
	int i, len = 0;

	for (i = 0; i < t->npanels && len < (int)sizeof(text) - 1; i++) {
		const struct top_panel *p = &t->panel[i];
		char ns[16] = "?";

		if (p->err < 0 || !p->price.event || p->view->without_bpf)
			continue;
		/* Where not all fit, the one of the panel looked at. */
		if (t->npanels > 2 && t->foot.w < 30 + 28 * t->npanels && i != t->active)
			continue;
		if (p->price.ns_per_event >= 0)
			snprintf(ns, sizeof(ns), "%.0f", p->price.ns_per_event);
		len += snprintf(text + len, sizeof(text) - len, "%s%s ns/%s", len ? ", " : "", ns,
				p->price.event);
	}
	if (len)
		add(l, STYLE_NORMAL, "price: %s", text);
}

static void percent_text(char *buf, size_t n, double v)
{
	if (v < 0)
		snprintf(buf, n, "?");
	else
		format_percent(buf, n, v);
}

static void draw_foot(struct top *t, struct grid *g)
{
	struct facts l = { .n = 0 };
	char pc[16];

	if (!t->foot.h)
		return;
	add_losses(&l, t);
	add_price(&l, t);
	percent_text(pc, sizeof(pc), t->cpu_percent);
	add(&l, STYLE_NORMAL, "reader %s%s", pc, t->foot.w >= 96 ? " CPU" : "");
	percent_text(pc, sizeof(pc), t->bpf_percent);
	add(&l, STYLE_NORMAL, "BPF %s%s", pc, t->foot.w >= 96 ? " of machine" : "");
	flow(&l, g, &t->foot, t->foot.w, t->foot.w, 1);
}

static int put_hint(struct grid *g, const struct box *b, int x, const char *key, const char *what)
{
	/* Half a hint helps nobody. */
	if (x + text_width(key) + 1 + text_width(what) > b->w)
		return b->w;
	x = grid_put(g, b, 0, x, STYLE_HINT, key);
	return grid_put(g, b, 0, x + 1, STYLE_DIM, what) + 2;
}

static void draw_prompt(struct top *t, struct grid *g)
{
	const struct box *b = &t->hint;
	int x = grid_put(g, b, 0, 0, STYLE_STRONG, "show names with: ");

	x = grid_put(g, b, 0, x, STYLE_NORMAL, top_frame(&t->panel[t->active])->filter);
	grid_fill(g, b, 0, x, 1, STYLE_SELECTED, ' ');
	x = put_hint(g, b, x + 3, "Enter", "keep");
	put_hint(g, b, x, "Esc", "show all");
}

static void draw_table_hints(struct top *t, struct grid *g)
{
	struct top_panel *p = &t->panel[t->active];
	const struct table_def *def = top_def(p);
	const struct box *b = &t->hint;
	int x = 0;

	x = put_hint(g, b, x, "q", "quit");
	x = put_hint(g, b, x, "?", "help");
	if (t->overview) {
		x = put_hint(g, b, x, "Up Down", "choose");
		x = put_hint(g, b, x, "Enter", "its panel");
		put_hint(g, b, x, "0", "all panels");
		return;
	}
	if (p->idle) {
		x = put_hint(g, b, x, "x", "start watching");
		def = NULL;
	}
	if (def && (def->child >= 0 || def->hist))
		x = put_hint(g, b, x, "Enter",
			     def->subject && !p->scope.depth ? "follow" : "look in");
	if (def && def->sibling)
		x = put_hint(g, b, x, "w", "where");
	if (p->scope.depth)
		x = put_hint(g, b, x, "Esc", "back");
	if (top_has_hist(p))
		x = put_hint(g, b, x, "t", t->since_start ? "interval" : "all time");
	if (t->npanels > 1)
		x = put_hint(g, b, x, "Tab", "panel");
	if (!p->scope.depth)
		x = put_hint(g, b, x, "g", "table");
	if (def) {
		x = put_hint(g, b, x, "s", "sort");
		x = put_hint(g, b, x, "/", "filter");
	}
	x = put_hint(g, b, x, "Space", t->paused ? "go on" : "pause");
	x = put_hint(g, b, x, "e", "errors");
	put_hint(g, b, x, "z", t->zoom ? "all panels" : "zoom");
}

static void draw_hint(struct top *t, struct grid *g)
{
	const struct box *b = &t->hint;
	int x;

	if (!b->h)
		return;
	switch (t->mode) {
	case TOP_MODE_FILTER:
		draw_prompt(t, g);
		break;
	case TOP_MODE_SORT:
		x = put_hint(g, b, 0, "Up Down", "choose");
		x = put_hint(g, b, x, "Enter", "sort");
		x = put_hint(g, b, x, "r", "sort, reversed");
		put_hint(g, b, x, "Esc", "back");
		break;
	case TOP_MODE_HELP:
		x = put_hint(g, b, 0, "Up Down", "scroll");
		put_hint(g, b, x, "Esc", "back");
		break;
	default:
		draw_table_hints(t, g);
	}
}

void top_draw(struct top *t, struct grid *g)
{
	struct box all = grid_whole(g);
	int i;

	grid_blank(g);
	g->ascii = t->ascii;
	if (g->rows < MIN_ROWS || g->cols < MIN_COLS) {
		grid_put(g, &all, 0, 0, STYLE_NORMAL, "terminal too small");
		return;
	}
	draw_head(t, g);
	for (i = 0; i < t->npanels; i++)
		if (t->panel[i].box.h > 0)
			top_draw_panel(t, g, i);
	if (t->overview)
		top_draw_overview(t, g);
	draw_foot(t, g);
	draw_hint(t, g);
	if (t->mode == TOP_MODE_HELP)
		top_draw_help(t, g);
	else if (t->mode == TOP_MODE_SORT)
		top_draw_choice(t, g);
}
