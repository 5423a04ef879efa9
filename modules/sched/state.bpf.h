/* SPDX-License-Identifier: GPL-2.0 */
/* What the scheduler remembers: its maps, and the hierarchy of cgroup weights. */
#ifndef _OSTRACE_SCHED_STATE_BPF_H
#define _OSTRACE_SCHED_STATE_BPF_H

const volatile struct sched_config conf SEC(".rodata.conf") = { 1, 1, 1 };
struct sched_shared shared SEC(".bss.shared");

/*
 * A task, while it is ours. Written with its run queue locked, or while it wakes; v also
 * by children that exit.
 */
struct task_ctx {
	u64 v;	      /* virtual time, in the clock of its home */
	u64 deadline; /* when it should have had its request, likewise */
	u64 rate;     /* of its charge, as last computed */
	u64 ran;      /* sum_exec_runtime up to which it was charged */
	u64 woke_ran; /* sum_exec_runtime when it last woke */
	u64 avg_run;  /* remembered run between sleeps */
	u64 slept_at;
	u64 queued_at; /* runnable without running since */
	u32 home;      /* whose clock v is in: a domain, or HOME_CPU | cpu */
	u32 weight;
	u32 counted;	/* weight that its cgroup's load has of it; 0: not runnable */
	u32 cgroup;	/* entry of map cgroups */
	u32 generation; /* of overrides, when they were last looked up */
	u32 class;
	u32 forced;    /* class + 1 that an override or policy asks for */
	u32 own_class; /* of the process: class + 1 */
	u32 own_weight;
	u32 parent;	  /* who forked it, the thread */
	u64 parent_start; /* and when that began: numbers are used again */
	u64 lent;	  /* credit that it got from that one, in virtual time */
	bool fresh;	  /* new to us: v means nothing yet */
	bool born;	  /* forked, and not yet woken */
	bool yielded;
	bool aged;   /* runs out of turn */
	bool stream; /* between select_cpu and enqueue: its waker writes, and runs on */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_ctx);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* the module says how many there are */
	__type(key, u32);
	__type(value, struct sched_cpu);
} cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct sched_llc);
} llcs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u32);
	__type(value, struct sched_override);
} process_overrides SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct sched_override);
} cgroup_overrides SEC(".maps");

/*
 * A cgroup with a place of its own. Entry 0 stands for the root: what is directly
 * below it competes at full rate. Those that found no place use their parent's.
 */
struct cgroup_ctx {
	u64 id; /* 0: free */
	u32 parent;
	u32 class;	/* class + 1 for what is inside; 0: as found */
	u32 own_weight; /* from cpu.weight, cpu.idle */
	u32 generation;
	bool idle;

	/* lock protects the three below; one is held at a time, with no other. */
	struct bpf_spin_lock lock;
	u32 weight; /* in force */
	u32 lent;   /* weight that the parent's load has of it; 0: nothing runs */
	s64 load;   /* sum of the weights of what is runnable inside */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct cgroup_ctx);
} cgroups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u64);   /* cgroup id */
	__type(value, u32); /* entry of map cgroups */
} cgroup_slots SEC(".maps");

/* Deeper levels are not looked at: they share like their ancestor at this depth. */
#define CGROUP_DEPTH 16

static __always_inline struct task_ctx *task_ctx(struct task_struct *p)
{
	return bpf_task_storage_get(&tasks, p, 0, 0);
}

static __always_inline struct sched_cpu *cpu_ctx(u32 cpu)
{
	return bpf_map_lookup_elem(&cpus, &cpu);
}

static __always_inline struct sched_llc *llc_ctx(u32 llc)
{
	return bpf_map_lookup_elem(&llcs, &llc);
}

static __always_inline struct cgroup_ctx *cgroup_ctx(u32 slot)
{
	return bpf_map_lookup_elem(&cgroups, &slot);
}

/* Called by a handler of an interrupt, its bottom half included? "Yes" if unknown. */
static __always_inline bool in_interrupt(void)
{
#ifdef __TARGET_ARCH_x86
	if (!&__preempt_count)
		return true;
	return *(u32 *)bpf_this_cpu_ptr(&__preempt_count) & conf.interrupt_mask;
#elif defined(__TARGET_ARCH_arm64)
	return bpf_get_current_task_btf()->thread_info.preempt.count & conf.interrupt_mask;
#else
	return true;
#endif
}

/* Counters belong to the CPU that counts, with interrupts off: nobody else writes. */
#define count(what)                                                         \
	do {                                                                \
		struct sched_cpu *_c = cpu_ctx(bpf_get_smp_processor_id()); \
		if (_c)                                                     \
			_c->counters.what++;                                \
	} while (0)

/*
 * Add @diff to the load of @slot. A cgroup in which the first task becomes
 * runnable adds its weight to its parent, one in which the last one stops takes it
 * away, and so on upwards. Two CPUs may climb at once and overtake each other
 * between levels: a load may then be wrong, even below 0, until both are done, and
 * is right afterwards, because what each one lends and takes back is the same.
 */
static __noinline void cgroup_climb(u32 slot, s64 diff)
{
	struct cgroup_ctx *cg;
	int i;

	bpf_for(i, 0, CGROUP_DEPTH) {
		if (!slot || !diff)
			break;
		cg = cgroup_ctx(slot);
		if (!cg)
			break;
		bpf_spin_lock(&cg->lock);
		cg->load += diff;
		diff = 0;
		if (cg->load > 0 && !cg->lent) {
			cg->lent = cg->weight;
			diff = cg->lent;
		} else if (cg->load <= 0 && cg->lent) {
			diff = -(s64)cg->lent;
			cg->lent = 0;
		}
		bpf_spin_unlock(&cg->lock);
		slot = cg->parent;
	}
}

/* The root has no load to keep. */
static __always_inline void cgroup_load(u32 slot, s64 diff)
{
	if (slot)
		cgroup_climb(slot, diff);
}

static __noinline void cgroup_weigh(u32 slot, u32 weight)
{
	struct cgroup_ctx *cg = cgroup_ctx(slot);
	s64 diff = 0;
	u32 parent;

	if (!cg)
		return;
	bpf_spin_lock(&cg->lock);
	cg->weight = weight;
	if (cg->lent) {
		diff = (s64)weight - cg->lent;
		cg->lent = weight;
	}
	bpf_spin_unlock(&cg->lock);
	parent = cg->parent;
	cgroup_load(parent, diff);
}

/* Take the cgroup's own settings, and what an override says instead. */
static __noinline void cgroup_settle(u32 slot)
{
	struct cgroup_ctx *cg = cgroup_ctx(slot);
	struct sched_override *o;
	u32 weight;
	u64 id;

	if (!cg)
		return;
	cg->generation = shared.generation;
	weight = cg->idle ? SCHED_WEIGHT_IDLE : cg->own_weight;
	cg->class = cg->idle ? OSTRACE_SCHED_BATCH + 1 : 0;
	id = cg->id;
	o = bpf_map_lookup_elem(&cgroup_overrides, &id);
	if (o) {
		if (o->weight)
			weight = sched_cgroup_weight(o->weight);
		if (o->class)
			cg->class = o->class;
	}
	if (weight != cg->weight)
		cgroup_weigh(slot, weight);
}

/* The cgroup's place, or that of its nearest ancestor with one. */
static __always_inline u32 cgroup_slot(struct cgroup *cgrp)
{
	u64 id = cgrp->kn->id;
	u32 *slot = bpf_map_lookup_elem(&cgroup_slots, &id);

	return slot ? *slot : 0;
}

static __noinline u32 cgroup_take(u64 id, u32 parent)
{
	struct cgroup_ctx *cg;
	int i;

	bpf_for(i, 1, conf.nr_cgroups) {
		cg = cgroup_ctx((u32)i);
		if (!cg)
			break;
		if (cg->id || __sync_val_compare_and_swap(&cg->id, 0, id))
			continue;
		cg->parent = parent;
		return (u32)i;
	}
	__sync_fetch_and_add(&shared.cgroups_full, 1);
	return 0;
}

#endif /* _OSTRACE_SCHED_STATE_BPF_H */
