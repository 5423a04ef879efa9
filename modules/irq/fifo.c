// SPDX-License-Identifier: GPL-2.0
/*
 * The queue between the top half and one bottom half.
 *
 * A tasklet or work item that is scheduled while it is already pending runs
 * once, so a bottom half that counted its own calls would lose interrupts
 * without a trace. Here each interrupt waits with its own stamp until a call
 * takes it.
 */
#include "fifo.h"

/**
 * oirq_fifo_push - let an interrupt wait
 * @f:    the queue
 * @item: copied in
 *
 * Return: see enum oirq_push.
 */
enum oirq_push oirq_fifo_push(struct oirq_fifo *f, const struct oirq_item *item)
{
	u32 head = f->head;
	/* Pairs with the release in pop: the slot's old content is out. */
	u32 waiting = head - smp_load_acquire(&f->tail);

	if (waiting >= OIRQ_FIFO_DEPTH)
		return OIRQ_DROPPED;
	f->items[head % OIRQ_FIFO_DEPTH] = *item;
	/* Pairs with the acquire in pop: the item is there before its count. */
	smp_store_release(&f->head, head + 1);
	return waiting ? OIRQ_MERGED : OIRQ_PUSHED;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_fifo_push);

/**
 * oirq_fifo_pop - take the interrupt that waited longest
 * @f:    the queue
 * @item: copied out
 *
 * Return: false if none waits; @item is untouched then.
 */
bool oirq_fifo_pop(struct oirq_fifo *f, struct oirq_item *item)
{
	u32 tail = f->tail;

	/* Pairs with the release in push. */
	if (smp_load_acquire(&f->head) == tail)
		return false;
	*item = f->items[tail % OIRQ_FIFO_DEPTH];
	/* Pairs with the acquire in push. */
	smp_store_release(&f->tail, tail + 1);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_fifo_pop);

/**
 * oirq_fifo_waiting - how many wait
 * @f: the queue
 *
 * Return: at most OIRQ_FIFO_DEPTH; a moment's truth where others push and pop.
 */
u32 oirq_fifo_waiting(const struct oirq_fifo *f)
{
	u32 tail = READ_ONCE(f->tail);
	u32 waiting = READ_ONCE(f->head) - tail;

	return min_t(u32, waiting, OIRQ_FIFO_DEPTH);
}
EXPORT_SYMBOL_IF_KUNIT(oirq_fifo_waiting);
