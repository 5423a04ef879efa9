// SPDX-License-Identifier: GPL-2.0
/*
 * Who grew, not who is large: a process is scored by the memory it has taken
 * since a dry run first saw it, or since it started if none did. A large database
 * that keeps its size goes after a small process that leaks. `ostrace oom rank`
 * once, on a good day, takes the measure.
 */
#include "policy.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct measure {
	u64 started; /* tells a process from a later one with its pid */
	s64 points;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, struct measure);
} first SEC(".maps");

SEC("struct_ops/badness")
s64 BPF_PROG(badness, struct task_struct *p, s64 points, struct ostrace_oom_ctx *oc,
	     struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	struct measure now = { .started = p->start_boottime, .points = points }, *then;
	u32 pid = p->tgid;

	then = bpf_map_lookup_elem(&first, &pid);
	if (then && then->started == now.started)
		return points - then->points;
	/* Measured in a dry run: later growth counts. Else all of it does. */
	if (oc->dry)
		bpf_map_update_elem(&first, &pid, &now, BPF_ANY);
	return points;
}

SEC(".struct_ops.link")
struct ostrace_oom_ops leaker = {
	.badness = (void *)badness,
	.name = "leaker",
};
