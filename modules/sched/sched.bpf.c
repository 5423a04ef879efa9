// SPDX-License-Identifier: GPL-2.0
/*
 * The scheduler "ostrace", for sched_ext.
 *
 * Goal. What waits for people, packets or other tasks runs at once, also on a
 * loaded machine; throughput and fairness stay those of the fair scheduler.
 *
 * Policy. Every task has a virtual time that advances as it runs, the slower the
 * larger its weight: that of its nice level, and of its cgroups by the share their
 * weights give them among what is runnable beside them. The runnable task with the
 * earliest virtual deadline runs, the deadline being its virtual time plus what it
 * asks for. All ask again and again, so in the long run each gets CPU time by its
 * weight, whatever it asks for; who asks for little is served sooner. How much that
 * is depends on the latency class, found from behaviour: INTERACTIVE tasks run for a
 * moment between sleeps and ask for a quarter of a slice, BATCH tasks never sleep
 * and ask for two at a time, NORMAL ones are all others.
 *
 * Queues. CPUs that share a cache are a domain with one queue and one clock, the
 * latest virtual time at which a task of it has begun to run. A task that may not
 * run on every CPU waits in the queue of one of its CPUs. That queue has a clock of
 * its own: a CPU with more such tasks than its share falls behind the domain, and
 * must not be owed for it without end. "skew" is what to add to a virtual time there
 * to compare it with the domain's; it grows when the queue falls too far behind. So
 * tasks in one queue keep their order and proportions whatever happens elsewhere.
 *
 * Waking. An idle CPU is taken first, a wholly idle core if there is one. Otherwise,
 * who is woken by a task about to sleep waits for its place, and others take the CPU
 * nearby whose task has the latest deadline, if theirs is earlier.
 *
 * Children. A child begins where its parent stands, and when it exits its parent goes on
 * where it stood: a shell's commands, one after the other, have the share of one task.
 * Whose parent is gone leaves its time to the clock. Likewise, who is woken by a task that
 * is about to sleep goes on where that one stands.
 *
 * Waiting is bounded: who has waited for longer than a second (a knob) runs
 * out of turn, for a quarter of a slice and in every other dispatch at most, whatever
 * the weights say. Such tasks are looked for ten times a second and 16 at a time.
 *
 * Limits. cpu.max is not enforced. Between domains, tasks move when a CPU has
 * nothing to do, when they wake, and one at a time when another queue is shorter:
 * fairness across domains is approximate. A task limited to some CPUs of several
 * domains stays in the domain it is in until it wakes. Loads of cgroups are shared
 * between CPUs, one cache line each: on machines with many CPUs and one busy
 * cgroup that will cost.
 *
 * Races. Clocks, the "current task" of a CPU, and what a child leaves its parent are
 * written without a lock and read by other CPUs: an update may be lost, which moves a
 * clock or costs a preemption by one slice and no more.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "scx.bpf.h"
#include "uapi/ostrace/hist.h"
#include "policy.h"
#include "shared.h"
#include "state.bpf.h"
#include "task.bpf.h"
#include "members.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define NEVER (1ULL << 62) /* later than any deadline, and comparable with it */
#define SEARCH_EVERY (100 * SCHED_MS)
#define SEARCH_MAX 1024	 /* tasks looked at in one search */
#define AGED_MAX 16	 /* tasks moved by one search */
#define NEARBY 8	 /* CPUs looked at for a place */
#define STEAL_MAX 64	 /* queues looked at by an idle CPU */
#define ELSEWHERE_MAX 16 /* queues of other CPUs looked at in one search */

/* ------------------------------------------------------------------- waking */

/* Is any CPU idle? On a loaded machine none is, and this is cheaper than to pick one. */
static __always_inline bool some_idle(void)
{
	const struct cpumask *idle = scx_bpf_get_idle_cpumask();
	bool some = !bpf_cpumask_empty(idle);

	scx_bpf_put_idle_cpumask(idle);
	return some;
}

/* May @t, with this deadline in the clock of the domain, take @c from its task? */
static __always_inline bool may_preempt(struct task_ctx *t, u64 dl, struct sched_cpu *c, u64 now)
{
	return c->cur_pid && sched_preempts(t->class, c->cur_class, (s64)(c->cur_deadline - dl),
					    now - c->cur_since, shared.slice_ns, t->stream);
}

/* No CPU is idle: the one nearby whose task can wait longest, else @prev. */
static __always_inline s32 pick_busy(struct task_struct *p, struct task_ctx *t, s32 prev)
{
	u64 dl = deadline(t) + skew_of(t->home), now = scx_bpf_now();
	struct sched_cpu *c = cpu_ctx((u32)prev);
	s64 slack, best_slack = 0;
	s32 best = prev;
	u32 cpu;
	int i;

	if (!c || t->class == OSTRACE_SCHED_BATCH || may_preempt(t, dl, c, now))
		return prev;
	cpu = c->next;
	bpf_for(i, 0, NEARBY) {
		c = cpu_ctx(cpu);
		if (!c || cpu == (u32)prev)
			break;
		slack = (s64)(c->cur_deadline - dl);
		if (slack > best_slack && may_preempt(t, dl, c, now) &&
		    bpf_cpumask_test_cpu(cpu, p->cpus_ptr)) {
			best = (s32)cpu;
			best_slack = slack;
		}
		cpu = c->next;
	}
	return best;
}

/*
 * A writer of a pipe or socket, or one that exits, says that it is about to sleep. One
 * that never runs for long is believed, once: who it wakes can have its place then,
 * which is cheaper than to interrupt another CPU's task. Should the waker run on
 * after all, whoever has a tick first makes room.
 */
static __always_inline bool follows_waker(struct task_struct *p, struct sched_cpu *c, u32 cpu)
{
	if (c->promised || !bpf_cpumask_test_cpu(cpu, p->cpus_ptr))
		return false;
	c->promised = (u32)p->pid;
	return true;
}

SEC("scx/select_cpu")
s32 BPF_PROG(ostrace_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	struct task_ctx *t = task_ctx(p);
	struct sched_cpu *waker;
	bool idle = false;
	s32 cpu = prev_cpu;

	if (some_idle())
		cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &idle);
	if (!t || (conf.stall_pid && conf.stall_pid == (u32)p->pid))
		return cpu;
	if (idle) {
		count(idle);
		scx_bpf_dsq_insert___v2(p, SCX_DSQ_LOCAL, sched_slice(t->class, shared.slice_ns),
					0);
		return cpu;
	}
	if (t->fresh)
		return cpu;
	place(t);
	cpu = (s32)bpf_get_smp_processor_id();
	waker = cpu_ctx((u32)cpu);
	if ((wake_flags & SCX_WAKE_SYNC) && waker && task_wakes(waker)) {
		if (waker->cur_class != OSTRACE_SCHED_INTERACTIVE ||
		    scx_bpf_now() - waker->cur_since > shared.slice_ns / 4)
			t->stream = true;
		else if (follows_waker(p, waker, (u32)cpu))
			return cpu;
	}
	return pick_busy(p, t, prev_cpu);
}

SEC("scx/runnable")
void BPF_PROG(ostrace_runnable, struct task_struct *p, u64 enq_flags)
{
	struct task_ctx *t = task_ctx(p);
	u64 now = scx_bpf_now();
	bool new;

	if (!t)
		return;
	new = t->fresh;
	t->queued_at = now;
	t->weight = t->counted = own_weight(p, t);
	cgroup_load(t->cgroup, t->counted);
	find_rate(p, t);
	if (new) {
		t->fresh = false;
		begin(p, t, now);
	} else if (!(enq_flags & SCX_ENQ_WAKEUP)) {
		return;
	}
	if (t->slept_at)
		t->avg_run = sched_run_forget(t->avg_run, now - t->slept_at);
	t->slept_at = 0;
	t->woke_ran = p->se.sum_exec_runtime;
	classify(p, t);
	place(t);
	if (!new)
		take_over(t, now);
}

SEC("scx/quiescent")
void BPF_PROG(ostrace_quiescent, struct task_struct *p, u64 deq_flags)
{
	struct task_ctx *t = task_ctx(p);

	if (!t)
		return;
	cgroup_load(t->cgroup, -(s64)t->counted);
	t->counted = 0;
	if (!(deq_flags & SCX_DEQ_SLEEP))
		return;
	t->slept_at = scx_bpf_now();
	t->avg_run = sched_run_average(t->avg_run, p->se.sum_exec_runtime - t->woke_ran);
}

/* ------------------------------------------------------------------ queueing */

/* The CPU in whose queue a task of limited affinity waits least, by length. */
static __always_inline u32 shortest_queue(struct task_struct *p, u32 cpu)
{
	struct sched_cpu *c = cpu_ctx(cpu);
	s32 best_n = scx_bpf_dsq_nr_queued(QUEUE_CPU(cpu)), n;
	u32 best = cpu, next = c ? c->next : cpu;
	int i;

	bpf_for(i, 0, NEARBY) {
		if (next == cpu || best_n <= 0)
			break;
		c = cpu_ctx(next);
		if (!c)
			break;
		if (c->online && bpf_cpumask_test_cpu(next, p->cpus_ptr)) {
			n = scx_bpf_dsq_nr_queued(QUEUE_CPU(next));
			if (n < best_n) {
				best = next;
				best_n = n;
			}
		}
		next = c->next;
	}
	return best;
}

/* Where a task waits that has used up its slice. */
static __always_inline u32 next_home(struct task_struct *p, u32 cpu)
{
	u32 home = home_on(p, cpu), other;
	struct sched_cpu *c;
	struct sched_llc *l;

	if (home & HOME_CPU)
		return p->nr_cpus_allowed > 1 ? HOME_CPU | shortest_queue(p, cpu) : home;
	/* Nor may it leave its CPU while migration is disabled for it. */
	if (shared.nr_llcs < 2 || p->cpus_ptr != &p->cpus_mask)
		return home;
	c = cpu_ctx(cpu);
	if (!c)
		return home;
	other = (home + 1 + c->turn++ % (shared.nr_llcs - 1)) % shared.nr_llcs;
	l = llc_ctx(other);
	if (!l || !l->online)
		return home;
	if (scx_bpf_dsq_nr_queued(QUEUE_LLC(other)) + 1 < scx_bpf_dsq_nr_queued(QUEUE_LLC(home)))
		return other;
	return home;
}

/* The deadline of the first task in @queue, in the clock of the domain. */
static __always_inline u64 first_deadline(u64 queue, u64 skew, u64 never)
{
	struct task_struct *p = scx_bpf_dsq_peek(queue);

	return p ? p->scx.dsq_vtime + skew : never;
}

/*
 * May @p, which wakes, have the CPU as soon as its task sleeps, past the queues?
 * That saves a look into them, which is dear beside a short run. Only where it would be
 * the first there, too; and not for ever: two that wake each other come to an end after
 * a slice, and who has waited for too long gets a turn.
 */
static __always_inline bool next_in_line(struct task_struct *p, struct task_ctx *t,
					 struct sched_cpu *c, u32 cpu, u64 dl, u64 now)
{
	u64 never;

	if (!c->cur_pid || c->cur_class != OSTRACE_SCHED_INTERACTIVE ||
	    t->class != OSTRACE_SCHED_INTERACTIVE ||
	    (c->promised != (u32)p->pid && p->nr_cpus_allowed != 1))
		return false;
	if (now - c->dispatched_at > shared.slice_ns ||
	    scx_bpf_dsq_nr_queued(SCX_DSQ_LOCAL_ON | cpu) > 0)
		return false;
	never = llc_clock(c->llc) + NEVER;
	return sched_before(dl, first_deadline(QUEUE_LLC(c->llc), 0, never)) &&
	       sched_before(dl, first_deadline(QUEUE_CPU(cpu), c->skew, never));
}

SEC("scx/enqueue")
void BPF_PROG(ostrace_enqueue, struct task_struct *p, u64 enq_flags)
{
	struct scx_bpf_dsq_insert_vtime_args args = {};
	struct task_ctx *t = task_ctx(p);
	u32 cpu = (u32)scx_bpf_task_cpu(p);
	struct sched_cpu *c = cpu_ctx(cpu);
	struct sched_llc *l;
	bool wakes = (enq_flags & SCX_ENQ_WAKEUP) && !(enq_flags & SCX_ENQ_REENQ), preempts;
	u64 dl, now = scx_bpf_now();
	s32 idle;

	if (!t || !c || (conf.stall_pid && conf.stall_pid == (u32)p->pid))
		return;
	if (enq_flags & SCX_ENQ_REENQ)
		count(requeued);
	move_home(t, wakes ? home_on(p, cpu) : next_home(p, cpu));
	if (t->yielded) {
		t->yielded = false;
		t->v = t->deadline = sched_later(t->v, home_clock(t->home));
	}
	dl = deadline(t);
	preempts = wakes && may_preempt(t, dl + skew_of(t->home), c, now);
	t->stream = false;
	if (preempts) {
		count(preempted);
		c->cur_class = t->class;
		c->cur_deadline = dl + skew_of(t->home);
		c->cur_since = now;
		scx_bpf_dsq_insert___v2(p, SCX_DSQ_LOCAL, sched_slice(t->class, shared.slice_ns),
					enq_flags | SCX_ENQ_PREEMPT | SCX_ENQ_IMMED);
		return;
	}
	if (wakes && next_in_line(p, t, c, cpu, dl + skew_of(t->home), now)) {
		count(next);
		scx_bpf_dsq_insert___v2(p, SCX_DSQ_LOCAL, sched_slice(t->class, shared.slice_ns),
					enq_flags);
		return;
	}
	if (t->home & HOME_CPU) {
		count(pinned);
		l = llc_ctx(c->llc);
		if (l && p->nr_cpus_allowed > 1)
			l->limited_at = now;
	} else
		count(queued);
	args.dsq_id = queue_of(t->home);
	args.slice = sched_slice(t->class, shared.slice_ns);
	args.vtime = dl;
	args.enq_flags = enq_flags;
	__scx_bpf_dsq_insert_vtime(p, &args);

	/* One may have become idle since we looked. */
	idle = some_idle() ? scx_bpf_pick_idle_cpu(p->cpus_ptr, 0) : -1;
	if (idle >= 0) {
		count(kicks);
		scx_bpf_kick_cpu(idle, SCX_KICK_IDLE);
	}
}

/* --------------------------------------------------------------- dispatching */

/*
 * Move who has waited in @queue since @before, and may run on @cpu (-1: do not ask), to
 * the queue of such tasks. How many are still to be looked at and moved stands in
 * memory: in registers the verifier would follow every value. From either end in turn:
 * in a long queue those who wait for long are the last.
 */
static __noinline void search_aged(struct sched_cpu *c, s32 cpu, u64 queue, u64 before)
{
	u64 end = before / SEARCH_EVERY & 1 ? SCX_DSQ_ITER_REV : 0;
	u64 aged = QUEUE_AGED(c->llc);
	struct task_struct *p;
	struct task_ctx *t;

	c->to_see = SEARCH_MAX;
	c->to_move = AGED_MAX;
	bpf_for_each(scx_dsq, p, queue, end) {
		if (!c->to_see-- || !c->to_move)
			break;
		t = task_ctx(p);
		if (!t || (s64)(before - t->queued_at) < 0 ||
		    (cpu >= 0 && !bpf_cpumask_test_cpu((u32)cpu, p->cpus_ptr)))
			continue;
		c->to_move--;
		t->aged = true;
		scx_bpf_dsq_move_set_slice(BPF_FOR_EACH_ITER, shared.slice_ns / 4);
		scx_bpf_dsq_move(BPF_FOR_EACH_ITER, p, aged, 0);
	}
}

/*
 * The same in queues of others, in turn, for those who have waited half as long again:
 * nobody comes for them there. Their CPU went offline, or is kept by a real-time task;
 * or the domain to whose queue they came has no CPU that may run them.
 */
static __always_inline void search_elsewhere(struct sched_cpu *c, s32 cpu, u64 now)
{
	u64 before = now - shared.bound_ns - shared.bound_ns / 2;
	int i;

	bpf_for(i, 0, ELSEWHERE_MAX) {
		if (++c->next_queue >= conf.nr_cpus)
			c->next_queue = 0;
		if (c->next_queue != (u32)cpu &&
		    scx_bpf_dsq_nr_queued(QUEUE_CPU(c->next_queue)) > 0)
			search_aged(c, cpu, QUEUE_CPU(c->next_queue), before);
	}
	if (++c->next_domain >= shared.nr_llcs)
		c->next_domain = 0;
	if (c->next_domain == c->llc)
		return;
	search_aged(c, cpu, QUEUE_LLC(c->next_domain), before);
	search_aged(c, cpu, QUEUE_AGED(c->next_domain), before);
}

static __always_inline bool take(u64 queue)
{
	return scx_bpf_dsq_move_to_local___v2(queue, SCX_ENQ_IMMED);
}

/*
 * Nothing to do here: take from a queue nearby, if some task waited in one lately that may
 * run on more than its CPU, then from another domain.
 */
static __noinline bool steal(u32 cpu, struct sched_cpu *c, u64 now)
{
	struct sched_llc *l = llc_ctx(c->llc);
	u32 next = c->next, llc = c->llc;
	int i;

	bpf_for(i, 0, STEAL_MAX) {
		if (next == cpu || !l || now - l->limited_at > shared.bound_ns)
			break;
		c = cpu_ctx(next);
		if (!c)
			break;
		if (scx_bpf_dsq_nr_queued(QUEUE_CPU(next)) > 0 && take(QUEUE_CPU(next)))
			return true;
		next = c->next;
	}
	bpf_for(i, 1, shared.nr_llcs) {
		u64 queue = QUEUE_LLC((llc + (u32)i) % shared.nr_llcs);

		if (i > STEAL_MAX)
			break;
		if (scx_bpf_dsq_nr_queued(queue) > 0 && take(queue))
			return true;
	}
	return false;
}

/*
 * Say what runs on the CPU, for those that wake. A task far behind the clock may
 * claim the CPU for long, but not against one that needs it for a moment: here it
 * counts as if it were little behind.
 */
static __always_inline void set_current(struct sched_cpu *c, struct task_struct *p,
					struct task_ctx *t)
{
	u64 base = shared.slice_ns, v = t->v + skew_of(t->home);

	v = sched_later(v, llc_clock(c->llc) - base);
	c->cur_pid = (u32)p->pid;
	c->cur_class = t->class;
	c->cur_deadline = sched_deadline(v, t->class, base, t->rate);
}

/* Nobody is earlier: it begins anew, and the clock with it. */
static __always_inline void keep(struct task_struct *p, struct task_ctx *t, struct sched_cpu *c,
				 struct sched_llc *l)
{
	if (t->home & HOME_CPU)
		c->clock = sched_later(c->clock, t->v);
	else
		l->clock = sched_later(l->clock, t->v);
	scx_bpf_task_set_slice(p, sched_slice(t->class, shared.slice_ns));
}

SEC("scx/dispatch")
void BPF_PROG(ostrace_dispatch, s32 cpu, struct task_struct *prev)
{
	struct sched_cpu *c = cpu_ctx((u32)cpu);
	struct sched_llc *l = c ? llc_ctx(c->llc) : NULL;
	struct task_ctx *t = NULL;
	u64 now = scx_bpf_now(), shared_dl, own_dl, aged, never;
	bool moved = false;

	if (!l)
		return;
	c->dispatched_at = now;
	if (now - l->searched_at > SEARCH_EVERY) {
		l->searched_at = now;
		search_aged(c, -1, QUEUE_LLC(c->llc), now - shared.bound_ns);
	}
	if (now - c->searched_at > SEARCH_EVERY) {
		c->searched_at = now;
		search_aged(c, -1, QUEUE_CPU(cpu), now - shared.bound_ns);
		search_elsewhere(c, cpu, now);
	}
	aged = QUEUE_AGED(c->llc);
	if ((c->turn++ & 1) && scx_bpf_dsq_nr_queued(aged) > 0 && take(aged)) {
		count(aged);
		return;
	}

	never = l->clock + NEVER;
	shared_dl = first_deadline(QUEUE_LLC(c->llc), 0, never);
	own_dl = first_deadline(QUEUE_CPU(cpu), c->skew, never);
	if (prev && (prev->scx.flags & SCX_TASK_QUEUED))
		t = task_ctx(prev);
	if (t && !t->yielded) {
		charge(prev, t);
		c->charged_at = now;
		if (!sched_before(sched_earlier(shared_dl, own_dl),
				  deadline(t) + skew_of(t->home))) {
			count(kept);
			t->aged = false;
			set_current(c, prev, t);
			keep(prev, t, c, l);
			return;
		}
	}
	if (sched_before(own_dl, shared_dl))
		moved = take(QUEUE_CPU(cpu)) || take(QUEUE_LLC(c->llc));
	else if (shared_dl != never)
		moved = take(QUEUE_LLC(c->llc)) || take(QUEUE_CPU(cpu));
	if (moved) {
		count(dispatched);
		return;
	}
	if (scx_bpf_dsq_nr_queued(aged) > 0 && take(aged)) {
		count(aged);
		return;
	}
	if (t) {
		/* Nothing else that could run here: whoever yielded has done so. */
		t->yielded = false;
		keep(prev, t, c, l);
		return;
	}
	if (steal((u32)cpu, c, now))
		count(stolen);
	else if (take(QUEUE_LLC(c->llc)))
		count(dispatched); /* came while we looked */
}

/* ------------------------------------------------------------------- running */

/* Account a wait. */
static __always_inline void waited(u32 class, u64 ns)
{
	struct sched_cpu *c = cpu_ctx(bpf_get_smp_processor_id());
	u32 slot = ostrace_hist_slot(ns);
	struct ostrace_sched_wait *w;

	if (!c || class >= OSTRACE_SCHED_CLASSES)
		return;
	w = &c->counters.wait[class];
	w->count++;
	w->sum += ns;
	if (ns > w->max)
		w->max = ns;
	if (slot < OSTRACE_SCHED_SLOTS)
		w->slot[slot]++;
}

SEC("scx/running")
void BPF_PROG(ostrace_running, struct task_struct *p)
{
	struct task_ctx *t = task_ctx(p);
	u32 cpu = (u32)scx_bpf_task_cpu(p);
	struct sched_cpu *c = cpu_ctx(cpu);
	struct sched_llc *l = c ? llc_ctx(c->llc) : NULL;
	u64 now = scx_bpf_now(), v, behind;

	if (!t || !l)
		return;
	if (t->queued_at) {
		waited(t->class, (s64)(now - t->queued_at) > 0 ? now - t->queued_at : 0);
		t->queued_at = 0;
	}
	t->ran = p->se.sum_exec_runtime;
	move_home(t, home_on(p, cpu));
	v = t->v + skew_of(t->home);
	if (!t->aged) {
		if (t->home & HOME_CPU) {
			c->clock = sched_later(c->clock, t->v);
			behind = l->clock - 2 * SCHED_LAG_MAX;
			if (sched_before(v, behind)) {
				c->skew += behind - v;
				v = behind;
			}
		}
		l->clock = sched_later(l->clock, v);
	}
	c->cur_since = c->charged_at = now;
	c->promised = 0;
	set_current(c, p, t);
}

SEC("scx/stopping")
void BPF_PROG(ostrace_stopping, struct task_struct *p, bool runnable)
{
	struct task_ctx *t = task_ctx(p);
	u32 cpu = (u32)scx_bpf_task_cpu(p);
	struct sched_cpu *c = cpu_ctx(cpu);

	if (!t)
		return;
	charge(p, t);
	if (t->aged) {
		t->aged = false;
		t->v = sched_earlier(t->v, home_clock(t->home) + SCHED_LEAD_MAX);
	}
	/* Maybe not for the last time, but its parent may run next. */
	if (p->flags & PF_EXITING)
		leave(t);
	if (runnable) {
		t->queued_at = scx_bpf_now();
		/* A real-time task's doing: who is next in line here had better not wait. */
		if (p->scx.slice && scx_bpf_dsq_nr_queued(SCX_DSQ_LOCAL_ON | cpu) > 0)
			scx_bpf_dsq_reenq(SCX_DSQ_LOCAL_ON | cpu, 0);
	}
	if (c)
		c->cur_pid = 0;
}

/* Would the first task in @queue take the CPU now, if it woke? */
static __always_inline bool first_preempts(u64 queue, u64 skew, struct sched_cpu *c, u64 now)
{
	struct task_struct *p = scx_bpf_dsq_peek(queue);
	struct task_ctx *t = p ? task_ctx(p) : NULL;

	return t && may_preempt(t, p->scx.dsq_vtime + skew, c, now);
}

SEC("scx/tick")
void BPF_PROG(ostrace_tick, struct task_struct *p)
{
	struct task_ctx *t = task_ctx(p);
	u32 cpu = (u32)scx_bpf_task_cpu(p);
	struct sched_cpu *c = cpu_ctx(cpu);
	u64 now;

	if (!t || !c)
		return;
	charge(p, t);
	c->charged_at = now = scx_bpf_now();
	c->cur_class = t->class;
	/* Had what it asked for, and asks again. */
	if (sched_before(c->cur_deadline, t->v + skew_of(t->home)))
		c->cur_deadline = deadline(t) + skew_of(t->home);
	/* One that was refused as it woke need not wait for the end of the slice. */
	if (scx_bpf_dsq_nr_queued(SCX_DSQ_LOCAL) > 0 ||
	    first_preempts(QUEUE_CPU(cpu), c->skew, c, now) ||
	    first_preempts(QUEUE_LLC(c->llc), 0, c, now))
		scx_bpf_task_set_slice(p, 0);
}

SEC("scx/yield")
bool BPF_PROG(ostrace_yield, struct task_struct *from, struct task_struct *to)
{
	struct task_ctx *t = task_ctx(from);

	if (!to) {
		if (t)
			t->yielded = true;
		scx_bpf_task_set_slice(from, 0);
	}
	return false;
}
