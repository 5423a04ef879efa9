// SPDX-License-Identifier: GPL-2.0
/*
 * Waking who waits for a decision. Not where it ends, with preemption off: on
 * PREEMPT_RT the lock of a wait queue sleeps.
 *
 * A file of its own: struct irq_work beside struct ostrace_oom_ops makes pahole put
 * two of the latter into the module's BTF, and then the kernel takes none.
 */
#include <linux/irq_work.h>
#include <linux/wait.h>
#include "oom.h"

DECLARE_WAIT_QUEUE_HEAD(oom_ring_wait);
DECLARE_WAIT_QUEUE_HEAD(oom_end_wait);

static void wake_all(struct irq_work *work)
{
	wake_up_interruptible(&oom_ring_wait);
	wake_up(&oom_end_wait);
}

static DEFINE_IRQ_WORK(wake, wake_all);

void oom_wake(void)
{
	irq_work_queue(&wake);
}

void oom_wake_exit(void)
{
	irq_work_sync(&wake);
}
