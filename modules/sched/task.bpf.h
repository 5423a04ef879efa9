/* SPDX-License-Identifier: GPL-2.0 */
/* One task: in whose clock it counts, at what rate, of what class. */
#ifndef _OSTRACE_SCHED_TASK_BPF_H
#define _OSTRACE_SCHED_TASK_BPF_H

#define HOME_CPU 0x80000000u

/* Queues: of a domain, of a CPU, and of what waited too long in a domain. */
#define QUEUE_LLC(llc) ((u64)(llc))
#define QUEUE_CPU(cpu) (0x10000ULL + (cpu))
#define QUEUE_AGED(llc) (0x20000ULL + (llc))

/* ------------------------------------------------------------------- clocks */

static __always_inline u32 llc_of(u32 home)
{
	struct sched_cpu *c;

	if (!(home & HOME_CPU))
		return home;
	c = cpu_ctx(home & ~HOME_CPU);
	return c ? c->llc : 0;
}

static __always_inline u64 llc_clock(u32 llc)
{
	struct sched_llc *l = llc_ctx(llc);

	return l ? l->clock : 0;
}

static __always_inline u64 skew_of(u32 home)
{
	struct sched_cpu *c;

	if (!(home & HOME_CPU))
		return 0;
	c = cpu_ctx(home & ~HOME_CPU);
	return c ? c->skew : 0;
}

/* What a task that comes to @home now is measured against. */
static __always_inline u64 home_clock(u32 home)
{
	u64 clock = llc_clock(llc_of(home));
	struct sched_cpu *c;

	if (!(home & HOME_CPU))
		return clock;
	c = cpu_ctx(home & ~HOME_CPU);
	/* A queue that was empty for a while has a clock that stood. */
	return c ? sched_later(c->clock, clock - SCHED_LAG_MAX - c->skew) : clock;
}

/* Carry the task's virtual time over to another clock. */
static __noinline void move_home(struct task_ctx *t, u32 home)
{
	u64 diff;

	if (t->home == home)
		return;
	diff = skew_of(t->home) - skew_of(home);
	if (llc_of(t->home) != llc_of(home))
		diff += llc_clock(llc_of(home)) - llc_clock(llc_of(t->home));
	t->v += diff;
	t->deadline += diff;
	t->home = home;
}

/* Where the task waits when it is on @cpu. */
static __always_inline u32 home_on(struct task_struct *p, u32 cpu)
{
	struct sched_cpu *c = cpu_ctx(cpu);

	if ((u32)p->nr_cpus_allowed < shared.nr_online)
		return HOME_CPU | cpu;
	return c ? c->llc : 0;
}

static __always_inline u64 queue_of(u32 home)
{
	return home & HOME_CPU ? QUEUE_CPU(home & ~HOME_CPU) : QUEUE_LLC(home);
}

/* --------------------------------------------------------- weight and class */

/* The task's own weight, from nice, policy or an override. */
static __noinline u32 own_weight(struct task_struct *p, struct task_ctx *t)
{
	struct sched_override *o;
	u32 tgid = (u32)p->tgid;

	if (t->generation != shared.generation) {
		t->generation = shared.generation;
		o = bpf_map_lookup_elem(&process_overrides, &tgid);
		t->own_class = o ? o->class : 0;
		t->own_weight = o ? o->weight : 0;
	}
	if (t->own_weight)
		return sched_cgroup_weight(t->own_weight);
	if (p->policy == SCHED_IDLE)
		return SCHED_WEIGHT_IDLE;
	return sched_nice_weight(p->static_prio - 120);
}

/* Through the cgroups from @slot upwards: the rate, and the class that the nearest asks for. */
static __noinline u64 rate_above(u32 slot, u64 rate, u32 *class)
{
	struct cgroup_ctx *cg;
	int i;

	bpf_for(i, 0, CGROUP_DEPTH) {
		if (!slot)
			break;
		cg = cgroup_ctx(slot);
		if (!cg)
			break;
		if (cg->generation != shared.generation)
			cgroup_settle(slot);
		rate = sched_rate_below(rate, cg->load, cg->weight);
		if (!*class)
			*class = cg->class;
		slot = cg->parent;
	}
	return rate;
}

/* The rate of the task's charge, and the class its surroundings ask for. */
static __always_inline void find_rate(struct task_struct *p, struct task_ctx *t)
{
	u32 forced = t->own_class;
	u64 rate = sched_rate(t->weight);

	if (t->cgroup)
		rate = rate_above(t->cgroup, rate, &forced);
	if (!forced && (p->policy == SCHED_IDLE || p->policy == SCHED_BATCH))
		forced = OSTRACE_SCHED_BATCH + 1;
	t->rate = rate;
	t->forced = forced;
}

static __always_inline void classify(struct task_struct *p, struct task_ctx *t)
{
	u32 class = t->forced ?
			    t->forced - 1 :
			    sched_class(t->avg_run, p->se.sum_exec_runtime - t->woke_ran, t->class);

	if (class == t->class)
		return;
	t->class = class;
	count(class_changes);
}

/* Charge the task for what it ran since the last time. */
static __noinline void charge(struct task_struct *p, struct task_ctx *t)
{
	u64 ran = p->se.sum_exec_runtime;
	u32 weight;

	if (t->generation != shared.generation && t->counted) {
		weight = own_weight(p, t);
		cgroup_load(t->cgroup, (s64)weight - t->counted);
		t->weight = t->counted = weight;
	}
	find_rate(p, t);
	t->v += sched_charge(ran - t->ran, t->rate);
	t->ran = ran;
	if (!(t->home & HOME_CPU))
		t->v = sched_later(t->v, llc_clock(t->home) - SCHED_LAG_MAX);
	classify(p, t);
}

static __always_inline u64 deadline(struct task_ctx *t)
{
	t->deadline = sched_renew(t->v, t->deadline, t->class, shared.slice_ns, t->rate);
	return t->deadline;
}

/* Where the task that runs on @c stands, in the clock of its home. */
static __always_inline u64 stands(struct task_ctx *t, struct sched_cpu *c, u64 now)
{
	return t->v + sched_charge(now - c->charged_at, t->rate);
}

/*
 * A task that is new to us. A child goes on where its parent stands, which is who runs
 * here, and when it exits that one goes on where it stood: a row of short-lived ones has
 * the share of one task, those that live at the same time one share each. What the child
 * may claim its parent may not meanwhile.
 */
static __always_inline void begin(struct task_struct *p, struct task_ctx *t, u64 now)
{
	u32 current = (u32)bpf_get_current_pid_tgid();
	bool child = t->born && t->parent == current;
	struct task_ctx *parent = child ? task_ctx(bpf_get_current_task_btf()) : NULL;
	struct sched_cpu *c = cpu_ctx(bpf_get_smp_processor_id());
	u32 home = home_on(p, (u32)scx_bpf_task_cpu(p));
	u64 clock = home_clock(home);

	t->born = false;
	if (!parent || !c || c->cur_pid != current) {
		t->home = home;
		t->v = clock;
		return;
	}
	t->home = parent->home;
	t->v = stands(parent, c, now);
	move_home(t, home);
	t->v = sched_later(t->v, clock - shared.slice_ns);
	if (sched_before(t->v, clock)) {
		t->lent = clock - t->v;
		parent->v += t->lent;
	}
	/* If that one sleeps much: most children of a shell live for a moment. */
	if (parent->avg_run < t->avg_run)
		t->avg_run = parent->avg_run;
}

/*
 * What an exiting task leaves to who forked it. That one is looked for by number: the
 * pointers to parent and leader are not to be followed from one that is reaped already,
 * as a thread is before it stops for the last time.
 */
static __always_inline bool bequeath(struct task_ctx *t, s64 lead)
{
	struct task_struct *parent = t->parent ? bpf_task_from_pid((s32)t->parent) : NULL;
	struct task_ctx *heir;
	bool left = false;
	u64 clock, credit;

	if (!parent)
		return false;
	heir = task_ctx(parent);
	if (heir && parent->start_time == t->parent_start && !(parent->flags & PF_EXITING)) {
		clock = llc_clock(llc_of(heir->home)) - skew_of(heir->home);
		credit = sched_credit(heir->class, shared.slice_ns);
		heir->v = sched_later(sched_repay(heir->v, t->lent, clock - credit),
				      clock + (u64)sched_bequest(lead, t->rate, heir->rate));
		t->lent = 0;
		left = true;
	}
	bpf_task_release(parent);
	return left;
}

/*
 * Who exits and has no heir leaves its time to the clock, or a row of such tasks would
 * begin at one and the same time, before all that wait, for ever.
 */
static __always_inline void leave(struct task_ctx *t)
{
	struct sched_cpu *c = t->home & HOME_CPU ? cpu_ctx(t->home & ~HOME_CPU) : NULL;
	struct sched_llc *l = llc_ctx(llc_of(t->home));
	u64 v = t->v + skew_of(t->home);

	if (!l || bequeath(t, (s64)(v - l->clock)))
		return;
	if (c)
		c->clock = sched_pass(c->clock, t->v);
	l->clock = sched_pass(l->clock, v);
}

/* A task that slept, or is new: not owed for all that time. */
static __always_inline void place(struct task_ctx *t)
{
	t->v = sched_place(t->v, home_clock(t->home), t->class, shared.slice_ns);
	t->deadline = t->v; /* asks anew */
}

/* Who wakes is it the task on @c, and not an interrupt that came in between? */
static __always_inline bool task_wakes(struct sched_cpu *c)
{
	return c->cur_pid && c->cur_pid == (u32)bpf_get_current_pid_tgid() && !in_interrupt();
}

/*
 * Who is woken by a task that never runs for long, and so is about to sleep, goes on where
 * that one stands: tasks that take turns have the share of one task.
 */
static __always_inline void take_over(struct task_ctx *t, u64 now)
{
	struct sched_cpu *c = cpu_ctx(bpf_get_smp_processor_id());
	struct task_ctx *waker;
	u64 clock, v;
	s64 lead;

	if (!c || c->cur_class != OSTRACE_SCHED_INTERACTIVE || !task_wakes(c))
		return;
	waker = task_ctx(bpf_get_current_task_btf());
	if (!waker || llc_of(t->home) != c->llc)
		return;
	clock = llc_clock(c->llc);
	v = stands(waker, c, now) + skew_of(waker->home);
	lead = sched_bequest((s64)(v - clock), waker->rate, t->rate);
	if (lead > (s64)(2 * shared.slice_ns))
		lead = (s64)(2 * shared.slice_ns);
	v = clock + (u64)lead - skew_of(t->home);
	if (sched_before(t->v, v))
		t->v = t->deadline = v;
}

#endif /* _OSTRACE_SCHED_TASK_BPF_H */
