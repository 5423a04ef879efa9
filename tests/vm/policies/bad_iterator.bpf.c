// SPDX-License-Identifier: GPL-2.0
/* A policy for the tests, to be refused: an iterator goes round, millions of times. */
#include "policy.bpf.h"

char LICENSE[] SEC("license") = "GPL";

SEC("struct_ops/badness")
s64 BPF_PROG(badness, struct task_struct *p, s64 points, struct ostrace_oom_ctx *oc,
	     struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	volatile s64 sum = 0;
	int i, k;

	bpf_for(i, 0, 1 << 23)
		bpf_for(k, 0, 1 << 23)
			sum += k;
	return sum;
}

SEC(".struct_ops.link")
struct ostrace_oom_ops bad_iterator = {
	.badness = (void *)badness,
	.name = "bad_iterator",
};
