// SPDX-License-Identifier: GPL-2.0
/* The reader's sums over made-up kernel memory: deltas, death, reuse, scope; and idmap. */
#include <stdlib.h>
#include <string.h>
#include "unit.h"
#include "idmap.h"
#include "sysdata.h"

#define CPUS 4
#define THREADS 64
#define ROWS 256

/* What the BPF programs would have mapped, and a hand to write it as they do. */
struct world {
	struct sys_control control;
	struct sys_cpu cpus[CPUS];
	struct sys_cell cells[CPUS * SYS_SLOTS], focus[CPUS * SYS_SLOTS];
	struct sys_thread threads[THREADS];
	struct sys_row rows[ROWS];
	uint32_t ring[THREADS], head, what[SYS_SLOTS];
	struct sysdata d;
};

static struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));
	struct sys_maps m;
	uint32_t i;

	assert_non_null(w);
	m = (struct sys_maps){ &w->control, w->cpus,  w->cells, w->focus, w->threads, w->rows,
			       w->ring,	    &w->head, w->what,	CPUS,	  THREADS,    ROWS };
	for (i = 0; i < THREADS; i++)
		w->ring[i] = i;
	w->control.free_tail = THREADS;
	w->control.epoch = w->control.gen = 1;
	for (i = 1; i < 8; i++)
		w->what[i] = 1 + i;
	assert_int_equal(sysdata_open(&w->d, &m), 0);
	sysdata_baseline(&w->d);
	return w;
}

static void world_free(struct world *w)
{
	sysdata_close(&w->d);
	free(w);
}

static uint32_t born(struct world *w, uint32_t tgid, uint64_t start, uint64_t cgid)
{
	uint32_t slot = w->ring[w->head++ % THREADS];
	struct sys_thread *th = &w->threads[slot];

	assert_int_equal(th->state, THREAD_FREE);
	assert_int_equal(th->calls, 0);
	th->tid = th->tgid = th->ns_tgid = tgid;
	th->proc_start = th->task_start = start;
	th->cgid = cgid;
	th->state = THREAD_LIVE;
	return slot;
}

static void call(struct world *w, uint32_t slot, int cpu, uint32_t sys, uint32_t result,
		 uint64_t ns)
{
	struct sys_thread *th = &w->threads[slot];
	uint64_t key = SYS_ROW_KEY(slot, sys, result);
	uint32_t i;

	ostrace_cell_add(&w->cells[cpu * SYS_SLOTS + sys].lat, w->control.epoch, ns);
	w->cells[cpu * SYS_SLOTS + sys].errors += result != 0;
	th->calls++;
	th->errors += result != 0;
	th->total += ns;
	ostrace_max_add(&th->max, w->control.epoch, ns);
	for (i = 0; i < ROWS && w->rows[i].key && w->rows[i].key != key; i++)
		;
	assert_true(i < ROWS);
	if (!w->rows[i].key) {
		w->rows[i].key = key;
		w->rows[i].next = th->rows;
		th->rows = i + 1;
	}
	w->rows[i].calls++;
	w->rows[i].total += ns;
}

static void deltas_by_call(void **state)
{
	struct world *w = world_new();
	uint32_t t = born(w, 100, 1, 7);
	struct sys_stat *s = &w->d.stat[PLANE_ALL][3];

	call(w, t, 0, 3, 0, 1000);
	call(w, t, 2, 3, 2, 5000);
	sysdata_tick(&w->d);
	assert_int_equal(s->delta.count, 2);
	assert_int_equal(s->delta.sum, 6000);
	assert_int_equal(s->delta.max, 5000);
	assert_int_equal(s->d_errors, 1);

	/* CPU 2 goes away with what it counted; the maximum is the interval's. */
	call(w, t, 0, 3, 0, 700);
	sysdata_tick(&w->d);
	assert_int_equal(s->delta.count, 1);
	assert_int_equal(s->delta.max, 700);
	assert_int_equal(s->d_errors, 0);

	/* And comes back. */
	call(w, t, 2, 3, 0, 900);
	sysdata_tick(&w->d);
	assert_int_equal(s->delta.count, 1);
	assert_int_equal(s->delta.sum, 900);

	sysdata_tick(&w->d);
	assert_int_equal(s->delta.count, 0);
	assert_int_equal(s->delta.max, 0);
	world_free(w);
}

static void death_loses_nothing(void **state)
{
	struct world *w = world_new();
	uint32_t t = born(w, 100, 1, 7), free_before = w->control.free_tail - w->head;
	struct sys_owner *p;
	uint32_t i;

	call(w, t, 0, 3, 0, 10);
	sysdata_tick(&w->d);
	call(w, t, 1, 3, 11, 20);
	w->threads[t].state = THREAD_DEAD;
	sysdata_harvest(&w->d); /* long before the tick */
	assert_int_equal(w->threads[t].state, THREAD_FREE);
	assert_int_equal(w->control.free_tail - w->head, free_before + 1);
	for (i = 0; i < ROWS; i++)
		assert_int_equal(w->rows[i].key, 0);
	sysdata_tick(&w->d);
	p = sysdata_owner(&w->d.procs, 100, 1);
	assert_non_null(p);
	assert_int_equal(p->last.calls, 1);
	assert_int_equal(p->last.errors, 1);
	assert_int_equal(sysdata_owner(&w->d.cgroups, 7, 0)->last.total, 20);
	world_free(w);
}

static void a_reused_pid_is_another_process(void **state)
{
	struct world *w = world_new();
	uint32_t t, i;

	/* More lives than slots: each is recycled, none inherits. */
	for (i = 0; i < 3 * THREADS; i++) {
		t = born(w, 100, 1000 + i, 7);
		call(w, t, 0, 3, 0, 10);
		w->threads[t].state = THREAD_DEAD;
		sysdata_harvest(&w->d);
	}
	sysdata_tick(&w->d);
	assert_int_equal(w->d.stat[PLANE_ALL][3].delta.count, 3 * THREADS);
	assert_int_equal(sysdata_owner(&w->d.cgroups, 7, 0)->last.calls, 3 * THREADS);
	for (i = 0; i < 3 * THREADS; i++)
		assert_int_equal(sysdata_owner(&w->d.procs, 100, 1000 + i)->last.calls, 1);
	world_free(w);
}

static uint64_t result_calls(struct world *w, uint32_t sys, uint32_t result)
{
	uint32_t i = idmap_get(&w->d.results.index, sys, result);

	return i == IDMAP_NONE ? 0 : w->d.results.v[i].last.calls;
}

static void results_count_from_the_focus_on(void **state)
{
	struct world *w = world_new();
	uint32_t a = born(w, 100, 1, 7), b = born(w, 200, 2, 8);
	struct sys_scope scope = { .rows = true, .tgid = 100, .start = 1 };

	call(w, a, 0, 3, 2, 10);
	call(w, b, 0, 3, 2, 10);
	sysdata_tick(&w->d);
	sysdata_focus(&w->d, &scope);
	assert_int_equal(w->control.focus_tgid, 100);
	call(w, a, 0, 3, 2, 10);
	call(w, a, 0, 3, 0, 10);
	call(w, b, 0, 3, 2, 10);
	w->threads[a].state = THREAD_DEAD; /* its last results count as well */
	sysdata_tick(&w->d);
	assert_int_equal(result_calls(w, 3, 2), 1);
	assert_int_equal(result_calls(w, 3, 0), 1);
	sysdata_tick(&w->d);
	assert_int_equal(result_calls(w, 3, 2), 0);
	world_free(w);
}

static void open_calls_are_not_counted(void **state)
{
	struct world *w = world_new();
	uint32_t t = born(w, 100, 1, 7);

	w->threads[t].sys = 3;
	w->threads[t].enter_ns = 12345;
	sysdata_tick(&w->d);
	assert_int_equal(w->d.stat[PLANE_ALL][3].open, 1);
	assert_int_equal(w->d.stat[PLANE_ALL][3].delta.count, 0);
	w->threads[t].enter_ns = 0;
	sysdata_tick(&w->d);
	assert_int_equal(w->d.stat[PLANE_ALL][3].open, 0);
	world_free(w);
}

/* Against a plain array, with keys few enough to collide and be deleted often. */
static void idmap_is_a_map(void **state)
{
	uint32_t truth[512], i, n = 0;
	struct idmap m = {};

	memset(truth, 0xff, sizeof(truth));
	srand(1);
	for (i = 0; i < 200000; i++) {
		uint32_t k = (uint32_t)rand() % 512;

		switch (rand() % 3) {
		case 0:
			n += truth[k] == IDMAP_NONE;
			truth[k] = i;
			assert_int_equal(idmap_put(&m, k % 16, k / 16, i), 0);
			break;
		case 1:
			n -= truth[k] != IDMAP_NONE;
			truth[k] = IDMAP_NONE;
			idmap_del(&m, k % 16, k / 16);
			break;
		default:
			assert_int_equal(idmap_get(&m, k % 16, k / 16), truth[k]);
		}
		assert_int_equal(m.used, n);
	}
	idmap_free(&m);
	assert_int_equal(idmap_get(&m, 1, 1), IDMAP_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deltas_by_call),
		cmocka_unit_test(death_loses_nothing),
		cmocka_unit_test(a_reused_pid_is_another_process),
		cmocka_unit_test(results_count_from_the_focus_on),
		cmocka_unit_test(open_calls_are_not_counted),
		cmocka_unit_test(idmap_is_a_map),
	};

	return cmocka_run_group_tests_name("sysdata", tests, NULL, NULL);
}
