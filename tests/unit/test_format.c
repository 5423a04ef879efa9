// SPDX-License-Identifier: GPL-2.0
/* Numbers and names as people read them. */
#include "unit.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "format.h"
#include "hist.h"

static void times(void **state)
{
	static const struct {
		uint64_t ns;
		const char *want;
	} cases[] = {
		{ 0, "0ns" },
		{ 1, "1ns" },
		{ 640, "640ns" },
		{ 999, "999ns" },
		{ 1000, "1.0µs" },
		{ 1249, "1.2µs" },
		{ 1250, "1.3µs" },
		{ 99949, "99.9µs" },
		{ 99950, "100µs" },
		{ 412345, "412µs" },
		{ 999499, "999µs" },
		{ 999500, "1.0ms" },
		{ 41000000, "41.0ms" },
		{ 2500000000, "2.5s" },
		{ 999000000000, "999s" },
		{ 1000000000000, "16.7min" },
		{ 3600000000000000, "41.7d" },
		{ 86400000000000, "24.0h" },
		{ UINT64_MAX, "213504d" },
	};
	char out[32];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		format_ns(out, sizeof(out), cases[i].ns, true);
		assert_string_equal(out, cases[i].want);
	}
	format_ns(out, sizeof(out), 1200, false);
	assert_string_equal(out, "1.2us");
}

static void counts(void **state)
{
	static const struct {
		uint64_t v;
		const char *want;
	} cases[] = {
		{ 0, "0" },
		{ 99999, "99999" },
		{ 100000, "100k" },
		{ 999499, "999k" },
		{ 999500, "1.0M" },
		{ 1000000, "1.0M" },
		{ 3449999, "3.4M" },
		{ 99949999, "99.9M" },
		{ 99950000, "100M" },
		{ 1234567890123, "1.2T" },
		{ UINT64_MAX, "18.4E" },
	};
	char out[32];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		int n = format_count(out, sizeof(out), cases[i].v);

		assert_string_equal(out, cases[i].want);
		assert_int_equal(n, strlen(out));
	}
}

static void percents_and_bytes(void **state)
{
	char out[32];

	format_percent(out, sizeof(out), 0.04);
	assert_string_equal(out, "0.0%");
	format_percent(out, sizeof(out), 99.94);
	assert_string_equal(out, "99.9%");
	format_percent(out, sizeof(out), 99.96);
	assert_string_equal(out, "100%");
	format_percent(out, sizeof(out), -1);
	assert_string_equal(out, "-");
	format_percent(out, sizeof(out), NAN);
	assert_string_equal(out, "-");
	format_percent(out, sizeof(out), INFINITY);
	assert_string_equal(out, ">99999%");
	format_bytes(out, sizeof(out), 999);
	assert_string_equal(out, "999B");
	format_bytes(out, sizeof(out), 1023);
	assert_string_equal(out, "1.0KiB");
	format_bytes(out, sizeof(out), 300 << 20);
	assert_string_equal(out, "300MiB");
	format_bytes(out, sizeof(out), UINT64_MAX);
	assert_string_equal(out, "16.0EiB");
}

static void no_number_is_wider_than_promised(void **state)
{
	uint64_t v = 1;
	char out[64];
	int i;

	for (i = 0; i < 200000; i++) {
		uint64_t x;

		v = v * 6364136223846793005ULL + 1442695040888963407ULL;
		x = v >> i % 64;
		assert_in_range(format_ns(out, sizeof(out), x, true), 1, FORMAT_CELLS);
		assert_int_equal(strlen(out) - (strstr(out, "µ") ? 1 : 0), format_cells(out));
		assert_in_range(format_ns(out, sizeof(out), x, false), 1, FORMAT_CELLS);
		assert_in_range(format_count(out, sizeof(out), x), 1, FORMAT_CELLS);
		assert_in_range(format_bytes(out, sizeof(out), x), 1, FORMAT_CELLS);
		assert_in_range(format_percent(out, sizeof(out), (double)x), 1, FORMAT_CELLS);
	}
}

static void locales(void **state)
{
	assert_true(format_utf8_of(NULL, NULL, "en_US.UTF-8"));
	assert_true(format_utf8_of("C.utf8", NULL, "C"));
	assert_true(format_utf8_of("", "de_DE.UTF-8", "C"));
	assert_false(format_utf8_of("C", "de_DE.UTF-8", "en_US.UTF-8"));
	assert_false(format_utf8_of(NULL, NULL, NULL));
	assert_false(format_utf8_of("", "", "ISO8859-1"));
}

static void escapes(void **state)
{
	static const struct {
		const char *in, *utf8, *ascii;
		int cells;
	} cases[] = {
		{ "nginx", "nginx", "nginx", 5 },
		{ "a\x1b[31mb", "a\\x1b[31mb", "a\\x1b[31mb", 10 },
		{ "tab\there", "tab\\x09here", "tab\\x09here", 11 },
		{ "\xff\xfe", "\\xff\\xfe", "\\xff\\xfe", 8 },
		{ "\xc3", "\\xc3", "\\xc3", 4 },
		{ "é", "é", "\\xc3\\xa9", 1 },
		{ "漢字", "漢字", "\\xe6\\xbc\\xa2\\xe5\\xad\\x97", 4 },
		{ "\xc2\x9b"
		  "31m",
		  "\\xc2\\x9b31m", "\\xc2\\x9b31m", 11 },
		{ "\xe2\x80\xae"
		  "x",
		  "\\xe2\\x80\\xaex", "\\xe2\\x80\\xaex", 13 },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80", 12 },
		{ "\xc0\x80", "\\xc0\\x80", "\\xc0\\x80", 8 },
		{ "", "", "", 0 },
	};
	char out[128];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		int n = format_escape(out, sizeof(out), cases[i].in, true);

		assert_string_equal(out, cases[i].utf8);
		assert_int_equal(n, cases[i].cells);
		assert_int_equal(format_cells(out), cases[i].cells);
		format_escape(out, sizeof(out), cases[i].in, false);
		assert_string_equal(out, cases[i].ascii);
	}
}

static void escapes_stay_inside_the_buffer(void **state)
{
	size_t n;

	for (n = 1; n < 16; n++) {
		char *out = malloc(n);

		format_escape(out, n,
			      "\x1b\x1b"
			      "é漢字\xff",
			      true);
		assert_true(strlen(out) < n);
		free(out);
	}
}

static void fits(void **state)
{
	char s[64];

	strcpy(s, "chromium");
	assert_int_equal(format_fit(s, sizeof(s), 8, true), 8);
	assert_string_equal(s, "chromium");
	assert_int_equal(format_fit(s, sizeof(s), 5, true), 5);
	assert_string_equal(s, "chro…");
	strcpy(s, "chromium");
	assert_int_equal(format_fit(s, sizeof(s), 5, false), 5);
	assert_string_equal(s, "chro~");
	strcpy(s, "漢字漢字");
	assert_int_equal(format_fit(s, sizeof(s), 6, true), 5);
	assert_string_equal(s, "漢字…");
	strcpy(s, "x");
	assert_int_equal(format_fit(s, sizeof(s), 0, true), 0);
	assert_string_equal(s, "");
	strcpy(s, "ab");
	assert_int_equal(format_fit(s, 3, 1, true), 0); /* no room for three bytes */
	assert_string_equal(s, "");
}

static const struct column cols[] = {
	{ "name", "NAME", UNIT_TEXT, 8, COL_KEY, "" },
	{ "ns", "NS", UNIT_NS, 8, 0, "" },
	{ "pid", "PID", UNIT_ID, 8, 0, "" },
};

static const struct table_def def = { .name = "t", .cols = cols, .ncols = 3 };

static void cells_of_a_row(void **state)
{
	union value v[] = { { .s = "a\nb" }, { .u = 1200 }, { .u = 123456789 } };
	struct row r = { .v = v, .ge = 1 << 1 };
	char out[64];

	format_value(out, sizeof(out), &def, &r, 0, true);
	assert_string_equal(out, "a\\x0ab");
	assert_int_equal(format_value(out, sizeof(out), &def, &r, 1, true), 6);
	assert_string_equal(out, "≥1.2µs");
	assert_int_equal(format_value(out, sizeof(out), &def, &r, 1, false), 7);
	assert_string_equal(out, ">=1.2us");
	format_value(out, sizeof(out), &def, &r, 2, true);
	assert_string_equal(out, "123456789");
	r.na = 1 << 1;
	format_value(out, sizeof(out), &def, &r, 1, true);
	assert_string_equal(out, "-");
}

/* Bars grow with the number, the smallest one is seen, and all rows are as wide. */
static void histograms_in_a_cell(void **state)
{
	struct hist h = { 0 };
	char out[128];

	assert_int_equal(format_hist(out, sizeof(out), &h, true), HIST_AXIS_CELLS);
	assert_string_equal(out, "                         ");
	h.slot[ostrace_hist_slot(40)] = 1;
	h.slot[ostrace_hist_slot(1100)] = 50000;
	h.slot[ostrace_hist_slot(2100)] = 100000;
	h.slot[ostrace_hist_slot(1ull << 40)] = 100000;
	assert_int_equal(format_hist(out, sizeof(out), &h, true), HIST_AXIS_CELLS);
	assert_string_equal(out, "▁    ▄█                 █");
	assert_int_equal(format_hist(out, sizeof(out), &h, false), HIST_AXIS_CELLS);
	assert_string_equal(out, ".    =@                 @");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(histograms_in_a_cell),
		cmocka_unit_test(times),
		cmocka_unit_test(counts),
		cmocka_unit_test(percents_and_bytes),
		cmocka_unit_test(no_number_is_wider_than_promised),
		cmocka_unit_test(locales),
		cmocka_unit_test(escapes),
		cmocka_unit_test(escapes_stay_inside_the_buffer),
		cmocka_unit_test(fits),
		cmocka_unit_test(cells_of_a_row),
	};

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
