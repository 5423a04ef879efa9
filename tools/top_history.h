/* SPDX-License-Identifier: GPL-2.0 */
/* The last 60 intervals of every row of a table, for sparklines. Pure. */
#ifndef OSTRACE_TOP_HISTORY_H
#define OSTRACE_TOP_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "table.h"

#define HISTORY_LEN 60
#define HISTORY_ROWS 1024 /* rows remembered at most, oldest forgotten first */

struct history_row;

/* One table's history; all zeroes is an empty one. */
struct history {
	struct history_row **bucket; /* hash table, nbuckets chains */
	size_t nbuckets, nrows;
	int ncols;
	uint64_t now;  /* number of the latest sample */
	uint64_t seen; /* bit i: a sample was taken i samples ago */
};

/** history_reset - forget everything; accepts a zeroed history. */
void history_reset(struct history *h);
/** history_add - a sample of every row of @t; rows not in it count as 0. */
void history_add(struct history *h, const struct table *t);
/** history_skip - an interval without a sample (the table was out of sight). */
void history_skip(struct history *h);
/**
 * history_get - the samples of column @col of row @id, oldest first
 * @out: HISTORY_LEN values; < 0 where there is no sample
 * Return: number of samples known.
 */
int history_get(const struct history *h, struct row_id id, int col, double out[HISTORY_LEN]);

#endif /* OSTRACE_TOP_HISTORY_H */
