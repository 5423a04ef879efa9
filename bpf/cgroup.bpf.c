// SPDX-License-Identifier: GPL-2.0
/*
 * How deep a cgroup lies below the root of the whole tree. User space in a cgroup
 * namespace cannot know: paths begin at the root of the namespace there.
 */
#include "ostrace.bpf.h"

char LICENSE[] SEC("license") = "GPL";

extern struct cgroup *bpf_cgroup_from_id(u64 cgid) __ksym;
extern void bpf_cgroup_release(struct cgroup *cgrp) __ksym;

struct level_of {
	u64 cgroup_id;
};

/* Returns the level (root = 0), -1 if there is no such cgroup. */
SEC("syscall")
int cgroup_level(struct level_of *asked)
{
	struct cgroup *cg = bpf_cgroup_from_id(asked->cgroup_id);
	int level;

	if (!cg)
		return -1;
	level = cg->level;
	bpf_cgroup_release(cg);
	return level;
}
