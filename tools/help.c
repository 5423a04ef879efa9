// SPDX-License-Identifier: GPL-2.0
/* --help: of ostrace, and of each command. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "format.h"
#include "generate.h"

#define TEXT_COLUMN 26
#define LINE_MAX_CELLS 80

/* Words of @text from the current column on, broken before the 80th. */
static void put_wrapped(struct buf *b, int column, int at, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, " ");

		if (at + 1 + (int)n >= LINE_MAX_CELLS && at > column) {
			buf_putc(b, '\n');
			buf_pad(b, column);
			at = column;
		} else if (at > column) {
			buf_putc(b, ' ');
			at++;
		}
		buf_add(b, text, n);
		at += (int)n;
		text += n + (text[n] == ' ');
	}
	buf_putc(b, '\n');
}

/* A name at the left, what it is in a column to the right. */
static void put_entry(struct buf *b, const char *name, const char *help)
{
	int at = 2 + format_cells(name);

	buf_printf(b, "  %s", name);
	if (at + 2 > TEXT_COLUMN) {
		buf_putc(b, '\n');
		at = 0;
	}
	buf_pad(b, TEXT_COLUMN - at);
	put_wrapped(b, TEXT_COLUMN, TEXT_COLUMN, help);
}

/* @v: leave out the filters that it does not honour; NULL: none */
static void put_options(struct buf *b, unsigned int which, const struct view *v, bool rare)
{
	const struct option_def *d;
	char name[80];

	buf_puts(b, "\nOptions:\n");
	for (d = option_defs; d->name; d++) {
		if (!(d->flags & which) || ((d->flags & OPT_RARE) && !rare))
			continue;
		if (v && !option_applies(d, v))
			continue;
		snprintf(name, sizeof(name), "%c%c%c --%s%s%s", d->letter ? '-' : ' ',
			 d->letter ? d->letter : ' ', d->letter ? ',' : ' ', d->name,
			 d->arg ? " " : "", d->arg ? d->arg : "");
		put_entry(b, name, d->help);
	}
}

static void put_commands(struct buf *b)
{
	const struct command *c;
	int i;

	buf_puts(b, "\nCommands:\n");
	for (i = 0; (c = command_at(i)); i++)
		put_entry(b, c->name, c->summary);
}

static void put_tables(struct buf *b, const struct view *v)
{
	int t, c;

	for (t = 0; t < v->ntables; t++) {
		const struct table_def *def = &v->tables[t];

		if (!def->top_level)
			continue;
		buf_printf(b, "\nTable %s%s: %s\n", def->name, t ? "" : " (the default)",
			   def->help);
		for (c = 0; c < def->ncols; c++) {
			char name[64];

			snprintf(name, sizeof(name), "%s%s", def->cols[c].key,
				 c == def->sort ? " *" : "");
			put_entry(b, name, def->cols[c].help);
		}
	}
	buf_puts(b, "\nThe names are keys for --sort and in JSON; * is the default order.\n");
}

static void put_usage(struct buf *b, const struct command *c)
{
	bool program = !c || !c->view || (c->view->filters & FILTER_PROGRAM);

	buf_printf(b, "Usage: ostrace %s ", c ? c->name : "[COMMAND]");
	if (c && c->usage)
		buf_printf(b, "%s\n", c->usage);
	else
		buf_printf(b, "[options] [interval [count]]%s\n",
			   program ? " [-- program args...]" : "");
}

void help_text(struct buf *b, const struct command *c)
{
	put_usage(b, c);
	buf_putc(b, '\n');
	if (!c) {
		put_wrapped(
			b, 0, 0,
			"Shows what system calls and interrupts cost, live: who makes them, how long they take, and what watching them costs. Without a command on a terminal: top.");
		put_commands(b);
		put_options(b, OPT_FOR, NULL, false);
		buf_puts(
			b,
			"\n'ostrace COMMAND --help' tells more, the manual page ostrace(1) everything.\n");
		return;
	}
	buf_printf(b, "%s: %s.\n", c->name, c->summary);
	put_options(b, c->opt, c->view, false);
	if (c->view)
		put_tables(b, c->view);
}
