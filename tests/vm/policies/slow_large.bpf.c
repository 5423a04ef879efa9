// SPDX-License-Identifier: GPL-2.0
/* A policy for the tests: slow, and takes the largest first. */
#include "slow.bpf.h"

char LICENSE[] SEC("license") = "GPL";

SEC("struct_ops/badness")
s64 BPF_PROG(badness, struct task_struct *p, s64 points, struct ostrace_oom_ctx *oc,
	     struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	take_time();
	return points;
}

SEC(".struct_ops.link")
struct ostrace_oom_ops slow_large = {
	.badness = (void *)badness,
	.name = "slow_large",
};
