/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A screen in memory: cells of one character and one style. Everything that
 * `top` shows is drawn into a grid by pure code; tui.c paints it on a terminal,
 * the batch mode prints it as text and the tests compare it.
 */
#ifndef OSTRACE_GRID_H
#define OSTRACE_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

/* What a cell means; how that looks is up to whoever paints. */
enum style {
	STYLE_NORMAL,
	STYLE_DIM,    /* there, but not what one looks for: zeros, rules */
	STYLE_STRONG, /* what one looks for first */
	STYLE_TITLE,  /* title of the active panel */
	STYLE_HEAD,   /* column titles */
	STYLE_SORTED, /* title of the column that orders the rows */
	STYLE_ERROR,  /* failures and losses */
	STYLE_BOUND,  /* a lower bound, the true value may be higher */
	STYLE_BAR,    /* bars and sparklines */
	STYLE_MARK,   /* percentiles in a histogram */
	STYLE_HINT,   /* keys one can press */
	STYLE_COUNT,
	STYLE_SELECTED = 0x80, /* flag: the selected row, on top of any style */
	STYLE_MASK = 0x7f,
};

struct cell {
	wchar_t ch; /* 0: right half of the wide character before */
	uint8_t style;
};

struct grid {
	int rows, cols;
	bool ascii;	   /* nothing but ASCII may be put */
	struct cell *cell; /* rows * cols */
};

/* A part of a grid; drawing is clipped to it. */
struct box {
	int y, x, h, w;
};

/** grid_resize - make @g @rows x @cols blank cells. Return: 0 or -ENOMEM. */
int grid_resize(struct grid *g, int rows, int cols);
/** grid_blank - all cells become spaces. */
void grid_blank(struct grid *g);
/** grid_free - release the cells; accepts a zeroed grid. */
void grid_free(struct grid *g);
/** grid_whole - the box that covers all of @g. */
struct box grid_whole(const struct grid *g);

/**
 * grid_put - write UTF-8 @text at row @y, column @x of @b
 *
 * Clipped to the box. Control characters, broken UTF-8 and, on an ASCII grid,
 * anything else that is not ASCII come out as '?'.
 *
 * Return: the column after the text (clipped), so that calls can be chained.
 */
int grid_put(struct grid *g, const struct box *b, int y, int x, enum style style, const char *text);
/** grid_putf - grid_put() of a formatted text of at most 255 bytes. */
int grid_putf(struct grid *g, const struct box *b, int y, int x, enum style style, const char *fmt,
	      ...) __attribute__((format(printf, 6, 7)));
/** grid_put_right - so that the last character is in column @x - 1. */
void grid_put_right(struct grid *g, const struct box *b, int y, int x, enum style style,
		    const char *text);
/** grid_fill - @n times the character @ch from column @x on. */
void grid_fill(struct grid *g, const struct box *b, int y, int x, int n, enum style style,
	       wchar_t ch);
/** grid_select - mark a line of @b as the selected one. */
void grid_select(struct grid *g, const struct box *b, int y);
/** grid_clear - blank @b (what an overlay covers). */
void grid_clear(struct grid *g, const struct box *b);

/** grid_bar - a bar @frac (0 .. 1) of @w columns long, to an eighth of a column. */
void grid_bar(struct grid *g, const struct box *b, int y, int x, int w, enum style style,
	      double frac);

/** text_width - the columns UTF-8 @text takes. */
int text_width(const char *text);

/**
 * grid_line - row @y as UTF-8 without trailing spaces
 * @buf: gets at most @n bytes with the final 0
 * Return: @buf.
 */
char *grid_line(const struct grid *g, int y, char *buf, size_t n);

#endif /* OSTRACE_GRID_H */
