/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows and columns between a view and whatever shows them. A column is
 * described once, here: its JSON key, title, unit, width and help text.
 */
#ifndef OSTRACE_TABLE_H
#define OSTRACE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hist;

enum unit {
	UNIT_TEXT,    /* value.s */
	UNIT_COUNT,   /* value.u, a number of things in the interval */
	UNIT_NS,      /* value.u, nanoseconds */
	UNIT_PERCENT, /* value.d, 0 .. 100 (of one CPU may exceed 100) */
	UNIT_ID,      /* value.u, a number that names (pid, cpu): never scaled */
	UNIT_BYTES,   /* value.u */
	UNIT_HIST,    /* value.h, durations: bars along an axis, see HIST_AXIS_CELLS */
};

enum {
	COL_KEY = 1 << 0,	/* names the row; text search looks at these */
	COL_OPTIONAL = 1 << 1,	/* first to go on a narrow screen */
	COL_JSON_ONLY = 1 << 2, /* never on a screen */
	COL_ASCENDING = 1 << 3, /* natural order is ascending (names, ids) */
	COL_ERROR = 1 << 4,	/* counts failures: coloured when not 0 */
};

struct column {
	const char *key;   /* JSON key and --sort name, "p99_ns" */
	const char *title; /* "P99" */
	enum unit unit;
	int width; /* on a screen; a text column may grow */
	unsigned int flags;
	const char *help; /* one sentence, no full stop */
};

union value {
	uint64_t u;
	double d;
	const char *s;	      /* lives as long as the table, see table_str() */
	const struct hist *h; /* likewise, see table_hist(); NULL: "-" */
};

/* What identifies a row across intervals within its table. */
struct row_id {
	uint64_t a, b;
};

struct row {
	struct row_id id;
	uint64_t ge;	/* bit i: column i is a lower bound, shown as >= */
	uint64_t na;	/* bit i: column i has no value, "-" / null */
	uint64_t up;	/* of a tree: id.a of the row it hangs below, 0: of none */
	int depth;	/* below the top row, set by table_sort(); < 0: not indented */
	char fold;	/* of a tree: '+' there is more below it, '-' it is shown, 0 */
	union value *v; /* def->ncols of them */
};

#define TABLE_MAX_COLS 32

/*
 * What the rows of a table are, where several views have rows about the same
 * thing: `top` then follows one of them through all views. row_id.a names it.
 */
enum subject {
	SUBJECT_NONE,
	SUBJECT_PROCESS, /* row_id.a: its id in the initial pid namespace */
	SUBJECT_CGROUP,	 /* row_id.a: the kernel's cgroup v2 id (cgroup_id) */
};

#define TABLE_HEADLINES 3

struct table_def {
	const char *name; /* "syscalls", "processes": value of --by */
	const char *title;
	const char *help; /* one sentence */
	const struct column *cols;
	int ncols;
	int sort;	/* default sort column */
	int child;	/* table shown by drilling into a row, -1: none */
	bool hist;	/* rows have a histogram (view->hist) */
	bool top_level; /* can be asked for with --by at depth 0 */
	enum subject subject;
	/*
	 * What one line about this table says of its worst row: these columns
	 * (0 ends; column 0 is a key). The first one decides which is worst.
	 */
	int headline[TABLE_HEADLINES];
	int sibling; /* 0, or another table about the same rows (same ids), + 1 */
	int tree;    /* 0, or 1 + the column that is indented: rows hang below others */
};

struct table {
	const struct table_def *def;
	struct row *rows;
	size_t nrows;
	uint32_t cap;
	struct arena_block *arena; /* values and strings; freed by table_reset() */
};

/** table_reset - drop all rows, keep the memory that serves the next interval. */
void table_reset(struct table *t, const struct table_def *def);
/** table_free - release everything; accepts a zeroed table. */
void table_free(struct table *t);
/**
 * table_add - a new row with all values 0 / "".
 * Return: the row, valid until the next table_add(); NULL if out of memory.
 */
struct row *table_add(struct table *t, struct row_id id);
/** table_str - copy @s into the table's memory; NULL if out of memory. */
const char *table_str(struct table *t, const char *s);

/** table_hist - copy @h into the table's memory; NULL if out of memory. */
const struct hist *table_hist(struct table *t, const struct hist *h);

/** table_named - index in @defs of the table called @name (NULL: the first one), or -1. */
int table_named(const struct table_def *defs, int n, const char *name);

/** column_find - index of the column called @key (or its title, any case), or -1. */
int column_find(const struct table_def *def, const char *key);

/**
 * table_sort - order the rows by column @col, then by id so that equal rows
 * keep their places from one interval to the next. Rows without a value last.
 * In a tree that is the order of the rows below the same one.
 * @reverse: opposite of the column's natural order (descending for numbers).
 */
void table_sort(struct table *t, int col, bool reverse);

/**
 * table_grep - keep the rows in which a COL_KEY column contains @text (any case),
 * and in a tree those above them
 */
void table_grep(struct table *t, const char *text);

/** table_worst - the row with the most in headline[0], or NULL. */
const struct row *table_worst(const struct table *t);
/** table_find - the first row with row_id.a == @a, or NULL. */
const struct row *table_find(const struct table *t, uint64_t a);
/** table_of_subject - index of the first of @n tables about @s, or -1. */
int table_of_subject(const struct table_def *defs, int n, enum subject s);

#endif /* OSTRACE_TABLE_H */
