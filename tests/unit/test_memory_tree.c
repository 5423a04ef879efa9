// SPDX-License-Identifier: GPL-2.0
/* Cgroups that come, go and come back under the same id; what /proc says. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "memproc.h"
#include "memtree.h"
#include "unit.h"

static struct memtree tree;

static int setup(void **state)
{
	(void)state;
	memtree_init(&tree);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	memtree_free(&tree);
	return 0;
}

static void born(uint64_t id, uint64_t serial, uint64_t parent, uint32_t level, const char *name)
{
	struct memcg_birth b = { .id = id, .serial = serial, .parent = parent, .level = level };

	snprintf(b.name, sizeof(b.name), "%s", name);
	assert_int_not_equal(memtree_birth(&tree, &b), MEM_NONE);
}

static struct memcg_row row(uint64_t id, uint64_t serial, uint64_t high, uint64_t refaults)
{
	struct memcg_row r = { .id = id, .serial = serial, .flags = ROW_MEMORY | ROW_STAT };

	r.event[EVENT_HIGH] = high;
	r.stat[STAT_REFAULT_FILE] = refaults;
	return r;
}

static void take(uint32_t at, uint64_t id, uint64_t serial, uint64_t high, uint64_t refaults)
{
	struct memcg_row r = row(id, serial, high, refaults);

	assert_int_equal(memtree_take(&tree, at, &r), 0);
}

static struct mem_node *node(uint64_t id)
{
	uint32_t i = memtree_find(&tree, id);

	assert_int_not_equal(i, MEM_NONE);
	return &tree.v[i];
}

/* The root, and /a with 100 events before anybody looked. */
static void first_interval(void)
{
	memtree_begin(&tree);
	born(1, 1, 0, 0, "");
	born(10, 2, 1, 1, "a");
	take(0, 1, 1, 0, 0);
	take(1, 10, 2, 100, 7);
	memtree_end(&tree);
}

static void deltas(void **state)
{
	(void)state;
	first_interval();
	assert_int_equal(node(10)->event[EVENT_HIGH], 0); /* the past is nobody's interval */
	memtree_begin(&tree);
	take(0, 1, 1, 0, 0);
	take(1, 10, 2, 130, 9);
	memtree_end(&tree);
	assert_int_equal(node(10)->event[EVENT_HIGH], 30);
	assert_int_equal(node(10)->stat[STAT_REFAULT_FILE], 2);
	memtree_begin(&tree);
	take(0, 1, 1, 0, 0);
	take(1, 10, 2, 130, 8); /* what CPUs owe each other may go back */
	memtree_end(&tree);
	assert_int_equal(node(10)->event[EVENT_HIGH], 0);
	assert_int_equal(node(10)->stat[STAT_REFAULT_FILE], 0);
}

/* All that a cgroup made in the interval has counted is of the interval. */
static void a_new_one(void **state)
{
	(void)state;
	first_interval();
	memtree_begin(&tree);
	born(11, 3, 10, 2, "b");
	take(0, 1, 1, 0, 0);
	take(1, 10, 2, 105, 7);
	take(2, 11, 3, 5, 1);
	memtree_end(&tree);
	assert_int_equal(node(11)->event[EVENT_HIGH], 5);
	assert_int_equal(node(11)->stat[STAT_REFAULT_FILE], 1);
}

static void a_reused_id(void **state)
{
	struct memcg_row r = row(10, 9, 3, 0);
	uint32_t old;

	(void)state;
	first_interval();
	old = memtree_find(&tree, 10);
	memtree_begin(&tree);
	take(0, 1, 1, 0, 0);
	/* Another cgroup has the id; without a name it is not taken for the old one. */
	assert_int_equal(memtree_take(&tree, 1, &r), -ENOENT);
	born(10, 9, 1, 1, "c");
	assert_int_equal(memtree_take(&tree, 1, &r), 0);
	memtree_end(&tree);
	assert_int_not_equal(memtree_find(&tree, 10), old);
	assert_string_equal(node(10)->name, "c");
	assert_int_equal(node(10)->event[EVENT_HIGH], 3); /* not 3 - 100 */
	assert_true(tree.v[old].dead);
}

static void graves(void **state)
{
	struct memcg_grave g = { .row = row(10, 2, 104, 0),
				 .birth = { .id = 10, .serial = 2, .parent = 1, .name = "a" } };
	struct memcg_grave child = { .row = row(20, 5, 2, 0),
				     .birth = { .id = 20, .serial = 5, .parent = 10, .level = 2 } };
	char path[64];

	(void)state;
	first_interval();
	memtree_begin(&tree);
	take(0, 1, 1, 0, 0);
	/* /a/x was made and removed between two walks, and then /a was. */
	strcpy(child.birth.name, "x");
	assert_int_equal(memtree_bury(&tree, &child), 0);
	assert_int_equal(memtree_bury(&tree, &g), 0);
	memtree_end(&tree);
	assert_int_equal(node(10)->event[EVENT_HIGH], 4);
	assert_int_equal(node(20)->event[EVENT_HIGH], 2);
	assert_true(node(10)->dead);
	assert_true(node(20)->dead);
	memtree_path(&tree, memtree_find(&tree, 20), "", path, sizeof(path));
	assert_string_equal(path, "/a/x");
}

/* Removed after the walk: what it did since then is of this interval as well. */
static void a_grave_behind_the_walk(void **state)
{
	struct memcg_grave g = { .row = row(10, 2, 107, 0), .birth = { .id = 10, .serial = 2 } };

	(void)state;
	first_interval();
	memtree_begin(&tree);
	take(0, 1, 1, 0, 0);
	take(1, 10, 2, 103, 7);
	assert_int_equal(memtree_bury(&tree, &g), 0);
	memtree_end(&tree);
	assert_int_equal(node(10)->event[EVENT_HIGH], 7);
}

static void the_dead_are_forgotten(void **state)
{
	int i;

	(void)state;
	first_interval();
	for (i = 0; i < 40; i++) {
		memtree_begin(&tree);
		take(0, 1, 1, 0, 0);
		memtree_end(&tree);
	}
	assert_int_equal(memtree_find(&tree, 10), MEM_NONE);
	assert_int_equal(node(1)->child, MEM_NONE);
	/* Its place is used again. */
	memtree_begin(&tree);
	born(30, 50, 1, 1, "d");
	take(0, 1, 1, 0, 0);
	take(1, 30, 50, 1, 0);
	memtree_end(&tree);
	assert_int_equal(tree.n, 2);
	assert_int_equal(node(30)->event[EVENT_HIGH], 1);
}

static void stalls(void **state)
{
	(void)state;
	first_interval();
	memtree_begin(&tree);
	born(11, 3, 10, 2, "b");
	take(0, 1, 1, 0, 0);
	take(1, 10, 2, 100, 7);
	take(2, 11, 3, 0, 0);
	memtree_end(&tree);
	memtree_stall(&tree, 11, STALL_THROTTLE, 2, 300, 200);
	memtree_stall(&tree, 10, STALL_THROTTLE, 1, 250, 250);
	memtree_stall(&tree, 999, STALL_LIMIT, 4, 40, 10); /* never heard of */
	memtree_mark(&tree);
	assert_int_equal(node(11)->all[STALL_THROTTLE].count, 2);
	assert_int_equal(node(10)->own[STALL_THROTTLE].count, 1);
	assert_int_equal(node(10)->all[STALL_THROTTLE].count, 3);
	assert_int_equal(node(10)->all[STALL_THROTTLE].ns, 550);
	assert_int_equal(node(10)->all[STALL_THROTTLE].max, 250);
	assert_int_equal(node(1)->all[STALL_LIMIT].count, 4);
	assert_int_equal(tree.orphans, 4);
	assert_true(node(11)->active && node(10)->active && node(1)->active);
	assert_true(memtree_below(&tree, memtree_find(&tree, 11), memtree_find(&tree, 10)));
	assert_false(memtree_below(&tree, memtree_find(&tree, 10), memtree_find(&tree, 11)));
	memtree_begin(&tree);
	assert_int_equal(node(10)->all[STALL_THROTTLE].count, 0);
	assert_false(node(10)->active);
}

static void paths(void **state)
{
	char path[64];

	(void)state;
	first_interval();
	memtree_path(&tree, tree.root, "", path, sizeof(path));
	assert_string_equal(path, "/");
	memtree_path(&tree, memtree_find(&tree, 10), "", path, sizeof(path));
	assert_string_equal(path, "/a");
	memtree_path(&tree, memtree_find(&tree, 10), "/top/of", path, sizeof(path));
	assert_string_equal(path, "/top/of/a");
	memtree_path(&tree, tree.root, "/top/of", path, sizeof(path));
	assert_string_equal(path, "/top/of");
}

/* As many as a large machine has, removed and made again: nothing is left behind. */
static void ten_thousand(void **state)
{
	enum { N = 10000 };
	char name[16];
	uint32_t i, round, seen = 0;

	(void)state;
	first_interval();
	for (round = 0; round < 3; round++) {
		memtree_begin(&tree);
		take(0, 1, 1, 0, 0);
		for (i = 0; i < N; i++) {
			snprintf(name, sizeof(name), "c%u", i);
			born(100 + i, 1000 + round * N + i, 1, 1, name);
			take(1 + i, 100 + i, 1000 + round * N + i, i, 0);
		}
		memtree_end(&tree);
		assert_int_equal(node(100 + 77)->event[EVENT_HIGH], 77);
	}
	for (i = 0; i < tree.n; i++)
		seen += tree.v[i].used && !tree.v[i].dead;
	assert_int_equal(seen, N + 1);
}

static void proc_files(void **state)
{
	struct memproc m = { 0 };
	struct mem_psi p = { 0 };

	(void)state;
	assert_int_equal(memproc_meminfo("MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable: 400 kB\n"
					 "Buffers: 1 kB\nCached: 9 kB\nSwapCached: 77 kB\n"
					 "SwapTotal: 50 kB\nSwapFree: 20 kB\nAnonPages: 5 kB\n",
					 &m),
			 0);
	assert_int_equal(m.total, 1024000);
	assert_int_equal(m.used, 600 * 1024);
	assert_int_equal(m.swap, 30 * 1024);
	assert_int_equal(m.file, 10 * 1024);
	assert_int_equal(m.anon, 5 * 1024);
	assert_int_equal(memproc_meminfo("MemFree: 1 kB\n", &m), -EINVAL);
	memproc_vmstat("pgmajfault 12\nworkingset_refault_file 3\nworkingset_refault_anon 4\n"
		       "pgscan_direct_throttle 99\npgscan_direct 5\noom_kill 6\n",
		       &m);
	assert_int_equal(m.stat[STAT_MAJOR_FAULTS], 12);
	assert_int_equal(m.stat[STAT_REFAULT_FILE], 3);
	assert_int_equal(m.stat[STAT_REFAULT_ANON], 4);
	assert_int_equal(m.stat[STAT_SCAN_DIRECT], 5);
	assert_int_equal(m.oom_kills, 6);
	assert_int_equal(memproc_pressure("some avg10=1.50 avg60=0.10 avg300=0.00 total=1234\n"
					  "full avg10=0.50 avg60=0.10 avg300=0.00 total=234\n",
					  &p),
			 0);
	assert_true(p.avg10[0] == 1.5 && p.avg10[1] == 0.5);
	assert_int_equal(p.total[0], 1234000);
	assert_int_equal(p.total[1], 234000);
	assert_int_equal(memproc_pressure("", &p), -EINVAL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(deltas),
		TEST(a_new_one),
		TEST(a_reused_id),
		TEST(graves),
		TEST(a_grave_behind_the_walk),
		TEST(the_dead_are_forgotten),
		TEST(stalls),
		TEST(paths),
		TEST(ten_thousand),
		TEST(proc_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
