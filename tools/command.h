/* SPDX-License-Identifier: GPL-2.0 */
/* The command table: everything `ostrace WORD` can be. */
#ifndef OSTRACE_COMMAND_H
#define OSTRACE_COMMAND_H

#include "options.h"

/* What a command takes besides options. */
enum {
	CMD_INTERVAL = 1 << 0, /* [interval [count]] */
	CMD_PROGRAM = 1 << 1,  /* -- program */
	CMD_WORDS = 1 << 2,    /* words of its own: options.args; a number is no word */
};

struct command {
	const char *name;
	const char *summary;	 /* one line */
	const char *usage;	 /* after "ostrace NAME ", NULL: the common one */
	unsigned int takes;	 /* CMD_* */
	unsigned int opt;	 /* options it takes: OPT_TOP, OPT_VIEW or OPT_OTHER */
	const struct view *view; /* set for view commands */
	/* Return an exit code (err.h); has printed its own errors. */
	int (*run)(const struct options *o);
};

/* NULL if there is none of that name; "top" comes first, then the views. */
const struct command *command_find(const char *name);
/* Iterate: command_at(0), command_at(1), ... NULL at the end. */
const struct command *command_at(int i);

int cmd_top(const struct options *o);	   /* cmd_top.c */
int cmd_view(const struct options *o);	   /* cmd_view.c */
int cmd_explain(const struct options *o);  /* cmd_explain.c */
int cmd_oom(const struct options *o);	   /* cmd_oom.c */
int cmd_features(const struct options *o); /* cmd_features.c */

#endif /* OSTRACE_COMMAND_H */
