/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers and names as people read them. Pure, but for format_utf8().
 *
 * Every function fills @out (size @n, always terminated) and returns how many
 * terminal cells the text takes.
 */
#ifndef OSTRACE_FORMAT_H
#define OSTRACE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "table.h"

/* No number is wider than this, the sign of a lower bound apart. */
#define FORMAT_CELLS 7

/** format_utf8 - whether the locale says that output is UTF-8 (asked once). */
bool format_utf8(void);
/** format_utf8_of - the same from the values of LC_ALL, LC_CTYPE and LANG. */
bool format_utf8_of(const char *lc_all, const char *lc_ctype, const char *lang);

/** format_count - 0 .. 99999 exact, then 123k, 1.2M, 3.4G, ... */
int format_count(char *out, size_t n, uint64_t v);
/** format_ns - 640ns, 1.2µs (1.2us without @utf8), 41ms, 2.5s, 16.7min, 3.2h, 45d */
int format_ns(char *out, size_t n, uint64_t ns, bool utf8);
/** format_percent - 0.3%, 100%; "-" when negative or not a number */
int format_percent(char *out, size_t n, double v);
/** format_bytes - 512B, 1.2KiB, 3.4GiB */
int format_bytes(char *out, size_t n, uint64_t v);

/** format_heading - what stands above a column: its title, or an axis */
const char *format_heading(const struct column *c);
/** format_hist - a bar for each cell of the axis (hist.h), blank where there is nothing */
int format_hist(char *out, size_t n, const struct hist *h, bool utf8);

/**
 * format_value - cell @col of row @r, escaped; "-" without a value, with a
 * leading "≥" (">=") for a lower bound
 */
int format_value(char *out, size_t n, const struct table_def *def, const struct row *r, int col,
		 bool utf8);

/**
 * format_escape - @s so that no byte of it can control a terminal: control and
 * direction-changing characters and invalid UTF-8 become \xNN, and without
 * @utf8 everything beyond ASCII
 */
int format_escape(char *out, size_t n, const char *s, bool utf8);

/**
 * format_fit - cut the valid UTF-8 string @s in a buffer of @size to at most
 * @cells, ending in "…" ("~" without @utf8) when something went and it fits
 */
int format_fit(char *s, size_t size, int cells, bool utf8);

/** format_cells - terminal cells that valid UTF-8 text takes */
int format_cells(const char *s);

/**
 * utf8_decode - the code point at @s (at most @n bytes)
 * Return: its length 1 .. 4; 0 when there is no valid one.
 */
int utf8_decode(const char *s, size_t n, uint32_t *cp);

#endif /* OSTRACE_FORMAT_H */
