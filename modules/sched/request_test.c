// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "request.h"

static void good_lines(struct kunit *test)
{
	struct sched_request_line *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, r);
	KUNIT_EXPECT_NULL(test, sched_parse_request("process 12 class=batch weight=10000", r));
	KUNIT_EXPECT_EQ(test, r->subject, SCHED_PROCESS);
	KUNIT_EXPECT_EQ(test, r->pid, 12);
	KUNIT_EXPECT_EQ(test, r->class, OSTRACE_SCHED_BATCH + 1);
	KUNIT_EXPECT_EQ(test, r->weight, 10000);
	KUNIT_EXPECT_NULL(test, sched_parse_request("\tcgroup  /a/b weight=auto\n", r));
	KUNIT_EXPECT_STREQ(test, r->path, "/a/b");
	KUNIT_EXPECT_TRUE(test, r->has_weight && !r->has_class && !r->weight);
	KUNIT_EXPECT_NULL(test, sched_parse_request("cgroup /a clear", r));
	KUNIT_EXPECT_TRUE(test, r->clear);
	KUNIT_EXPECT_NULL(test, sched_parse_request("clear", r));
	KUNIT_EXPECT_EQ(test, r->subject, SCHED_ALL);
}

static void bad_lines(struct kunit *test)
{
	static const char *const lines[] = {
		"",
		"process",
		"process 0 class=batch",
		"process 1x class=batch",
		"process 99999999999 class=batch",
		"process 1",
		"process 1 class=",
		"process 1 class=fast",
		"process 1 weight=0",
		"process 1 weight=10001",
		"process 1 weight=-1",
		"process 1 clear now",
		"cgroup a class=batch",
		"cgroup",
		"clear all",
		"thread 1 class=batch",
		"process 1 class=batchy",
	};
	struct sched_request_line *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	char *path = kunit_kzalloc(test, 1024, GFP_KERNEL);
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, r);
	KUNIT_ASSERT_NOT_NULL(test, path);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		KUNIT_EXPECT_NOT_NULL_MSG(test, sched_parse_request(lines[i], r), "\"%s\"",
					  lines[i]);
	memcpy(path, "cgroup /", 8);
	memset(path + 8, 'x', SCHED_PATH_MAX);
	KUNIT_EXPECT_NOT_NULL(test, sched_parse_request(path, r));
}

static struct kunit_case request_cases[] = { KUNIT_CASE(good_lines), KUNIT_CASE(bad_lines), {} };

static struct kunit_suite request_suite = {
	.name = "ostrace_sched_request",
	.test_cases = request_cases,
};

kunit_test_suite(request_suite);
