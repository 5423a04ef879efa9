// SPDX-License-Identifier: GPL-2.0
/* A policy for the tests, to be refused: loops that the verifier follows one by one. */
#include "policy.bpf.h"

char LICENSE[] SEC("license") = "GPL";

s64 sum;

__noinline int inner(int n)
{
	int i;

	for (i = 0; i < 50000; i++)
		__sync_fetch_and_add(&sum, n);
	return 0;
}

__noinline int middle(int n)
{
	int i;

	for (i = 0; i < 50000; i++)
		inner(n);
	return 0;
}

SEC("struct_ops/badness")
s64 BPF_PROG(badness, struct task_struct *p, s64 points, struct ostrace_oom_ctx *oc,
	     struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	int i;

	for (i = 0; i < 50000; i++)
		middle(i);
	return points;
}

SEC(".struct_ops.link")
struct ostrace_oom_ops bad_global = {
	.badness = (void *)badness,
	.name = "bad_global",
};
