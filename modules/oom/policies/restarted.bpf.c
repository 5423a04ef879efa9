// SPDX-License-Identifier: GPL-2.0
/*
 * Whoever comes back gets worse: a cgroup whose processes were chosen lately is
 * chosen again before another one of its size, so that a unit that restarts and
 * leaks does not take its innocent neighbours with it. A choice counts for ten
 * minutes and adds a quarter of the machine or limit to the score, eight at most.
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
} chosen SEC(".maps");

/* The best of this decision so far, as the module will see it. */
u64 best_cgroup;
s64 best_score;
u64 best_seq;

SEC("struct_ops/badness")
s64 BPF_PROG(badness, struct task_struct *p, s64 points, struct ostrace_oom_ctx *oc,
	     struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	u64 id = ostrace_oom_ancestor(p, -1);
	struct record *r = bpf_map_lookup_elem(&chosen, &id);
	u64 times = 0;
	s64 score;

	if (r && bpf_ktime_get_ns() - r->when < FORGET_NS)
		times = r->times < MOST ? r->times : MOST;
	score = points + (s64)(times * (oc->totalpages / 4));
	if (oc->dry)
		return score;
	if (best_seq != oc->seq || score >= best_score) {
		best_seq = oc->seq;
		best_score = score;
		best_cgroup = id;
	}
	return score;
}

SEC("struct_ops/done")
void BPF_PROG(done, struct ostrace_oom_ctx *oc, u32 killed)
{
	struct record fresh = { .when = bpf_ktime_get_ns(), .times = 1 }, *r;

	if (!killed || best_seq != oc->seq)
		return;
	r = bpf_map_lookup_elem(&chosen, &best_cgroup);
	if (r) {
		r->times = fresh.when - r->when < FORGET_NS ? r->times + 1 : 1;
		r->when = fresh.when;
	} else {
		bpf_map_update_elem(&chosen, &best_cgroup, &fresh, BPF_ANY);
	}
}

SEC(".struct_ops.link")
struct ostrace_oom_ops restarted = {
	.badness = (void *)badness,
	.done = (void *)done,
	.name = "restarted",
};
