// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "abi.h"

static const u32 commands[] = {
	OSTRACE_IRQ_INFO,      OSTRACE_IRQ_DESCRIBE,  OSTRACE_IRQ_STATS, OSTRACE_IRQ_STREAM,
	OSTRACE_IRQ_GET_KNOBS, OSTRACE_IRQ_SET_KNOBS, OSTRACE_IRQ_FIRE,	 OSTRACE_IRQ_STORM,
};

static void abi_every_request_is_known(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct oirq_request *r = oirq_abi_find(commands[i]);

		KUNIT_ASSERT_NOT_NULL(test, r);
		KUNIT_EXPECT_EQ(test, r->size, (u32)_IOC_SIZE(commands[i]));
		KUNIT_EXPECT_LE(test, r->zero + r->zeros, r->size);
		/* What only writes changes something, and the other way round. */
		KUNIT_EXPECT_EQ(test, r->admin, !(_IOC_DIR(commands[i]) & _IOC_READ));
		KUNIT_EXPECT_NULL(test, oirq_abi_find(commands[i] + 0x10000));
	}
	KUNIT_EXPECT_NULL(test, oirq_abi_find(0));
	KUNIT_EXPECT_NULL(test, oirq_abi_find(_IO(OSTRACE_IRQ_IOC, 0)));
}

static void abi_head_and_reserved_are_checked(struct kunit *test)
{
	u8 *data = kunit_kzalloc(test, OIRQ_ABI_MAX, GFP_KERNEL);
	struct ostrace_irq_head *head = (struct ostrace_irq_head *)data;
	u32 i, j;

	KUNIT_ASSERT_NOT_NULL(test, data);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const struct oirq_request *r = oirq_abi_find(commands[i]);

		memset(data, 0, OIRQ_ABI_MAX);
		KUNIT_EXPECT_EQ(test, oirq_abi_check(r, data), -EINVAL);
		head->size = r->size;
		KUNIT_EXPECT_EQ(test, oirq_abi_check(r, data), -EPROTONOSUPPORT);
		head->abi = OSTRACE_IRQ_ABI + 1;
		KUNIT_EXPECT_EQ(test, oirq_abi_check(r, data), -EPROTONOSUPPORT);
		head->abi = OSTRACE_IRQ_ABI;
		KUNIT_EXPECT_EQ(test, oirq_abi_check(r, data), 0);
		head->size++;
		KUNIT_EXPECT_EQ(test, oirq_abi_check(r, data), -EINVAL);
		head->size--;
		for (j = 0; j < r->zeros; j++) {
			data[r->zero + j] = 1;
			KUNIT_EXPECT_EQ(test, oirq_abi_check(r, data), -EINVAL);
			data[r->zero + j] = 0;
		}
		KUNIT_EXPECT_EQ(test, oirq_abi_check(r, data), 0);
	}
}

static void abi_stats_ask_for_what_there_is(struct kunit *test)
{
	struct ostrace_irq_stats *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->cpu = -1;
	KUNIT_EXPECT_EQ(test, oirq_abi_check_stats(s, 4), 0);
	s->cpu = 3;
	KUNIT_EXPECT_EQ(test, oirq_abi_check_stats(s, 4), 0);
	s->cpu = 4;
	KUNIT_EXPECT_EQ(test, oirq_abi_check_stats(s, 4), -EINVAL);
	s->cpu = -2;
	KUNIT_EXPECT_EQ(test, oirq_abi_check_stats(s, 4), -EINVAL);
	s->cpu = 0;
	s->mech = OIRQ_NR_MECH;
	KUNIT_EXPECT_EQ(test, oirq_abi_check_stats(s, 4), -EINVAL);
	s->mech = U32_MAX;
	KUNIT_EXPECT_EQ(test, oirq_abi_check_stats(s, 4), -EINVAL);
}

static void abi_knobs_go_through(struct kunit *test)
{
	struct ostrace_irq_knobs *u = kunit_kzalloc(test, sizeof(*u), GFP_KERNEL);
	struct oirq_knobs in, out;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, u);
	oirq_knobs_default(&in);
	in.rate = 5;
	in.sleep_ns[OSTRACE_IRQ_WQ] = 6;
	in.work_ns[OSTRACE_IRQ_BH] = 7;
	memset(u, 0xaa, sizeof(*u));
	u->head.size = sizeof(*u);
	oirq_abi_knobs_out(u, &in);
	KUNIT_EXPECT_EQ(test, u->head.size, (u32)sizeof(*u));
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, u->reserved[i], 0ull);
	for (i = OIRQ_NR_MECH; i < OSTRACE_IRQ_MAX_MECH; i++)
		KUNIT_EXPECT_EQ(test, u->work_ns[i] | u->sleep_ns[i], 0u);
	KUNIT_EXPECT_EQ(test, oirq_abi_knobs_in(&out, u), 0);
	KUNIT_EXPECT_EQ(test, memcmp(&in, &out, sizeof(in)), 0);

	u->mechs = 0;
	KUNIT_EXPECT_EQ(test, oirq_abi_knobs_in(&out, u), 0);
	KUNIT_EXPECT_EQ(test, out.mechs, OIRQ_HARDIRQ_BIT);
	u->sleep_ns[OSTRACE_IRQ_MAX_MECH - 1] = 1;
	KUNIT_EXPECT_EQ(test, oirq_abi_knobs_in(&out, u), -EINVAL);
}

static struct kunit_case abi_cases[] = {
	KUNIT_CASE(abi_every_request_is_known),
	KUNIT_CASE(abi_head_and_reserved_are_checked),
	KUNIT_CASE(abi_stats_ask_for_what_there_is),
	KUNIT_CASE(abi_knobs_go_through),
	{},
};

static struct kunit_suite abi_suite = { .name = "ostrace_irq_abi", .test_cases = abi_cases };

kunit_test_suite(abi_suite);
