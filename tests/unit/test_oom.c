// SPDX-License-Identifier: GPL-2.0
/* The OOM module's computation: ranking against a plain sort, and the rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "../../modules/oom/rules.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROUNDS 20000
#define CANDIDATES 40

/* oom_in_cgroup() and oom_over_cgroup() come from the tool: paths. */

static uint64_t seed = 0x9e3779b97f4a7c15ull;

static uint64_t rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static struct oom_key random_key(void)
{
	struct oom_key k = { .tier = (int)(rnd() % 3), .points = (__s64)(rnd() % 8) };
	int i;

	for (i = 0; i < OSTRACE_OOM_KEYS; i++)
		k.key[i] = rnd() % 4 ? (__s64)(rnd() % 3) - 1 : (__s64)rnd();
	return k;
}

static int by_key(const void *a, const void *b)
{
	return oom_key_cmp(a, b);
}

/* What the kernel's loop keeps, given the scores. */
static size_t kernel_choice(const __s64 *score, size_t n)
{
	__s64 chosen = INT64_MIN;
	size_t i, best = n;

	for (i = 0; i < n; i++) {
		if (score[i] == INT64_MIN || score[i] < chosen)
			continue;
		chosen = score[i];
		best = i;
	}
	return best;
}

static void test_rank_is_sort(void **state)
{
	struct oom_key k[CANDIDATES], sorted[CANDIDATES];
	__s64 score[CANDIDATES];
	int round;

	for (round = 0; round < ROUNDS; round++) {
		size_t n = 1 + rnd() % CANDIDATES, i;
		struct oom_best best = { .have = false };

		for (i = 0; i < n; i++) {
			k[i] = random_key();
			score[i] = oom_rank(&best, &k[i]);
		}
		memcpy(sorted, k, n * sizeof(*k));
		qsort(sorted, n, sizeof(*sorted), by_key);
		i = kernel_choice(score, n);
		assert_true(i < n);
		assert_int_equal(oom_key_cmp(&k[i], &sorted[n - 1]), 0);
	}
}

/* All in one tier with no keys is the kernel's own choice, ties included. */
static void test_rank_falls_back(void **state)
{
	int round;

	for (round = 0; round < ROUNDS; round++) {
		size_t n = 1 + rnd() % CANDIDATES, i;
		struct oom_best best = { .have = false };
		__s64 points[CANDIDATES], score[CANDIDATES];

		for (i = 0; i < n; i++) {
			struct oom_key k = { .tier = OSTRACE_OOM_TIER_PROTECT };

			points[i] = (__s64)(rnd() % 20) - 5;
			k.points = points[i];
			score[i] = oom_rank(&best, &k);
		}
		assert_int_equal(kernel_choice(score, n), kernel_choice(points, n));
	}
}

static void test_rank_bounds(void **state)
{
	struct oom_best best = { .have = false };
	struct oom_key low = { .points = INT64_MIN + 1 }, high = { .points = INT64_MAX };
	__s64 first = oom_rank(&best, &high);

	assert_true(first > OOM_RANK_WIN);
	assert_int_equal(oom_rank(&best, &low), OOM_RANK_LOSE);
	assert_int_equal(oom_rank(&best, &high), first + 1);
	assert_true(OOM_RANK_LOSE > INT64_MIN);
	assert_true(first < INT64_MAX / 2);
}

static void test_compare_is_an_order(void **state)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		struct oom_key a = random_key(), b = random_key(), c = random_key();

		assert_int_equal(oom_key_cmp(&a, &a), 0);
		assert_int_equal(oom_key_cmp(&a, &b), -oom_key_cmp(&b, &a));
		if (oom_key_cmp(&a, &b) <= 0 && oom_key_cmp(&b, &c) <= 0)
			assert_true(oom_key_cmp(&a, &c) <= 0);
	}
}

static struct oom_rules rules;
static struct oom_rules_error error;

static int parse(const char *text)
{
	return oom_rules_parse(text, strlen(text), &rules, &error);
}

static struct oom_key judge(const char *comm, __u32 uid, int adj, unsigned int *line)
{
	struct oom_facts f = { .points = 100, .uid = uid, .adj = adj, .high = OOM_NO_LIMIT };
	struct oom_place place;
	struct oom_key k;

	strncpy(f.comm, comm, sizeof(f.comm) - 1);
	oom_rules_place(&rules, &f, &place);
	*line = oom_rules_judge(&rules, &place, &f, &k);
	return k;
}

static void test_first_match_decides(void **state)
{
	unsigned int line;

	assert_int_equal(parse("# who is worth what\n"
			       "protect comm=sshd uid=0\n"
			       "\n"
			       "normal comm=stress-ok # an exception\n"
			       "prefer comm=stress* adj=0..1000\n"
			       "protect uid=1000..1999\n"),
			 0);
	assert_int_equal(rules.nrules, 4);
	assert_int_equal(judge("sshd", 0, 0, &line).tier, OSTRACE_OOM_TIER_PROTECT);
	assert_int_equal(line, 2);
	assert_int_equal(judge("sshd", 1, 0, &line).tier, OSTRACE_OOM_TIER_NORMAL);
	assert_int_equal(line, 0);
	assert_int_equal(judge("sshd2", 0, 0, &line).tier, OSTRACE_OOM_TIER_NORMAL);
	assert_int_equal(judge("stress-ok", 1000, 0, &line).tier, OSTRACE_OOM_TIER_NORMAL);
	assert_int_equal(line, 4);
	assert_int_equal(judge("stress-ng", 1000, 0, &line).tier, OSTRACE_OOM_TIER_PREFER);
	assert_int_equal(line, 5);
	assert_int_equal(judge("stress-ng", 1999, -1, &line).tier, OSTRACE_OOM_TIER_PROTECT);
	assert_int_equal(line, 6);
	assert_int_equal(judge("stress-ng", 2000, -1, &line).tier, OSTRACE_OOM_TIER_NORMAL);
}

static void test_names(void **state)
{
	unsigned int line;

	assert_int_equal(
		parse("prefer comm=a\\x20b\\\\\\*\nprotect comm=fifteen-letters\nprefer comm=*"),
		0);
	assert_string_equal(rules.rule[0].comm, "a b\\*");
	assert_int_equal(judge("a b\\*", 0, 0, &line).tier, OSTRACE_OOM_TIER_PREFER);
	assert_int_equal(line, 1);
	assert_int_equal(judge("fifteen-letters", 0, 0, &line).tier, OSTRACE_OOM_TIER_PROTECT);
	assert_int_equal(judge("whatever", 0, 0, &line).tier, OSTRACE_OOM_TIER_PREFER);
	assert_int_equal(line, 3);
}

static void test_paths(void **state)
{
	assert_int_equal(parse("protect cgroup=/\nprefer cgroup=/a/b\\x20c/d uid=5"), 0);
	assert_int_equal(rules.rule[0].level, 0);
	assert_int_equal(rules.rule[1].level, 3);
	assert_string_equal(rules.rule[1].path, "/a/b c/d");
	assert_int_equal(parse("protect cgroup=/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"), 0);
	assert_int_equal(rules.rule[0].level, OOM_CGROUP_DEPTH);
}

static void test_orders(void **state)
{
	struct oom_facts f = {
		.points = 7, .usage = 50, .low = 20, .high = 60, .start = 9, .adj = -3
	};
	struct oom_place place = { 0 };
	struct oom_key k;

	assert_int_equal(parse(""), 0);
	assert_int_equal(rules.norder, 0);
	assert_int_equal(parse("order adj cgroup over-low over-high"), 0);
	assert_int_equal(rules.norder, 4);
	oom_rules_judge(&rules, &place, &f, &k);
	assert_int_equal(k.key[0], -3);
	assert_int_equal(k.key[1], 50);
	assert_int_equal(k.key[2], 30);
	assert_int_equal(k.key[3], -10);
	assert_int_equal(parse("order over-high youngest size"), 0);
	f.high = OOM_NO_LIMIT;
	oom_rules_judge(&rules, &place, &f, &k);
	assert_true(k.key[0] < -1000000);
	assert_int_equal(k.key[1], 9);
	assert_int_equal(k.key[2], 7);
	oom_rules_judge(NULL, &place, &f, &k);
	assert_int_equal(k.tier, OSTRACE_OOM_TIER_NORMAL);
	assert_int_equal(k.points, 7);
}

static void test_errors_name_the_line(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *part;
	} t[] = {
		{ "kill comm=x", 1, "starts with" },
		{ "\n\n prefer", 3, "needs a condition" },
		{ "prefer comm", 1, "a condition is" },
		{ "prefer name=x", 1, "no such condition" },
		{ "prefer comm=", 1, "missing" },
		{ "prefer comm=sixteen-letters-", 1, "15" },
		{ "prefer comm=a*b", 1, "'*'" },
		{ "prefer comm=a\\q", 1, "escape" },
		{ "prefer comm=a\\x2", 1, "escape" },
		{ "prefer comm=a\\x00", 1, "escape" },
		{ "prefer comm=a\\", 1, "escape" },
		{ "prefer comm=a comm=b", 1, "twice" },
		{ "prefer uid=", 1, "uid=" },
		{ "prefer uid=-1", 1, "uid=" },
		{ "prefer uid=4294967295", 1, "uid=" },
		{ "prefer uid=99999999999999999999999", 1, "uid=" },
		{ "prefer uid=5..4", 1, "uid=" },
		{ "prefer uid=5.4", 1, "uid=" },
		{ "prefer uid=5..", 1, "uid=" },
		{ "prefer adj=-1001", 1, "adj=" },
		{ "prefer adj=1..x", 1, "adj=" },
		{ "prefer cgroup=", 1, "starts with /" },
		{ "prefer cgroup=a", 1, "starts with /" },
		{ "prefer cgroup=/a/", 1, "no empty" },
		{ "prefer cgroup=//", 1, "no empty" },
		{ "prefer cgroup=/a/../b", 1, "no empty" },
		{ "prefer cgroup=/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", 1, "16" },
		{ "order", 1, "order takes" },
		{ "order big", 1, "no such key" },
		{ "order size size size size size", 1, "at most 4" },
		{ "order size\n#\norder adj", 3, "already" },
		{ "# fine\nprefer comm=a\001", 2, "control" },
	};
	char many[OSTRACE_OOM_RULES * 16 + 64], *p = many;
	char path[400] = "prefer cgroup=/";
	size_t i;

	for (i = 0; i < COUNT(t); i++) {
		assert_int_equal(parse(t[i].text), -1);
		assert_int_equal(error.line, t[i].line);
		if (!strstr(error.what, t[i].part))
			fail_msg("%s: %s", t[i].text, error.what);
	}
	for (i = 0; i <= OSTRACE_OOM_RULES; i++)
		p += sprintf(p, "prefer uid=%zu\n", i);
	assert_int_equal(parse(many), -1);
	assert_int_equal(error.line, OSTRACE_OOM_RULES + 1);
	memset(path + strlen(path), 'a', 255);
	assert_int_equal(parse(path), -1);
	assert_int_equal(oom_rules_parse("a\0b", 3, &rules, &error), -1);
	assert_non_null(strstr(error.what, "control"));
}

/* Any bytes: an answer, and never a read outside of them (sanitizer build). */
static void test_noise(void **state)
{
	static const char *const words[] = {
		"prefer", "protect", "normal", "order",	   " ",	    "\t", "\n",	  "#",
		"comm=",  "uid=",    "adj=",   "cgroup=/", "\\x41", "\\", "*",	  "..",
		"7",	  "-",	     "size",   "adj",	   "a",	    "/",  "\377", "=",
	};
	char text[200], *exact;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		size_t len = 0, n = rnd() % 20, i;

		for (i = 0; i < n; i++) {
			const char *w = words[rnd() % COUNT(words)];

			memcpy(text + len, w, strlen(w));
			len += strlen(w);
		}
		exact = malloc(len ? len : 1);
		memcpy(exact, text, len);
		if (oom_rules_parse(exact, len, &rules, &error))
			assert_non_null(error.what);
		assert_true(rules.nrules <= OSTRACE_OOM_RULES);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rank_is_sort),
		cmocka_unit_test(test_rank_falls_back),
		cmocka_unit_test(test_rank_bounds),
		cmocka_unit_test(test_compare_is_an_order),
		cmocka_unit_test(test_first_match_decides),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_errors_name_the_line),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
