/* SPDX-License-Identifier: GPL-2.0 */
/* From the BPF program inside the module to a running scheduler, and back. */
#ifndef _OSTRACE_SCHED_LOADER_H
#define _OSTRACE_SCHED_LOADER_H

#include <linux/types.h>
#include "policy.h"
#include "shared.h"

struct bpf_link;
struct bpf_map;

struct sched_settings {
	u64 slice_ns;
	u64 bound_ns;
	u32 timeout_ms; /* of sched_ext's watchdog */
	u32 nr_cgroups;
	/* For tests only. */
	u32 fail_step; /* make this step fail; 0: none */
	u32 domains;   /* pretend that many cache domains */
	s32 fail_init;
	u32 stall_pid;
};

/* A loaded scheduler. It may have been ejected since: shared->exit tells. */
struct scheduler {
	struct bpf_link *link;
	struct bpf_map *shared_map, *cpus_map, *llcs_map;
	struct bpf_map *process_overrides, *cgroup_overrides;
	/* Inside the maps above. */
	struct sched_shared *shared;
	struct sched_cpu *cpus;
	struct sched_llc *llcs;
	u32 nr_cpus;
	u64 started; /* CLOCK_MONOTONIC */
};

/**
 * scheduler_load - register the scheduler with sched_ext and start it
 *
 * On failure nothing of it is left, and the kernel log says which step failed and
 * why. Sleeps. Needs no privilege of the calling task.
 */
int scheduler_load(struct scheduler *s, const struct sched_settings *settings);

/** scheduler_unload - stop it, wait until all tasks have left, release everything */
void scheduler_unload(struct scheduler *s);

/** topology_domains - set cpus[].llc and the rings of cpus[].next; returns their number */
u32 topology_domains(struct sched_cpu *cpus, u32 nr_cpus, u32 pretend);

#endif /* _OSTRACE_SCHED_LOADER_H */
