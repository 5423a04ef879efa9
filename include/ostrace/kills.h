/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bpf/oom.bpf.c and tools/view_oom_kills.c share: the last victims of the
 * OOM killer, and what became of each.
 */
#ifndef _OSTRACE_KILLS_H
#define _OSTRACE_KILLS_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define KILLS_KEPT 256 /* a power of two */
#define KILLS_COMM 16  /* TASK_COMM_LEN */

/*
 * One process marked as a victim. Times are CLOCK_MONOTONIC ns, 0: not (yet).
 * Those after @time are filled in while the reader may look.
 */
struct oom_kill {
	__u64 time;		       /* it was marked */
	__u64 reap_start;	       /* the OOM reaper began to take its memory, */
	__u64 reap_end;		       /* and had taken what it could, */
	__u64 reap_pages;	       /* this many */
	__u64 end;		       /* its memory was gone: the last user of it has exited */
	__u64 anon, file, shmem, swap; /* pages, when it was marked */
	__u64 pgtables;		       /* bytes */
	__u64 cgroup;		       /* id of its cgroup v2 */
	__u64 trigger_cgroup;
	__u64 mm;	   /* which memory: to recognise it, not to be shown */
	__u32 pid;	   /* process id, in the first pid namespace */
	__u32 tid;	   /* the thread the reaper knows it by */
	__u32 uid;	   /* real user id, in the first user namespace */
	__u32 trigger_pid; /* the process that met the limit */
	__s32 oom_score_adj;
	__u32 pad;
	char comm[KILLS_COMM]; /* not terminated if it is that long */
	char trigger_comm[KILLS_COMM];
};

struct oom_control_page {
	__u64 head;    /* victims so far: slot (n - 1) % KILLS_KEPT is the n-th */
	__u64 pending; /* of these, how many still have memory */
	__u64 ends;    /* processes that ended, victims or not */
};

#endif /* _OSTRACE_KILLS_H */
