// SPDX-License-Identifier: GPL-2.0
/* The lower rungs of the cost ladder: what any tracer of system calls pays. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

__u64 sink; /* keeps the clock reads */

SEC("raw_tp/sys_enter")
int noop_enter(void *ctx)
{
	return 0;
}

SEC("raw_tp/sys_exit")
int noop_exit(void *ctx)
{
	return 0;
}

SEC("raw_tp/sys_enter")
int clock_enter(void *ctx)
{
	if (bpf_ktime_get_ns() == 1)
		sink = 1;
	return 0;
}

SEC("raw_tp/sys_exit")
int clock_exit(void *ctx)
{
	if (bpf_ktime_get_ns() == 1)
		sink = 1;
	return 0;
}

SEC("raw_tp/sched_wakeup")
int wake_noop(void *ctx)
{
	return 0;
}

SEC("raw_tp/sched_switch")
int wake_noop_switch(void *ctx)
{
	return 0;
}

SEC("raw_tp/sched_wakeup")
int wake_clock(void *ctx)
{
	if (bpf_ktime_get_ns() == 1)
		sink = 1;
	return 0;
}

SEC("raw_tp/sched_switch")
int wake_clock_switch(void *ctx)
{
	if (bpf_ktime_get_ns() == 1)
		sink = 1;
	return 0;
}
