// SPDX-License-Identifier: GPL-2.0
/* Findings from recorded snapshots: the worst first, and none invented. */
#include "unit.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "explain.h"

static struct snapshot s;
static struct explained e;
static struct buf out;

static void begin(void)
{
	memset(&s, 0, sizeof(s));
	s.interval_ns = 1000000000;
	s.cpus = 2;
	s.steal = 0;
	s.whom = "/web.service";
	s.utf8 = true;
}

static void end(void)
{
	int i;

	for (i = 0; i < s.ntables; i++)
		table_free(&s.table[i].t);
	buf_free(&out);
}

/* The table that @view shows as @name, empty; NULL if this build has no such view. */
static struct snapshot_table *record(const char *view, const char *name)
{
	const struct view *v = view_find(view);
	struct snapshot_table *t = &s.table[s.ntables];

	if (!v)
		return NULL;
	t->view = v;
	table_reset(&t->t, &v->tables[table_named(v->tables, v->ntables, name)]);
	s.ntables++;
	return t;
}

static struct row *row(struct snapshot_table *t)
{
	struct row *r = table_add(&t->t, (struct row_id){ t->t.nrows, 0 });

	assert_non_null(r);
	return r;
}

static void set(struct snapshot_table *t, const char *key, uint64_t v)
{
	int col = column_find(t->t.def, key);

	if (col < 0)
		fail_msg("%s has no column %s", t->t.def->name, key);
	t->t.rows[t->t.nrows - 1].v[col].u = v;
}

static void set_text(struct snapshot_table *t, const char *key, const char *v)
{
	int col = column_find(t->t.def, key);

	assert_true(col >= 0);
	t->t.rows[t->t.nrows - 1].v[col].s = v;
}

#define MS 1000000ull

/* A call that took @total ms, all of it asleep but for the two. */
static void call(struct snapshot_table *t, const char *name, uint64_t p99, uint64_t total,
		 uint64_t throttle, uint64_t ready)
{
	row(t);
	set_text(t, "name", name);
	set(t, "calls", 10);
	set(t, "p99_ns", p99 * MS);
	set(t, "total_ns", total * MS);
	set(t, "throttle_ns", throttle * MS);
	set(t, "ready_ns", ready * MS);
	set(t, "blocked_ns", (total - throttle - ready) * MS);
	set(t, "slow_ns", total * MS);
	set(t, "slow_throttle_ns", throttle * MS);
	set(t, "slow_ready_ns", ready * MS);
}

static const char *told(void)
{
	explain(&s, &e);
	out.len = 0;
	explain_text(&out, &s, &e, 0);
	return out.s;
}

static void contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

static void a_throttled_call(void **state)
{
	struct snapshot_table *t;

	begin();
	t = record("syscalls", "where");
	call(t, "write", 41, 400, 248, 84);
	explain(&s, &e);
	assert_int_equal(e.n, 1); /* one call, one sentence */
	assert_string_equal(e.finding[0].rule->key, "call_throttled");
	assert_int_equal((int)(e.finding[0].lost / 1e6), 332);
	contains(told(), "p99 of write is 41.0ms: 62 % memory.high throttle, 21 % run-queue wait");
	contains(out.s, "[ostrace syscalls --by where]");
	contains(out.s, "of /web.service, worst first");
	end();
}

static void nothing_stands_out(void **state)
{
	struct snapshot_table *t;
	const struct rule *r;

	begin();
	contains(told(), "Nothing stands out in 1.0s of /web.service");
	for (r = rules; r->key; r++)
		record(r->view, r->table);
	t = &s.table[0];
	/* It sleeps all day, as it should. */
	call(t, "epoll_wait", 900, 60000, 0, 0);
	/* Shares that are too small: of the call, of the second. */
	call(t, "futex", 5, 1000, 40, 50);
	call(t, "read", 1, 4, 2, 1);
	explain(&s, &e);
	assert_int_equal(e.n, 0);
	contains(told(), "Nothing stands out");
	contains(out.s, "calls throttled by memory.high: 3.0ms a second at worst (read)");
	contains(out.s, "processes that wait for a CPU: none");
	end();
}

static void worst_first(void **state)
{
	struct snapshot_table *calls, *tasks;
	int i;

	begin();
	calls = record("syscalls", "where");
	call(calls, "openat", 3, 100, 0, 60);
	call(calls, "read", 3, 100, 80, 0);
	tasks = record("sched", "processes");
	for (i = 0; i < 6; i++) {
		row(tasks);
		set_text(tasks, "comm", "cc1");
		set(tasks, "pid", (uint64_t)(100 + i));
		set(tasks, "wait_p99_ns", 20 * MS);
		set(tasks, "wait_ns", (uint64_t)(100 * (i + 1)) * MS);
	}
	/* Long in sum, but each wait is short: that is sharing. */
	row(tasks);
	set_text(tasks, "comm", "shares");
	set(tasks, "wait_p99_ns", 1 * MS);
	set(tasks, "wait_ns", 900 * MS);
	explain(&s, &e);
	assert_int_equal(e.n, EXPLAIN_PER_RULE + 2);
	assert_string_equal(e.finding[0].who, "105 cc1");
	assert_string_equal(e.finding[1].who, "104 cc1");
	assert_string_equal(e.finding[2].who, "103 cc1");
	assert_string_equal(e.finding[3].who, "read");
	assert_string_equal(e.finding[4].who, "openat");
	for (i = 1; i < e.n; i++)
		assert_true(e.finding[i - 1].lost >= e.finding[i].lost);
	end();
}

/* The same in ten times the time is a tenth as bad. */
static void rates_not_sums(void **state)
{
	struct snapshot_table *t;

	begin();
	t = record("syscalls", "where");
	call(t, "write", 41, 400, 150, 0);
	s.interval_ns = 10000000000;
	explain(&s, &e);
	assert_int_equal(e.n, 1);
	assert_int_equal((int)(e.finding[0].lost / 1e6), 15);
	s.interval_ns = 100000000000;
	explain(&s, &e);
	assert_int_equal(e.n, 0);
	end();
}

static void names_are_harmless(void **state)
{
	struct snapshot_table *t;

	begin();
	t = record("sched", "processes");
	row(t);
	set_text(t, "comm", "\x1b[31m%s\n");
	set(t, "wait_p99_ns", 20 * MS);
	set(t, "wait_ns", 500 * MS);
	s.lost[0] = (struct loss){ "missed", "", 7 };
	s.nlost = 1;
	s.steal = 12;
	told();
	assert_null(strchr(out.s, '\x1b'));
	contains(out.s, "Not seen: 7 missed.");
	contains(out.s, "12 % of the CPUs' time (steal)");
	out.len = 0;
	explain_json(&out, &s, &e, 1.5);
	assert_null(strchr(out.s, '\x1b'));
	contains(out.s, "\"rule\":\"task_no_cpu\"");
	contains(out.s, "\"lost\":{\"missed\":7}");
	assert_int_equal(strcspn(out.s, "\n"), out.len - 1);
	end();
}

/* Each rule sees the columns it asks for in the real tables, and is documented. */
static void rules_are_sound(void **state)
{
	static const char *const texts[] = { "name", "comm", "vector", "kind" };
	const struct rule *r, *before;
	size_t i, k;

	for (r = rules; r->key; r++) {
		struct snapshot_table *t;

		for (i = 0; r->key[i]; i++)
			assert_true(islower((unsigned char)r->key[i]) || r->key[i] == '_');
		for (before = rules; before != r; before++)
			assert_string_not_equal(before->key, r->key);
		assert_true(r->help && r->help[0] && r->looks_at && r->looks_at[0]);
		assert_int_equal(r->help[strlen(r->help) - 1], '.');
		assert_true(r->least >= 1e6);
		begin();
		t = record(r->view, r->table);
		if (!t)
			continue; /* a build without that view */
		row(t);
		for (i = 0; i < (size_t)t->t.def->ncols; i++) {
			const struct column *c = &t->t.def->cols[i];

			for (k = 0; k < sizeof(texts) / sizeof(*texts); k++)
				if (!strcmp(c->key, texts[k]))
					set_text(t, c->key, "SOMEBODY");
			if (!strcmp(c->key, "class"))
				set_text(t, c->key, "major");
			if (c->unit == UNIT_NS || c->unit == UNIT_COUNT)
				set(t, c->key, 700 * MS);
		}
		/* Of causes that weigh the same the first is told. */
		if (!strcmp(r->table, "where"))
			set(t,
			    (const char *[]){ "throttle_ns", "reclaim_ns", "ready_ns",
					      "interrupted_ns" }[r->arg],
			    800 * MS);
		explain(&s, &e);
		for (i = 0; i < (size_t)e.n && e.finding[i].rule != r; i++)
			;
		if (i == (size_t)e.n)
			fail_msg("%s finds nothing in %s --by %s", r->key, r->view, r->table);
		contains(e.finding[i].text, "SOMEBODY");
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_throttled_call),   cmocka_unit_test(nothing_stands_out),
		cmocka_unit_test(worst_first),	      cmocka_unit_test(rates_not_sums),
		cmocka_unit_test(names_are_harmless), cmocka_unit_test(rules_are_sound),
	};

	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
