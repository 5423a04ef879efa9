// SPDX-License-Identifier: GPL-2.0
/*
 * A decision that nobody dies of: the same rules, policy and comparison over the
 * processes there are now. oom_badness() is not exported, so its sum is done
 * here; see the kernel's mm/oom_kill.c.
 */
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/oom.h>
#include <linux/page_counter.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/timekeeping.h>
#include "compat.h"
#include "oom.h"

#define DRYRUN_MAX 65536

/* One at a time: policies may keep what is of one dry run only. */
static DEFINE_MUTEX(dryrun_mutex);

/* What the dry run knows while it goes through the processes. */
struct dryrun {
	struct ostrace_oom_decision head;
	struct ostrace_oom_candidate *c;
	unsigned int capacity;
	u64 swap_pages;
	struct mem_cgroup *memcg;
	struct oom_set *set;
	struct ostrace_oom_ops *ops;
	struct ostrace_oom_ctx ctx;
	struct oom_best kernel, policy;
	struct oom_facts facts;
	struct oom_where where;
	struct oom_place place;
};

static bool in_vfork_child(struct task_struct *t)
{
	struct task_struct *parent = rcu_dereference(t->real_parent);

	return t->vfork_done && parent && parent->mm == t->mm;
}

/* With task_lock(t) held, which keeps t->mm. */
static long points_of_mm(struct task_struct *t, long adj, unsigned long totalpages)
{
	if (oom_mm_skipped(t->mm) || in_vfork_child(t))
		return LONG_MIN;
	return get_mm_rss(t->mm) + get_mm_counter(t->mm, MM_SWAPENTS) +
	       mm_pgtables_bytes(t->mm) / PAGE_SIZE + adj * (long)(totalpages / OOM_SCORE_ADJ_MAX);
}

static long points_of(struct task_struct *p, unsigned long totalpages)
{
	long adj = READ_ONCE(p->signal->oom_score_adj), points = LONG_MIN;
	struct task_struct *t;
	bool found = false;

	if (is_global_init(p) || (p->flags & PF_KTHREAD) || adj == OOM_SCORE_ADJ_MIN ||
	    tsk_is_oom_victim(p))
		return LONG_MIN;
	/* The first thread may have exited before the others. */
	for_each_thread(p, t) {
		task_lock(t);
		if (t->mm) {
			points = points_of_mm(t, adj, totalpages);
			found = true;
		}
		task_unlock(t);
		if (found)
			break;
	}
	return points;
}

static void consider(struct dryrun *d, struct task_struct *p)
{
	long points = points_of(p, d->ctx.totalpages);
	struct oom_key plain = { .points = points }, key;
	struct ostrace_oom_candidate c;
	const struct oom_rules *rules = d->set ? &d->set->rules : NULL;
	unsigned int rule;

	if (points == LONG_MIN)
		return;
	if (oom_facts_collect(&d->facts, &d->where, p, d->memcg))
		oom_rules_place(rules, &d->facts, &d->place);
	if (d->memcg && !(d->where.memcg && mem_cgroup_is_descendant(d->where.memcg, d->memcg)))
		return;
	d->facts.points = points;
	rule = oom_rules_judge(rules, &d->place, &d->facts, &key);
	oom_facts_candidate(&c, p, &d->facts, &key, rule);
	if (oom_policy_judge(d->ops, &d->ctx, p, &d->where, &key)) {
		memcpy(c.key, key.key, sizeof(c.key));
		c.tier = key.tier;
		c.flags |= OSTRACE_OOM_CAND_POLICY;
	}
	if (oom_rank(&d->kernel, &plain) != OOM_RANK_LOSE)
		d->head.kernel = c;
	if (oom_rank(&d->policy, &key) != OOM_RANK_LOSE)
		d->head.policy = c;
	if (d->head.considered++ < d->capacity)
		d->c[d->head.candidates++] = c;
}

/* What the kernel measures oom_score_adj against. */
static unsigned long totalpages(const struct dryrun *d)
{
	unsigned long swap = min_t(u64, d->swap_pages, LONG_MAX / 4), max;

	if (!d->memcg)
		return totalram_pages() + swap;
	max = min(READ_ONCE(d->memcg->memory.max), totalram_pages());
	return max + min(READ_ONCE(d->memcg->swap.max), swap) ?: 1;
}

static void fill_head(struct dryrun *d, u64 start)
{
	struct ostrace_oom_decision *h = &d->head;

	h->header = sizeof(*h);
	h->size = sizeof(*h) + h->candidates * sizeof(*d->c);
	h->time = start;
	h->wall = ktime_get_real_ns();
	h->policy_ns = ktime_get_ns() - start;
	h->total_ns = h->policy_ns;
	h->mode = READ_ONCE(oom_mode);
	h->flags |= OSTRACE_OOM_DECISION_DRY;
	h->order = 0;
	h->limit = d->ctx.totalpages;
	rcu_read_lock();
	oom_facts_trigger(h);
	rcu_read_unlock();
	if (h->bpf[0]) {
		h->by[h->norder++] = OSTRACE_OOM_BY_POLICY;
	} else if (d->set) {
		h->norder = d->set->rules.norder;
		memcpy(h->by, d->set->rules.order, sizeof(h->by));
	}
	if (d->memcg) {
		h->constraint = OSTRACE_OOM_MEMCG;
		h->cgroup = d->ctx.memcg_id;
		h->limit = READ_ONCE(d->memcg->memory.max);
		h->usage = page_counter_read(&d->memcg->memory);
	}
}

static void scan(struct dryrun *d)
{
	struct task_struct *p;
	u64 start = ktime_get_ns();

	d->ctx.dry = 1;
	d->ctx.totalpages = totalpages(d);
	d->ctx.constraint = d->memcg ? OSTRACE_OOM_MEMCG : OSTRACE_OOM_GLOBAL;
	d->set = oom_set_get();
	rcu_read_lock();
	d->ops = oom_policy_get();
	if (d->ops)
		memcpy(d->head.bpf, d->ops->name, sizeof(d->head.bpf));
	for_each_process(p)
		consider(d, p);
	rcu_read_unlock();
	fill_head(d, start);
	if (d->set)
		oom_set_put(d->set);
}

/* The memcg of an open cgroup directory, with a reference; NULL for -1. */
static struct mem_cgroup *memcg_of_fd(int fd, u64 *id)
{
	struct cgroup_subsys_state *css;
	struct cgroup *cgrp;

	if (fd == -1)
		return NULL;
	cgrp = cgroup_get_from_fd(fd);
	if (IS_ERR(cgrp))
		return ERR_CAST(cgrp);
	*id = cgroup_id(cgrp);
	rcu_read_lock();
	css = rcu_dereference(cgrp->subsys[memory_cgrp_id]);
	if (css && !css_tryget(css))
		css = NULL;
	rcu_read_unlock();
	cgroup_put(cgrp);
	return css ? mem_cgroup_from_css(css) : ERR_PTR(-EOPNOTSUPP);
}

int oom_dryrun(const struct ostrace_oom_rank __user *arg)
{
	struct ostrace_oom_decision __user *buf;
	struct ostrace_oom_rank ask;
	struct dryrun *d;
	int err = 0;

	if (copy_from_user(&ask, arg, sizeof(ask)))
		return -EFAULT;
	if (ask.capacity > DRYRUN_MAX)
		return -EINVAL;
	buf = u64_to_user_ptr(ask.buffer);
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	d->capacity = ask.capacity;
	d->swap_pages = ask.swap_pages;
	d->c = kvcalloc(ask.capacity, sizeof(*d->c), GFP_KERNEL);
	if (ask.capacity && !d->c) {
		err = -ENOMEM;
		goto free_run;
	}
	d->memcg = memcg_of_fd(ask.cgroup_fd, &d->ctx.memcg_id);
	if (IS_ERR(d->memcg)) {
		err = PTR_ERR(d->memcg);
		goto free_candidates;
	}
	mutex_lock(&dryrun_mutex);
	scan(d);
	mutex_unlock(&dryrun_mutex);
	if (copy_to_user(buf, &d->head, sizeof(d->head)) ||
	    copy_to_user(buf + 1, d->c, d->head.candidates * sizeof(*d->c)))
		err = -EFAULT;
	if (d->memcg)
		css_put(&d->memcg->css);
free_candidates:
	kvfree(d->c);
free_run:
	kfree(d);
	return err;
}
