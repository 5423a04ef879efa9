// SPDX-License-Identifier: GPL-2.0
/*
 * Error paths of setting the bottom halves up: whichever allocation fails, what
 * was made before it is unmade. A leak shows with kmemleak, a double free or a
 * workqueue left behind in the log.
 */
#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/percpu.h>
#include <linux/workqueue.h>

#include "driver.h"
#include "mech.h"

/* Allocations let through before one fails, and how many were asked for. */
struct failing {
	int left;
	int asked;
};

static bool fails(struct failing *f)
{
	f->asked++;
	return f->left-- <= 0;
}

static struct oirq_stats __percpu *fail_stats(void)
{
	struct kunit *test = kunit_get_current_test();

	return fails(test->priv) ? NULL : alloc_percpu(struct oirq_stats);
}

static struct workqueue_struct *fail_wq(unsigned int id)
{
	struct kunit *test = kunit_get_current_test();

	return fails(test->priv) ? NULL : alloc_workqueue("ostrace_irq_test", WQ_UNBOUND, 0);
}

static void mechs_unwind_without_stats(struct kunit *test)
{
	struct failing f;
	int n;

	test->priv = &f;
	kunit_activate_static_stub(test, oirq_mech_alloc_stats, fail_stats);
	for (n = 0; n < OIRQ_NR_MECH; n++) {
		f = (struct failing){ .left = n };
		KUNIT_EXPECT_NULL(test, oirq_mechs_new());
		KUNIT_EXPECT_EQ(test, f.asked, n + 1);
	}
}

static void mechs_unwind_without_workqueues(struct kunit *test)
{
	struct failing f;
	int n;

	test->priv = &f;
	kunit_activate_static_stub(test, oirq_mech_alloc_wq, fail_wq);
	for (n = 0; n < 5; n++) {
		f = (struct failing){ .left = n };
		KUNIT_EXPECT_NULL(test, oirq_mechs_new());
		KUNIT_EXPECT_EQ(test, f.asked, n + 1);
	}
}

static void mechs_come_and_go(struct kunit *test)
{
	struct oirq_mechs *ms = oirq_mechs_new();

	KUNIT_ASSERT_NOT_NULL(test, ms);
	oirq_mechs_free(ms);
	oirq_mechs_free(NULL);
}

static struct kunit_case mech_cases[] = {
	KUNIT_CASE(mechs_unwind_without_stats),
	KUNIT_CASE(mechs_unwind_without_workqueues),
	KUNIT_CASE(mechs_come_and_go),
	{},
};

static struct kunit_suite mech_suite = { .name = "ostrace_irq_mech", .test_cases = mech_cases };

kunit_test_suite(mech_suite);
