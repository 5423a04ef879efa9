// SPDX-License-Identifier: GPL-2.0
/* Completion for zsh and fish: both take a description with each word. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "completion.h"
#include "generate.h"

/* Inside single quotes; zsh's _arguments also reads brackets and colons. */
static void put_quoted(struct buf *b, const char *s, bool zsh)
{
	for (; *s; s++) {
		if (*s == '\'')
			buf_puts(b, zsh ? "'\\'" : "\\");
		else if (zsh && strchr("[]:\\", *s))
			buf_putc(b, '\\');
		else if (*s == '\\')
			buf_putc(b, '\\');
		buf_putc(b, *s);
	}
}

static void zsh_action(struct buf *b, enum complete kind)
{
	switch (kind) {
	case COMPLETE_SORT:
		buf_puts(b, "sort key:($sort_keys)");
		break;
	case COMPLETE_TABLE:
		buf_puts(b, "table:($tables)");
		break;
	case COMPLETE_PID:
		buf_puts(b, "process:_pids");
		break;
	case COMPLETE_CGROUP:
		buf_puts(b, "cgroup:_files -/ -W $mount");
		break;
	case COMPLETE_COLOR:
		buf_puts(b, "when:(");
		completion_words(b, color_words);
		buf_putc(b, ')');
		break;
	case COMPLETE_GENERATE:
		buf_puts(b, "kind:(");
		completion_words(b, generate_words);
		buf_putc(b, ')');
		break;
	case COMPLETE_NONE:
		buf_puts(b, "value: ");
		break;
	}
}

/* '(-s --sort)'{-s+,--sort=}'[help]:what:action' */
static void zsh_option(struct buf *b, const struct option_def *d)
{
	buf_puts(b, "\t\t");
	if (d->letter)
		buf_printf(b, "'(-%c --%s)'{-%c%s,--%s%s}", d->letter, d->name, d->letter,
			   d->arg ? "+" : "", d->name, d->arg ? "=" : "");
	else
		buf_printf(b, "--%s%s", d->name, d->arg ? "=" : "");
	/* Double quotes where a list is put in when the function runs. */
	buf_puts(b, "'[");
	put_quoted(b, d->help, true);
	buf_puts(b, "]'");
	if (d->arg) {
		buf_puts(b, "\":");
		zsh_action(b, d->complete);
		buf_putc(b, '"');
	}
	buf_putc(b, '\n');
}

static void zsh_by_command(struct buf *b)
{
	int i;

	buf_puts(b, "\tcase $cmd in\n");
	for (i = 0; views[i]; i++) {
		buf_printf(b, "\t%s) sort_keys='", views[i]->name);
		completion_sort_keys(b, views[i]);
		buf_puts(b, "' tables='");
		completion_tables(b, views[i]);
		buf_puts(b, "' ;;\n");
	}
	buf_puts(b, "\t*) sort_keys='");
	for (i = 0; views[i]; i++) {
		buf_puts(b, i ? " " : "");
		completion_sort_keys(b, views[i]);
	}
	buf_puts(b, "' tables='");
	for (i = 0; views[i]; i++) {
		buf_puts(b, i ? " " : "");
		completion_tables(b, views[i]);
	}
	buf_puts(b, "' ;;\n\tesac\n");
}

/* Options that only the view's command takes. */
static void zsh_own(struct buf *b, const struct view *v)
{
	const struct option_def *d;

	buf_printf(b, "\t[[ $cmd == %s ]] && options+=(\n", v->name);
	for (d = option_defs; d->name; d++)
		if (d->flags & v->options)
			zsh_option(b, d);
	buf_puts(b, "\t)\n");
}

void completion_zsh(struct buf *b)
{
	const struct option_def *d;
	const struct command *c;
	int i;

	buf_puts(b, "#compdef ostrace\n\n_ostrace() {\n"
		    "\tlocal cmd sort_keys tables mount=/sys/fs/cgroup w\n"
		    "\tlocal -a commands options\n"
		    "\t[[ -d $mount/unified ]] && mount=$mount/unified\n"
		    "\tcommands=(\n");
	for (i = 0; (c = command_at(i)); i++) {
		buf_printf(b, "\t\t'%s:", c->name);
		put_quoted(b, c->summary, true);
		buf_puts(b, "'\n");
	}
	buf_puts(b, "\t)\n\tfor w in ${words[2,CURRENT-1]}; do\n"
		    "\t\t[[ -n ${commands[(r)$w:*]} ]] && { cmd=$w; break }\n"
		    "\tdone\n");
	zsh_by_command(b);
	buf_puts(b, "\toptions=(\n");
	for (d = option_defs; d->name; d++)
		if ((d->flags & OPT_FOR) && !(d->flags & OPT_RARE))
			zsh_option(b, d);
	buf_puts(b, "\t)\n");
	for (i = 0; views[i]; i++)
		if (views[i]->options)
			zsh_own(b, views[i]);
	buf_puts(b, "\tif (( ${words[(i)--]} < CURRENT )); then\n"
		    "\t\tshift ${words[(i)--]} words\n"
		    "\t\t(( CURRENT = $#words ))\n"
		    "\t\t_normal\n"
		    "\t\treturn\n"
		    "\tfi\n"
		    "\tif [[ -z $cmd ]]; then\n"
		    "\t\t_arguments -s $options '1: :{_describe command commands}' '*: :'\n"
		    "\telse\n"
		    "\t\t_arguments -s $options '*: :'\n"
		    "\tfi\n}\n\n_ostrace \"$@\"\n");
}

static void fish_option(struct buf *b, const struct option_def *d)
{
	int i;

	buf_puts(b, "complete -c ostrace");
	for (i = 0; views[i]; i++)
		if (d->flags & views[i]->options)
			buf_printf(b, " -n '__fish_seen_subcommand_from %s'", views[i]->name);
	if (d->letter)
		buf_printf(b, " -s %c", d->letter);
	buf_printf(b, " -l %s", d->name);
	if (d->arg)
		buf_puts(b, " -x");
	buf_puts(b, " -d '");
	put_quoted(b, d->help, false);
	buf_putc(b, '\'');
	switch (d->complete) {
	case COMPLETE_PID:
		buf_puts(b, " -a '(__fish_complete_pids)'");
		break;
	case COMPLETE_CGROUP:
		buf_puts(b, " -a '(__fish_complete_directories)'");
		break;
	case COMPLETE_COLOR:
	case COMPLETE_GENERATE:
		buf_puts(b, " -a '");
		completion_words(b, d->complete == COMPLETE_COLOR ? color_words : generate_words);
		buf_putc(b, '\'');
		break;
	default:
		break;
	}
	buf_putc(b, '\n');
}

/* The same option again, offering what depends on the command. */
static void fish_by_view(struct buf *b, const struct option_def *d, const struct view *v)
{
	buf_printf(b, "complete -c ostrace -n '__fish_seen_subcommand_from %s'", v->name);
	if (d->letter)
		buf_printf(b, " -s %c", d->letter);
	buf_printf(b, " -l %s -x -a '", d->name);
	if (d->complete == COMPLETE_SORT)
		completion_sort_keys(b, v);
	else
		completion_tables(b, v);
	buf_puts(b, "'\n");
}

void completion_fish(struct buf *b)
{
	const struct option_def *d;
	const struct command *c;
	int i;

	buf_puts(
		b,
		"# fish completion for ostrace\n"
		"complete -c ostrace -f\n"
		"complete -c ostrace -n '__fish_seen_argument -- --' -x -a '(__fish_complete_subcommand)'\n"
		"set -l __ostrace_commands '");
	completion_commands(b, " ");
	buf_puts(b, "'\n");
	for (i = 0; (c = command_at(i)); i++) {
		buf_puts(
			b,
			"complete -c ostrace -n \"not __fish_seen_subcommand_from $__ostrace_commands\"");
		buf_printf(b, " -a %s -d '", c->name);
		put_quoted(b, c->summary, false);
		buf_puts(b, "'\n");
	}
	for (d = option_defs; d->name; d++) {
		if (d->flags & OPT_RARE)
			continue;
		fish_option(b, d);
		for (i = 0; views[i]; i++)
			if (d->complete == COMPLETE_SORT || d->complete == COMPLETE_TABLE)
				fish_by_view(b, d, views[i]);
	}
}
