// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "rules.h"

static struct oom_rules *parse(struct kunit *test, const char *text, struct oom_rules_error *why)
{
	struct oom_rules *set = kunit_kzalloc(test, sizeof(*set), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, set);
	return oom_rules_parse(text, strlen(text), set, why) ? NULL : set;
}

static void all_kinds_of_lines(struct kunit *test)
{
	struct oom_rules_error why = {};
	struct oom_rules *set = parse(test,
				      "# comment\r\n"
				      "\torder adj over-low  over-high youngest # and why\n"
				      "protect cgroup=/a/b\\x20c uid=0..5\n"
				      "\n"
				      "prefer comm=x\\\\y\\*z* adj=-17..1000\n"
				      "normal uid=4294967294",
				      &why);

	KUNIT_ASSERT_NOT_NULL(test, set);
	KUNIT_EXPECT_EQ(test, set->norder, 4u);
	KUNIT_EXPECT_EQ(test, set->order[0], OSTRACE_OOM_BY_ADJ);
	KUNIT_EXPECT_EQ(test, set->order[3], OSTRACE_OOM_BY_YOUNGEST);
	KUNIT_ASSERT_EQ(test, set->nrules, 3u);
	KUNIT_EXPECT_STREQ(test, set->rule[0].path, "/a/b c");
	KUNIT_EXPECT_EQ(test, set->rule[0].level, 2);
	KUNIT_EXPECT_EQ(test, set->rule[0].line, 3u);
	KUNIT_EXPECT_EQ(test, set->rule[0].uid_max, 5u);
	KUNIT_EXPECT_STREQ(test, set->rule[1].comm, "x\\y*z");
	KUNIT_EXPECT_EQ(test, set->rule[1].conditions,
			(unsigned int)(OOM_IF_COMM | OOM_IF_COMM_PREFIX | OOM_IF_ADJ));
	KUNIT_EXPECT_EQ(test, set->rule[1].adj_min, -17);
	KUNIT_EXPECT_EQ(test, set->rule[2].line, 6u);
}

static void nothing_is_a_set(struct kunit *test)
{
	struct oom_rules_error why = {};

	KUNIT_EXPECT_NOT_NULL(test, parse(test, "", &why));
	KUNIT_EXPECT_NOT_NULL(test, parse(test, "\n\n#", &why));
	KUNIT_EXPECT_NOT_NULL(test, parse(test, "protect cgroup=/", &why));
}

static void what_is_wrong_is_named(struct kunit *test)
{
	static const char *const wrong[] = {
		"kill comm=x",
		"prefer",
		"prefer x",
		"prefer name=x",
		"prefer comm=",
		"prefer comm=sixteen-letters-",
		"prefer comm=a*b",
		"prefer comm=\\q",
		"prefer comm=\\x0g",
		"prefer comm=\\",
		"prefer comm=a comm=a",
		"prefer uid=-1",
		"prefer uid=3..2",
		"prefer uid=1.",
		"prefer adj=1001",
		"prefer cgroup=a",
		"prefer cgroup=/a//b",
		"prefer cgroup=/\\q",
		"order",
		"order x",
		"order size\norder size",
		"order size size size size size",
		"\001",
	};
	struct oom_rules_error why;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		memset(&why, 0, sizeof(why));
		KUNIT_EXPECT_NULL(test, parse(test, wrong[i], &why));
		KUNIT_EXPECT_NOT_NULL(test, why.what);
		KUNIT_EXPECT_EQ(test, why.line, strchr(wrong[i], '\n') ? 2u : 1u);
	}
}

static void too_much_is_refused(struct kunit *test)
{
	size_t len = OSTRACE_OOM_TEXT_MAX + 1;
	struct oom_rules *set = kunit_kzalloc(test, sizeof(*set), GFP_KERNEL);
	char *text = kunit_kzalloc(test, len, GFP_KERNEL);
	struct oom_rules_error why = {};
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, set);
	KUNIT_ASSERT_NOT_NULL(test, text);
	memset(text, '#', len);
	KUNIT_EXPECT_NE(test, oom_rules_parse(text, len, set, &why), 0);
	KUNIT_EXPECT_EQ(test, oom_rules_parse(text, len - 1, set, &why), 0);
	for (i = 0; i <= OSTRACE_OOM_RULES; i++)
		memcpy(text + i * 13, "prefer uid=1\n", 13);
	KUNIT_EXPECT_NE(test, oom_rules_parse(text, i * 13, set, &why), 0);
	KUNIT_EXPECT_EQ(test, why.line, (unsigned int)OSTRACE_OOM_RULES + 1);
}

static struct kunit_case parse_cases[] = { KUNIT_CASE(all_kinds_of_lines),
					   KUNIT_CASE(nothing_is_a_set),
					   KUNIT_CASE(what_is_wrong_is_named),
					   KUNIT_CASE(too_much_is_refused),
					   {} };

static struct kunit_suite parse_suite = {
	.name = "ostrace_oom_parse",
	.test_cases = parse_cases,
};

kunit_test_suite(parse_suite);
