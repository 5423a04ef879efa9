// SPDX-License-Identifier: GPL-2.0
/* `ostrace top`: the loop between the views, the keyboard and the screen. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "command.h"
#include "err.h"
#include "loop.h"
#include "report.h"
#include "top_draw.h"
#include "top_run.h"
#include "tui.h"

#define FIRST_NS 200000000ull /* numbers should not take a second to come */

/* The terminal's file descriptors while the traced program gets others. */
struct muted {
	int fd[3];
};

/*
 * The program shares our terminal, but its output would spoil the screen and
 * it would steal our keys: what is the terminal becomes /dev/null for it.
 * @o: NULL if there will be no screen
 */
static void mute(struct muted *m, const struct options *o)
{
	int null = o && o->program ? open("/dev/null", O_RDWR | O_CLOEXEC) : -1, i;

	for (i = 0; i < 3; i++) {
		m->fd[i] = -1;
		/* Why the kernel refused a program is worth a spoilt line. */
		if (null < 0 || !isatty(i) || (i == STDERR_FILENO && o->verbose))
			continue;
		m->fd[i] = fcntl(i, F_DUPFD_CLOEXEC, 3);
		if (m->fd[i] >= 0)
			dup2(null, i);
	}
	if (null >= 0)
		close(null);
}

static void unmute(struct muted *m)
{
	int i;

	for (i = 0; i < 3; i++)
		if (m->fd[i] >= 0) {
			dup2(m->fd[i], i);
			close(m->fd[i]);
		}
}

static void paint(struct top_run *tr, struct tui *tui)
{
	struct top *t = &tr->top;

	top_layout(t, t->rows, t->cols);
	if ((tr->grid.rows != t->rows || tr->grid.cols != t->cols) &&
	    grid_resize(&tr->grid, t->rows, t->cols))
		return;
	top_draw(t, &tr->grid);
	tui_paint(tui, &tr->grid);
}

static void resize(struct top_run *tr, struct tui *tui)
{
	int rows, cols;

	tui_size(tui, &rows, &cols);
	top_resize(&tr->top, rows, cols);
	paint(tr, tui);
}

/* @full: the interval had its whole length, it counts. */
static int sample(struct top_run *tr, struct tui *tui, bool full)
{
	int err = top_run_sample(tr);

	if (err)
		return err;
	tr->ticks += full;
	paint(tr, tui);
	top_run_check_done(tr);
	return 0;
}

static int tick(struct top_run *tr, struct tui *tui)
{
	bool first = !tr->top.samples;
	int err = sample(tr, tui, !first || tr->o->interval_ns <= FIRST_NS);

	if (!err && (first || tr->o->duration_ns))
		err = top_run_timer(tr, tr->top.interval_ns);
	return err;
}

/*
 * While paused, the interval on the screen stays the one that the views know:
 * one can drill into it. Going on ends the long interval that has built up.
 */
static int set_paused(struct top_run *tr, struct tui *tui)
{
	int err;

	if (tr->top.paused)
		return top_run_timer(tr, 0);
	err = sample(tr, tui, true);
	if (!err)
		err = top_run_timer(tr, tr->top.interval_ns);
	return err;
}

/* The screen is the program's terminal: when it goes, that is a hangup. */
static void quit(struct top_run *tr)
{
	if (tr->run.program && !tr->program_ended)
		kill(tr->run.program, SIGHUP);
	top_run_stop(tr, tr->program_ended ? run_status(&tr->run) : EXIT_OK);
}

/* Start and stop views as the model wants. */
static void change_views(struct top_run *tr, struct tui *tui)
{
	struct top *t = &tr->top;
	int i;

	paint(tr, tui); /* starting one takes a moment */
	for (i = 0; i < t->npanels; i++) {
		struct top_panel *p = &t->panel[i];

		if (p->wanted != p->idle)
			continue;
		if (p->wanted)
			run_view_open(&tr->run, i);
		else
			run_view_close(&tr->run, i);
		top_reopened(t, i, &tr->run.v[i]);
	}
	top_resize(t, t->rows, t->cols);
}

static int keys(struct top_run *tr, struct tui *tui)
{
	int key, err = 0;

	while (!err && !tr->stop && (key = tui_key(tui)) != TOPKEY_NONE) {
		unsigned int todo;

		if (key == TOPKEY_HANGUP) {
			top_run_signal(tr, SIGHUP);
			return 0;
		}
		todo = top_key(&tr->top, key);
		if (todo & TOP_DO_QUIT)
			quit(tr);
		if (todo & TOP_DO_REDRAW)
			tui_redraw(tui);
		if (todo & TOP_DO_VIEWS)
			change_views(tr, tui);
		if (todo & TOP_DO_PAUSE)
			err = set_paused(tr, tui);
		if (todo & TOP_DO_INTERVAL && !tr->top.paused)
			err = top_run_timer(tr, tr->top.interval_ns);
	}
	paint(tr, tui);
	return err;
}

/*
 * The program has ended: show what it did until someone has read it. The last
 * whole interval says more than the few milliseconds since, unless those are
 * all there is.
 */
static int program_ended(struct top_run *tr, struct tui *tui)
{
	struct top *t = &tr->top;
	int err = 0;

	tr->program_ended = true;
	snprintf(t->state, sizeof(t->state), "[program exited %d]", run_status(&tr->run));
	if (!t->paused && !tr->ticks)
		err = sample(tr, tui, false);
	t->paused = true;
	if (!err)
		err = top_run_timer(tr, 0);
	paint(tr, tui);
	return err;
}

static int handle(struct top_run *tr, struct tui *tui, int event, int signo)
{
	switch (event) {
	case LOOP_TICK:
		return tick(tr, tui);
	case LOOP_HOUSEKEEPING:
		run_harvest(&tr->run);
		if (run_look(&tr->run)) {
			top_grow(&tr->top, &tr->run, tr->o);
			paint(tr, tui);
		}
		top_run_check_done(tr);
		return 0;
	case LOOP_INPUT:
		return keys(tr, tui);
	case LOOP_WINCH:
		resize(tr, tui);
		return 0;
	case LOOP_STOP:
		tui_suspend(tui);
		raise(SIGSTOP);
		return 0;
	case LOOP_CONT:
		tui_resume(tui);
		resize(tr, tui);
		return 0;
	case LOOP_PROGRAM:
		return program_ended(tr, tui);
	case LOOP_SIGNAL:
		top_run_signal(tr, signo);
		return 0;
	case LOOP_HANGUP:
		top_run_signal(tr, SIGHUP);
		return 0;
	default:
		return event < 0 ? event : 0;
	}
}

static int run_screen(struct top_run *tr, struct tui *tui)
{
	uint64_t first = tr->o->interval_ns < FIRST_NS ? tr->o->interval_ns : FIRST_NS;
	int err, event, signo = 0;

	tr->top.ascii = tui_ascii(tui);
	resize(tr, tui);
	err = loop_open(&tr->loop, tui_input(tui), tr->run.program);
	if (!err)
		err = top_run_timer(tr, first);
	while (!err && !tr->stop) {
		event = loop_wait(tr->loop, &signo);
		err = handle(tr, tui, event, signo);
	}
	return err;
}

static bool want_color(const struct options *o)
{
	const char *no = getenv("NO_COLOR");

	return o->color == COLOR_ALWAYS || (o->color == COLOR_AUTO && !(no && *no));
}

static int screen(struct top_run *tr)
{
	struct tui *tui = NULL;
	int err = tui_open(&tui, want_color(tr->o));

	if (!err)
		err = run_screen(tr, tui);
	tui_close(tui);
	return err;
}

int cmd_top(const struct options *o)
{
	/* What is no terminal gets plain text, control characters help nobody. */
	bool text = o->batch || !isatty(STDOUT_FILENO);
	struct top_run tr = { 0 };
	struct muted m;
	int err;

	if (o->json)
		return report_run(o, views, false);
	err = text ? 0 : tui_check();
	if (err) {
		err_print(err);
		return err_exit_code(err);
	}
	mute(&m, text ? NULL : o);
	err = top_run_open(&tr, o);
	unmute(&m);
	if (!err)
		err = text ? top_batch(&tr) : screen(&tr);
	if (err) {
		err_print(err);
		if (!tr.code)
			tr.code = err_exit_code(err);
	}
	return top_run_end(&tr);
}
