// SPDX-License-Identifier: GPL-2.0
/* Kills as they are told: order, escaping, JSON, what the victim freed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "oom_paths.h"
#include "oom_story.h"

static struct {
	struct ostrace_oom_decision d;
	struct ostrace_oom_candidate c[4];
} rec;

static const char *path_of(void *data, uint64_t id)
{
	return id == 7 ? "/evil\033[2J" : "/a";
}

static void candidate(int i, const char *comm, int tier, __s64 points, __s64 key)
{
	struct ostrace_oom_candidate *c = &rec.c[i];

	*c = (struct ostrace_oom_candidate){ .pid = 100 + i,
					     .tier = (__u8)tier,
					     .kernel_points = points };
	c->key[0] = key;
	memcpy(c->comm, comm, strlen(comm));
}

static struct oom_story make_story(void)
{
	memset(&rec, 0, sizeof(rec));
	candidate(0, "low", OSTRACE_OOM_TIER_PROTECT, 9000, 1);
	candidate(1, "high", OSTRACE_OOM_TIER_PREFER, 10, -5);
	candidate(2, "a\033b", OSTRACE_OOM_TIER_NORMAL, 500, 3);
	candidate(3, "sixteen-letters-", OSTRACE_OOM_TIER_NORMAL, 400, 3);
	rec.c[2].cgroup = 7;
	rec.c[2].rule = 12;
	rec.d = (struct ostrace_oom_decision){
		.size = sizeof(rec),
		.header = sizeof(rec.d),
		.seq = 3,
		.cgroup = 1,
		.limit = 2560,
		.constraint = OSTRACE_OOM_MEMCG,
		.mode = OSTRACE_OOM_ENFORCE,
		.norder = 1,
		.considered = 9,
		.candidates = 4,
		.nvictims = 2,
		.trigger_pid = 5,
		.trigger_comm = "t",
		.bpf = "leaker",
		.kernel = rec.c[0],
		.policy = rec.c[1],
	};
	rec.d.victim[0].pid = 101;
	memcpy(rec.d.victim[0].comm, "high", 4);
	return (struct oom_story){ .d = &rec.d,
				   .cgroup = path_of,
				   .pressure = 12.5,
				   .home = "/a",
				   .usage_after = 4096,
				   .kills = 2 };
}

static void test_order(void **state)
{
	static const unsigned int want[] = { 1, 2, 3, 0 };
	unsigned int *by;

	make_story();
	by = oom_story_order(&rec.d);
	assert_memory_equal(by, want, sizeof(want));
	free(by);
}

static void test_text(void **state)
{
	struct oom_story s = make_story();
	struct text_style style = { .utf8 = true };
	struct buf b = { 0 };

	oom_story_text(&b, &s, &style);
	assert_null(strchr(b.s, '\033'));
	assert_non_null(strstr(b.s, "t (5) ran out of memory in /a: limit 10.0MiB"));
	assert_non_null(strstr(b.s, "a\\x1bb"));
	assert_non_null(strstr(b.s, "/evil\\x1b[2J"));
	assert_non_null(strstr(b.s, "and 5 more"));
	assert_non_null(strstr(b.s, "killed high (101) in /a and 1 more of its group"));
	assert_non_null(strstr(b.s, "(policy leaker 0ns, 9 candidates)"));
	assert_non_null(strstr(b.s, "the kernel alone would have taken low (100)"));
	assert_non_null(
		strstr(b.s, "\n  the cgroup uses 4.0KiB now; oom_kill 2 in memory.events of /a\n"));
	buf_free(&b);
}

/* A dry run where there is no limit, and nobody. */
static void test_nobody(void **state)
{
	struct oom_story s = make_story();
	struct text_style style = { .utf8 = true };
	struct buf b = { 0 };

	rec.d.flags = OSTRACE_OOM_DECISION_DRY;
	rec.d.limit = (uint64_t)INT64_MAX / (uint64_t)sysconf(_SC_PAGESIZE);
	rec.d.considered = rec.d.candidates = rec.d.nvictims = 0;
	rec.d.kernel = rec.d.policy = (struct ostrace_oom_candidate){ 0 };
	oom_story_text(&b, &s, &style);
	assert_non_null(strstr(b.s, "if memory ran out now in /a: limit none, used 0"));
	assert_non_null(strstr(b.s, "  nobody: "));
	assert_null(strstr(b.s, "(0)"));
	buf_free(&b);
}

static void test_json(void **state)
{
	struct oom_story s = make_story();
	struct buf b = { 0 };

	oom_story_json(&b, &s);
	assert_null(strchr(b.s, '\033'));
	assert_non_null(strstr(b.s, "\"view\":\"oom\""));
	assert_non_null(strstr(b.s, "\"comm\":\"sixteen-letters-\""));
	assert_non_null(strstr(b.s, "\"gone_ms\":null"));
	assert_non_null(strstr(b.s, "\"bpf\":\"leaker\""));
	assert_non_null(strstr(b.s, "\"pressure_percent\":12.5"));
	buf_free(&b);
}

/* Without the module. */
static void test_kill(void **state)
{
	struct oom_kill k = {
		.time = 1000000000,
		.end = 1012000000,
		.reap_start = 1001000000,
		.reap_end = 1004000000,
		.reap_pages = 512,
		.anon = 1024,
		.file = 256,
		.cgroup = 7,
		.trigger_cgroup = 1,
		.pid = 77,
		.uid = 1000,
		.trigger_pid = 78,
		.oom_score_adj = -5,
		.comm = "sixteen-letters-",
		.trigger_comm = "t\033",
	};
	struct oom_story s = { .kill = &k,
			       .home = "/evil\033[2J",
			       .cgroup = path_of,
			       .pressure = -1,
			       .usage_after = -1,
			       .kills = 4 };
	struct text_style style = { .utf8 = true };
	struct buf b = { 0 };

	oom_story_text(&b, &s, &style);
	assert_null(strchr(b.s, '\033'));
	assert_non_null(strstr(b.s, "t\\x1b (78) ran out of memory in /a\n"));
	assert_non_null(strstr(b.s, "killed sixteen-letters- (77), uid 1000, oom_score_adj -5, "
				    "5.0MiB of memory, in /evil\\x1b[2J\n"));
	assert_non_null(strstr(b.s, "\n  freed 4.0MiB 12.0ms after it was marked; the OOM reaper "
				    "took 2.0MiB in 3.0ms; oom_kill 4 in memory.events of /evil"));
	assert_null(strstr(b.s, "uses"));
	b.len = 0;
	oom_story_json(&b, &s);
	assert_non_null(strstr(b.s, "\"module\":false"));
	assert_non_null(strstr(b.s, "\"gone_ms\":12.000"));
	assert_non_null(strstr(b.s, "\"freed_bytes\":4194304"));
	assert_non_null(strstr(b.s, "\"reaped_ms\":3.000"));
	assert_non_null(strstr(b.s, "\"pressure_percent\":null"));
	b.len = 0;
	k.end = 0;
	s.kills = -1;
	oom_story_text(&b, &s, &style);
	assert_non_null(strstr(b.s, "not gone yet; the OOM reaper took 2.0MiB in 3.0ms\n\n"));
	buf_free(&b);
}

static void test_paths(void **state)
{
	assert_true(oom_path_inside("/a/b", "/a"));
	assert_true(oom_path_inside("/a", "/a"));
	assert_true(oom_path_inside("/a", "/"));
	assert_false(oom_path_inside("/ab", "/a"));
	assert_false(oom_path_inside("/a", "/a/b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),  cmocka_unit_test(test_text),
		cmocka_unit_test(test_nobody), cmocka_unit_test(test_json),
		cmocka_unit_test(test_kill),   cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
