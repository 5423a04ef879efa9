// SPDX-License-Identifier: GPL-2.0
/* The command table: top, one command for each view, and the rest. */
#include <string.h>
#include "command.h"

#define TRACES (CMD_INTERVAL | CMD_PROGRAM)

static const struct command before[] = {
	{
		.name = "top",
		.takes = TRACES,
		.opt = OPT_TOP,
		.run = cmd_top,
		.summary = "everything at once on one screen, updated as it happens",
	},
};

static const struct command after[] = {
	{
		.name = "explain",
		.usage = "[-p PID | -c CGROUP] [-d TIME] [--json] [-- program args...]",
		.takes = CMD_PROGRAM,
		.opt = OPT_EXPLAIN,
		.summary = "what stands out, worst first, after watching for 10 s",
		.run = cmd_explain,
	},
	{
		.name = "features",
		.usage = "[--json]",
		.opt = OPT_OTHER,
		.summary = "what this kernel offers, and what its gaps cost",
		.run = cmd_features,
	},
};

/* Views whose commands do more than show their tables. */
static const struct command own[] = {
	{
		.name = "oom",
		.takes = CMD_WORDS | CMD_INTERVAL,
		.opt = OPT_VIEW | OPT_OTHER,
		.run = cmd_oom,
		.usage = "[status|rank|test|load|attach|detach] [ARG|interval]",
	},
};

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define MAX_VIEWS 16

static const struct command *view_command(int i)
{
	static struct command made[MAX_VIEWS];
	int n = 0;

	while (views[n])
		n++;
	if (i >= n || i >= MAX_VIEWS)
		return NULL;
	made[i] = (struct command){
		.name = views[i]->name,
		.takes = TRACES,
		.opt = OPT_VIEW | views[i]->options,
		.run = cmd_view,
	};
	for (n = 0; n < COUNT(own); n++)
		if (!strcmp(own[n].name, views[i]->name))
			made[i] = own[n];
	made[i].summary = views[i]->summary;
	made[i].view = views[i];
	return &made[i];
}

const struct command *command_at(int i)
{
	const struct command *c;
	int nviews = 0;

	if (i < 0)
		return NULL;
	if (i < COUNT(before))
		return &before[i];
	i -= COUNT(before);
	c = view_command(i);
	if (c)
		return c;
	while (views[nviews] && nviews < MAX_VIEWS)
		nviews++;
	i -= nviews;
	return i < COUNT(after) ? &after[i] : NULL;
}

const struct command *command_find(const char *name)
{
	const struct command *c;
	int i;

	for (i = 0; (c = command_at(i)); i++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}
