// SPDX-License-Identifier: GPL-2.0
/*
 * The stream of records: one ring for all readers, written from every context.
 */
#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "driver.h"

/* 448 KiB: half a second of ten mechanisms at 1600 Hz. */
#define RING_RECORDS 8192

/* Records copied at a time with interrupts off. */
#define BATCH 32

/*
 * Taken for each record written and each batch read. Raw, as records are
 * written in hard interrupt.
 */
static DEFINE_RAW_SPINLOCK(ring_lock);
static struct oirq_ring ring;

/* Nobody listens most of the time, and then a record costs one look at this. */
static atomic_t readers = ATOMIC_INIT(0);

static DECLARE_WAIT_QUEUE_HEAD(wait_queue);

/**
 * struct oirq_reader - an open file
 * @mutex:  serialises reads of one file
 * @cursor: its place; changed under @mutex
 * @batch:  on the way to user space; under @mutex
 */
struct oirq_reader {
	struct mutex mutex;
	struct oirq_cursor cursor;
	struct ostrace_irq_record batch[BATCH];
};

/*
 * Waking takes locks that a hard interrupt may not have. Lazy: with the next
 * tick of the timer, so that a reader neither costs nor adds an interrupt per
 * record.
 */
static void wake_readers(struct irq_work *work)
{
	wake_up_interruptible(&wait_queue);
}

static struct irq_work wake_work = IRQ_WORK_INIT_LAZY(wake_readers);

/**
 * oirq_stream_put - record an interrupt that was served
 * @rec: all but its position
 *
 * Any context.
 */
void oirq_stream_put(const struct ostrace_irq_record *rec)
{
	unsigned long flags;

	if (!atomic_read(&readers))
		return;
	raw_spin_lock_irqsave(&ring_lock, flags);
	oirq_ring_put(&ring, rec);
	raw_spin_unlock_irqrestore(&ring_lock, flags);
	if (wq_has_sleeper(&wait_queue))
		irq_work_queue(&wake_work);
}

/**
 * oirq_reader_new - start reading with the next record
 *
 * Return: the reader, or NULL for lack of memory.
 */
struct oirq_reader *oirq_reader_new(void)
{
	struct oirq_reader *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return NULL;
	mutex_init(&r->mutex);
	raw_spin_lock_irq(&ring_lock);
	oirq_ring_open(&ring, &r->cursor);
	raw_spin_unlock_irq(&ring_lock);
	atomic_inc(&readers);
	return r;
}

/**
 * oirq_reader_free - stop reading
 * @r: the reader
 */
void oirq_reader_free(struct oirq_reader *r)
{
	atomic_dec(&readers);
	kfree(r);
}

static u32 get_batch(struct oirq_reader *r, size_t max)
{
	u32 n;

	raw_spin_lock_irq(&ring_lock);
	n = oirq_ring_get(&ring, &r->cursor, r->batch, min_t(size_t, max, BATCH));
	raw_spin_unlock_irq(&ring_lock);
	return n;
}

/**
 * oirq_reader_read - read whole records
 * @r:    the reader
 * @to:   where to
 * @size: room there
 * @wait: for at least one
 *
 * Return: bytes, -EINVAL if there is no room for one, -EAGAIN if there is none,
 * -ERESTARTSYS or -EFAULT. A record that could not be copied is gone.
 */
ssize_t oirq_reader_read(struct oirq_reader *r, char __user *to, size_t size, bool wait)
{
	size_t room = size / sizeof(*r->batch), done = 0;
	ssize_t ret;
	u32 n;

	if (!room)
		return -EINVAL;
	ret = mutex_lock_interruptible(&r->mutex);
	if (ret)
		return ret;
	while (!(n = get_batch(r, room))) {
		ret = -EAGAIN;
		if (!wait)
			goto out;
		mutex_unlock(&r->mutex);
		ret = wait_event_interruptible(wait_queue, oirq_ring_readable(&ring, &r->cursor));
		if (ret)
			return ret;
		ret = mutex_lock_interruptible(&r->mutex);
		if (ret)
			return ret;
	}
	do {
		if (copy_to_user(to + done * sizeof(*r->batch), r->batch, n * sizeof(*r->batch))) {
			ret = done ? done * sizeof(*r->batch) : -EFAULT;
			goto out;
		}
		done += n;
		n = done < room ? get_batch(r, room - done) : 0;
	} while (n);
	ret = done * sizeof(*r->batch);
out:
	mutex_unlock(&r->mutex);
	return ret;
}

/**
 * oirq_reader_poll - is there a record?
 * @r:     the reader
 * @file:  its file
 * @table: see poll_wait()
 *
 * Return: EPOLLIN | EPOLLRDNORM if so.
 */
__poll_t oirq_reader_poll(struct oirq_reader *r, struct file *file, poll_table *table)
{
	poll_wait(file, &wait_queue, table);
	return oirq_ring_readable(&ring, &r->cursor) ? EPOLLIN | EPOLLRDNORM : 0;
}

/**
 * oirq_reader_state - answer OSTRACE_IRQ_STREAM
 * @r: the reader
 * @s: all but its head is set
 */
void oirq_reader_state(struct oirq_reader *r, struct ostrace_irq_stream *s)
{
	mutex_lock(&r->mutex);
	get_batch(r, 0);
	s->pos = r->cursor.pos;
	s->overrun = r->cursor.overrun;
	raw_spin_lock_irq(&ring_lock);
	s->end = ring.end;
	raw_spin_unlock_irq(&ring_lock);
	memset(s->reserved, 0, sizeof(s->reserved));
	mutex_unlock(&r->mutex);
}

/**
 * oirq_stream_size - how many records the ring holds
 */
u32 oirq_stream_size(void)
{
	return RING_RECORDS;
}

/**
 * oirq_stream_init - make the ring
 *
 * Return: 0 or -ENOMEM.
 */
int oirq_stream_init(void)
{
	struct ostrace_irq_record *slots = kvcalloc(RING_RECORDS, sizeof(*slots), GFP_KERNEL);

	if (!slots)
		return -ENOMEM;
	oirq_ring_init(&ring, slots, RING_RECORDS);
	return 0;
}

/**
 * oirq_stream_exit - undo oirq_stream_init()
 *
 * Nobody reads and nobody writes any more.
 */
void oirq_stream_exit(void)
{
	irq_work_sync(&wake_work);
	kvfree(ring.slots);
}
