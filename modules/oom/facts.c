// SPDX-License-Identifier: GPL-2.0
/* What there is to know of a candidate. Takes no lock, allocates nothing. */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/memcontrol.h>
#include <linux/page_counter.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include "oom.h"

bool oom_in_cgroup(const struct oom_rule *r, const struct oom_facts *f)
{
	const struct oom_where *w = f->where;
	u64 id = READ_ONCE(r->cgroup[r->level]);

	return id && w->cgrp && w->cgrp->level >= r->level &&
	       cgroup_id(w->cgrp->ancestors[r->level]) == id;
}

bool oom_over_cgroup(const struct oom_rule *r, const struct oom_facts *f)
{
	const struct oom_where *w = f->where;

	return w->group && w->group->level <= r->level && READ_ONCE(r->cgroup[r->level]) &&
	       READ_ONCE(r->cgroup[w->group->level]) == cgroup_id(w->group);
}

/* What the kernel will do once it has chosen: mem_cgroup_get_oom_group(). */
static struct mem_cgroup *outermost_group(struct mem_cgroup *memcg, struct mem_cgroup *domain)
{
	struct mem_cgroup *group = NULL;

	if (!cgroup_subsys_on_dfl(memory_cgrp_subsys))
		return NULL;
	if (domain && !mem_cgroup_is_descendant(memcg, domain))
		return NULL;
	/* The root of the hierarchy is no group. */
	for (; memcg && memcg->css.parent; memcg = parent_mem_cgroup(memcg)) {
		if (READ_ONCE(memcg->oom_group))
			group = memcg;
		if (memcg == domain)
			break;
	}
	return group;
}

static bool same_place(const struct oom_where *w, const struct cgroup *cgrp,
		       const struct mem_cgroup *memcg)
{
	return cgrp && memcg && cgrp == w->cgrp && memcg == w->memcg && cgroup_id(cgrp) == w->id &&
	       memcg->css.serial_nr == w->serial;
}

bool oom_facts_collect(struct oom_facts *f, struct oom_where *w, struct task_struct *p,
		       struct mem_cgroup *domain)
{
	struct mem_cgroup *memcg = mem_cgroup_from_task(p), *group;
	struct cgroup *cgrp = task_dfl_cgroup(p);
	unsigned long high;

	f->start = p->start_boottime;
	f->uid = __kuid_val(__task_cred(p)->uid); /* as in the first user namespace */
	f->adj = READ_ONCE(p->signal->oom_score_adj);
	/* It may be changing; the last byte is NUL all the time. */
	memcpy(f->comm, p->comm, sizeof(f->comm));
	if (same_place(w, cgrp, memcg))
		return false;
	f->where = w;
	f->usage = f->low = 0;
	f->high = OOM_NO_LIMIT;
	w->cgrp = cgrp;
	w->id = cgrp ? cgroup_id(cgrp) : 0;
	w->memcg = memcg;
	w->group = NULL;
	if (!memcg)
		return true;
	w->serial = memcg->css.serial_nr;
	group = outermost_group(memcg, domain);
	if (group) {
		w->group = group->css.cgroup;
		memcg = group;
	}
	/*
	 * The counter of the root has what all the others were charged, and nothing of its
	 * own processes: compared by it, they would go before any cgroup.
	 */
	if (!memcg->css.parent)
		return true;
	f->usage = page_counter_read(&memcg->memory);
	f->low = READ_ONCE(memcg->memory.low);
	high = READ_ONCE(memcg->memory.high);
	if (high != PAGE_COUNTER_MAX)
		f->high = high;
	return true;
}

void oom_facts_candidate(struct ostrace_oom_candidate *c, struct task_struct *p,
			 const struct oom_facts *f, const struct oom_key *k, unsigned int rule)
{
	const struct oom_where *w = f->where;

	c->kernel_points = f->points;
	memcpy(c->key, k->key, sizeof(c->key));
	c->cgroup = w->id;
	c->pid = p->tgid;
	c->uid = f->uid;
	c->oom_score_adj = f->adj;
	c->tier = k->tier;
	c->flags = w->group ? OSTRACE_OOM_CAND_GROUP : 0;
	c->rule = rule;
	memcpy(c->comm, f->comm, sizeof(c->comm));
}

void oom_facts_trigger(struct ostrace_oom_decision *d)
{
	struct cgroup *cgrp = task_dfl_cgroup(current);

	d->trigger_pid = current->tgid;
	memcpy(d->trigger_comm, current->comm, sizeof(d->trigger_comm));
	d->trigger_cgroup = cgrp ? cgroup_id(cgrp) : 0;
}

void oom_printable(char to[OSTRACE_OOM_COMM], const char from[OSTRACE_OOM_COMM])
{
	int i;

	for (i = 0; i < OSTRACE_OOM_COMM; i++)
		to[i] = !from[i] || (from[i] >= ' ' && from[i] <= '~') ? from[i] : '?';
}
