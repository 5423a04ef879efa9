/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cell: what one (CPU, key) pair has seen. BPF programs write it, the
 * reader has it mapped and only reads.
 *
 * Counters only grow; the reader keeps the last snapshot and subtracts. Each
 * cell has one writer at a time (its CPU, or the thread it belongs to), so no
 * update is atomic and none is lost.
 *
 * A maximum cannot be subtracted. It is kept for the current epoch instead:
 * the reader advances the epoch with every tick, the writer starts afresh when
 * it meets a new one, and the two last epochs live in alternate places so that
 * the reader finds the finished one at rest.
 */
#ifndef _OSTRACE_CELL_H
#define _OSTRACE_CELL_H

#include "uapi/ostrace/hist.h"

struct ostrace_max {
	__u64 ns[2];	/* indexed by epoch & 1 */
	__u32 epoch[2]; /* the epoch that ns[] belongs to */
};

struct ostrace_cell {
	__u64 count;
	__u64 sum; /* ns */
	struct ostrace_max max;
	__u64 hist[OSTRACE_HIST_SLOTS];
};

/** ostrace_max_add - account @v in the maximum of @epoch. Single writer. */
static inline __attribute__((always_inline)) void ostrace_max_add(struct ostrace_max *m,
								  __u32 epoch, __u64 v)
{
	__u32 i = epoch & 1;

	if (m->epoch[i] != epoch) {
		m->epoch[i] = epoch;
		m->ns[i] = v;
	} else if (v > m->ns[i]) {
		m->ns[i] = v;
	}
}

/** ostrace_max_of - the maximum in @epoch, 0 if nothing was accounted then. */
static inline __attribute__((always_inline)) __u64 ostrace_max_of(const struct ostrace_max *m,
								  __u32 epoch)
{
	return m->epoch[epoch & 1] == epoch ? m->ns[epoch & 1] : 0;
}

/**
 * ostrace_cell_add_slot - account a duration of @ns, of histogram slot @slot, in @c.
 * Single writer. For who accounts it in several cells: finding the slot is dear.
 *
 * Count, sum, histogram, in this order: it lets the reader tell a cell at rest
 * from one it caught half written (cell_read() in tools/cells.c).
 */
static inline __attribute__((always_inline)) void
ostrace_cell_add_slot(struct ostrace_cell *c, __u32 epoch, __u64 ns, __u32 slot)
{
	c->count++;
	__asm__ volatile("" : : : "memory");
	c->sum += ns;
	ostrace_max_add(&c->max, epoch, ns);
	__asm__ volatile("" : "+r"(slot) : : "memory"); /* keeps the test below */
	if (slot < OSTRACE_HIST_SLOTS)			/* the verifier asks for it */
		c->hist[slot]++;
}

/** ostrace_cell_add - account a duration of @ns in @c. Single writer. */
static inline __attribute__((always_inline)) void ostrace_cell_add(struct ostrace_cell *c,
								   __u32 epoch, __u64 ns)
{
	ostrace_cell_add_slot(c, epoch, ns, ostrace_hist_slot(ns));
}

#endif /* _OSTRACE_CELL_H */
