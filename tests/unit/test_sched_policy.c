// SPDX-License-Identifier: GPL-2.0
/* What the scheduler's arithmetic comes to in the long run; policy_test.c has each function. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../../modules/sched/policy.h"

/*
 * Run @n tasks on one CPU for long, earliest deadline first, each for a @part-th of its
 * slice at a time; the share of each. Returns how often the CPU went from one to another.
 */
static int simulate(int n, const uint64_t *rate, const uint32_t *class, int part, double *share)
{
	const uint64_t base = 4 * SCHED_MS;
	uint64_t v[8] = { 0 }, deadline[8] = { 0 }, ran[8] = { 0 }, total = 0, run;
	int i, best, turn, last = 0, switches = 0;

	for (turn = 0; turn < 400000; turn++) {
		for (i = 0; i < n; i++)
			deadline[i] = sched_renew(v[i], deadline[i], class[i], base, rate[i]);
		for (best = 0, i = 1; i < n; i++)
			if (sched_before(deadline[i], deadline[best]))
				best = i;
		run = sched_slice(class[best], base) / (uint64_t)part;
		v[best] += sched_charge(run, rate[best]);
		ran[best] += run;
		total += run;
		switches += best != last;
		last = best;
	}
	for (i = 0; i < n; i++)
		share[i] = (double)ran[i] / (double)total;
	return switches;
}

static void shares_follow_nice(void **state)
{
	const uint64_t rate[] = { sched_rate(sched_nice_weight(0)),
				  sched_rate(sched_nice_weight(5)),
				  sched_rate(sched_nice_weight(-5)) };
	const uint32_t class[] = { OSTRACE_SCHED_NORMAL, OSTRACE_SCHED_BATCH,
				   OSTRACE_SCHED_INTERACTIVE };
	const double sum = 1024 + 335 + 3121;
	double share[3];

	simulate(3, rate, class, 1, share);
	assert_float_equal(share[0], 1024 / sum, 0.002);
	assert_float_equal(share[1], 335 / sum, 0.002);
	assert_float_equal(share[2], 3121 / sum, 0.002);
}

static void shares_of_extremes(void **state)
{
	const uint64_t rate[] = { sched_rate(sched_nice_weight(-20)),
				  sched_rate(sched_nice_weight(19)) };
	const uint32_t class[] = { OSTRACE_SCHED_BATCH, OSTRACE_SCHED_BATCH };
	double share[2];

	simulate(2, rate, class, 1, share);
	assert_float_equal(share[1], 15.0 / (15 + 88761), 0.0001);
}

/* Root has a (weight 100, two tasks) and b (200), which has c (50) and d (150), a task each. */
static void shares_follow_the_hierarchy(void **state)
{
	const uint32_t b = sched_cgroup_weight(200), c = sched_cgroup_weight(50),
		       d = sched_cgroup_weight(150), a = sched_cgroup_weight(100);
	const uint64_t one = sched_rate(SCHED_WEIGHT_NICE0);
	const uint64_t rate[] = {
		sched_rate_below(one, 2048, a),
		sched_rate_below(one, 2048, a),
		sched_rate_below(sched_rate_below(one, 1024, c), c + d, b),
		sched_rate_below(sched_rate_below(one, 1024, d), c + d, b),
	};
	const uint32_t class[] = { OSTRACE_SCHED_BATCH, OSTRACE_SCHED_NORMAL, OSTRACE_SCHED_NORMAL,
				   OSTRACE_SCHED_BATCH };
	double share[4];

	simulate(4, rate, class, 1, share);
	assert_float_equal(share[0], 1.0 / 6, 0.002);
	assert_float_equal(share[1], 1.0 / 6, 0.002);
	assert_float_equal(share[2], 1.0 / 6, 0.002);
	assert_float_equal(share[3], 3.0 / 6, 0.002);
}

/* Interrupted all the time: the shares stay, and each goes on until it had its request. */
static void interrupted(void **state)
{
	const uint64_t rate[] = { sched_rate(sched_nice_weight(0)),
				  sched_rate(sched_nice_weight(0)),
				  sched_rate(sched_nice_weight(5)) };
	const uint32_t class[] = { OSTRACE_SCHED_BATCH, OSTRACE_SCHED_BATCH, OSTRACE_SCHED_BATCH };
	const double sum = 1024 + 1024 + 335;
	double share[3];
	int switches = simulate(3, rate, class, 10, share);

	assert_float_equal(share[0], 1024 / sum, 0.002);
	assert_float_equal(share[1], 1024 / sum, 0.002);
	assert_float_equal(share[2], 335 / sum, 0.002);
	assert_in_range(switches, 1, 400000 / 10);
}

static void nothing_overflows(void **state)
{
	uint32_t w;
	int nice;

	for (nice = -25; nice < 25; nice++) {
		uint64_t rate = sched_rate(sched_nice_weight(nice));

		assert_true(rate >= SCHED_RATE_MIN && rate <= SCHED_RATE_MAX);
		for (w = 1; w <= 10000; w += 37) {
			uint64_t r = sched_rate_below(rate, INT64_MAX, sched_cgroup_weight(w));

			assert_true(r >= SCHED_RATE_MIN && r <= SCHED_RATE_MAX);
			assert_true(sched_charge(UINT64_MAX, r) < 1ull << 62);
		}
	}
	assert_int_equal(sched_cgroup_weight(0), sched_cgroup_weight(1));
	assert_int_equal(sched_cgroup_weight(20000), sched_cgroup_weight(10000));
	assert_int_equal(sched_cgroup_weight(100), SCHED_WEIGHT_NICE0);
}

static void class_is_found_again(void **state)
{
	uint64_t avg = SCHED_RUN_CAP, t = 0;
	uint32_t class = OSTRACE_SCHED_BATCH;

	/* 1 ms every 20 ms: interactive within 200 ms */
	while (class != OSTRACE_SCHED_INTERACTIVE && t < 1000 * SCHED_MS) {
		avg = sched_run_average(avg, 1 * SCHED_MS);
		avg = sched_run_forget(avg, 19 * SCHED_MS);
		t += 20 * SCHED_MS;
		class = sched_class(avg, 0, class);
	}
	assert_true(t <= 200 * SCHED_MS);
	assert_int_equal(sched_class(avg, 3 * SCHED_MS, class), OSTRACE_SCHED_NORMAL);
	assert_int_equal(sched_class(avg, 13 * SCHED_MS, class), OSTRACE_SCHED_BATCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_follow_nice),
		cmocka_unit_test(shares_of_extremes),
		cmocka_unit_test(shares_follow_the_hierarchy),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(nothing_overflows),
		cmocka_unit_test(class_is_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
