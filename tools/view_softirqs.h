/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The softirqs view has several levels of detail, each with a BPF object of its
 * own. Only the one that the table on the screen needs is loaded and attached.
 */
#ifndef OSTRACE_VIEW_SOFTIRQS_H
#define OSTRACE_VIEW_SOFTIRQS_H

#include "hist.h"
#include "ostrace/cpus.h"
#include "session.h"
#include "view.h"

struct bpf_map;
struct bpf_object;
struct bpf_object_skeleton;
struct level;

enum softirqs_table {
	T_SOFTIRQS,
	T_VECTORS,
	T_CPUS,
	T_LINES,
	T_FUNCTIONS,
	T_PROCESSES,
	T_CGROUPS,
	T_SOURCES,
	SOFTIRQS_TABLES,
};

extern const struct table_def softirqs_tables[SOFTIRQS_TABLES];

/* A softirq vector, a line, a function: what all have besides their keys. */
enum {
	C_COUNT,
	C_TOTAL,
	C_AVG,
	C_P50,
	C_P99,
	C_MAX,
	C_WAIT_AVG,
	C_WAIT_P50,
	C_WAIT_P99,
	C_WAIT_MAX,
	C_TIMES,
};
enum { C_THREAD = C_TIMES, C_RAISED, C_THREAD_COUNT, C_HARD, C_NUMBERS };
enum { L_IRQ, L_NAME, L_HANDLER, L_KIND, L_TIMES, L_NONE = L_TIMES + C_TIMES, L_WOKE };
enum { F_NAME, F_KIND, F_WQ, F_TIMES, F_UNTIMED = F_TIMES + C_TIMES };

/* What was taken from a process or cgroup. */
enum {
	Z_TOTAL,
	Z_PERCENT,
	Z_COUNT,
	Z_HARD,
	Z_SOFT,
	Z_EXIT,
	Z_BH_ENABLE,
	Z_MAX,
	Z_KSOFTIRQD,
	Z_HARD_COUNT,
	Z_SOFT_COUNT,
	Z_KSOFTIRQD_COUNT,
	Z_SUMS,
};
enum { P_PID, P_COMM, P_SUMS, P_CGROUP = P_SUMS + Z_SUMS };
enum { Q_SOURCE, Q_HOW, Q_COUNT, Q_TOTAL, Q_AVG, Q_MAX };

/** softirqs_fill_times - set the C_TIMES columns from @at on */
void softirqs_fill_times(struct row *r, int at, const struct hist *run, const struct hist *wait);

/* The callbacks work as those of struct view that are called alike. */
struct level_ops {
	/* Sets level->obj and level->data as early as it can: close() follows in any case. */
	int (*open)(struct level *l);
	void (*close)(struct level *l);
	int (*tick)(struct level *l, uint64_t now);
	int (*fill)(struct level *l, int table, const struct scope *scope, struct table *out);
	int (*hist)(struct level *l, const struct scope *scope, int which, bool total,
		    struct hist *out);
	uint64_t (*events)(struct level *l); /* that ran our programs, since open() */
	uint64_t (*full)(struct level *l);   /* counted, but not by what: no slot */
	const char *note;		     /* while fentry is false; NULL: it needs none */
};

struct level {
	const struct level_ops *ops;
	struct session *session;
	const struct filter *filter; /* only what is no pointer */
	int ncpus;
	bool fentry;		/* programs at functions are wanted */
	struct bpf_object *obj; /* NULL while not open */
	void *data;
};

extern const struct level_ops softirqs_vectors, softirqs_lines, softirqs_functions, softirqs_stolen;

/* What level_load() has to know of the BPF object of a level. */
struct level_object {
	struct bpf_object_skeleton *skeleton;
	struct cpu_settings *settings;
	struct bpf_map *cpus; /* one entry, of @cpu_size bytes, for each CPU */
	size_t cpu_size;
};

/**
 * level_load - load what a level's open() has just opened: its programs that this
 * kernel has a place for. Described with err_set() on failure.
 */
int level_load(struct level *l, const struct level_object *o);

/** level_attach - the last step of a level's open(). */
int level_attach(struct level *l, const struct level_object *o);

/** level_no_object - the error when an object could not even be opened; sets err_set(). */
int level_no_object(void);

#endif /* OSTRACE_VIEW_SOFTIRQS_H */
