// SPDX-License-Identifier: GPL-2.0
/* How candidates compare. Pure: see rank.h. */
#include "rank.h"

int oom_key_cmp(const struct oom_key *a, const struct oom_key *b)
{
	const __s64 *ka = a->key, *kb = b->key;

	if (a->tier != b->tier)
		return a->tier < b->tier ? -1 : 1;
	for (; ka < a->key + OSTRACE_OOM_KEYS; ka++, kb++)
		if (*ka != *kb)
			return *ka < *kb ? -1 : 1;
	if (a->points != b->points)
		return a->points < b->points ? -1 : 1;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oom_key_cmp);

__s64 oom_rank(struct oom_best *best, const struct oom_key *k)
{
	if (best->have && oom_key_cmp(k, &best->key) < 0)
		return OOM_RANK_LOSE;
	if (!best->have)
		best->rank = OOM_RANK_WIN;
	best->have = true;
	best->key = *k;
	return ++best->rank;
}
EXPORT_SYMBOL_IF_KUNIT(oom_rank);
