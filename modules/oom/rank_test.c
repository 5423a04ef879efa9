// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "rank.h"

#define CANDIDATES 24
#define ROUNDS 500

static u64 rnd(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void random_key(u64 *seed, struct oom_key *k)
{
	int i;

	k->tier = rnd(seed) % 3;
	k->points = rnd(seed) % 8;
	for (i = 0; i < OSTRACE_OOM_KEYS; i++)
		k->key[i] = rnd(seed) % 4 ? (s64)(rnd(seed) % 3) : (s64)rnd(seed);
}

/* What the kernel's loop keeps. */
static int kernel_choice(const s64 *score, int n)
{
	int i, best = -1;

	for (i = 0; i < n; i++)
		if (best < 0 || score[i] >= score[best])
			best = i;
	return best;
}

static void the_kernel_takes_the_best(struct kunit *test)
{
	struct oom_key k[CANDIDATES];
	s64 score[CANDIDATES];
	u64 seed = 88172645463325252ull;
	int round, n, i, chosen;

	for (round = 0; round < ROUNDS; round++) {
		struct oom_best best = {};

		n = 1 + rnd(&seed) % CANDIDATES;
		for (i = 0; i < n; i++) {
			random_key(&seed, &k[i]);
			score[i] = oom_rank(&best, &k[i]);
		}
		chosen = kernel_choice(score, n);
		for (i = 0; i < n; i++)
			KUNIT_ASSERT_TRUE(test, oom_key_cmp(&k[i], &k[chosen]) <= 0);
		/* Of equals the last, as the kernel does. */
		for (i = chosen + 1; i < n; i++)
			KUNIT_ASSERT_TRUE(test, oom_key_cmp(&k[i], &k[chosen]) < 0);
	}
}

static void all_alike_is_the_order_of_the_kernel(struct kunit *test)
{
	s64 points[CANDIDATES], score[CANDIDATES];
	u64 seed = 4711;
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		struct oom_best best = {};

		for (i = 0; i < CANDIDATES; i++) {
			struct oom_key k = { .tier = OSTRACE_OOM_TIER_PROTECT };

			points[i] = rnd(&seed) % 20;
			k.points = points[i];
			score[i] = oom_rank(&best, &k);
		}
		KUNIT_ASSERT_EQ(test, kernel_choice(score, CANDIDATES),
				kernel_choice(points, CANDIDATES));
	}
}

static void tiers_come_before_keys(struct kunit *test)
{
	struct oom_key low = { .tier = OSTRACE_OOM_TIER_NORMAL, .key = { 1LL << 60 }, .points = 1 };
	struct oom_key high = { .tier = OSTRACE_OOM_TIER_PREFER, .points = -5 };

	KUNIT_EXPECT_TRUE(test, oom_key_cmp(&low, &high) < 0);
	KUNIT_EXPECT_TRUE(test, oom_key_cmp(&high, &low) > 0);
	KUNIT_EXPECT_EQ(test, oom_key_cmp(&high, &high), 0);
}

static void scores_stay_where_the_kernel_can_use_them(struct kunit *test)
{
	struct oom_best best = {};
	struct oom_key k = { .points = 7 }, less = { .points = 6 };
	s64 first = oom_rank(&best, &k);

	KUNIT_EXPECT_TRUE(test, first > OOM_RANK_WIN);
	KUNIT_EXPECT_EQ(test, oom_rank(&best, &k), first + 1);
	KUNIT_EXPECT_EQ(test, oom_rank(&best, &less), (s64)OOM_RANK_LOSE);
	KUNIT_EXPECT_TRUE(test, OOM_RANK_LOSE != -0x7fffffffffffffffLL - 1);
}

static struct kunit_case rank_cases[] = { KUNIT_CASE(the_kernel_takes_the_best),
					  KUNIT_CASE(all_alike_is_the_order_of_the_kernel),
					  KUNIT_CASE(tiers_come_before_keys),
					  KUNIT_CASE(scores_stay_where_the_kernel_can_use_them),
					  {} };

static struct kunit_suite rank_suite = {
	.name = "ostrace_oom_rank",
	.test_cases = rank_cases,
};

kunit_test_suite(rank_suite);
