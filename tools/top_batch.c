// SPDX-License-Identifier: GPL-2.0
/* `top --batch`, and `top` without a terminal: the panels as plain text. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "err.h"
#include "format.h"
#include "loop.h"
#include "top_draw.h"
#include "top_run.h"

#define DEFAULT_COLS 120
#define DEFAULT_ROWS 10 /* of each table */

/* As wide as the terminal or COLUMNS, if there is one. */
static int text_cols(void)
{
	const char *env = getenv("COLUMNS");
	struct winsize ws = { 0 };
	long n = env ? strtol(env, NULL, 10) : 0;

	if (n >= 20 && n <= 1000)
		return (int)n;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) && ws.ws_col >= 20)
		return ws.ws_col;
	return DEFAULT_COLS;
}

static int print_grid(const struct grid *g)
{
	size_t size = (size_t)g->cols * 4 + 1;
	char *line = malloc(size);
	int y;

	if (!line)
		return -ENOMEM;
	for (y = 0; y < g->rows; y++)
		puts(grid_line(g, y, line, size));
	putchar('\n');
	free(line);
	return fflush(stdout) || ferror(stdout) ?
		       err_set(-errno, "cannot write: %s", strerror(errno)) :
		       0;
}

static int print_screen(struct top_run *tr)
{
	struct top *t = &tr->top;
	int limit = tr->o->top < 0 ? DEFAULT_ROWS : tr->o->top, err;

	top_layout_batch(t, text_cols(), limit);
	err = grid_resize(&tr->grid, t->rows, t->cols);
	if (err)
		return err;
	top_draw(t, &tr->grid);
	return print_grid(&tr->grid);
}

/* A program without an interval is reported on once, when it has ended. */
static uint64_t period(const struct options *o)
{
	bool once = o->program && !o->interval_given && !o->iterations;

	return once ? 0 : o->interval_ns;
}

static int report(struct top_run *tr)
{
	int err = top_run_sample(tr);

	tr->ticks++;
	return err ? err : print_screen(tr);
}

static int tick(struct top_run *tr)
{
	int err = report(tr);

	if (err)
		return err;
	top_run_check_done(tr);
	return tr->o->duration_ns ? top_run_timer(tr, period(tr->o)) : 0;
}

static int handle(struct top_run *tr, int event, int signo)
{
	switch (event) {
	case LOOP_TICK:
		return tick(tr);
	case LOOP_HOUSEKEEPING:
		run_harvest(&tr->run);
		top_run_check_done(tr);
		return 0;
	case LOOP_SIGNAL:
		top_run_signal(tr, signo);
		return report(tr);
	case LOOP_STOP:
		raise(SIGSTOP);
		return 0;
	case LOOP_PROGRAM:
		tr->program_ended = true;
		top_run_stop(tr, run_status(&tr->run));
		return report(tr);
	case LOOP_HANGUP:
		return -EPIPE;
	default:
		return event < 0 ? event : 0;
	}
}

int top_batch(struct top_run *tr)
{
	int err, event, signo = 0;

	tr->top.batch = true;
	tr->top.ascii = !format_utf8();
	top_layout_batch(&tr->top, text_cols(), 0);
	err = loop_open(&tr->loop, -1, tr->run.program);
	if (!err)
		err = top_run_timer(tr, period(tr->o));
	while (!err && !tr->stop) {
		event = loop_wait(tr->loop, &signo);
		err = handle(tr, event, signo);
	}
	/* A reader that has seen enough: quietly, as by the signal itself. */
	if (err == -EPIPE) {
		err_clear();
		err = 0;
		tr->code = 128 + SIGPIPE;
	}
	return err;
}
