// SPDX-License-Identifier: GPL-2.0
/*
 * Records of decisions: slots of one size, allocated when the module is loaded.
 *
 * There is one writer, the task that makes the decision: the kernel's oom_lock
 * sees to that. It fills slot `head % nslots` and then raises head. Readers take
 * no lock that the writer takes: they copy a slot and look at head again. What
 * they copied is whole unless head has since come round to that slot.
 */
#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/stddef.h>
#include <linux/vmalloc.h>
#include "oom.h"

static char *slots;
static size_t slot_size;
static unsigned int nslots, ncandidates;
static u64 head; /* records committed; release by the writer, acquire by readers */

/* No hole, which 32-bit programs would not have. */
static_assert(offsetof(struct ostrace_oom_decision, trigger_cgroup) ==
	      offsetofend(struct ostrace_oom_decision, pad));

static struct ostrace_oom_decision *slot_of(u64 n)
{
	return (void *)(slots + (n % nslots) * slot_size);
}

int oom_ring_init(unsigned int records, unsigned int candidates)
{
	/* One more, for the record being written. */
	nslots = records + 1;
	ncandidates = candidates;
	slot_size = sizeof(struct ostrace_oom_decision) +
		    candidates * sizeof(struct ostrace_oom_candidate);
	slots = vcalloc(nslots, slot_size);
	return slots ? 0 : -ENOMEM;
}

void oom_ring_exit(void)
{
	vfree(slots);
}

struct ostrace_oom_decision *oom_ring_slot(void)
{
	struct ostrace_oom_decision *d = slot_of(head);

	memset(d, 0, sizeof(*d));
	d->header = sizeof(*d);
	d->seq = head + 1;
	return d;
}

struct ostrace_oom_candidate *oom_ring_candidate(struct ostrace_oom_decision *d, unsigned int i)
{
	return i < ncandidates ? (struct ostrace_oom_candidate *)(d + 1) + i : NULL;
}

void oom_ring_commit(struct ostrace_oom_decision *d)
{
	d->size = sizeof(*d) + d->candidates * sizeof(struct ostrace_oom_candidate);
	smp_store_release(&head, head + 1); /* the record is whole before it is seen */
}

u64 oom_ring_oldest(void)
{
	u64 now = smp_load_acquire(&head); /* pairs with oom_ring_commit() */

	return now > nslots - 1 ? now - (nslots - 1) : 0;
}

bool oom_ring_has(u64 next)
{
	return smp_load_acquire(&head) > next; /* pairs with oom_ring_commit() */
}

/* One record; -EAGAIN if it was overwritten meanwhile. */
static ssize_t copy_one(u64 n, char __user *buf, size_t len)
{
	const struct ostrace_oom_decision *d = slot_of(n);
	u32 size = READ_ONCE(d->size);

	if (size > slot_size || oom_ring_oldest() > n)
		return -EAGAIN;
	if (size > len)
		return -ENOSPC;
	if (copy_to_user(buf, d, size))
		return -EFAULT;
	smp_rmb(); /* the copy before the look at head */
	return oom_ring_oldest() > n ? -EAGAIN : size;
}

ssize_t oom_ring_read(u64 *next, char __user *buf, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (oom_ring_has(*next)) {
		*next = max(*next, oom_ring_oldest());
		n = copy_one(*next, buf + done, len - done);
		if (n == -EAGAIN)
			continue;
		if (n < 0)
			return done ? done : n;
		done += n;
		++*next;
	}
	return done;
}
