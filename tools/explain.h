/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Findings: what the rules of explain_rules.c make of a snapshot of the views.
 * Pure: a snapshot is plain tables, recorded ones in the tests.
 */
#ifndef OSTRACE_EXPLAIN_H
#define OSTRACE_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include "buf.h"
#include "table.h"
#include "view.h"

#define SNAPSHOT_TABLES 16

/* What was seen during one interval. */
struct snapshot {
	uint64_t interval_ns;
	int cpus;	  /* online */
	double steal;	  /* percent of the CPUs' time, < 0: not known */
	const char *whom; /* "this machine", "process 4242", "/web.service" */
	struct snapshot_table {
		const struct view *view;
		bool whole; /* the view could not be asked about whom alone */
		struct table t;
	} table[SNAPSHOT_TABLES];
	int ntables;
	struct loss lost[2 * LOSS_MAX]; /* what is not 0 */
	int nlost;
	bool utf8; /* what texts may be written in */
};

struct rule;

struct finding {
	const struct rule *rule;
	double lost; /* ns of tasks' time lost per second */
	char who[96];
	char text[256]; /* a sentence without its full stop */
	bool whole;	/* of the whole machine, though whom was something else */
};

/*
 * A rule looks at the rows of one table, one at a time. What a row costs is a
 * time that tasks lose, in ns per second: only so can one thing be worse than
 * another. From least on it is worth a sentence.
 */
struct rule {
	const char *key;	  /* in JSON: "call_no_cpu" */
	const char *view, *table; /* where it looks, and what shows it */
	double least;		  /* ns lost per second */
	const char *looks_at;	  /* "calls ready to run that had no CPU" */
	const char *help;	  /* for the manual page: what it means, what to do */
	int arg;		  /* of the two below */
	/* Time lost because of row @r, in ns per second; 0 when that cannot be said. */
	double (*lost)(const struct rule *rule, const struct snapshot *s,
		       const struct snapshot_table *t, const struct row *r);
	void (*say)(const struct rule *rule, const struct snapshot *s,
		    const struct snapshot_table *t, const struct row *r, char *buf, size_t n);
};

/* Ends with key == NULL. */
extern const struct rule rules[];

/* What one rule found in all rows together, also when that is nothing. */
struct examined {
	const struct rule *rule;
	bool seen; /* its table was there */
	double worst;
	char who[96];
};

#define EXPLAIN_FINDINGS 64
#define EXPLAIN_PER_RULE 3 /* of one rule the worst */
#define EXPLAIN_RULES 32

struct explained {
	struct finding finding[EXPLAIN_FINDINGS]; /* worst first */
	int n;
	struct examined examined[EXPLAIN_RULES];
	int nexamined;
};

/** explain - apply all rules to @s. */
void explain(const struct snapshot *s, struct explained *e);

/** explain_text - the findings as a paragraph each. @width: of the terminal, 0: none */
void explain_text(struct buf *b, const struct snapshot *s, const struct explained *e, int width);
/** explain_json - one object and a newline. @wall: unix time of the end */
void explain_json(struct buf *b, const struct snapshot *s, const struct explained *e, double wall);

/* For rules: */

/** snapshot_u64 - column @key of a row, 0 if there is none. */
uint64_t snapshot_u64(const struct snapshot_table *t, const struct row *r, const char *key);
/** snapshot_text - the same of a text column, "" if there is none. */
const char *snapshot_text(const struct snapshot_table *t, const struct row *r, const char *key);
/** snapshot_per_second - @v in the interval, as a rate. */
double snapshot_per_second(const struct snapshot *s, uint64_t v);

#endif /* OSTRACE_EXPLAIN_H */
