// SPDX-License-Identifier: GPL-2.0
/* A policy for the tests: returns what nobody expects, never the same. */
#include "policy.bpf.h"

char LICENSE[] SEC("license") = "GPL";

u64 calls;

SEC("struct_ops/badness")
s64 BPF_PROG(badness, struct task_struct *p, s64 points, struct ostrace_oom_ctx *oc,
	     struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	u64 r = (u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32();

	switch (__sync_fetch_and_add(&calls, 1) % 6) {
	case 0:
		return OSTRACE_OOM_PROTECT;
	case 1:
		return OSTRACE_OOM_PREFER;
	case 2:
		return OSTRACE_OOM_PROTECT + 1;
	case 3:
		return OSTRACE_OOM_PREFER - 1;
	case 4:
		return 0;
	default:
		return (s64)r;
	}
}

SEC(".struct_ops.link")
struct ostrace_oom_ops garbage = {
	.badness = (void *)badness,
	.name = "garbage",
};
