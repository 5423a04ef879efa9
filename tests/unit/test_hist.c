// SPDX-License-Identifier: GPL-2.0
/* Bucket maths and percentiles against independent references. */
#include "unit.h"
#include <stdlib.h>
#include <string.h>
#include "hist.h"

#define LAST (OSTRACE_HIST_SLOTS - 1)

/* xorshift64*: the same numbers everywhere. */
static uint64_t seed = 88172645463325252ULL;

static uint64_t random_u64(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 2685821657736338717ULL;
}

/* Values of every magnitude alike. */
static uint64_t random_magnitude(void)
{
	return random_u64() >> random_u64() % 64;
}

/*
 * The definition, counted out instead of computed: walk from slot to slot,
 * four of equal width in each power of two, widths doubling.
 */
static unsigned int reference_slot(uint64_t v)
{
	unsigned __int128 low = 4;
	uint64_t width = 1;
	unsigned int slot = 4, i;

	if (v < 4)
		return (unsigned int)v;
	for (;;) {
		for (i = 0; i < 4; i++, slot++) {
			low += width;
			if (v < low)
				return slot < LAST ? slot : LAST;
		}
		width *= 2;
	}
}

static void slots_match_reference(void **state)
{
	int i;

	for (i = 0; i < 1000000; i++) {
		uint64_t v = random_magnitude();

		assert_int_equal(ostrace_hist_slot(v), reference_slot(v));
	}
}

static void slots_match_reference_at_edges(void **state)
{
	int bit, delta;

	for (bit = 0; bit < 64; bit++)
		for (delta = -2; delta <= 2; delta++) {
			uint64_t v = (1ULL << bit) + (uint64_t)(int64_t)delta;

			assert_int_equal(ostrace_hist_slot(v), reference_slot(v));
		}
	assert_int_equal(ostrace_hist_slot(0), 0);
	assert_int_equal(ostrace_hist_slot(UINT64_MAX), LAST);
}

static void slots_are_contiguous(void **state)
{
	unsigned int s;

	assert_int_equal(ostrace_hist_low(0), 0);
	for (s = 0; s < OSTRACE_HIST_SLOTS; s++) {
		uint64_t low = ostrace_hist_low(s), next = ostrace_hist_low(s + 1);

		assert_true(low < next);
		assert_int_equal(ostrace_hist_slot(low), s);
		assert_int_equal(ostrace_hist_slot(next - 1), s);
	}
	assert_int_equal(ostrace_hist_low(LAST), 7ULL << 38);
}

static void slots_are_monotonic(void **state)
{
	int i;

	for (i = 0; i < 100000; i++) {
		uint64_t a = random_magnitude(), b = random_magnitude();

		if (a > b)
			assert_true(ostrace_hist_slot(a) >= ostrace_hist_slot(b));
		else
			assert_true(ostrace_hist_slot(a) <= ostrace_hist_slot(b));
	}
}

static void values_are_within_the_documented_error(void **state)
{
	double worst = 0;
	int i;

	for (i = 0; i < 1000000; i++) {
		uint64_t v = random_magnitude();
		unsigned int s = ostrace_hist_slot(v);
		double error;

		if (s == LAST)
			continue;
		error = v ? (double)hist_value(s) / (double)v - 1 : (double)hist_value(s);
		if (error < 0)
			error = -error;
		if (error > worst)
			worst = error;
	}
	assert_true(worst <= 0.125);
	assert_true(worst > 0.12); /* the bound is tight: no slot is wasted */
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void fill(struct hist *h, uint64_t *v, size_t n, bool known_max)
{
	size_t i;

	memset(h, 0, sizeof(*h));
	for (i = 0; i < n; i++) {
		h->slot[ostrace_hist_slot(v[i])]++;
		h->count++;
		h->sum += v[i];
		if (known_max && v[i] > h->max)
			h->max = v[i];
	}
	qsort(v, n, sizeof(*v), compare);
}

/* What the definition says, from the sorted values themselves. */
static uint64_t exact(const uint64_t *v, size_t n, unsigned int permille)
{
	size_t rank = (n * permille + 999) / 1000;

	return v[rank ? rank - 1 : 0];
}

static void percentiles_match_sorted_values(void **state)
{
	static const unsigned int permille[] = { 1, 10, 250, 500, 900, 990, 999, 1000 };
	uint64_t v[5000];
	int round;
	size_t i, p;

	for (round = 0; round < 200; round++) {
		size_t n = 1 + random_u64() % COUNT(v);
		struct hist h;

		for (i = 0; i < n; i++)
			v[i] = random_u64() >> (24 + random_u64() % 30);
		fill(&h, v, n, round & 1);
		for (p = 0; p < COUNT(permille); p++) {
			double want = (double)exact(v, n, permille[p]);
			double got = (double)hist_percentile(&h, permille[p], NULL);

			assert_true(got <= want * 1.125 + 1);
			assert_true(got >= want * 0.875 - 1);
			if (h.max)
				assert_true(got <= (double)h.max);
		}
	}
}

static void largest_value_is_exact(void **state)
{
	uint64_t v[] = { 10, 20, 1000003 };
	struct hist h;

	fill(&h, v, COUNT(v), true);
	assert_int_equal(hist_percentile(&h, 1000, NULL), 1000003);
	assert_int_equal(hist_percentile(&h, 990, NULL), 1000003);
	assert_int_equal(hist_percentile(&h, 500, NULL), hist_value(ostrace_hist_slot(20)));
}

static void open_slot_is_a_lower_bound(void **state)
{
	uint64_t v[] = { 1, 1ULL << 50, 1ULL << 51 };
	struct hist h;
	bool open;

	fill(&h, v, COUNT(v), true);
	assert_int_equal(hist_percentile(&h, 500, &open), ostrace_hist_low(LAST));
	assert_true(open);
	hist_percentile(&h, 100, &open);
	assert_false(open);
	assert_int_equal(hist_percentile(&h, 1000, &open), 1ULL << 51);
	assert_false(open);
}

static void empty_and_torn_histograms(void **state)
{
	struct hist h = { 0 };
	bool open = true;

	assert_int_equal(hist_percentile(&h, 990, &open), 0);
	assert_false(open);
	/* Read while it was written: the count is ahead of the slots. */
	h.count = 100;
	h.slot[7] = 3;
	assert_int_equal(hist_percentile(&h, 1000, NULL), hist_value(7));
	assert_int_equal(hist_percentile(&h, 1, NULL), hist_value(7));
}

static void huge_counts_do_not_overflow(void **state)
{
	struct hist h = { 0 };

	h.slot[8] = UINT64_MAX / 4;
	h.slot[20] = UINT64_MAX / 4;
	assert_int_equal(hist_percentile(&h, 500, NULL), hist_value(8));
	assert_int_equal(hist_percentile(&h, 501, NULL), hist_value(20));
}

static void sums(void **state)
{
	uint64_t a[] = { 5, 70 }, b[] = { 6, 900, 900 };
	struct hist ha, hb;

	fill(&ha, a, COUNT(a), true);
	fill(&hb, b, COUNT(b), true);
	hist_add(&ha, &hb);
	assert_int_equal(ha.count, 5);
	assert_int_equal(ha.sum, 5 + 70 + 6 + 900 + 900);
	assert_int_equal(ha.max, 900);
	assert_int_equal(ha.slot[ostrace_hist_slot(900)], 2);
}

/* Every slot is in one cell, that of its octave. */
static void cells_of_the_axis(void **state)
{
	uint64_t cell[HIST_AXIS_CELLS], v;
	struct hist h;
	int i, e;

	for (e = 0; e < 42; e++) {
		int want = e < HIST_AXIS_FIRST ? 0 : e - HIST_AXIS_FIRST;

		if (want >= HIST_AXIS_CELLS)
			want = HIST_AXIS_CELLS - 1;
		memset(&h, 0, sizeof(h));
		v = 1ull << e;
		h.slot[ostrace_hist_slot(v)] += 3;
		h.slot[ostrace_hist_slot(v + v - 1)] += 4; /* the last of the octave */
		hist_cells(&h, cell);
		for (i = 0; i < HIST_AXIS_CELLS; i++)
			assert_int_equal(cell[i], i == want ? 7 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_of_the_axis),
		cmocka_unit_test(slots_match_reference),
		cmocka_unit_test(slots_match_reference_at_edges),
		cmocka_unit_test(slots_are_contiguous),
		cmocka_unit_test(slots_are_monotonic),
		cmocka_unit_test(values_are_within_the_documented_error),
		cmocka_unit_test(percentiles_match_sorted_values),
		cmocka_unit_test(largest_value_is_exact),
		cmocka_unit_test(open_slot_is_a_lower_bound),
		cmocka_unit_test(empty_and_torn_histograms),
		cmocka_unit_test(huge_counts_do_not_overflow),
		cmocka_unit_test(sums),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
