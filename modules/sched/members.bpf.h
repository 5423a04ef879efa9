/* SPDX-License-Identifier: GPL-2.0 */
/* What comes and goes: tasks, cgroups, CPUs, and the scheduler itself. */
#ifndef _OSTRACE_SCHED_MEMBERS_BPF_H
#define _OSTRACE_SCHED_MEMBERS_BPF_H

SEC("scx.s/init_task")
s32 BPF_PROG(ostrace_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	struct task_ctx *t = bpf_task_storage_get(&tasks, p, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!t)
		return -12; /* ENOMEM */
	t->cgroup = cgroup_slot(args->cgroup);
	t->generation = shared.generation - 1;
	t->class = OSTRACE_SCHED_NORMAL;
	t->avg_run = 2 * SCHED_INTERACTIVE_RUN;
	if (args->fork) {
		t->parent = (u32)bpf_get_current_pid_tgid();
		t->parent_start = bpf_get_current_task_btf()->start_time;
	}
	t->born = args->fork;
	t->rate = SCHED_RATE_ONE;
	t->weight = SCHED_WEIGHT_NICE0;
	t->fresh = true;
	return 0;
}

SEC("scx/enable")
void BPF_PROG(ostrace_enable, struct task_struct *p)
{
	struct task_ctx *t = task_ctx(p);

	if (t)
		t->fresh = true;
}

SEC("scx/exit_task")
void BPF_PROG(ostrace_exit_task, struct task_struct *p, struct scx_exit_task_args *args)
{
	u32 tgid = (u32)p->tgid;

	/* The last thread: the number may be another process's tomorrow. */
	if (p->signal->live.counter <= 0)
		bpf_map_delete_elem(&process_overrides, &tgid);
}

SEC("scx.s/cgroup_init")
s32 BPF_PROG(ostrace_cgroup_init, struct cgroup *cgrp, struct scx_cgroup_init_args *args)
{
	u64 id = cgrp->kn->id;
	u32 slot = 0, parent = 0;
	struct cgroup_ctx *cg;
	struct cgroup *up;

	if (cgrp->level > 0) {
		up = bpf_cgroup_ancestor(cgrp, cgrp->level - 1);
		if (up) {
			parent = cgroup_slot(up);
			bpf_cgroup_release(up);
		}
		slot = cgroup_take(id, parent);
		cg = cgroup_ctx(slot);
		if (slot && cg) {
			cg->own_weight = sched_cgroup_weight(args->weight);
			cg->idle = args->sched_idle;
			cgroup_settle(slot);
		}
		if (args->bw_quota_us != ~0ULL)
			__sync_fetch_and_add(&shared.cpu_max_ignored, 1);
	}
	if (!slot)
		slot = parent;
	return (s32)bpf_map_update_elem(&cgroup_slots, &id, &slot, BPF_ANY);
}

SEC("scx.s/cgroup_exit")
void BPF_PROG(ostrace_cgroup_exit, struct cgroup *cgrp)
{
	u64 id = cgrp->kn->id;
	u32 slot = cgroup_slot(cgrp);
	struct cgroup_ctx *cg = cgroup_ctx(slot);

	bpf_map_delete_elem(&cgroup_slots, &id);
	bpf_map_delete_elem(&cgroup_overrides, &id);
	if (slot && cg && cg->id == id)
		cg->id = 0;
}

SEC("scx/cgroup_move")
void BPF_PROG(ostrace_cgroup_move, struct task_struct *p, struct cgroup *from, struct cgroup *to)
{
	struct task_ctx *t = task_ctx(p);

	if (t)
		t->cgroup = cgroup_slot(to);
}

SEC("scx/cgroup_set_weight")
void BPF_PROG(ostrace_cgroup_set_weight, struct cgroup *cgrp, u32 weight)
{
	u32 slot = cgroup_slot(cgrp);
	struct cgroup_ctx *cg = cgroup_ctx(slot);

	if (!slot || !cg || cg->id != cgrp->kn->id)
		return;
	cg->own_weight = sched_cgroup_weight(weight);
	cgroup_settle(slot);
}

SEC("scx/cgroup_set_idle")
void BPF_PROG(ostrace_cgroup_set_idle, struct cgroup *cgrp, bool idle)
{
	u32 slot = cgroup_slot(cgrp);
	struct cgroup_ctx *cg = cgroup_ctx(slot);

	if (!slot || !cg || cg->id != cgrp->kn->id)
		return;
	cg->idle = idle;
	cgroup_settle(slot);
}

SEC("scx/cgroup_set_bandwidth")
void BPF_PROG(ostrace_cgroup_set_bandwidth, struct cgroup *cgrp, u64 period, u64 quota, u64 burst)
{
	if (quota != ~0ULL)
		__sync_fetch_and_add(&shared.cpu_max_ignored, 1);
}

static __always_inline void set_online(s32 cpu, bool online)
{
	struct sched_cpu *c = cpu_ctx((u32)cpu);
	struct sched_llc *l = c ? llc_ctx(c->llc) : NULL;

	if (!l || c->online == online)
		return;
	c->online = online;
	c->cur_pid = 0;
	__sync_fetch_and_add(&l->online, online ? 1 : -1);
	__sync_fetch_and_add(&shared.nr_online, online ? 1 : -1);
}

SEC("scx/cpu_online")
void BPF_PROG(ostrace_cpu_online, s32 cpu)
{
	set_online(cpu, true);
}

/* Nothing new comes to the CPU's queue; what waits there is found by search_elsewhere(). */
SEC("scx/cpu_offline")
void BPF_PROG(ostrace_cpu_offline, s32 cpu)
{
	set_online(cpu, false);
}

SEC("scx.s/init")
s32 BPF_PROG(ostrace_init)
{
	const struct cpumask *online;
	s32 err = conf.fail_init;
	int i;

	bpf_for(i, 0, shared.nr_llcs) {
		if (!err)
			err = scx_bpf_create_dsq(QUEUE_LLC(i), -1);
		if (!err)
			err = scx_bpf_create_dsq(QUEUE_AGED(i), -1);
	}
	online = scx_bpf_get_online_cpumask();
	bpf_for(i, 0, conf.nr_cpus) {
		if (!err)
			err = scx_bpf_create_dsq(QUEUE_CPU(i), -1);
		set_online(i, bpf_cpumask_test_cpu((u32)i, online));
	}
	scx_bpf_put_cpumask(online);
	return err;
}

SEC("scx/exit")
void BPF_PROG(ostrace_exit, struct scx_exit_info *info)
{
	struct sched_exit *e = &shared.exit;

	bpf_probe_read_kernel_str(e->reason, sizeof(e->reason), info->reason);
	bpf_probe_read_kernel_str(e->message, sizeof(e->message), info->msg);
	e->code = info->exit_code;
	e->kind = info->kind;
	__sync_fetch_and_add(&e->done, 1);
}

#endif /* _OSTRACE_SCHED_MEMBERS_BPF_H */
