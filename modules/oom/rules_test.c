// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "rules.h"

#ifndef __KERNEL__
/* In user space there are no cgroups to be in; see the unit tests of the tool. */
bool oom_in_cgroup(const struct oom_rule *r, const struct oom_facts *f)
{
	return false;
}

bool oom_over_cgroup(const struct oom_rule *r, const struct oom_facts *f)
{
	return false;
}
#endif

static void judge(struct kunit *test, const char *text, const struct oom_facts *f, int tier,
		  unsigned int line)
{
	struct oom_rules *set = kunit_kzalloc(test, sizeof(*set), GFP_KERNEL);
	struct oom_rules_error why;
	struct oom_place place;
	struct oom_key key;

	KUNIT_ASSERT_NOT_NULL(test, set);
	KUNIT_ASSERT_EQ(test, oom_rules_parse(text, strlen(text), set, &why), 0);
	oom_rules_place(set, f, &place);
	KUNIT_EXPECT_EQ(test, oom_rules_judge(set, &place, f, &key), line);
	KUNIT_EXPECT_EQ(test, key.tier, tier);
}

static void the_first_line_that_matches_decides(struct kunit *test)
{
	static const char text[] = "protect comm=db uid=26\n"
				   "normal comm=stress-ok\n"
				   "prefer comm=stress* adj=0..1000\n"
				   "protect uid=1000..1999\n";
	struct oom_facts f = { .comm = "db", .uid = 26 };

	judge(test, text, &f, OSTRACE_OOM_TIER_PROTECT, 1);
	f.uid = 27;
	judge(test, text, &f, OSTRACE_OOM_TIER_NORMAL, 0);
	f.uid = 1000;
	judge(test, text, &f, OSTRACE_OOM_TIER_PROTECT, 4);
	strcpy(f.comm, "stress-ok");
	judge(test, text, &f, OSTRACE_OOM_TIER_NORMAL, 2);
	strcpy(f.comm, "stress-ng");
	judge(test, text, &f, OSTRACE_OOM_TIER_PREFER, 3);
	f.adj = -1;
	judge(test, text, &f, OSTRACE_OOM_TIER_PROTECT, 4);
}

static void a_name_ends_at_its_nul(struct kunit *test)
{
	struct oom_facts f = { .comm = "db\0left over" };

	judge(test, "prefer comm=d\nprotect comm=db\n", &f, OSTRACE_OOM_TIER_PROTECT, 2);
	judge(test, "prefer comm=dbx*\nprotect comm=d*\n", &f, OSTRACE_OOM_TIER_PROTECT, 2);
	strcpy(f.comm, "fifteen-letters");
	judge(test, "prefer comm=fifteen-letter\nprotect comm=fifteen-letters\n", &f,
	      OSTRACE_OOM_TIER_PROTECT, 2);
	judge(test, "prefer comm=fifteen-lettert*\nprotect comm=fifteen-letters*\n", &f,
	      OSTRACE_OOM_TIER_PROTECT, 2);
}

static void keys_are_what_the_order_says(struct kunit *test)
{
	struct oom_facts f = {
		.points = 7, .usage = 50, .low = 20, .high = 60, .start = 9, .adj = -3
	};
	struct oom_rules *set = kunit_kzalloc(test, sizeof(*set), GFP_KERNEL);
	struct oom_place place = {};
	struct oom_key k;

	KUNIT_ASSERT_NOT_NULL(test, set);
	set->norder = 4;
	set->order[0] = OSTRACE_OOM_BY_ADJ;
	set->order[1] = OSTRACE_OOM_BY_CGROUP;
	set->order[2] = OSTRACE_OOM_BY_OVER_LOW;
	set->order[3] = OSTRACE_OOM_BY_OVER_HIGH;
	oom_rules_judge(set, &place, &f, &k);
	KUNIT_EXPECT_EQ(test, k.key[0], -3);
	KUNIT_EXPECT_EQ(test, k.key[1], 50);
	KUNIT_EXPECT_EQ(test, k.key[2], 30);
	KUNIT_EXPECT_EQ(test, k.key[3], -10);
	set->order[0] = OSTRACE_OOM_BY_YOUNGEST;
	set->order[1] = OSTRACE_OOM_BY_SIZE;
	f.high = OOM_NO_LIMIT;
	oom_rules_judge(set, &place, &f, &k);
	KUNIT_EXPECT_EQ(test, k.key[0], 9);
	KUNIT_EXPECT_EQ(test, k.key[1], 7);
	KUNIT_EXPECT_EQ(test, k.key[3], -OOM_NO_LIMIT);
	KUNIT_EXPECT_EQ(test, oom_rules_judge(NULL, &place, &f, &k), 0u);
	KUNIT_EXPECT_EQ(test, k.tier, OSTRACE_OOM_TIER_NORMAL);
	KUNIT_EXPECT_EQ(test, k.points, 7);
}

static struct kunit_case rules_cases[] = { KUNIT_CASE(the_first_line_that_matches_decides),
					   KUNIT_CASE(a_name_ends_at_its_nul),
					   KUNIT_CASE(keys_are_what_the_order_says),
					   {} };

static struct kunit_suite rules_suite = {
	.name = "ostrace_oom_rules",
	.test_cases = rules_cases,
};

kunit_test_suite(rules_suite);
