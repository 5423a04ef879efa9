/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the time of a system call goes: the account that a task keeps during
 * one call. bpf/syscall.bpf.c opens it at the entry and closes it at the exit;
 * bpf/where.bpf.c, loaded only when somebody asks, books what happens between.
 *
 * At any moment the call is in one state, and the time since the last booking
 * belongs to it. So the parts add up to the duration exactly, whatever events
 * there were, and a missed event makes a part too large and another too small.
 * When two things happen at once, the first of these takes the time:
 *
 *   interrupted  a hard interrupt or softirq runs on top of the task
 *   ready        it could run, but another task has the CPU
 *   reclaim      it runs or sleeps inside direct or memory.max/high reclaim
 *   throttle     it runs or sleeps inside the penalty for exceeding memory.high
 *   running      it runs
 *   blocked      it sleeps
 *
 * All writers of one account are ordered: the task itself, or whoever holds the
 * lock of its run queue.
 */
#ifndef OSTRACE_WHERE_BPF_H
#define OSTRACE_WHERE_BPF_H

#include "ostrace.bpf.h"
#include "ostrace/syscall.h"

enum where_state { STATE_RUNS, STATE_READY, STATE_SLEEPS };

struct where_task {
	u64 start;    /* enter_ns of the call the account is of; 0: none */
	u64 since;    /* booked up to here */
	u64 irq_base; /* where_cpu.irq_ns when it began to run */
	u64 part[WHERE_PARTS];
	u32 state;
	u16 reclaim, throttle; /* depth */
};

/* These take memory only once somebody asks where time goes. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct where_task);
} where_tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct where_cpu);
} where_cpus SEC(".maps");

static __always_inline struct where_cpu *where_this_cpu(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&where_cpus, &zero);
}

/* Book the time up to @now. */
static __always_inline void where_book(struct where_task *w, u64 now)
{
	/* Never back: another CPU's clock may be read a little earlier. */
	u64 span = now > w->since ? now - w->since : 0, irq;
	u32 part = w->reclaim ? WHERE_RECLAIM : w->throttle ? WHERE_THROTTLE : WHERE_RUNNING;
	struct where_cpu *c;

	w->since += span;
	if (w->state == STATE_READY) {
		w->part[WHERE_READY] += span;
		return;
	}
	if (w->state == STATE_SLEEPS) {
		w->part[part == WHERE_RUNNING ? WHERE_BLOCKED : part] += span;
		return;
	}
	c = where_this_cpu();
	irq = c ? c->irq_ns - w->irq_base : 0;
	w->irq_base += irq;
	if (irq > span) /* one that began after the clock was read */
		irq = span;
	w->part[WHERE_INTERRUPTED] += irq;
	w->part[part] += span - irq;
}

#endif /* OSTRACE_WHERE_BPF_H */
