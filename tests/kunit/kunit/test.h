/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of KUnit as our suites use, for user space: the same suite that runs
 * in a kernel runs here in a moment, with a sanitizer and coverage if wanted.
 */
#ifndef OSTRACE_KUNIT_TEST_H
#define OSTRACE_KUNIT_TEST_H

#include <setjmp.h>
#include <stdlib.h>

#include "../kshim.h"

#define GFP_KERNEL 0

struct kunit {
	const char *name;
	bool failed;
	jmp_buf leave;
	void *allocated[64];
	unsigned int nr_allocated;
	void *priv;
};

struct kunit_case {
	void (*run)(struct kunit *test);
	const char *name;
};

struct kunit_suite {
	const char *name;
	struct kunit_case *test_cases;
	struct kunit_suite *next;
};

void kunit_add(struct kunit_suite *suite);
void *kunit_kzalloc(struct kunit *test, size_t size, int flags);
void kunit_fail(struct kunit *test, const char *file, int line, const char *what, bool leave);

#define KUNIT_CASE(function) { .run = function, .name = #function }

#define kunit_test_suite(suite)                                    \
	static void __attribute__((constructor)) add_##suite(void) \
	{                                                          \
		kunit_add(&(suite));                               \
	}                                                          \
	_Static_assert(1, "")

#define KUNIT_CHECK(test, condition, what, leave)                          \
	do {                                                               \
		if (!(condition))                                          \
			kunit_fail(test, __FILE__, __LINE__, what, leave); \
	} while (0)

#define KUNIT_EXPECT_TRUE(test, a) KUNIT_CHECK(test, a, #a, false)
#define KUNIT_EXPECT_FALSE(test, a) KUNIT_CHECK(test, !(a), "!(" #a ")", false)
#define KUNIT_EXPECT_EQ(test, a, b) KUNIT_CHECK(test, (a) == (b), #a " == " #b, false)
#define KUNIT_EXPECT_NE(test, a, b) KUNIT_CHECK(test, (a) != (b), #a " != " #b, false)
#define KUNIT_EXPECT_LT(test, a, b) KUNIT_CHECK(test, (a) < (b), #a " < " #b, false)
#define KUNIT_EXPECT_LE(test, a, b) KUNIT_CHECK(test, (a) <= (b), #a " <= " #b, false)
#define KUNIT_EXPECT_GT(test, a, b) KUNIT_CHECK(test, (a) > (b), #a " > " #b, false)
#define KUNIT_EXPECT_GE(test, a, b) KUNIT_CHECK(test, (a) >= (b), #a " >= " #b, false)
#define KUNIT_EXPECT_NULL(test, a) KUNIT_CHECK(test, !(a), #a " is NULL", false)
#define KUNIT_EXPECT_NOT_NULL(test, a) KUNIT_CHECK(test, a, #a " is not NULL", false)
#define KUNIT_EXPECT_NOT_NULL_MSG(test, a, ...) KUNIT_EXPECT_NOT_NULL(test, a)
#define KUNIT_EXPECT_STREQ(test, a, b) KUNIT_CHECK(test, !strcmp(a, b), #a " is " #b, false)
#define KUNIT_ASSERT_TRUE(test, a) KUNIT_CHECK(test, a, #a, true)
#define KUNIT_ASSERT_EQ(test, a, b) KUNIT_CHECK(test, (a) == (b), #a " == " #b, true)
#define KUNIT_ASSERT_NOT_NULL(test, a) KUNIT_CHECK(test, a, #a " is not NULL", true)

#endif /* OSTRACE_KUNIT_TEST_H */
