/* SPDX-License-Identifier: GPL-2.0 */
/* The command line: one table of options, one parser, no I/O but lookups. */
#ifndef OSTRACE_OPTIONS_H
#define OSTRACE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "irqknobs.h"
#include "view.h"

#define COMPARE_ROUNDS_MAX 100

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What is asked of ostrace itself, answered by answer() of generate.h. */
enum ask { ASK_NONE, ASK_HELP, ASK_VERSION, ASK_JSON_SCHEMA, ASK_GENERATE };

struct options {
	const struct command *cmd; /* command.h; NULL: help without a command */
	enum ask ask;
	const char *generate; /* --generate KIND */
	uint64_t interval_ns; /* default 1 s; 10 ms .. 24 h */
	bool interval_given;
	uint64_t iterations;  /* 0: until stopped */
	uint64_t duration_ns; /* 0: until stopped */
	const char *sort;     /* column key, NULL: the table's default */
	bool reverse;
	int top;	  /* rows to show, 0: all, -1: not given */
	const char *by;	  /* --by TABLE, NULL: the default table */
	const char *find; /* -f: only rows that contain this, or NULL */
	bool batch;	  /* -b: top as plain text */
	bool json;
	enum color color;
	bool verbose;	      /* -v: verifier log and such */
	uint64_t compare_ns;  /* --compare: the longest a run may take; 0: not given */
	int rounds;	      /* of --compare; 0: not given */
	char **program;	      /* after --, NULL-terminated, or NULL */
	struct filter filter; /* arrays owned by this struct */
	struct irq_ask irq;   /* knobs of the demo driver to turn */
	char **args;	      /* words left for commands that take some */
	int nargs;
};

/* Which commands an option makes sense for. */
enum {
	OPT_TOP = 1 << 0,     /* the screen */
	OPT_VIEW = 1 << 1,    /* one view as text or JSON */
	OPT_OTHER = 1 << 2,   /* commands that trace nothing */
	OPT_EXPLAIN = 1 << 6, /* one look at all views */
	OPT_FOR = OPT_TOP | OPT_VIEW | OPT_OTHER | OPT_EXPLAIN,
	OPT_RARE = 1 << 3, /* not in the short help */
	/* Options of one command, beside those of its kind. */
	OPT_IRQ = 1 << 4,
	OPT_COMPARE = 1 << 5,
	OPT_FAULTS = 1 << 7,
	OPT_OWN = OPT_IRQ | OPT_COMPARE | OPT_FAULTS, /* all of these */
};

/* What completion offers as an option's argument. */
enum complete {
	COMPLETE_NONE,
	COMPLETE_SORT,
	COMPLETE_TABLE,
	COMPLETE_PID,
	COMPLETE_CGROUP,
	COMPLETE_COLOR,
	COMPLETE_GENERATE,
};

/* One option. The table of them is all that help, man page and completions know. */
struct option_def {
	char letter; /* 0: none */
	const char *name;
	const char *arg;    /* "PID[,PID...]", NULL: a flag */
	const char *help;   /* one sentence, no full stop */
	unsigned int flags; /* OPT_* */
	enum complete complete;
	/* Take @arg (NULL for a flag); -errno with err_set(). */
	int (*set)(struct options *o, const char *arg);
};

/* Ends with name == NULL. */
extern const struct option_def option_defs[];

/* The words of --color and --generate; end with NULL. */
extern const char *const color_words[];
extern const char *const generate_words[];

/**
 * options_parse - parse argv. Return 0; -EINVAL with err_set() naming the word
 * that was wrong (-EOPNOTSUPP: right, but not on this host); 1 when something
 * was asked that main answers itself, see o->ask. Looks up processes, cgroups
 * and CPUs, does no other I/O.
 */
int options_parse(int argc, char **argv, struct options *o);
void options_free(struct options *o);

/** options_check - are they right for the command? As options_parse(). */
int options_check(const struct options *o);

/** option_applies - does @v honour it, if it is a filter? */
bool option_applies(const struct option_def *d, const struct view *v);

#endif /* OSTRACE_OPTIONS_H */
