/* SPDX-License-Identifier: GPL-2.0 */
/* One interval of one table, as text or as JSON. Pure: into a buffer. */
#ifndef OSTRACE_WRITER_H
#define OSTRACE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "buf.h"
#include "table.h"
#include "view.h"

struct report {
	const struct view *view;
	const struct table *table; /* in the order to be shown */
	size_t show;		   /* number of its rows to show */
	double wall;		   /* unix time of the end, s */
	uint64_t interval_ns;
	struct loss loss[LOSS_MAX]; /* in this interval */
	int nloss;
	struct price price;
	double cpu_percent;	  /* of the reader, of one CPU */
	double bpf_percent;	  /* of the machine, < 0: not known */
	const char *const *notes; /* NULL: none */
	const char *state;	  /* NULL: it has none */
};

struct text_style {
	bool utf8;
	bool color;
	int width; /* of the terminal, 0: no limit */
};

/** write_text - a title line, a header row, the rows, losses and price */
void write_text(struct buf *b, const struct report *r, const struct text_style *s);

/** write_json - one object and a newline, see schema.c */
void write_json(struct buf *b, const struct report *r);

/** write_schema - the JSON Schema of all that is ever written as JSON */
void write_schema(struct buf *b);

/** text_style_of - the style for file descriptor @fd; @color: enum color of options.h */
struct text_style text_style_of(int fd, int color);

/* Meanings that have a colour. */
enum paint { PAINT_NONE, PAINT_TITLE, PAINT_DIM, PAINT_BAD, PAINT_GOOD };
/** paint - switch to a colour, if the style has colours; PAINT_NONE switches back */
void paint(struct buf *b, const struct text_style *s, enum paint p);

#endif /* OSTRACE_WRITER_H */
