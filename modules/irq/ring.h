/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _OSTRACE_IRQ_RING_H
#define _OSTRACE_IRQ_RING_H

#include "pure.h"

/**
 * struct oirq_ring - the records' ring: one writer, readers with cursors
 * @end:   position the next record gets
 * @size:  number of slots, a power of two
 * @slots: the records; position p is in slot p modulo @size
 */
struct oirq_ring {
	u64 end;
	u32 size;
	struct ostrace_irq_record *slots;
};

/**
 * struct oirq_cursor - a reader's place
 * @pos:     the next record it wants
 * @overrun: records that were overwritten before it came
 */
struct oirq_cursor {
	u64 pos;
	u64 overrun;
};

void oirq_ring_init(struct oirq_ring *r, struct ostrace_irq_record *slots, u32 size);
void oirq_ring_put(struct oirq_ring *r, const struct ostrace_irq_record *rec);
void oirq_ring_open(const struct oirq_ring *r, struct oirq_cursor *c);
u32 oirq_ring_get(const struct oirq_ring *r, struct oirq_cursor *c, struct ostrace_irq_record *out,
		  u32 max);
bool oirq_ring_readable(const struct oirq_ring *r, const struct oirq_cursor *c);

#endif /* _OSTRACE_IRQ_RING_H */
