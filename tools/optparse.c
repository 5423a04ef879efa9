// SPDX-License-Identifier: GPL-2.0
/* The parser: argv to struct options, guided by the option table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "err.h"
#include "options.h"
#include "optvalue.h"
#include "suggest.h"

#define SECOND 1000000000ULL

struct parser {
	struct options *o;
	char **argv;
	int argc, at;  /* argv[at] is the next word */
	uint64_t used; /* bit i: option_defs[i] was given */
};

static const struct option_def *by_letter(char c)
{
	const struct option_def *d;

	for (d = option_defs; d->name; d++)
		if (d->letter == c)
			return d;
	return NULL;
}

static const struct option_def *by_name(const char *name, size_t len)
{
	const struct option_def *d;

	for (d = option_defs; d->name; d++)
		if (strlen(d->name) == len && !strncmp(d->name, name, len))
			return d;
	return NULL;
}

static int unknown_long(const char *word, size_t len)
{
	const struct option_def *d;
	char name[64], hint[80] = "";
	struct suggest s;

	snprintf(name, sizeof(name), "%.*s", (int)(len < 60 ? len : 60), word);
	suggest_init(&s, name);
	for (d = option_defs; d->name; d++)
		suggest_add(&s, d->name);
	if (s.best)
		snprintf(hint, sizeof(hint), ": did you mean --%s?", s.best);
	return err_set(-EINVAL, "unknown option --%s%s (ostrace --help lists them)", name, hint);
}

static int take(struct parser *p, const struct option_def *d, const char *arg)
{
	p->used |= 1ULL << (d - option_defs);
	return d->set(p->o, arg);
}

static const char *next_word(struct parser *p)
{
	return p->at < p->argc ? p->argv[p->at++] : NULL;
}

/* --name, --name=arg, --name arg */
static int parse_long(struct parser *p, const char *word)
{
	size_t len = strcspn(word, "=");
	const struct option_def *d = by_name(word, len);
	const char *arg = word[len] ? word + len + 1 : NULL;

	if (!d)
		return unknown_long(word, len);
	if (!d->arg && arg)
		return err_set(-EINVAL, "--%s takes no argument", d->name);
	if (d->arg && !arg) {
		arg = next_word(p);
		if (!arg)
			return err_set(-EINVAL, "--%s needs an argument: %s", d->name, d->arg);
	}
	return take(p, d, arg);
}

/* -e, -er, -s key, -skey, -ers key */
static int parse_short(struct parser *p, const char *word)
{
	for (; *word; word++) {
		const struct option_def *d = by_letter(*word);
		const char *arg;
		int err;

		if (!d)
			return err_set(-EINVAL, "unknown option -%c (ostrace --help lists them)",
				       *word);
		if (!d->arg) {
			err = take(p, d, NULL);
			if (err)
				return err;
			continue;
		}
		arg = word[1] ? word + 1 : next_word(p);
		if (!arg)
			return err_set(-EINVAL, "-%c needs an argument: %s", d->letter, d->arg);
		return take(p, d, arg);
	}
	return 0;
}

static int unknown_command(const char *word)
{
	const struct command *c;
	struct suggest s;
	char hint[80];
	int i;

	suggest_init(&s, word);
	for (i = 0; (c = command_at(i)); i++)
		suggest_add(&s, c->name);
	return err_set(-EINVAL, "unknown command '%s'%s (%s)", word,
		       suggest_hint(&s, hint, sizeof(hint)), s.list);
}

static int keep_word(struct options *o, char *word)
{
	char **more = reallocarray(o->args, o->nargs + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	o->args = more;
	o->args[o->nargs++] = word;
	return 0;
}

/* The first word that is not a number is the command; the rest is kept. */
static int parse_word(struct parser *p, char *word)
{
	struct options *o = p->o;

	if (o->cmd || o->nargs || value_is_number(word))
		return keep_word(o, word);
	o->cmd = command_find(word);
	return o->cmd ? 0 : unknown_command(word);
}

static int parse_all(struct parser *p)
{
	struct options *o = p->o;
	int err = 0;

	while (!err && p->at < p->argc) {
		char *word = p->argv[p->at++];

		if (!strcmp(word, "--")) {
			if (p->at == p->argc)
				return err_set(-EINVAL, "-- needs a program after it");
			o->program = &p->argv[p->at];
			return 0;
		}
		if (!strncmp(word, "--", 2))
			err = parse_long(p, word + 2);
		else if (word[0] == '-' && word[1] && !value_is_number(word))
			err = parse_short(p, word + 1);
		else
			err = parse_word(p, word);
	}
	return err;
}

/* [interval [count]], unless these are words of the command's own */
static int parse_interval_words(struct options *o)
{
	const struct option_def *interval = by_letter('i'), *count = by_letter('n');
	int err = 0;

	if (!o->nargs || ((o->cmd->takes & CMD_WORDS) && !value_is_number(o->args[0])))
		return 0;
	if (!(o->cmd->takes & CMD_INTERVAL))
		return err_set(-EINVAL, "%s takes no argument '%s'", o->cmd->name, o->args[0]);
	if (!value_is_number(o->args[0]))
		return err_set(
			-EINVAL,
			"unknown argument '%s': %s takes [interval [count]], and a program after --",
			o->args[0], o->cmd->name);
	err = interval->set(o, o->args[0]);
	if (!err && o->nargs > 1)
		err = count->set(o, o->args[1]);
	if (!err && o->nargs > 2)
		err = err_set(-EINVAL, "one argument too many: '%s'", o->args[2]);
	return err;
}

static int refuse_strangers(const struct parser *p)
{
	const struct command *c = p->o->cmd;
	int i;

	for (i = 0; option_defs[i].name; i++)
		if ((p->used >> i & 1) && !(option_defs[i].flags & c->opt))
			return err_set(-EINVAL, "%s: --%s does not apply to this command", c->name,
				       option_defs[i].name);
	if (p->o->program && !(c->takes & CMD_PROGRAM))
		return err_set(-EINVAL, "%s runs no program: leave out what follows --", c->name);
	return 0;
}

static int choose_command(struct parser *p)
{
	struct options *o = p->o;

	if (o->cmd)
		return 0;
	if (!o->json && !o->batch && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		return err_set(
			-EINVAL,
			"no command given, and this is no terminal for the default one, top (ostrace --help lists them)");
	o->cmd = command_find("top");
	return 0;
}

int options_parse(int argc, char **argv, struct options *o)
{
	struct parser p = { .o = o, .argv = argv, .argc = argc, .at = 1 };
	int err;

	*o = (struct options){ .interval_ns = SECOND, .top = -1 };
	err = parse_all(&p);
	if (err)
		return err;
	if (o->ask)
		return 1;
	err = choose_command(&p);
	if (!err)
		err = refuse_strangers(&p);
	if (!err)
		err = parse_interval_words(o);
	return err ? err : options_check(o);
}

void options_free(struct options *o)
{
	free((uint32_t *)o->filter.pids);
	free((uint32_t *)o->filter.tids);
	free((char *)o->filter.cgroup_path);
	free(o->args);
	*o = (struct options){ 0 };
}
