// SPDX-License-Identifier: GPL-2.0
/* The kind of a fault from its facts; and the reader's sums over made-up kernel memory. */
#include <stdlib.h>
#include <string.h>
#include "unit.h"
#include "faultdata.h"

/* ---- kinds ---- */

static void kinds(void **state)
{
	static const struct {
		uint32_t facts, kind;
	} cases[] = {
		{ FAULT_IN_ANON | FAULT_WAS_WRITE, FAULT_ANON },
		{ FAULT_IN_ANON, FAULT_ZERO },
		{ FAULT_IN_ANON | FAULT_DID_SWAP, FAULT_SWAP_CACHE },
		{ FAULT_IN_ANON | FAULT_DID_SWAP | FAULT_WAS_MAJOR, FAULT_SWAP_IN },
		{ FAULT_IN_ANON | FAULT_WAS_MAJOR, FAULT_SWAP_IN },
		{ FAULT_IN_SHMEM | FAULT_WAS_MAJOR, FAULT_SWAP_IN },
		{ FAULT_IN_FILE | FAULT_WAS_MAJOR, FAULT_FILE_READ },
		/* to copy a page of a file one has to read it */
		{ FAULT_IN_FILE | FAULT_WAS_MAJOR | FAULT_WAS_WRITE, FAULT_FILE_READ },
		{ FAULT_WAS_MAJOR, FAULT_MAJOR },
		{ FAULT_IN_FILE, FAULT_FILE },
		{ FAULT_IN_FILE | FAULT_IN_SHARED | FAULT_WAS_WRITE, FAULT_FILE },
		{ FAULT_IN_FILE | FAULT_WAS_WRITE, FAULT_COW },
		{ FAULT_IN_SHMEM | FAULT_IN_SHARED | FAULT_WAS_WRITE, FAULT_SHMEM },
		{ FAULT_IN_SHMEM | FAULT_WAS_WRITE, FAULT_COW },
		/* told by the function that does it */
		{ FAULT_IN_ANON | FAULT_WAS_WRITE | FAULT_DID_WP | FAULT_DID_COPY, FAULT_COW },
		{ FAULT_IN_ANON | FAULT_WAS_WRITE | FAULT_DID_WP | FAULT_DID_REUSE, FAULT_REUSE },
		{ FAULT_IN_ANON | FAULT_WAS_WRITE | FAULT_DID_WP, FAULT_COW_OR_REUSE },
		{ FAULT_IN_FILE | FAULT_IN_SHARED | FAULT_DID_WP | FAULT_DID_REUSE, FAULT_MKWRITE },
		/* told by the exception alone */
		{ FAULT_IN_ANON | FAULT_WAS_WRITE | FAULT_WAS_PRESENT, FAULT_COW_OR_REUSE },
		{ FAULT_IN_FILE | FAULT_IN_SHARED | FAULT_WAS_WRITE | FAULT_WAS_PRESENT,
		  FAULT_MKWRITE },
		{ FAULT_IN_ANON | FAULT_WAS_PRESENT, FAULT_MINOR },
		{ FAULT_WAS_WRITE | FAULT_WAS_PRESENT, FAULT_MINOR },
		{ FAULT_IN_ANON | FAULT_WAS_WRITE | FAULT_DID_THP, FAULT_THP },
		{ FAULT_IN_ANON | FAULT_DID_THP, FAULT_THP_ZERO },
		{ FAULT_IN_ANON | FAULT_WAS_WRITE | FAULT_DID_THP_FALLBACK, FAULT_THP_FALLBACK },
		{ FAULT_IN_ANON | FAULT_WAS_WRITE | FAULT_DID_THP_WP, FAULT_THP_COW },
		{ FAULT_IN_ANON | FAULT_DID_NUMA, FAULT_NUMA },
		{ FAULT_IN_ANON | FAULT_DID_UFFD | FAULT_WAS_MAJOR, FAULT_UFFD },
		{ FAULT_IN_HUGETLB | FAULT_IN_SHARED | FAULT_WAS_WRITE, FAULT_HUGETLB },
		{ FAULT_IN_SPECIAL, FAULT_SPECIAL },
		{ 0, FAULT_MINOR },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (fault_kind_of(cases[i].facts) != cases[i].kind)
			fail_msg("facts %#x: kind %u, expected %u", cases[i].facts,
				 fault_kind_of(cases[i].facts), cases[i].kind);
}

/* Whatever comes together: a kind that was counted as major stays in a major class. */
static void classes(void **state)
{
	uint32_t f, kind;

	for (f = 0; f < 1u << 18; f++) {
		kind = fault_kind_of(f);
		assert_true(kind < FAULT_UNSEEN_MINOR);
		if (!(f & FAULT_WAS_MAJOR))
			assert_false(fault_is_major(kind));
		else if (!(f & (FAULT_DID_UFFD | FAULT_IN_HUGETLB)))
			assert_true(fault_is_major(kind));
	}
}

/* ---- sums ---- */

#define CPUS 3
#define THREADS 64
#define ROWS 256

/* What the BPF programs would have mapped, and a hand to write it as they do. */
struct world {
	struct fault_control control;
	struct fault_cpu cpus[CPUS];
	struct fault_cell cells[CPUS * FAULT_CELLS], focus[CPUS * FAULT_CELLS];
	struct fault_thread threads[THREADS];
	struct fault_row rows[ROWS];
	struct fault_mapping mappings[FAULT_MAPPINGS];
	uint32_t ring[THREADS], head;
	struct faultdata d;
};

static struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));
	struct fault_maps m;
	uint32_t i;

	assert_non_null(w);
	m = (struct fault_maps){ &w->control, w->cpus,	   w->cells, w->focus, w->threads,
				 w->rows,     w->mappings, NULL,     w->ring,  &w->head,
				 CPUS,	      THREADS,	   ROWS };
	for (i = 0; i < THREADS; i++)
		w->ring[i] = i;
	w->control.free_tail = THREADS;
	w->control.epoch = w->control.gen = 1;
	assert_int_equal(faultdata_open(&w->d, &m), 0);
	assert_int_equal(faultdata_baseline(&w->d), 0);
	return w;
}

static void world_free(struct world *w)
{
	faultdata_close(&w->d);
	free(w);
}

static uint32_t born(struct world *w, uint32_t tgid, uint64_t start, uint64_t cgid)
{
	uint32_t slot = w->ring[w->head++ % THREADS];
	struct fault_thread *th = &w->threads[slot];

	assert_int_equal(th->state, THREAD_FREE);
	assert_int_equal(th->faults, 0);
	th->tid = th->tgid = th->ns_tgid = tgid;
	th->proc_start = th->task_start = start;
	th->cgid = cgid;
	th->state = THREAD_LIVE;
	return slot;
}

/* As thread_account() and account(): @ns 0 is a fault of unknown duration. */
static void fault(struct world *w, uint32_t slot, uint32_t cpu, uint32_t map, uint32_t kind,
		  uint64_t ns)
{
	uint32_t cell = FAULT_CELL(kind, FAULT_USER), i;
	uint64_t key = FAULT_ROW_KEY(slot, FAULT_WHAT(map, cell));
	struct fault_cell *c = &w->cells[cpu * FAULT_CELLS + cell];
	struct fault_row *r = NULL;

	for (i = 0; i < ROWS && !r; i++)
		if (w->rows[i].key == key)
			r = &w->rows[i];
	for (i = 0; i < ROWS && !r; i++)
		if (!w->rows[i].key) {
			r = &w->rows[i];
			r->key = key;
			r->next = w->threads[slot].rows;
			w->threads[slot].rows = i + 1;
		}
	assert_non_null(r);
	if (ns) {
		ostrace_cell_add(&c->lat, w->control.epoch, ns);
		r->total += ns;
		ostrace_max_add(&r->max, w->control.epoch, ns);
	} else {
		c->untimed++;
		r->untimed++;
	}
	r->faults++;
	w->threads[slot].faults++;
}

static struct fault_sum sum_of(const struct world *w, uint32_t tgid, uint32_t map)
{
	const struct fault_interval *v = &w->d.last;
	struct fault_sum s = {};
	uint32_t i;

	for (i = 0; i < v->nrows; i++)
		if (v->procs[v->rows[i].proc].tgid == tgid && v->rows[i].map == map)
			fault_sum_add(&s, &v->rows[i].sum);
	return s;
}

static void deltas(void **state)
{
	struct world *w = world_new();
	uint32_t a = born(w, 10, 1, 7), b = born(w, 10, 1, 7);
	const struct fault_stat *st =
		&w->d.stat[FAULT_PLANE_ALL][FAULT_CELL(FAULT_ANON, FAULT_USER)];
	struct fault_sum s;

	fault(w, a, 0, FAULT_MAP_ANON, FAULT_ANON, 500);
	fault(w, b, 1, FAULT_MAP_ANON, FAULT_ANON, 900);
	fault(w, a, 0, FAULT_MAP_ANON, FAULT_ANON, 0);
	fault(w, a, 0, FAULT_MAP_HEAP, FAULT_SWAP_IN, 5000);
	fault(w, b, 2, FAULT_MAP_NONE, FAULT_SEGV_MAPERR, 300);
	assert_int_equal(faultdata_tick(&w->d), 0);
	assert_int_equal(st->delta.count, 2);
	assert_int_equal(st->delta.sum, 1400);
	assert_int_equal(st->delta.max, 900);
	assert_int_equal(st->d_untimed, 1);
	assert_int_equal(w->d.last.nprocs, 1);
	assert_int_equal(w->d.last.procs[0].threads, 2);
	s = sum_of(w, 10, FAULT_MAP_ANON);
	assert_int_equal(s.faults, 3);
	assert_int_equal(s.untimed, 1);
	assert_int_equal(s.total, 1400);
	assert_int_equal(s.max, 900);
	s = sum_of(w, 10, FAULT_MAP_HEAP);
	assert_int_equal(s.majors, 1);
	s = sum_of(w, 10, FAULT_MAP_NONE);
	assert_int_equal(s.errors, 1);

	/* Only what is new. */
	fault(w, a, 1, FAULT_MAP_ANON, FAULT_ANON, 100);
	assert_int_equal(faultdata_tick(&w->d), 0);
	assert_int_equal(st->delta.count, 1);
	assert_int_equal(st->delta.max, 100);
	assert_int_equal(st->d_untimed, 0);
	s = sum_of(w, 10, FAULT_MAP_ANON);
	assert_int_equal(s.faults, 1);
	assert_int_equal(s.max, 100);
	assert_int_equal(faultdata_tick(&w->d), 0);
	assert_int_equal(w->d.last.nrows, 0);
	assert_int_equal(st->delta.count, 0);
	world_free(w);
}

/* A dead thread's last faults count, its rows and slot serve again. */
static void death(void **state)
{
	struct world *w = world_new();
	uint32_t a, i, n;

	for (i = 0; i < 5 * THREADS; i++) {
		a = born(w, 100 + i, i, 7);
		for (n = 0; n < 3; n++)
			fault(w, a, 0, FAULT_MAP_FILES + n, FAULT_FILE, 100);
		w->threads[a].state = THREAD_DEAD;
		faultdata_harvest(&w->d);
		assert_int_equal(w->threads[a].state, THREAD_FREE);
	}
	for (n = 0, i = 0; i < ROWS; i++)
		n += w->rows[i].key != 0;
	assert_int_equal(n, 0);
	assert_int_equal(faultdata_tick(&w->d), 0);
	assert_int_equal(w->d.last.nprocs, 5 * THREADS);
	assert_int_equal(sum_of(w, 100, FAULT_MAP_FILES).faults, 1);
	assert_int_equal(sum_of(w, 100 + 5 * THREADS - 1, FAULT_MAP_FILES + 2).faults, 1);
	world_free(w);
}

/* A pid that serves again is another process. */
static void reuse(void **state)
{
	struct world *w = world_new();
	uint32_t a = born(w, 10, 1, 7);

	fault(w, a, 0, FAULT_MAP_ANON, FAULT_ANON, 100);
	w->threads[a].state = THREAD_DEAD;
	a = born(w, 10, 2, 8);
	fault(w, a, 0, FAULT_MAP_ANON, FAULT_ANON, 200);
	assert_int_equal(faultdata_tick(&w->d), 0);
	assert_int_equal(w->d.last.nprocs, 2);
	assert_int_equal(w->d.last.procs[0].start, 1);
	assert_int_equal(w->d.last.procs[1].start, 2);
	assert_int_equal(w->d.last.rows[0].cgid, 7);
	assert_int_equal(w->d.last.rows[1].cgid, 8);
	world_free(w);
}

/* Two CPUs made an entry for the same file: it is one row. */
static void doubles(void **state)
{
	struct world *w = world_new();
	uint32_t a = born(w, 10, 1, 7), m1 = FAULT_MAP_FILES, m2 = FAULT_MAP_FILES + 1;

	w->mappings[m1] = w->mappings[m2] = (struct fault_mapping){ .ino = 5, .dev = 1 };
	w->mappings[m1].state = w->mappings[m2].state = MAPPING_USED;
	fault(w, a, 0, m1, FAULT_FILE, 100);
	fault(w, a, 0, m2, FAULT_FILE, 200);
	assert_int_equal(faultdata_tick(&w->d), 0);
	assert_int_equal(w->d.last.nrows, 1);
	assert_int_equal(w->d.last.rows[0].sum.faults, 2);
	assert_int_equal(w->d.last.rows[0].sum.max, 200);
	world_free(w);
}

/* The focus starts from nothing, and tells the threads. */
static void focus(void **state)
{
	struct world *w = world_new();
	uint32_t cell = FAULT_CELL(FAULT_ANON, FAULT_USER), gen = w->control.gen;
	struct fault_stat *st = &w->d.stat[FAULT_PLANE_FOCUS][cell];

	ostrace_cell_add(&w->focus[cell].lat, 1, 100);
	faultdata_focus(&w->d, 10, 1, 0);
	assert_int_equal(w->control.focus_tgid, 10);
	assert_true(w->control.gen != gen);
	gen = w->control.gen;
	faultdata_focus(&w->d, 10, 1, 0);
	assert_int_equal(w->control.gen, gen);
	ostrace_cell_add(&w->focus[FAULT_CELLS + cell].lat, w->control.epoch, 300);
	assert_int_equal(faultdata_tick(&w->d), 0);
	assert_int_equal(st->delta.count, 1);
	assert_int_equal(st->delta.sum, 300);
	assert_int_equal(st->sum.count - st->base.count, 1);
	world_free(w);
}

/* ---- paths ---- */

static void paths(void **state)
{
	static const char text[] = "\0libc.so.6\0lib\0usr\0\0new\nline\0\0"
				   "sh\0bin\0/\0jail\0srv\0\0";
	struct fault_paths *p = calloc(1, sizeof(*p));
	uint32_t libc = 1 + 1, odd = libc + sizeof("libc.so.6 lib usr ") - 1 + 1,
		 jail = odd + sizeof("new_line ") - 1 + 1;
	char out[64], last[8];

	assert_non_null(p);
	memcpy(p->text, text, sizeof(text));
	assert_string_equal(faultdata_path(p, libc, false, out, sizeof(out)), "/usr/lib/libc.so.6");
	assert_string_equal(faultdata_path(p, libc | FAULT_PATH_DELETED, false, out, sizeof(out)),
			    "/usr/lib/libc.so.6");
	assert_string_equal(faultdata_path(p, odd, false, out, sizeof(out)), "/new\nline");
	/* of a process in a directory that is its root */
	assert_string_equal(faultdata_path(p, jail, false, out, sizeof(out)), "/bin/sh");
	assert_string_equal(faultdata_path(p, jail, true, out, sizeof(out)), "/srv/jail/bin/sh");
	/* Not known; empty; longer than there is room for. */
	assert_null(faultdata_path(p, 0, false, out, sizeof(out)));
	assert_null(faultdata_path(p, 1, false, out, sizeof(out)));
	assert_non_null(faultdata_path(p, libc, false, out, sizeof("/usr/lib/libc.so.6")));
	assert_null(faultdata_path(p, libc, false, out, sizeof("/usr/lib/libc.so.6") - 1));
	/* Whatever the kernel left at the end: no byte beyond it is read. */
	memset(p->text + FAULT_PATHS - 4, 'x', 4);
	assert_string_equal(faultdata_path(p, FAULT_PATHS - 3, false, last, sizeof(last)), "/xxxx");
	assert_null(faultdata_path(p, FAULT_PATHS + 7, false, out, sizeof(out)));
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds), cmocka_unit_test(classes), cmocka_unit_test(deltas),
		cmocka_unit_test(death), cmocka_unit_test(reuse),   cmocka_unit_test(doubles),
		cmocka_unit_test(focus), cmocka_unit_test(paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
