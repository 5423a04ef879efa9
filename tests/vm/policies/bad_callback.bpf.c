// SPDX-License-Identifier: GPL-2.0
/* A policy for the tests, to be refused: a helper goes round for it. */
#include "policy.bpf.h"

char LICENSE[] SEC("license") = "GPL";

static long inner(u64 i, void *data)
{
	return 0;
}

static long outer(u64 i, void *data)
{
	bpf_loop(1 << 23, inner, NULL, 0);
	return 0;
}

SEC("struct_ops/badness")
s64 BPF_PROG(badness, struct task_struct *p, s64 points, struct ostrace_oom_ctx *oc,
	     struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	bpf_loop(1 << 23, outer, NULL, 0);
	return points;
}

SEC(".struct_ops.link")
struct ostrace_oom_ops bad_callback = {
	.badness = (void *)badness,
	.name = "bad_callback",
};
