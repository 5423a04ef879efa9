// SPDX-License-Identifier: GPL-2.0
/* Estimates of medians, and how a comparison is told. */
#include "unit.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "compare.h"

static void near(double got, double want, double by)
{
	if (!(fabs(got - want) <= by))
		fail_msg("got %g, wanted %g", got, want);
}

static void medians_and_what_holds_them(void **state)
{
	double odd[] = { 5, 1, 4, 2, 3 }, even[] = { 4, 1, 3, 2, 6, 5 }, ten[10], one[] = { 7 };
	double gaps[] = { NAN, 3, NAN, 1 }, none[] = { NAN };
	struct estimate e;
	int i;

	(void)state;
	e = estimate_median(odd, 5, 0.95);
	near(e.median, 3, 0);
	near(e.low, 1, 0); /* too few for 95 %: the extremes, 1 - 2/32 */
	near(e.high, 5, 0);
	near(e.confidence, 0.9375, 1e-9);
	e = estimate_median(even, 6, 0.95);
	near(e.median, 3.5, 0);
	near(e.confidence, 1 - 2.0 / 64, 1e-9);
	for (i = 0; i < 10; i++)
		ten[i] = 10 - i;
	e = estimate_median(ten, 10, 0.95); /* 1 - 2 * 11 / 1024, and 112/1024 is too much */
	near(e.low, 2, 0);
	near(e.high, 9, 0);
	near(e.confidence, 1 - 22.0 / 1024, 1e-9);
	e = estimate_median(one, 1, 0.95);
	near(e.median, 7, 0);
	near(e.confidence, 0, 1e-9);
	e = estimate_median(gaps, 4, 0.95);
	near(e.median, 2, 0);
	near(e.confidence, 0.5, 1e-9);
	e = estimate_median(none, 1, 0.95);
	assert_true(isnan(e.median));
	near(e.confidence, 0, 0);
}

/* The confidence is what it says: of many samples, so many intervals hold the median. */
static void the_interval_holds_the_median(void **state)
{
	unsigned int seed = 1, held = 0, i, k, samples = 20000;
	double v[8];

	(void)state;
	for (i = 0; i < samples; i++) {
		struct estimate e;

		for (k = 0; k < 8; k++)
			v[k] = pow((double)rand_r(&seed) / RAND_MAX, 3); /* lopsided; median 1/8 */
		e = estimate_median(v, 8, 0.9);
		held += e.low <= 0.125 && e.high >= 0.125;
	}
	near((double)held / samples, 1 - 2 * 9.0 / 256, 0.01);
}

static struct comparison two_rounds(struct compare_run (*runs)[2])
{
	static char *command[] = { "a\033b", "c", NULL };
	int i;

	memset(runs, 0, 2 * sizeof(*runs));
	for (i = 0; i < 2; i++) {
		runs[i][0].wall_ns = 4000000000;
		runs[i][1].wall_ns = 2000000000 + (unsigned int)i * 1000000000;
		runs[i][0].own.slice.count = 1000;
		runs[i][1].own.slice.count = 500;
		runs[i][0].own.wait = (struct hist){ .count = 10, .sum = 70, .max = 9 };
		runs[i][0].own.wait.slot[ostrace_hist_slot(8)] = 10;
	}
	return (struct comparison){ .name = { "left", "right" },
				    .command = command,
				    .limit_ns = 30000000000,
				    .rounds = 2,
				    .run = runs };
}

static void ratios_are_of_each_round(void **state)
{
	struct compare_run runs[2][2];
	struct comparison c = two_rounds(runs);
	struct estimate e = compare_estimate(&c, M_WALL, 2);

	(void)state;
	near(e.median, 0.625, 1e-9);
	near(e.low, 0.5, 1e-9);
	near(e.high, 0.75, 1e-9);
	/* a scheduler without any wait has no percentile of waits */
	assert_true(isnan(compare_estimate(&c, M_WAIT_P99, 1).median));
	assert_true(isnan(compare_estimate(&c, M_WAIT_P99, 2).median));
	/* nothing to divide by */
	assert_true(isnan(compare_estimate(&c, M_PREEMPTED, 2).median));
	/* what was ended has no time of its own */
	runs[0][1].stopped = true;
	near(compare_estimate(&c, M_WALL, 1).median, 3000000000, 0);
}

static void text_and_json(void **state)
{
	const struct text_style plain = { .utf8 = false };
	struct compare_run runs[2][2];
	struct comparison c = two_rounds(runs);
	struct buf b = { 0 };

	(void)state;
	compare_text(&b, &c, &plain);
	assert_non_null(b.s);
	assert_null(strchr(b.s, '\033'));
	assert_non_null(strstr(b.s, "left"));
	assert_non_null(strstr(b.s, "0.62  0.50..0.75"));
	assert_null(strstr(b.s, "ended after"));
	assert_null(strstr(b.s, "lost"));
	assert_null(strstr(b.s, "(0 %)"));
	buf_free(&b);

	runs[1][0].stopped = true;
	runs[1][0].lost = 3;
	compare_text(&b, &c, &plain);
	assert_non_null(strstr(b.s, "ended after 30.0s in 1 of 4 runs"));
	assert_non_null(strstr(b.s, "lost: 3"));
	/* one round has a ratio of times, so that one is as good as none: said beside it */
	assert_non_null(strstr(b.s, "with 50 % confidence"));
	assert_non_null(strstr(b.s, "0.50 (0 %)"));
	buf_free(&b);

	compare_json(&b, &c);
	assert_non_null(strstr(b.s, "\"compare\":[\"left\",\"right\"]"));
	assert_non_null(strstr(b.s, "\"stopped\":1"));
	assert_null(strstr(b.s, "nan"));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(medians_and_what_holds_them),
		cmocka_unit_test(the_interval_holds_the_median),
		cmocka_unit_test(ratios_are_of_each_round),
		cmocka_unit_test(text_and_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
