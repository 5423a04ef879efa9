/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What memory processes have, when the reader asks. Part of bpf/fault.bpf.c.
 *
 * The tracepoint rss_stat fires at every page, and tells no exact sum on large machines:
 * a walk over the processes at the end of an interval costs them nothing.
 */
#ifndef OSTRACE_FAULT_RSS_BPF_H
#define OSTRACE_FAULT_RSS_BPF_H

#include "fault_state.bpf.h"
#include "mm.bpf.h"

/* Before its program begins, too: that is where its growth is counted from. */
static __always_inline bool rss_wanted(struct task_struct *t, u32 ns_tgid)
{
	return (!settings.filter_tasks || filter_state_of(ns_tgid, ns_tgid)) && cgroup_wanted(t);
}

SEC("iter/task")
int ostrace_rss_walk(struct bpf_iter__task *ctx)
{
	struct task_struct *t = ctx->task;
	struct fault_rss r = {};
	struct mm_struct *mm;
	u32 tgid;

	if (!t || t->pid != t->tgid || !t->mm)
		return 0;
	tgid = task_ns_pid(t, true, settings.pidns_ino);
	if (!rss_wanted(t, tgid))
		return 0;
	mm = t->mm;
	r.start = t->start_boottime;
	r.tgid = t->tgid;
	r.ns_tgid = tgid;
	r.pages[FAULT_RSS_FILE] = mm_pages(mm, MM_FILEPAGES, settings.cpu.nr_cpus);
	r.pages[FAULT_RSS_ANON] = mm_pages(mm, MM_ANONPAGES, settings.cpu.nr_cpus);
	r.pages[FAULT_RSS_SWAP] = mm_pages(mm, MM_SWAPENTS, settings.cpu.nr_cpus);
	r.pages[FAULT_RSS_SHMEM] = mm_pages(mm, MM_SHMEMPAGES, settings.cpu.nr_cpus);
	bpf_probe_read_kernel(r.comm, sizeof(r.comm), t->comm);
	bpf_seq_write(ctx->meta->seq, &r, sizeof(r));
	return 0;
}

#endif /* OSTRACE_FAULT_RSS_BPF_H */
