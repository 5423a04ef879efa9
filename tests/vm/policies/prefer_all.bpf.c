// SPDX-License-Identifier: GPL-2.0
/* A policy for the tests: prefers everybody. */
#include "policy.bpf.h"

char LICENSE[] SEC("license") = "GPL";

SEC("struct_ops/badness")
s64 BPF_PROG(badness, struct task_struct *p, s64 points, struct ostrace_oom_ctx *oc,
	     struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	return OSTRACE_OOM_PREFER;
}

SEC(".struct_ops.link")
struct ostrace_oom_ops prefer_all = {
	.badness = (void *)badness,
	.name = "prefer_all",
};
