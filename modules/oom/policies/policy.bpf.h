/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an OOM policy in BPF is made of. The types are those of ostrace_oom.ko,
 * found by name in its BTF when the policy is attached.
 */
#ifndef OSTRACE_OOM_POLICY_BPF_H
#define OSTRACE_OOM_POLICY_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "uapi/ostrace/oom.h"

struct ostrace_oom_ctx {
	u64 seq;
	u64 memcg_id;
	unsigned long totalpages;
	int constraint;
	int order;
	int dry;
	u64 victim_cgroup; /* for done */
} __attribute__((preserve_access_index));

struct ostrace_oom_ops {
	s64 (*badness)(struct task_struct *p, s64 points, struct ostrace_oom_ctx *ctx,
		       struct cgroup *cgrp, struct mem_cgroup *memcg);
	void (*done)(struct ostrace_oom_ctx *ctx, u32 killed);
	char name[16];
};

/* The id of a task's cgroup at a level below the root, 0 if it is not that deep. */
extern u64 ostrace_oom_ancestor(struct task_struct *p, int level) __ksym;

#endif /* OSTRACE_OOM_POLICY_BPF_H */
