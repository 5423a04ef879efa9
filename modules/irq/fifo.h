/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _OSTRACE_IRQ_FIFO_H
#define _OSTRACE_IRQ_FIFO_H

#include "pure.h"

/*
 * Deep enough for two full bursts, so that a mechanism that gets to run between
 * bursts drops nothing.
 */
#define OIRQ_FIFO_DEPTH 128

/**
 * struct oirq_item - an interrupt that waits for a bottom half
 * @seq:      its number
 * @raise_ns: when it was queued
 * @cpu:      where
 */
struct oirq_item {
	u64 seq;
	u64 raise_ns;
	u32 cpu;
};

/**
 * struct oirq_fifo - interrupts that wait for one bottom half
 * @head:  where the next goes; written by the producer only
 * @tail:  where the next is taken; written by the consumer only
 * @items: the interrupts, indexed modulo the depth
 *
 * One producer and one consumer at a time need no lock between them. A caller
 * with several of a kind serialises those.
 */
struct oirq_fifo {
	u32 head;
	u32 tail;
	struct oirq_item items[OIRQ_FIFO_DEPTH];
};

/** enum oirq_push - what became of an item */
enum oirq_push {
	OIRQ_PUSHED,  /* it is the only one that waits */
	OIRQ_MERGED,  /* it waits behind others */
	OIRQ_DROPPED, /* there was no room */
};

enum oirq_push oirq_fifo_push(struct oirq_fifo *f, const struct oirq_item *item);
bool oirq_fifo_pop(struct oirq_fifo *f, struct oirq_item *item);
u32 oirq_fifo_waiting(const struct oirq_fifo *f);

#endif /* _OSTRACE_IRQ_FIFO_H */
