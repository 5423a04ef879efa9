// SPDX-License-Identifier: GPL-2.0
/* A report as plain text: what a terminal, a pipe or a mail can show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "format.h"
#include "options.h"
#include "writer.h"

#define CELL_MAX 512
#define GAP 2 /* blanks between columns */

struct layout {
	const struct report *r;
	const struct text_style *s;
	int width[TABLE_MAX_COLS]; /* 0: not shown */
};

static bool color_wanted(int fd, int color)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	return isatty(fd) && !(no && *no) && term && *term && strcmp(term, "dumb");
}

struct text_style text_style_of(int fd, int color)
{
	struct text_style s = { .utf8 = format_utf8(), .color = color_wanted(fd, color) };
	struct winsize ws;

	if (isatty(fd) && !ioctl(fd, TIOCGWINSZ, &ws))
		s.width = ws.ws_col;
	return s;
}

void paint(struct buf *b, const struct text_style *s, enum paint p)
{
	static const char *const codes[] = {
		[PAINT_NONE] = "\x1b[0m", [PAINT_TITLE] = "\x1b[1m", [PAINT_DIM] = "\x1b[2m",
		[PAINT_BAD] = "\x1b[31m", [PAINT_GOOD] = "\x1b[32m",
	};

	if (s->color)
		buf_puts(b, codes[p]);
}

static int cell(const struct layout *l, const struct row *row, int col, char *out)
{
	return format_value(out, CELL_MAX, l->r->table->def, row, col, l->s->utf8);
}

static size_t rows_shown(const struct report *r)
{
	return r->show < r->table->nrows ? r->show : r->table->nrows;
}

static int total_width(const struct layout *l)
{
	int i, sum = -GAP;

	for (i = 0; i < l->r->table->def->ncols; i++)
		if (l->width[i])
			sum += l->width[i] + GAP;
	return sum;
}

/* Take away what matters least, from the right, until the rest fits. */
static void drop_columns(struct layout *l, unsigned int flags, unsigned int want)
{
	const struct table_def *def = l->r->table->def;
	int i;

	for (i = def->ncols - 1; i > 0 && total_width(l) > l->s->width; i--)
		if ((def->cols[i].flags & flags) == want)
			l->width[i] = 0;
}

static void narrow(struct layout *l)
{
	const struct table_def *def = l->r->table->def;
	int i, over;

	if (!l->s->width)
		return;
	drop_columns(l, COL_OPTIONAL, COL_OPTIONAL);
	drop_columns(l, COL_KEY, 0);
	for (i = 0; i < def->ncols; i++) {
		over = total_width(l) - l->s->width;
		if (over > 0 && def->cols[i].unit == UNIT_TEXT && l->width[i] > 8)
			l->width[i] = l->width[i] - over > 8 ? l->width[i] - over : 8;
	}
}

static void lay_out(struct layout *l)
{
	const struct table_def *def = l->r->table->def;
	char text[CELL_MAX];
	size_t row;
	int i, n;

	for (i = 0; i < def->ncols; i++) {
		const struct column *c = &def->cols[i];

		l->width[i] = 0;
		if (c->flags & COL_JSON_ONLY)
			continue;
		n = format_cells(format_heading(c));
		l->width[i] = n > c->width ? n : c->width;
		for (row = 0; row < rows_shown(l->r); row++) {
			n = cell(l, &l->r->table->rows[row], i, text);
			if (n > l->width[i])
				l->width[i] = n;
		}
	}
	narrow(l);
}

/* Text to the left, numbers to the right, no blanks at the end of a line. */
static void put_cell(struct buf *b, const struct layout *l, int col, char *text, enum paint color)
{
	const struct column *c = &l->r->table->def->cols[col];
	int cells = format_fit(text, CELL_MAX, l->width[col], l->s->utf8);
	int i, fill = l->width[col] - cells;
	bool last = true;

	for (i = col + 1; i < l->r->table->def->ncols; i++)
		if (l->width[i])
			last = false;
	if (c->unit != UNIT_TEXT && c->unit != UNIT_HIST)
		buf_pad(b, fill);
	for (i = (int)strlen(text); last && i > 0 && text[i - 1] == ' '; i--)
		text[i - 1] = '\0';
	if (color)
		paint(b, l->s, color);
	buf_puts(b, text);
	if (color)
		paint(b, l->s, PAINT_NONE);
	if ((c->unit == UNIT_TEXT || c->unit == UNIT_HIST) && !last)
		buf_pad(b, fill);
	if (!last)
		buf_pad(b, GAP);
}

static void put_header(struct buf *b, const struct layout *l)
{
	const struct table_def *def = l->r->table->def;
	char text[CELL_MAX];
	int i;

	for (i = 0; i < def->ncols; i++) {
		if (!l->width[i])
			continue;
		snprintf(text, sizeof(text), "%s", format_heading(&def->cols[i]));
		put_cell(b, l, i, text, PAINT_TITLE);
	}
	buf_putc(b, '\n');
}

static enum paint cell_paint(const struct column *c, const struct row *r, int col)
{
	bool number = c->unit != UNIT_TEXT && c->unit != UNIT_ID && c->unit != UNIT_HIST;

	if (r->na >> col & 1)
		return PAINT_DIM;
	if (number && c->unit != UNIT_PERCENT && !r->v[col].u)
		return PAINT_DIM;
	return number && (c->flags & COL_ERROR) ? PAINT_BAD : PAINT_NONE;
}

static void put_row(struct buf *b, const struct layout *l, const struct row *r)
{
	const struct table_def *def = l->r->table->def;
	char text[CELL_MAX];
	int i;

	for (i = 0; i < def->ncols; i++) {
		if (!l->width[i])
			continue;
		cell(l, r, i, text);
		put_cell(b, l, i, text, cell_paint(&def->cols[i], r, i));
	}
	buf_putc(b, '\n');
}

/* "2026-01-31 12:00:00  Syscalls, processes, 1.0s, 20 of 231 rows" */
static void put_title(struct buf *b, const struct layout *l)
{
	const struct report *r = l->r;
	time_t t = (time_t)r->wall;
	char when[32] = "", span[16];
	struct tm tm;

	if (localtime_r(&t, &tm))
		strftime(when, sizeof(when), "%F %T", &tm);
	format_ns(span, sizeof(span), r->interval_ns, l->s->utf8);
	paint(b, l->s, PAINT_TITLE);
	buf_printf(b, "%s  %s", when, r->view->title);
	if (r->table->def != r->view->tables)
		buf_printf(b, ", %s", r->table->def->name);
	buf_printf(b, ", %s", span);
	paint(b, l->s, PAINT_NONE);
	if (r->state && *r->state)
		buf_printf(b, ", %s", r->state);
	if (rows_shown(r) < r->table->nrows)
		buf_printf(b, ", %zu of %zu rows", rows_shown(r), r->table->nrows);
	buf_putc(b, '\n');
}

static void put_losses(struct buf *b, const struct layout *l)
{
	const struct report *r = l->r;
	bool any = false;
	int i;

	for (i = 0; i < r->nloss; i++) {
		if (!r->loss[i].n)
			continue;
		if (!any)
			paint(b, l->s, PAINT_BAD);
		buf_printf(b, "%s %s %llu", any ? "," : "lost:", r->loss[i].key,
			   (unsigned long long)r->loss[i].n);
		any = true;
	}
	if (!any)
		return;
	paint(b, l->s, PAINT_NONE);
	buf_putc(b, '\n');
}

static void put_price(struct buf *b, const struct layout *l)
{
	const struct report *r = l->r;
	char cpu[16], bpf[16];

	format_percent(cpu, sizeof(cpu), r->cpu_percent);
	format_percent(bpf, sizeof(bpf), r->bpf_percent);
	paint(b, l->s, PAINT_DIM);
	buf_puts(b, "ostrace:");
	if (r->price.ns_per_event >= 0)
		buf_printf(b, " %.0f ns per %s here,", r->price.ns_per_event, r->price.event);
	buf_printf(b, " reader %s of a CPU", cpu);
	if (r->bpf_percent >= 0)
		buf_printf(b, ", BPF %s of the machine", bpf);
	paint(b, l->s, PAINT_NONE);
	buf_putc(b, '\n');
}

void write_text(struct buf *b, const struct report *r, const struct text_style *s)
{
	struct layout l = { .r = r, .s = s };
	size_t row;

	lay_out(&l);
	put_title(b, &l);
	put_header(b, &l);
	for (row = 0; row < rows_shown(r); row++)
		put_row(b, &l, &r->table->rows[row]);
	if (!r->table->nrows)
		buf_puts(b, "(nothing in this interval)\n");
	put_losses(b, &l);
	put_price(b, &l);
}
