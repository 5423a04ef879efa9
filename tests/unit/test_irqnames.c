// SPDX-License-Identifier: GPL-2.0
/* Names of what interrupts. */
#include "unit.h"
#include "irqnames.h"
#include "ostrace/stolen.h"

static void test_softirqs(void **state)
{
	assert_string_equal(irqname_softirq(0), "HI");
	assert_string_equal(irqname_softirq(3), "NET_RX");
	assert_string_equal(irqname_softirq(9), "RCU");
	assert_string_equal(irqname_softirq(12), "vector12");
	assert_string_equal(irqname_softirq(16), "?");
}

static void test_vectors(void **state)
{
	uint32_t i, j;

	assert_string_equal(irqname_vector(IRQ_VECTOR_local_timer), "LOC");
	assert_string_equal(irqname_vector_text(IRQ_VECTOR_reschedule), "reschedule");
	assert_string_equal(irqname_vector(IRQ_VECTORS), "?");
	for (i = 0; i < IRQ_VECTORS; i++)
		for (j = 0; j < i; j++)
			assert_string_not_equal(irqname_vector(i), irqname_vector(j));
}

static void test_sources(void **state)
{
	const uint32_t timer = STOLEN_SOURCE(STOLEN_HARD, STOLEN_VECTOR | IRQ_VECTOR_local_timer);
	const uint32_t no_line = STOLEN_SOURCE(STOLEN_HARD, STOLEN_VECTOR - 1);
	struct irqnames names = { 0 };
	const char *first;
	uint32_t i;

	assert_string_equal(irqnames_source(&names, STOLEN_SOURCE(STOLEN_KSOFTIRQD, 3)), "NET_RX");
	assert_string_equal(irqnames_source(&names, STOLEN_SOURCE(STOLEN_EXIT, 1)), "TIMER");
	first = irqnames_source(&names, timer);
	assert_string_equal(first, "LOC local timer");
	/* A line that nobody has is a number. */
	assert_string_equal(irqnames_source(&names, no_line), "8388607");
	for (i = 1; i < 100; i++)
		irqnames_source(&names, no_line - i);
	/* What was handed out stays. */
	assert_ptr_equal(irqnames_source(&names, timer), first);
	irqnames_free(&names);
	assert_int_equal(names.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_softirqs),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_sources),
	};

	return cmocka_run_group_tests_name("irqnames", tests, NULL, NULL);
}
