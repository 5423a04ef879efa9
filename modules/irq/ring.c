// SPDX-License-Identifier: GPL-2.0
/*
 * The record ring. The writer never waits and never fails: it overwrites the
 * oldest, and each reader finds out by its position how many it lost.
 *
 * The caller holds one lock around put and get.
 */
#include "ring.h"

/**
 * oirq_ring_init - start an empty ring
 * @r:     the ring
 * @slots: memory for @size records; stays the caller's
 * @size:  a power of two
 */
void oirq_ring_init(struct oirq_ring *r, struct ostrace_irq_record *slots, u32 size)
{
	r->end = 0;
	r->size = size;
	r->slots = slots;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_ring_init);

/**
 * oirq_ring_put - append a record
 * @r:   the ring
 * @rec: copied in; its position is set here
 */
void oirq_ring_put(struct oirq_ring *r, const struct ostrace_irq_record *rec)
{
	struct ostrace_irq_record *slot = &r->slots[r->end & (r->size - 1)];

	*slot = *rec;
	slot->pos = r->end;
	/* oirq_ring_readable() looks without the lock. */
	WRITE_ONCE(r->end, r->end + 1);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_ring_put);

/**
 * oirq_ring_open - start reading with what comes next
 * @r: the ring
 * @c: the new reader's place
 */
void oirq_ring_open(const struct oirq_ring *r, struct oirq_cursor *c)
{
	c->pos = r->end;
	c->overrun = 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_ring_open);

/**
 * oirq_ring_get - read the oldest records a reader has not seen
 * @r:   the ring
 * @c:   the reader's place: moved on, losses added
 * @out: room for @max records
 * @max: how many at most; 0 only brings the losses up to date
 *
 * Return: how many.
 */
u32 oirq_ring_get(const struct oirq_ring *r, struct oirq_cursor *c, struct ostrace_irq_record *out,
		  u32 max)
{
	u64 behind = r->end - c->pos;
	u32 n, i;

	if (behind > r->size) {
		c->overrun += behind - r->size;
		c->pos = r->end - r->size;
		behind = r->size;
	}
	n = min_t(u64, behind, max);
	for (i = 0; i < n; i++)
		out[i] = r->slots[(c->pos + i) & (r->size - 1)];
	c->pos += n;
	return n;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_ring_get);

/**
 * oirq_ring_readable - is there a record for this reader?
 * @r: the ring
 * @c: the reader's place
 *
 * Return: true if oirq_ring_get() would return one. Needs no lock on a 64-bit
 * machine; elsewhere it may be wrong once in 2^32 records.
 */
bool oirq_ring_readable(const struct oirq_ring *r, const struct oirq_cursor *c)
{
	return READ_ONCE(r->end) != READ_ONCE(c->pos);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_ring_readable);
