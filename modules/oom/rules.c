// SPDX-License-Identifier: GPL-2.0
/* The rules a candidate is held against. Pure: see rules.h. */
#include "rules.h"

static bool name_matches(const struct oom_rule *r, const struct oom_facts *f)
{
	if (memcmp(f->comm, r->comm, r->comm_len))
		return false;
	if (r->conditions & OOM_IF_COMM_PREFIX)
		return true;
	return r->comm_len == OSTRACE_OOM_COMM || !f->comm[r->comm_len];
}

static bool rule_matches(const struct oom_rule *r, const struct oom_facts *f)
{
	if ((r->conditions & OOM_IF_UID) && (f->uid < r->uid_min || f->uid > r->uid_max))
		return false;
	if ((r->conditions & OOM_IF_ADJ) && (f->adj < r->adj_min || f->adj > r->adj_max))
		return false;
	if ((r->conditions & OOM_IF_COMM) && !name_matches(r, f))
		return false;
	return !(r->conditions & OOM_IF_CGROUP) || oom_in_cgroup(r, f);
}

/*
 * The kernel kills a memory.oom.group as a whole and asks nobody about its
 * members: to protect a cgroup is to protect every group it is in.
 */
static const struct oom_rule *protected_member(const struct oom_rules *set,
					       const struct oom_facts *f)
{
	const struct oom_rule *r;

	for (r = set->rule; r < set->rule + set->nrules; r++)
		if (r->tier == OSTRACE_OOM_TIER_PROTECT && r->conditions == OOM_IF_CGROUP &&
		    oom_over_cgroup(r, f))
			return r;
	return NULL;
}

static __s64 key_value(enum ostrace_oom_order by, const struct oom_facts *f)
{
	switch (by) {
	case OSTRACE_OOM_BY_ADJ:
		return f->adj;
	case OSTRACE_OOM_BY_CGROUP:
		return f->usage;
	case OSTRACE_OOM_BY_OVER_LOW:
		return f->usage - f->low;
	case OSTRACE_OOM_BY_OVER_HIGH:
		return f->high == OOM_NO_LIMIT ? -OOM_NO_LIMIT : f->usage - f->high;
	case OSTRACE_OOM_BY_YOUNGEST:
		return (__s64)f->start;
	default:
		return f->points;
	}
}

unsigned int oom_rules_judge(const struct oom_rules *set, const struct oom_facts *f,
			     struct oom_key *key)
{
	const struct oom_rule *r, *member;
	unsigned int line = 0, i;

	memset(key, 0, sizeof(*key));
	key->points = f->points;
	key->tier = OSTRACE_OOM_TIER_NORMAL;
	if (!set)
		return 0;
	for (r = set->rule; r < set->rule + set->nrules; r++) {
		if (rule_matches(r, f)) {
			key->tier = r->tier;
			line = r->line;
			break;
		}
	}
	if (key->tier != OSTRACE_OOM_TIER_PROTECT) {
		member = protected_member(set, f);
		if (member) {
			key->tier = OSTRACE_OOM_TIER_PROTECT;
			line = member->line;
		}
	}
	for (i = 0; i < set->norder; i++)
		key->key[i] = key_value(set->order[i], f);
	return line;
}
EXPORT_SYMBOL_IF_KUNIT(oom_rules_judge);
