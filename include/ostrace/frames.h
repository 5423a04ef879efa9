/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose time is whose, where things interrupt each other: what runs on a CPU in
 * interrupt context is bracketed by frames, and what is inside of one is taken off.
 * Who includes this defines FRAME_CLOCK(), ns.
 *
 * The program that pushes or pops may itself be interrupted by pairs of push and
 * pop, at any point. So a frame is reserved before it is filled and given back
 * after it was read, and what comes inside adds to the frame that is then on top.
 */
#ifndef _OSTRACE_FRAMES_H
#define _OSTRACE_FRAMES_H

#include "ostrace/irqs.h"

/** frame_push - @id begins. Not noted if there are IRQ_NESTING already. */
static inline __attribute__((always_inline)) void frame_push(struct irq_frames *st, __u64 id,
							     __u64 data)
{
	volatile struct irq_frame *f;
	__u32 d = st->depth;
	__u64 early;

	if (d >= IRQ_NESTING)
		return; /* then its end is not found, either */
	*(volatile __u32 *)&st->depth = d + 1;
	/* Or the compiler leaves out the masks below, which older verifiers need. */
	__asm__ volatile("" : "+r"(d));
	f = &st->frame[d & (IRQ_NESTING - 1)];
	f->id = id;
	f->data = data;
	f->inner_ns = 0;
	f->start_ns = FRAME_CLOCK();
	early = f->inner_ns;
	/* An interrupt came between the two: again, the next one is far. */
	if (early) {
		f->inner_ns = 0;
		f->start_ns = FRAME_CLOCK();
		if (d)
			__sync_fetch_and_add(&st->frame[(d - 1) & (IRQ_NESTING - 1)].inner_ns,
					     early);
	}
}

/**
 * frame_pop - @id ends, and with it whatever is on top of it and was not seen to end
 * @ns: set to its time, less what came inside
 * @data: set to what frame_push() was given
 * Return: false if it was not seen to begin; then nothing changes.
 */
static inline __attribute__((always_inline)) _Bool frame_pop(struct irq_frames *st, __u64 id,
							     __u64 *ns, __u64 *data)
{
	__u64 now, gross, inner, late;
	volatile struct irq_frame *f;
	__u32 d = st->depth, i;

	for (i = 0; i < IRQ_NESTING; i++) {
		if (!d)
			return 0;
		f = &st->frame[--d & (IRQ_NESTING - 1)];
		if (f->id == id)
			break;
	}
	if (i == IRQ_NESTING)
		return 0;
	inner = f->inner_ns;
	now = FRAME_CLOCK();
	late = f->inner_ns;
	if (late != inner) { /* as above */
		inner = late;
		now = FRAME_CLOCK();
	}
	gross = now - f->start_ns;
	*ns = gross > inner ? gross - inner : 0;
	*data = f->data;
	*(volatile __u32 *)&st->depth = d;
	late = f->inner_ns - inner; /* since then: below us, it is inside as well */
	if (d)
		__sync_fetch_and_add(&st->frame[(d - 1) & (IRQ_NESTING - 1)].inner_ns,
				     gross + late);
	return 1;
}

#endif /* _OSTRACE_FRAMES_H */
