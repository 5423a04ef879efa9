/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How candidates compare, without a kernel call: also built for user space.
 *
 * The kernel goes through the candidates once and keeps one when its score is
 * at least that of the one kept so far. So the score can be made the answer of
 * a comparison: higher than any before for a candidate at least as good as the
 * best one, hopeless otherwise. That costs the same for any ordering.
 */
#ifndef OSTRACE_OOM_RANK_H
#define OSTRACE_OOM_RANK_H

#include "pure.h"

/**
 * struct oom_key - what a candidate is compared by
 * @tier: enum ostrace_oom_tier, compared first
 * @key: compared next, in turn; those not in use are 0
 * @points: the kernel's score, compared last
 */
struct oom_key {
	__s64 key[OSTRACE_OOM_KEYS];
	__s64 points;
	int tier;
};

/* The best candidate so far; all zero at the start. */
struct oom_best {
	struct oom_key key;
	__s64 rank;
	bool have;
};

/*
 * Above every score the kernel computes and below the one by which it takes a
 * task at once (LONG_MAX); valid (not LONG_MIN) and below every score.
 */
#define OOM_RANK_WIN (1LL << 61)
#define OOM_RANK_LOSE (-(1LL << 61))

/** oom_key_cmp - <0, 0, >0 as @a is to be spared before, with or after @b */
int oom_key_cmp(const struct oom_key *a, const struct oom_key *b);

/**
 * oom_rank - the score that makes the kernel take the best candidate
 *
 * Return: above all returned before if @k is at least as good as the best so
 * far (which it then is), otherwise OOM_RANK_LOSE.
 */
__s64 oom_rank(struct oom_best *best, const struct oom_key *k);

#endif /* OSTRACE_OOM_RANK_H */
