// SPDX-License-Identifier: GPL-2.0
/* The tables of the manual page, in man(7) macros. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "err.h"
#include "explain.h"
#include "feature.h"
#include "format.h"
#include "generate.h"
#include "top_keys.h"

#define SOURCE_COLUMNS 72

static void put_roff_char(struct buf *b, uint32_t c, bool option)
{
	if (c == '\\')
		buf_puts(b, "\\e");
	else if (c == '-' && option)
		buf_puts(b, "\\-");
	else if (c >= 0x80)
		buf_printf(b, "\\[u%04X]", (unsigned int)c);
	else
		buf_putc(b, (char)c);
}

/*
 * Text as it is: nothing in it is a request or an escape. Source lines are kept
 * short for those who read them, and for mandoc's lint.
 */
static void put_roff(struct buf *b, const char *s, bool option)
{
	size_t left = strlen(s);
	bool line_start = true;
	int column = 0;

	while (left) {
		uint32_t c = 0;
		int len = utf8_decode(s, left, &c);

		if (!len)
			len = 1;
		if (line_start && (c == '.' || c == '\''))
			buf_puts(b, "\\&");
		line_start = false;
		column += len;
		if (c == ' ' && column + (int)strcspn(s + 1, " ") >= SOURCE_COLUMNS && !option) {
			buf_putc(b, '\n');
			line_start = true;
			column = 0;
		} else {
			put_roff_char(b, c, option);
		}
		s += len;
		left -= (size_t)len;
	}
}

static void put_sentence(struct buf *b, const char *s)
{
	put_roff(b, s, false);
	buf_puts(b, s[strlen(s) - 1] == '.' ? "\n" : ".\n");
}

static void put_bold(struct buf *b, const char *s)
{
	buf_puts(b, "\\fB");
	put_roff(b, s, true);
	buf_puts(b, "\\fR");
}

/* The options with one of the flags @which. */
static void put_options_of(struct buf *b, unsigned int which)
{
	const struct option_def *d;

	for (d = option_defs; d->name; d++) {
		if (!(d->flags & which))
			continue;
		buf_puts(b, ".TP\n");
		if (d->letter)
			buf_printf(b, "\\fB\\-%c\\fR, ", d->letter);
		buf_puts(b, "\\fB\\-\\-");
		put_roff(b, d->name, true);
		buf_puts(b, "\\fR");
		if (d->arg) {
			buf_puts(b, " \\fI");
			put_roff(b, d->arg, true);
			buf_puts(b, "\\fR");
		}
		buf_putc(b, '\n');
		put_sentence(b, d->help);
	}
}

static void put_options(struct buf *b)
{
	put_options_of(b, OPT_FOR);
}

static void put_commands(struct buf *b)
{
	const struct command *c;
	int i;

	for (i = 0; (c = command_at(i)); i++) {
		buf_puts(b, ".TP\n");
		put_bold(b, c->name);
		buf_putc(b, '\n');
		put_sentence(b, c->summary);
	}
}

/* Plain paragraphs, separated by empty lines. */
static void put_paragraphs(struct buf *b, const char *s)
{
	while (s && *s) {
		const char *end = strstr(s, "\n\n");
		size_t len = end ? (size_t)(end - s) : strlen(s);
		char text[2048];

		snprintf(text, sizeof(text), "%.*s", (int)len, s);
		buf_puts(b, ".PP\n");
		put_roff(b, text, false);
		if (!len || text[strlen(text) - 1] != '\n')
			buf_putc(b, '\n');
		s += len;
		while (*s == '\n')
			s++;
	}
}

static void put_table(struct buf *b, const struct table_def *def)
{
	static const char *const units[] = {
		[UNIT_TEXT] = "",
		[UNIT_COUNT] = "",
		[UNIT_ID] = "",
		[UNIT_NS] = " (ns)",
		[UNIT_PERCENT] = " (%)",
		[UNIT_BYTES] = " (bytes)",
		[UNIT_HIST] = " (histogram)",
	};
	int i;

	buf_puts(b, ".PP\nTable ");
	put_bold(b, def->name);
	buf_puts(b, ",\n");
	put_sentence(b, def->help);
	for (i = 0; i < def->ncols; i++) {
		buf_puts(b, ".TP\n");
		put_bold(b, def->cols[i].key);
		buf_printf(b, "%s\n", units[def->cols[i].unit]);
		put_sentence(b, def->cols[i].help);
	}
}

static void put_views(struct buf *b)
{
	int i, t;

	for (i = 0; views[i]; i++) {
		buf_puts(b, ".SS \"");
		put_roff(b, views[i]->title, false);
		buf_puts(b, " (");
		put_roff(b, views[i]->name, false);
		buf_puts(b, ")\"\n");
		put_sentence(b, views[i]->summary);
		put_paragraphs(b, views[i]->help);
		if (views[i]->options) {
			buf_puts(b, ".PP\nOptions of this command alone:\n");
			put_options_of(b, views[i]->options);
		}
		for (t = 0; t < views[i]->ntables; t++)
			put_table(b, &views[i]->tables[t]);
	}
}

static void put_rules(struct buf *b)
{
	const struct rule *r;
	char least[16];

	for (r = rules; r->key; r++) {
		buf_puts(b, ".TP\n");
		put_bold(b, r->key);
		buf_putc(b, '\n');
		put_sentence(b, r->help);
		format_ns(least, sizeof(least), (uint64_t)r->least, false);
		buf_printf(b, "Told from %s lost a second on; shown by ostrace %s \\-\\-by %s.\n",
			   least, r->view, r->table);
	}
}

static void put_features(struct buf *b)
{
	const struct feature *f;

	for (f = features; f->name; f++) {
		buf_puts(b, ".TP\n");
		put_bold(b, f->name);
		buf_putc(b, '\n');
		put_sentence(b, f->summary);
	}
}

static void put_keys(struct buf *b)
{
	const struct top_key *k;

	for (k = top_keys; k->keys; k++) {
		buf_puts(b, ".TP\n");
		put_bold(b, k->keys);
		buf_putc(b, '\n');
		put_sentence(b, k->help);
	}
}

static const struct section {
	const char *name;
	void (*put)(struct buf *b);
} sections[] = {
	{ "@COMMANDS@", put_commands },
	{ "@OPTIONS@", put_options },
	{ "@VIEWS@", put_views },
	{ "@KEYS@", put_keys },
	{ "@FEATURES@", put_features },
	{ "@RULES@", put_rules },
	{ NULL, NULL },
};

static int put_section(struct buf *b, const char *line, size_t len)
{
	const struct section *s;

	for (s = sections; s->name; s++)
		if (strlen(s->name) == len && !strncmp(s->name, line, len)) {
			s->put(b);
			return 0;
		}
	return err_set(-EINVAL, "man source: no table '%.*s'", (int)len, line);
}

int man_page(struct buf *b, const char *template)
{
	int err = 0;

	while (!err && *template) {
		size_t len = strcspn(template, "\n");

		if (*template == '@') {
			err = put_section(b, template, len);
		} else {
			buf_add(b, template, len);
			buf_putc(b, '\n');
		}
		template += len + (template[len] == '\n');
	}
	return err;
}
