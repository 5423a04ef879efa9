/* SPDX-License-Identifier: GPL-2.0 */
/* A `top` over recorded views and a recorded machine, drawn into a grid. */
#ifndef TOP_FIXTURE_H
#define TOP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake_view.h"
#include "top_draw.h"

#define SECOND 1000000000ull

struct fixture {
	struct options o;
	struct run run;
	struct top top;
	struct grid grid;
	char line[2048];
};

static inline void fixture_add(struct fixture *f, const struct view *v)
{
	struct run_view *rv = &f->run.v[f->run.nviews++];

	rv->view = v;
	rv->price = (struct price){ .ns_per_event = -1, .bpf_ns_per_event = -1 };
	rv->err = v->open(NULL, &f->o.filter, &rv->st);
	if (rv->err)
		snprintf(rv->why, sizeof(rv->why), "this view was told to fail");
}

static inline void fixture_machine(struct machine *m)
{
	*m = (struct machine){
		.host = "web1",
		.release = "7.3.4",
		.cpus = 8,
		.uptime = 273600,
		.load = { 0.5, 0.4, 0.3 },
		.steal = 0,
		.psi_on = true,
		.psi = { { 12.4, 0 }, { 0, 0 }, { 3.6, 1.2 } },
		.tasks = 213,
		.cgroups = 38,
	};
}

/* Start on a screen of that size with @a and, unless NULL, @b as panels. */
static inline void fixture_open(struct fixture *f, const struct view *a, const struct view *b,
				int rows, int cols)
{
	if (!f->o.interval_ns)
		f->o.interval_ns = SECOND;
	fixture_add(f, a);
	if (b)
		fixture_add(f, b);
	top_init(&f->top, &f->run, &f->o);
	fixture_machine(&f->top.machine);
	top_resize(&f->top, rows, cols);
}

/* An interval of @ns ends. */
static inline void fixture_tick(struct fixture *f, uint64_t ns)
{
	int i;

	f->run.last = f->run.now;
	f->run.now += ns;
	f->run.interval_ns = ns;
	f->run.cpu_percent = 0.3;
	f->run.bpf_percent = 0.8;
	for (i = 0; i < f->run.nviews; i++) {
		struct run_view *v = &f->run.v[i];
		uint64_t before = v->price.events;

		if (v->err)
			continue;
		v->view->tick(v->st, f->run.now);
		v->view->price(v->st, &v->price);
		v->interval_events = v->price.events - before;
	}
	top_sample(&f->top, &f->run);
}

static inline void fixture_draw(struct fixture *f)
{
	if (!f->top.batch)
		top_layout(&f->top, f->top.rows, f->top.cols);
	assert_int_equal(grid_resize(&f->grid, f->top.rows, f->top.cols), 0);
	top_draw(&f->top, &f->grid);
}

static inline void fixture_keys(struct fixture *f, const char *keys)
{
	while (*keys)
		top_key(&f->top, (unsigned char)*keys++);
}

static inline const char *fixture_line(struct fixture *f, int y)
{
	return grid_line(&f->grid, y, f->line, sizeof(f->line));
}

/* The first line with @text, -1: none. */
static inline int fixture_find(struct fixture *f, const char *text)
{
	int y;

	for (y = 0; y < f->grid.rows; y++)
		if (strstr(fixture_line(f, y), text))
			return y;
	return -1;
}

static inline void fixture_expect(struct fixture *f, const char *const *screen, int n)
{
	int y, wrong = 0;

	for (y = 0; y < n; y++)
		wrong += strcmp(fixture_line(f, y), screen[y]) != 0;
	/* All of it: one line out of a screen explains nothing. */
	for (y = 0; wrong && y < f->grid.rows; y++)
		print_message("%s\n", fixture_line(f, y));
	for (y = 0; y < n; y++)
		assert_string_equal(fixture_line(f, y), screen[y]);
	assert_int_equal(f->grid.rows, n);
}

static inline void fixture_close(struct fixture *f)
{
	int i;

	for (i = 0; i < f->run.nviews; i++)
		f->run.v[i].view->close(f->run.v[i].st);
	top_free(&f->top);
	grid_free(&f->grid);
	memset(f, 0, sizeof(*f));
}

#endif /* TOP_FIXTURE_H */
