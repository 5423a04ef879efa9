// SPDX-License-Identifier: GPL-2.0
/*
 * Whoever comes back gets worse: a cgroup whose processes were killed lately is
 * chosen again before another one of its size, so that a unit that restarts and
 * leaks does not take its innocent neighbours with it. A kill counts for ten
 * minutes and adds a quarter of the machine or limit to the score, eight at most.
 * What counts is who was killed, not the best score here: rules come first.
 */
#include "policy.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define FORGET_NS (600ULL * 1000000000)
#define MOST 8

struct record {
	u64 when;
	u64 times;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, u64); /* cgroup id */
	__type(value, struct record);
} killed_in SEC(".maps");

SEC("struct_ops/badness")
s64 BPF_PROG(badness, struct task_struct *p, s64 points, struct ostrace_oom_ctx *oc,
	     struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	u64 id = ostrace_oom_ancestor(p, -1);
	struct record *r = bpf_map_lookup_elem(&killed_in, &id);
	u64 times = 0;

	if (r && bpf_ktime_get_ns() - r->when < FORGET_NS)
		times = r->times < MOST ? r->times : MOST;
	return points + (s64)(times * (oc->totalpages / 4));
}

SEC("struct_ops/done")
void BPF_PROG(done, struct ostrace_oom_ctx *oc, u32 killed)
{
	struct record fresh = { .when = bpf_ktime_get_ns(), .times = 1 }, *r;
	u64 id = oc->victim_cgroup;

	if (!id)
		return;
	r = bpf_map_lookup_elem(&killed_in, &id);
	if (r) {
		r->times = fresh.when - r->when < FORGET_NS ? r->times + 1 : 1;
		r->when = fresh.when;
	} else {
		bpf_map_update_elem(&killed_in, &id, &fresh, BPF_ANY);
	}
}

SEC(".struct_ops.link")
struct ostrace_oom_ops restarted = {
	.badness = (void *)badness,
	.done = (void *)done,
	.name = "restarted",
};
