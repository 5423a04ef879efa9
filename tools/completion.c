// SPDX-License-Identifier: GPL-2.0
/* What completion scripts have in common, and the one for bash. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "completion.h"
#include "generate.h"

void completion_commands(struct buf *b, const char *sep)
{
	const struct command *c;
	int i;

	for (i = 0; (c = command_at(i)); i++)
		buf_printf(b, "%s%s", i ? sep : "", c->name);
}

/* Is @key already in an earlier column of the view's tables? */
static bool seen_before(const struct view *v, int table, int col)
{
	const char *key = v->tables[table].cols[col].key;
	int t;

	for (t = 0; t < table; t++)
		if (v->tables[t].top_level && column_find(&v->tables[t], key) >= 0)
			return true;
	return false;
}

void completion_sort_keys(struct buf *b, const struct view *v)
{
	int t, c;
	bool any = false;

	for (t = 0; t < v->ntables; t++)
		for (c = 0; v->tables[t].top_level && c < v->tables[t].ncols; c++) {
			if (seen_before(v, t, c))
				continue;
			buf_printf(b, "%s%s", any ? " " : "", v->tables[t].cols[c].key);
			any = true;
		}
}

void completion_tables(struct buf *b, const struct view *v)
{
	bool any = false;
	int t;

	for (t = 0; t < v->ntables; t++)
		if (v->tables[t].top_level) {
			buf_printf(b, "%s%s", any ? " " : "", v->tables[t].name);
			any = true;
		}
}

void completion_words(struct buf *b, const char *const *words)
{
	int i;

	for (i = 0; words[i]; i++)
		buf_printf(b, "%s%s", i ? " " : "", words[i]);
}

/* "-s|--sort" of every option that completes as @kind, for a case label. */
static bool bash_label(struct buf *b, enum complete kind)
{
	const struct option_def *d;
	bool any = false;

	for (d = option_defs; d->name; d++) {
		if (!d->arg || d->complete != kind)
			continue;
		buf_puts(b, any ? "|" : "\t");
		any = true;
		if (d->letter)
			buf_printf(b, "-%c|", d->letter);
		buf_printf(b, "--%s", d->name);
	}
	if (any)
		buf_puts(b, ")\n");
	return any;
}

static void bash_by_view(struct buf *b, void (*put)(struct buf *, const struct view *))
{
	int i;

	buf_puts(b, "\t\tcase $cmd in\n");
	for (i = 0; views[i]; i++) {
		buf_printf(b, "\t\t%s) words='", views[i]->name);
		put(b, views[i]);
		buf_puts(b, "' ;;\n");
	}
	buf_puts(b, "\t\t*) words='");
	for (i = 0; views[i]; i++) {
		if (i)
			buf_putc(b, ' ');
		put(b, views[i]);
	}
	buf_puts(b, "' ;;\n\t\tesac ;;\n");
}

static void bash_arguments(struct buf *b)
{
	buf_puts(b, "\tcase $prev in\n");
	if (bash_label(b, COMPLETE_SORT))
		bash_by_view(b, completion_sort_keys);
	if (bash_label(b, COMPLETE_TABLE))
		bash_by_view(b, completion_tables);
	if (bash_label(b, COMPLETE_PID))
		buf_puts(b, "\t\twords=$(cd /proc && echo [0-9]*) ;;\n");
	if (bash_label(b, COMPLETE_CGROUP))
		buf_puts(b, "\t\tmount=/sys/fs/cgroup\n"
			    "\t\t[ -d $mount/unified ] && mount=$mount/unified\n"
			    "\t\tCOMPREPLY=($(cd \"$mount\" && compgen -d -- \"$cur\"))\n"
			    "\t\treturn ;;\n");
	if (bash_label(b, COMPLETE_COLOR)) {
		buf_puts(b, "\t\twords='");
		completion_words(b, color_words);
		buf_puts(b, "' ;;\n");
	}
	if (bash_label(b, COMPLETE_GENERATE)) {
		buf_puts(b, "\t\twords='");
		completion_words(b, generate_words);
		buf_puts(b, "' ;;\n");
	}
	if (bash_label(b, COMPLETE_NONE))
		buf_puts(b, "\t\treturn ;;\n");
}

/* @v: without the filters that it does not honour */
static void bash_options(struct buf *b, unsigned int which, const struct view *v)
{
	const struct option_def *d;
	bool any = false;

	for (d = option_defs; d->name; d++) {
		if (!(d->flags & which) || (d->flags & OPT_RARE) || (v && !option_applies(d, v)))
			continue;
		buf_printf(b, "%s--%s", any ? " " : "", d->name);
		any = true;
	}
}

/* Options by command, then the commands until one is given. */
static void bash_words(struct buf *b)
{
	const struct command *c;
	int i;

	buf_puts(b, "\t*)\n\t\tcase $cmd in\n");
	for (i = 0; (c = command_at(i)); i++) {
		buf_printf(b, "\t\t%s) words='", c->name);
		bash_options(b, c->opt, c->view);
		buf_puts(b, "' ;;\n");
	}
	buf_puts(b, "\t\t*) words='");
	completion_commands(b, " ");
	buf_putc(b, ' ');
	bash_options(b, OPT_FOR, NULL);
	buf_puts(b, "' ;;\n\t\tesac\n");
	/* Not before a dash is typed: an option is not the usual next word. */
	buf_puts(b, "\t\t[[ $cmd && $cur != -* ]] && return ;;\n\tesac\n");
}

void completion_bash(struct buf *b)
{
	buf_puts(b, "# bash completion for ostrace\n"
		    "# shellcheck shell=bash disable=SC2207\n\n"
		    "_ostrace() {\n"
		    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		    "\tlocal cmd='' words='' mount i\n"
		    "\tCOMPREPLY=()\n"
		    "\tif [[ $cur == = ]]; then\n\t\tcur=''\n"
		    "\telif [[ $prev == = ]]; then\n"
		    "\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n\tfi\n"
		    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		    "\t\tcase ${COMP_WORDS[i]} in\n"
		    "\t\t--)\n"
		    "\t\t\tif declare -F _command_offset >/dev/null; then\n"
		    "\t\t\t\t_command_offset $((i + 1))\n"
		    "\t\t\telse\n"
		    "\t\t\t\tCOMPREPLY=($(compgen -c -f -- \"$cur\"))\n"
		    "\t\t\tfi\n"
		    "\t\t\treturn ;;\n\t\t");
	completion_commands(b, "|");
	buf_puts(b, ")\n\t\t\t[[ $cmd ]] || cmd=${COMP_WORDS[i]} ;;\n\t\tesac\n\tdone\n");
	bash_arguments(b);
	bash_words(b);
	buf_puts(b, "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n\n"
		    "complete -F _ostrace ostrace\n");
}
