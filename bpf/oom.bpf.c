// SPDX-License-Identifier: GPL-2.0
/*
 * Victims of the OOM killer: who was marked, by whom, with how much memory, and
 * when that memory was back: by the OOM reaper, by the end of the process.
 *
 * Marking happens under the kernel's oom_lock, so there is one writer of new
 * slots. What happens to a victim later is written by one CPU at a time too:
 * the reaper is one thread, and an mm ends once.
 */
#include "mm.bpf.h"
#include "ostrace.bpf.h"
#include "ostrace/kills.h"

char LICENSE[] SEC("license") = "GPL";

const volatile __u32 nr_cpus = 1; /* possible ones */

struct oom_control_page control SEC(".bss.control");
struct oom_kill kills[KILLS_KEPT] SEC(".bss.kills");

static __noinline u64 anon_of(struct mm_struct *mm)
{
	return mm ? mm_pages(mm, MM_ANONPAGES, nr_cpus) : 0;
}

static __noinline u64 file_of(struct mm_struct *mm)
{
	return mm ? mm_pages(mm, MM_FILEPAGES, nr_cpus) : 0;
}

static __noinline u64 shmem_of(struct mm_struct *mm)
{
	return mm ? mm_pages(mm, MM_SHMEMPAGES, nr_cpus) : 0;
}

/* The newest victim of this memory, or (@mm 0) this thread, that still has some. */
static __always_inline struct oom_kill *find(u64 mm, u32 tid)
{
	u64 head = control.head;
	struct oom_kill *k, *found = NULL;
	int i;

	bpf_for(i, 0, KILLS_KEPT) {
		if ((u64)i >= head)
			break;
		k = &kills[(head - 1 - i) & (KILLS_KEPT - 1)];
		if (k->end || (mm ? k->mm != mm : k->tid != tid))
			continue;
		found = k;
		break;
	}
	return found;
}

SEC("tp_btf/mark_victim")
int BPF_PROG(ostrace_mark_victim, struct task_struct *task, u32 uid)
{
	struct task_struct *trigger = bpf_get_current_task_btf();
	struct mm_struct *mm = task->mm;
	u64 head = control.head;
	struct oom_kill *k;

	/* A process is marked once more when another of its threads asks. */
	if (!mm || (control.pending && find((u64)mm, 0)))
		return 0;
	k = &kills[head & (KILLS_KEPT - 1)];
	if (!k->time || k->end)
		__sync_fetch_and_add(&control.pending, 1);
	k->end = 1; /* nobody fills in what is being written */
	k->time = bpf_ktime_get_ns();
	k->reap_start = k->reap_end = k->reap_pages = 0;
	k->anon = anon_of(mm);
	k->file = file_of(mm);
	k->shmem = shmem_of(mm);
	k->swap = mm_pages(mm, MM_SWAPENTS, nr_cpus);
	k->pgtables = BPF_CORE_READ(mm, pgtables_bytes.counter);
	k->cgroup = task_cgroup_id(task);
	k->trigger_cgroup = task_cgroup_id(trigger);
	k->mm = (u64)mm;
	k->pid = task->tgid;
	k->tid = task->pid;
	k->uid = uid;
	k->trigger_pid = trigger->tgid;
	k->oom_score_adj = task->signal->oom_score_adj;
	bpf_probe_read_kernel(k->comm, sizeof(k->comm), task->group_leader->comm);
	bpf_probe_read_kernel(k->trigger_comm, sizeof(k->trigger_comm),
			      trigger->group_leader->comm);
	k->end = 0;
	/* With its barriers: the reader sees the slot complete. */
	__sync_fetch_and_add(&control.head, 1);
	return 0;
}

SEC("tp_btf/start_task_reaping")
int BPF_PROG(ostrace_start_task_reaping, int tid)
{
	struct oom_kill *k = find(0, (u32)tid);

	if (!k)
		return 0;
	if (!k->reap_start)
		k->reap_start = bpf_ktime_get_ns();
	k->reap_pages = anon_of((void *)k->mm) + shmem_of((void *)k->mm);
	return 0;
}

SEC("tp_btf/finish_task_reaping")
int BPF_PROG(ostrace_finish_task_reaping, int tid)
{
	struct oom_kill *k = find(0, (u32)tid);
	u64 left;

	if (!k || !k->reap_start)
		return 0;
	/* The victim may have been giving back beside the reaper. */
	left = anon_of((void *)k->mm) + shmem_of((void *)k->mm);
	k->reap_pages = k->reap_pages > left ? k->reap_pages - left : 0;
	k->reap_end = bpf_ktime_get_ns();
	return 0;
}

/* Every end of a process comes here; victims are few, and short of memory. */
SEC("tp_btf/exit_mmap")
int BPF_PROG(ostrace_exit_mmap, struct mm_struct *mm)
{
	struct oom_kill *k;

	/* Rare enough for one counter of all CPUs. */
	__sync_fetch_and_add(&control.ends, 1);
	if (likely(!control.pending))
		return 0;
	k = find((u64)mm, 0);
	if (!k)
		return 0;
	k->end = bpf_ktime_get_ns();
	__sync_fetch_and_add(&control.pending, (u64)-1);
	return 0;
}
