// SPDX-License-Identifier: GPL-2.0
/* A screen in memory. Pure. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "format.h"
#include "grid.h"

int grid_resize(struct grid *g, int rows, int cols)
{
	struct cell *cell;

	cell = calloc((size_t)rows * cols + 1, sizeof(*cell));
	if (!cell)
		return -ENOMEM;
	free(g->cell);
	g->cell = cell;
	g->rows = rows;
	g->cols = cols;
	grid_blank(g);
	return 0;
}

void grid_blank(struct grid *g)
{
	struct box all = grid_whole(g);

	grid_clear(g, &all);
}

void grid_free(struct grid *g)
{
	free(g->cell);
	g->cell = NULL;
	g->rows = 0;
	g->cols = 0;
}

struct box grid_whole(const struct grid *g)
{
	return (struct box){ 0, 0, g->rows, g->cols };
}

/* The cell at (y, x) of @b, NULL outside of the box or the grid. */
static struct cell *cell_at(struct grid *g, const struct box *b, int y, int x)
{
	if (y < 0 || x < 0 || y >= b->h || x >= b->w)
		return NULL;
	y += b->y;
	x += b->x;
	if (y < 0 || x < 0 || y >= g->rows || x >= g->cols)
		return NULL;
	return &g->cell[(size_t)y * g->cols + x];
}

/*
 * Decode one character, 0xfffd if it is none; broken input advances by a byte.
 * @w: the cells it takes, -1 for what must not reach a terminal.
 */
static uint32_t next_char(const char **p, int *w)
{
	uint32_t c = 0xfffd;
	int len = utf8_decode(*p, strnlen(*p, 4), &c);
	char one[5] = "";

	memcpy(one, *p, len > 0 ? len : 0);
	*p += len > 0 ? len : 1;
	if (len <= 0 || c < 0x20 || (c >= 0x7f && c < 0xa0))
		*w = -1;
	else
		*w = c < 0x7f ? 1 : format_cells(one);
	return c;
}

static int put_char(struct grid *g, const struct box *b, int y, int x, enum style style, uint32_t c,
		    int w)
{
	struct cell *cell, *half;

	if (w < 0 || (g->ascii && c > 0x7e)) {
		c = '?';
		w = 1;
	}
	if (!w) /* combining: there is no room for it in a cell */
		return x;
	cell = cell_at(g, b, y, x);
	half = w > 1 ? cell_at(g, b, y, x + 1) : cell;
	if (cell)
		*cell = (struct cell){ half ? (wchar_t)c : ' ', style };
	if (w > 1 && half)
		*half = (struct cell){ 0, style };
	return x + w;
}

int grid_put(struct grid *g, const struct box *b, int y, int x, enum style style, const char *text)
{
	int w;

	while (*text && x < b->w) {
		uint32_t c = next_char(&text, &w);

		x = put_char(g, b, y, x, style, c, w);
	}
	return x > b->w ? b->w : x;
}

int grid_putf(struct grid *g, const struct box *b, int y, int x, enum style style, const char *fmt,
	      ...)
{
	char buf[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return grid_put(g, b, y, x, style, buf);
}

void grid_put_right(struct grid *g, const struct box *b, int y, int x, enum style style,
		    const char *text)
{
	grid_put(g, b, y, x - text_width(text), style, text);
}

void grid_fill(struct grid *g, const struct box *b, int y, int x, int n, enum style style,
	       wchar_t ch)
{
	while (n-- > 0)
		x = put_char(g, b, y, x, style, (uint32_t)ch, 1);
}

void grid_select(struct grid *g, const struct box *b, int y)
{
	struct cell *c;
	int x;

	for (x = 0; (c = cell_at(g, b, y, x)); x++)
		c->style |= STYLE_SELECTED;
}

void grid_clear(struct grid *g, const struct box *b)
{
	int y;

	for (y = 0; y < b->h; y++)
		grid_fill(g, b, y, 0, b->w, STYLE_NORMAL, ' ');
}

void grid_bar(struct grid *g, const struct box *b, int y, int x, int w, enum style style,
	      double frac)
{
	int eighths;

	if (!(frac > 0) || w <= 0)
		return;
	if (frac > 1)
		frac = 1;
	eighths = (int)(frac * w * 8 + 0.5);
	if (!eighths)
		eighths = 1; /* something is never drawn as nothing */
	if (g->ascii) {
		grid_fill(g, b, y, x, (eighths + 4) / 8 ? (eighths + 4) / 8 : 1, style, '#');
		return;
	}
	grid_fill(g, b, y, x, eighths / 8, style, 0x2588);
	if (eighths % 8) /* U+258F is one eighth, U+2589 seven */
		grid_fill(g, b, y, x + eighths / 8, 1, style, 0x2590 - eighths % 8);
}

int text_width(const char *text)
{
	int w, sum = 0;

	while (*text) {
		next_char(&text, &w);
		sum += w < 0 ? 1 : w;
	}
	return sum;
}

/* Append @c to @p as UTF-8; there are 4 bytes of room. */
static char *utf8_add(char *p, wchar_t wc)
{
	uint32_t c = (uint32_t)wc;

	if (c < 0x80) {
		*p++ = (char)c;
		return p;
	}
	if (c < 0x800) {
		*p++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*p++ = (char)(0xe0 | c >> 12);
		} else {
			*p++ = (char)(0xf0 | c >> 18);
			*p++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*p++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*p++ = (char)(0x80 | (c & 0x3f));
	return p;
}

char *grid_line(const struct grid *g, int y, char *buf, size_t n)
{
	const struct cell *c = &g->cell[(size_t)y * g->cols];
	int x, end = g->cols;
	char *p = buf;

	while (end > 0 && c[end - 1].ch == ' ')
		end--;
	for (x = 0; x < end && p + 5 <= buf + n; x++)
		if (c[x].ch)
			p = utf8_add(p, c[x].ch);
	*p = 0;
	return buf;
}
