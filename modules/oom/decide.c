// SPDX-License-Identifier: GPL-2.0
/*
 * One decision of the kernel's OOM killer, from its beginning to its end.
 *
 * All callers of out_of_memory() hold the kernel's oom_lock, so there is one
 * decision at a time and `cur` needs no lock of ours: only the task that began
 * it, cur.owner, looks at the rest. Everyone else, such as a reader of
 * /proc/PID/oom_score, compares cur.owner with itself and goes away. Nothing here
 * sleeps or allocates, and each candidate costs the same.
 */
#include <linux/cgroup.h>
#include <linux/math64.h>
#include <linux/memcontrol.h>
#include <linux/minmax.h>
#include <linux/oom.h>
#include <linux/page_counter.h>
#include <linux/sched.h>
#include <linux/sched/cputime.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>
#include <linux/wait.h>
#include "oom.h"
#define CREATE_TRACE_POINTS
#include "trace.h"

static struct {
	struct task_struct *owner; /* NULL: none; set last, cleared first */
	struct oom_control *oc;
	struct ostrace_oom_decision *record;
	struct oom_set *set;	     /* pinned: one decision, one set of rules */
	struct ostrace_oom_ops *ops; /* the BPF policy, held: one decision, one policy */
	struct ostrace_oom_ctx ctx;
	struct oom_best best;	      /* of the policy's order */
	cycles_t began, scored, ours; /* at the start; after the last score; spent in here */
	/* Of the candidate at hand. Not on the stack, which some kernels clear each time. */
	struct oom_facts facts;
	struct oom_where where;
	struct oom_place place; /* of where, by the rules of set */
	struct oom_key key;
	/* The best of each order: in the record, or one of three if that has no room. */
	struct ostrace_oom_candidate spare[3], *kernel, *policy;
} cur;

/*
 * Decisions begun and ended; none is under way where both are the same. Written by
 * the owner of the decision, begun in the RCU read section in which it looks at what
 * it keeps to the end.
 */
static unsigned long begun, ended;
/* No more decisions: the module goes. */
static bool closed;

/* Written by the owner of the decision, read by anyone. */
static struct oom_counters counters;

static void count(u64 *n)
{
	WRITE_ONCE(*n, *n + 1);
}

void oom_decision_counters(struct oom_counters *c)
{
	c->decisions = READ_ONCE(counters.decisions);
	c->recorded = READ_ONCE(counters.recorded);
	c->candidates = READ_ONCE(counters.candidates);
	c->waits = READ_ONCE(counters.waits);
	c->no_candidates = READ_ONCE(counters.no_candidates);
}

bool oom_decision_mine(void)
{
	return READ_ONCE(cur.owner) == current;
}

static void record_begin(struct ostrace_oom_decision *d, struct oom_control *oc)
{
	d->time = ktime_get_ns();
	d->wall = ktime_get_real_ns();
	d->missed = oom_hook_missed();
	d->gfp = (__force u32)oc->gfp_mask;
	d->order = oc->order;
	d->mode = READ_ONCE(oom_mode);
	oom_facts_trigger(d);
	/* A cgroup v1 may have the id of another one in v2. */
	if (oc->memcg && cgroup_subsys_on_dfl(memory_cgrp_subsys)) {
		d->cgroup = cgroup_id(oc->memcg->css.cgroup);
		d->limit = READ_ONCE(oc->memcg->memory.max);
		d->usage = page_counter_read(&oc->memcg->memory);
	}
	if (cur.ops)
		memcpy(d->bpf, cur.ops->name, sizeof(d->bpf));
}

static void record_order(struct ostrace_oom_decision *d)
{
	const struct oom_rules *r = cur.set ? &cur.set->rules : NULL;

	if (cur.ops) {
		d->by[d->norder++] = OSTRACE_OOM_BY_POLICY;
	} else if (r) {
		d->norder = r->norder;
		memcpy(d->by, r->order, sizeof(d->by));
	}
}

static void begin(struct oom_control *oc)
{
	struct ostrace_oom_decision *d;

	if (READ_ONCE(oom_mode) == OSTRACE_OOM_OFF || READ_ONCE(closed))
		return;
	/* Not ours to clear: it cannot be, while the kernel holds oom_lock. */
	if (WARN_ON_ONCE(cur.owner))
		return;
	d = oom_ring_slot();
	memset(&cur.best, 0, sizeof(cur.best));
	memset(&cur.where, 0, sizeof(cur.where));
	cur.kernel = cur.policy = NULL;
	cur.oc = oc;
	cur.record = d;
	cur.began = cur.scored = get_cycles();
	cur.ours = 0;
	cur.set = oom_set_get();
	cur.ops = oom_policy_get();
	record_begin(d, oc);
	record_order(d);
	cur.ctx = (struct ostrace_oom_ctx){
		.seq = d->seq,
		.memcg_id = d->cgroup,
		.order = oc->order,
	};
	count(&counters.decisions);
	WRITE_ONCE(begun, begun + 1);
	WRITE_ONCE(cur.owner, current);
}

void oom_decision_begin(struct oom_control *oc)
{
	rcu_read_lock();
	begin(oc);
	rcu_read_unlock();
}

/*
 * What is waited for is the kernel's OOM killer at work, its report to the log included.
 * That waits for nobody who waits here.
 */
void oom_decision_wait(void)
{
	unsigned long n;

	/* Decisions that began by what there was before are counted now. */
	synchronize_rcu();
	n = READ_ONCE(begun);
	/* Pairs with the release in finish(). */
	wait_event(oom_end_wait, (long)(smp_load_acquire(&ended) - n) >= 0);
}

void oom_decision_close(void)
{
	WRITE_ONCE(closed, true);
	oom_decision_wait();
}

/* One that holds the best of neither order. */
static struct ostrace_oom_candidate *spare(void)
{
	struct ostrace_oom_candidate *c = cur.spare;

	while (c == cur.kernel || c == cur.policy)
		c++;
	return c;
}

/* Where to put down the next candidate: in the record, while there is room. */
static struct ostrace_oom_candidate *next_candidate(struct ostrace_oom_decision *d)
{
	struct ostrace_oom_candidate *c = oom_ring_candidate(d, d->considered++);

	if (!c)
		return NULL;
	d->candidates++;
	return c;
}

/* With rcu_read_lock() held, for the candidate's cgroups. */
static s64 score(struct ostrace_oom_decision *d, struct task_struct *p, long points)
{
	const struct oom_rules *rules = cur.set ? &cur.set->rules : NULL;
	struct ostrace_oom_candidate *c;
	bool by_kernel, by_policy;
	unsigned int rule;
	s64 rank;

	if (oom_facts_collect(&cur.facts, &cur.where, p, cur.oc->memcg))
		oom_rules_place(rules, &cur.facts, &cur.place);
	cur.facts.points = points;
	rule = oom_rules_judge(rules, &cur.place, &cur.facts, &cur.key);
	by_policy = oom_policy_judge(cur.ops, &cur.ctx, p, &cur.where, &cur.key);
	rank = oom_rank(&cur.best, &cur.key);
	/* The kernel's own comparison. */
	by_kernel = !cur.kernel || points >= cur.kernel->kernel_points;
	c = next_candidate(d);
	/* Many of a large machine are the best by no order, and the record is full. */
	if (!c && !by_kernel && rank == OOM_RANK_LOSE && !trace_ostrace_oom_candidate_enabled())
		return rank;
	if (!c)
		c = spare();
	oom_facts_candidate(c, p, &cur.facts, &cur.key, rule);
	if (by_policy)
		c->flags |= OSTRACE_OOM_CAND_POLICY;
	trace_ostrace_oom_candidate(d->seq, c);
	if (by_kernel)
		cur.kernel = c;
	if (rank != OOM_RANK_LOSE)
		cur.policy = c;
	return rank;
}

long oom_decision_score(struct task_struct *p, long points)
{
	struct ostrace_oom_decision *d = cur.record;
	/* Not ns: to be told apart for each candidate, a clock costs too much. */
	cycles_t start = get_cycles();
	s64 rank;

	/* Not yet known when the decision began. */
	cur.ctx.constraint = cur.oc->constraint;
	cur.ctx.totalpages = cur.oc->totalpages;
	rcu_read_lock();
	rank = score(d, p, points);
	rcu_read_unlock();
	cur.scored = get_cycles();
	cur.ours += cur.scored - start;
	return d->mode == OSTRACE_OOM_ENFORCE ? rank : points;
}

void oom_decision_victim(struct task_struct *p, uid_t uid)
{
	struct ostrace_oom_decision *d = cur.record;
	u64 ns = ktime_get_ns() - d->time;
	struct ostrace_oom_victim *v;
	struct cgroup *cgrp;

	if (d->nvictims < OSTRACE_OOM_VICTIMS) {
		v = &d->victim[d->nvictims];
		v->pid = p->tgid;
		v->uid = uid;
		v->ns = ns;
		memcpy(v->comm, p->comm, sizeof(v->comm));
		rcu_read_lock();
		cgrp = task_dfl_cgroup(p);
		v->cgroup = cgrp ? cgroup_id(cgrp) : 0;
		rcu_read_unlock();
	}
	d->nvictims++;
}

/* The kernel asked for nobody's score and yet took somebody other than itself. */
static bool hook_bypassed(const struct ostrace_oom_decision *d)
{
	return !d->considered && d->nvictims && d->victim[0].pid != d->trigger_pid;
}

/* Cycles of the decision in ns, by all it took in both; they count at a constant rate. */
static u64 in_ns(u64 cycles, u64 all, u64 all_ns)
{
	return all ? mul_u64_u64_div_u64(min(cycles, all), all_ns, all) : 0;
}

static void finish(void)
{
	struct ostrace_oom_decision *d = cur.record;
	u64 all = get_cycles() - cur.began;

	d->total_ns = ktime_get_ns() - d->time;
	d->choice_ns = in_ns(cur.scored - cur.began, all, d->total_ns);
	d->policy_ns = in_ns(cur.ours, all, d->total_ns);
	if (cur.kernel)
		d->kernel = *cur.kernel;
	if (cur.policy)
		d->policy = *cur.policy;
	WRITE_ONCE(counters.candidates, counters.candidates + d->considered);
	if (hook_bypassed(d))
		count(&counters.no_candidates);
	/*
	 * While a victim is dying the kernel comes here time and again, and ends
	 * the search where it meets that victim: many calls, no decision.
	 */
	if (d->nvictims) {
		count(&counters.recorded);
		trace_ostrace_oom_decision(d);
		oom_ring_commit(d);
	} else {
		count(&counters.waits);
	}
	WRITE_ONCE(cur.owner, NULL);
	if (cur.set)
		oom_set_put(cur.set);
	cur.set = NULL;
	/* All that it used before; pairs with the acquire in oom_decision_wait(). */
	smp_store_release(&ended, begun);
	oom_wake();
}

void oom_decision_end(void)
{
	struct ostrace_oom_decision *d = cur.record;

	d->constraint = cur.oc->constraint;
	if (!d->cgroup)
		d->limit = cur.oc->totalpages;
	cur.ctx.victim_cgroup = d->nvictims ? d->victim[0].cgroup : 0;
	oom_policy_done(cur.ops, &cur.ctx, d->nvictims);
	finish();
}
