// SPDX-License-Identifier: GPL-2.0
/* The rules a candidate is held against. Pure: see rules.h. */
#include "rules.h"

/* By words: this is asked of each candidate for each rule. */
static bool name_matches(const struct oom_rule *r, const struct oom_facts *f)
{
	__u64 is, wanted, mask, differs = 0;
	size_t i;

	for (i = 0; i < OSTRACE_OOM_COMM; i += sizeof(is)) {
		memcpy(&is, f->comm + i, sizeof(is));
		memcpy(&wanted, r->comm + i, sizeof(wanted));
		memcpy(&mask, r->comm_mask + i, sizeof(mask));
		differs |= (is ^ wanted) & mask;
	}
	return !differs;
}

/* All but its cgroup. */
static bool rule_matches(const struct oom_rule *r, const struct oom_facts *f)
{
	if ((r->conditions & OOM_IF_UID) && (f->uid < r->uid_min || f->uid > r->uid_max))
		return false;
	if ((r->conditions & OOM_IF_ADJ) && (f->adj < r->adj_min || f->adj > r->adj_max))
		return false;
	return !(r->conditions & OOM_IF_COMM) || name_matches(r, f);
}

/*
 * The kernel kills a memory.oom.group as a whole and asks nobody about its
 * members: to protect a cgroup is to protect every group it is in.
 */
static bool protects_member(const struct oom_rule *r, const struct oom_facts *f)
{
	return r->tier == OSTRACE_OOM_TIER_PROTECT && r->conditions == OOM_IF_CGROUP &&
	       oom_over_cgroup(r, f);
}

void oom_rules_place(const struct oom_rules *set, const struct oom_facts *f,
		     struct oom_place *place)
{
	const struct oom_rule *r;
	unsigned int i;

	place->rules = 0;
	place->member = 0;
	for (i = 0; set && i < set->nrules; i++) {
		r = &set->rule[i];
		if (!(r->conditions & OOM_IF_CGROUP) || oom_in_cgroup(r, f))
			place->rules |= 1ULL << i;
		if (!place->member && protects_member(r, f))
			place->member = r->line;
	}
}
EXPORT_SYMBOL_IF_KUNIT(oom_rules_place);

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

unsigned int oom_rules_judge(const struct oom_rules *set, const struct oom_place *place,
			     const struct oom_facts *f, struct oom_key *key)
{
	const __u8 *by = set ? set->order : NULL, *end = set ? by + set->norder : NULL;
	const struct oom_rule *r;
	unsigned int line = 0;
	__s64 *k = key->key;
	__u64 left;

	memset(key->key, 0, sizeof(key->key));
	key->points = f->points;
	key->tier = OSTRACE_OOM_TIER_NORMAL;
	for (; by < end; by++)
		*k++ = key_value(*by, f);
	if (!set)
		return 0;
	for (left = place->rules; left; left &= left - 1) {
		r = set->rule + __builtin_ctzll(left);
		if (rule_matches(r, f)) {
			key->tier = r->tier;
			line = r->line;
			break;
		}
	}
	if (place->member && key->tier != OSTRACE_OOM_TIER_PROTECT) {
		key->tier = OSTRACE_OOM_TIER_PROTECT;
		line = place->member;
	}
	return line;
}
EXPORT_SYMBOL_IF_KUNIT(oom_rules_judge);
