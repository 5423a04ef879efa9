/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reader's side of bpf/fault.bpf.c: what was mapped, the last snapshot, and
 * what is new in the interval. view_faults.c loads the programs, and
 * view_faults_tables.c makes tables of this.
 */
#ifndef OSTRACE_FAULTDATA_H
#define OSTRACE_FAULTDATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "hist.h"
#include "idmap.h"
#include "ostrace/fault.h"

/* The memory that the BPF programs fill. */
struct fault_maps {
	struct fault_control *control;
	struct fault_cpu *cpus;
	struct fault_cell *cells, *focus_cells;
	struct fault_thread *threads;
	struct fault_row *rows;
	struct fault_mapping *mappings; /* FAULT_MAPPINGS */
	const struct fault_paths *paths;
	uint32_t *free_ring;
	const uint32_t *free_head;
	int ncpus;
	uint32_t nthreads, nrows;
};

/* One kind and origin in one plane: everything, or the scope in focus. */
struct fault_stat {
	struct hist sum, base; /* since the programs run; at the start */
	struct hist delta;
	uint64_t untimed, d_untimed;
};

enum { FAULT_PLANE_ALL, FAULT_PLANE_FOCUS, FAULT_PLANES };

struct fault_sum {
	uint64_t faults, majors, errors, untimed;
	uint64_t total, max; /* ns, of timed ones */
};

/** fault_sum_add - @to += @s; the maximum becomes the larger one. */
void fault_sum_add(struct fault_sum *to, const struct fault_sum *s);

/* A process that has faulted in the interval. */
struct fault_proc {
	uint32_t tgid, ns_tgid;
	uint64_t start; /* start_boottime of its leader */
	uint64_t cgid;	/* where a thread of it faulted last */
	uint32_t threads;
	char comm[16];
};

/* Faults of one process and cgroup, of one kind, origin and mapping. */
struct fault_fact_row {
	uint32_t proc; /* index in procs */
	uint32_t map, cell;
	uint64_t cgid;
	struct fault_sum sum;
};

/* All that threads did in one interval. */
struct fault_interval {
	struct idmap proc_index, row_index;
	struct fault_proc *procs;
	struct fault_fact_row *rows;
	uint32_t nprocs, nrows, procs_cap, rows_cap;
};

struct faultdata {
	struct fault_maps m;
	struct fault_stat *stat[FAULT_PLANES]; /* FAULT_CELLS each */
	uint64_t *thread_prev;		       /* faults of each thread, nthreads */
	struct fault_row_prev {
		uint64_t key, faults, total;
		uint32_t untimed;
	} *row_prev;			 /* nrows */
	struct idmap files;		 /* inode and device: index in mappings */
	struct fault_interval acc, last; /* being summed up; the ended one */
	uint32_t high;			 /* thread slots ever used */
	uint64_t sum;			 /* faults accounted, ever */
};

int faultdata_open(struct faultdata *d, const struct fault_maps *m);
void faultdata_close(struct faultdata *d);

/** faultdata_baseline - forget what was counted so far: the first interval starts here. */
int faultdata_baseline(struct faultdata *d);
/** faultdata_harvest - take the last numbers of dead threads and recycle their slots. */
void faultdata_harvest(struct faultdata *d);
/** faultdata_tick - end the interval. Return: 0 or -ENOMEM. */
int faultdata_tick(struct faultdata *d);
/** faultdata_focus - keep histograms of a process (@tgid, @start) or of cgroup @cgid; 0: none. */
void faultdata_focus(struct faultdata *d, uint32_t tgid, uint64_t start, uint64_t cgid);

/**
 * faultdata_path - the path that fault_mapping.path stands for
 * @whole: from the root of the mount namespace; else from that of the process, as
 *         /proc/PID/maps has it, if the file is below
 * Return: @out; NULL when it is not known, or longer than @n.
 */
const char *faultdata_path(const struct fault_paths *paths, uint32_t path, bool whole, char *out,
			   size_t n);

#endif /* OSTRACE_FAULTDATA_H */
