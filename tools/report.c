// SPDX-License-Identifier: GPL-2.0
/* The life of a reporting command: open, tick, write, end for a good reason. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "clock.h"
#include "err.h"
#include "lookup.h"
#include "loop.h"
#include "report.h"
#include "run.h"
#include "writer.h"

#define TEXT_ROWS 20 /* unless --top says otherwise */
#define GRACE_MS 200 /* for a program to end by the same signal as we */

struct reporter {
	const struct options *o;
	struct run run;
	struct loop *loop;
	struct buf out;
	struct table table;
	struct loss seen[RUN_MAX_VIEWS][LOSS_MAX]; /* as of the last report */
	uint64_t reports;
	uint64_t end; /* CLOCK_MONOTONIC ns when to stop, 0: never */
	bool noted;   /* notes have been written as text */
	bool stuck;   /* nobody reads, and we were asked to end */
};

static int table_of(const struct options *o, const struct view *v)
{
	int i = table_named(v->tables, v->ntables, o->by);

	return i < 0 ? 0 : i;
}

/* With --by, top's other views have nothing to say. */
static bool is_wanted(const struct options *o, const struct view *v)
{
	return table_named(v->tables, v->ntables, o->by) >= 0;
}

static size_t rows_wanted(const struct options *o)
{
	if (o->top > 0)
		return (size_t)o->top;
	return o->top == 0 || o->json ? SIZE_MAX : TEXT_ROWS;
}

/* What was lost since the last report. */
static int loss_delta(struct reporter *p, int i, struct loss *delta)
{
	struct run_view *v = &p->run.v[i];
	struct loss now[LOSS_MAX];
	int n = v->view->losses ? v->view->losses(v->st, now) : 0, k;

	for (k = 0; k < n; k++) {
		delta[k] = now[k];
		delta[k].n -= p->seen[i][k].n;
		p->seen[i][k] = now[k];
	}
	return n;
}

static void write_notes(struct reporter *p, const struct report *r, const struct text_style *s)
{
	const char *const *note;

	if (p->noted || !r->notes)
		return;
	for (note = r->notes; *note; note++) {
		paint(&p->out, s, PAINT_DIM);
		buf_printf(&p->out, "note: %s", *note);
		paint(&p->out, s, PAINT_NONE);
		buf_putc(&p->out, '\n');
	}
}

static int write_view(struct reporter *p, int i)
{
	const struct options *o = p->o;
	struct run_view *v = &p->run.v[i];
	const struct scope machine = { .depth = 0 };
	struct text_style s = text_style_of(STDOUT_FILENO, (int)o->color);
	struct report r = {
		.view = v->view,
		.table = &p->table,
		.show = rows_wanted(o),
		.wall = p->run.wall,
		.interval_ns = p->run.interval_ns,
		.price = v->price,
		.cpu_percent = p->run.cpu_percent,
		.bpf_percent = p->run.bpf_percent,
		.notes = v->view->notes ? v->view->notes(v->st) : NULL,
		.state = v->view->state ? v->view->state(v->st) : NULL,
	};
	int err, col;

	err = v->view->fill(v->st, table_of(o, v->view), &machine, &p->table);
	if (err)
		return err;
	table_grep(&p->table, o->find);
	col = o->sort ? column_find(p->table.def, o->sort) : -1;
	table_sort(&p->table, col >= 0 ? col : p->table.def->sort, o->reverse);
	r.nloss = loss_delta(p, i, r.loss);
	if (o->json) {
		write_json(&p->out, &r);
		return 0;
	}
	write_notes(p, &r, &s);
	if (p->reports || i)
		buf_putc(&p->out, '\n');
	write_text(&p->out, &r, &s);
	return 0;
}

/* End the interval and write about it. */
static int report(struct reporter *p)
{
	int i, err = run_tick(&p->run);

	for (i = 0; !err && i < p->run.nviews; i++)
		if (p->run.v[i].st && is_wanted(p->o, p->run.v[i].view))
			err = write_view(p, i);
	p->noted = true;
	p->reports++;
	if (err || p->stuck)
		return err;
	err = buf_flush(&p->out, STDOUT_FILENO);
	p->stuck = err == -ECANCELED;
	return p->stuck ? 0 : err;
}

/* A program without an interval is reported on once, when it has ended. */
static bool is_periodic(const struct options *o)
{
	return !o->program || o->interval_given || o->iterations;
}

/* The timer for the next report: the interval, or what is left to the end. */
static int arm(struct reporter *p)
{
	uint64_t interval = is_periodic(p->o) ? p->o->interval_ns : 0;
	uint64_t now = clock_ns(CLOCK_MONOTONIC), left = p->end > now ? p->end - now : 1;

	if (p->end && (!interval || left < interval))
		interval = left;
	return loop_set_interval(p->loop, interval);
}

/* Return: 1 to go on, 0 when all was reported that was asked for, -errno. */
static int on_tick(struct reporter *p)
{
	const struct options *o = p->o;
	int err = report(p);

	if (err)
		return err;
	if (o->iterations && p->reports >= o->iterations)
		return 0;
	if (!p->end)
		return 1;
	if (clock_ns(CLOCK_MONOTONIC) >= p->end)
		return 0;
	err = p->end - clock_ns(CLOCK_MONOTONIC) < o->interval_ns ? arm(p) : 0;
	return err ? err : 1;
}

static bool program_ended(const struct run *r)
{
	siginfo_t si = { 0 };

	return r->program && !waitid(P_PID, (id_t)r->program, &si, WEXITED | WNOHANG | WNOWAIT) &&
	       si.si_pid == r->program;
}

static bool program_ends_soon(const struct run *r)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	int i;

	for (i = 0; i < GRACE_MS && !program_ended(r); i++)
		nanosleep(&ms, NULL);
	return program_ended(r);
}

/*
 * Asked to stop by a signal. Typed at a terminal, the program got it as well;
 * sent to us alone, it is passed on, so that nothing is left behind.
 */
static int on_signal(struct reporter *p, int signo)
{
	struct run *r = &p->run;
	int err, code;

	if (r->program && !program_ends_soon(r) && !kill(r->program, signo))
		program_ends_soon(r);
	err = report(p);
	if (err && err != -EPIPE)
		err_print(err);
	code = program_ended(r) ? run_status(r) : err ? EXIT_FAIL : EXIT_OK;
	return signo == SIGINT ? code : 128 + signo;
}

static int failed(int err)
{
	if (err == -EPIPE)
		return 128 + SIGPIPE; /* quietly, as by the signal itself */
	err_print(err);
	return err_exit_code(err);
}

/* All reports asked for are written, but the program runs on. */
#define OUTLIVED (-1)

static int outlived(pid_t program)
{
	int st;

	while (waitpid(program, &st, 0) < 0)
		if (errno != EINTR)
			return EXIT_FAIL;
	return WIFSIGNALED(st) ? 128 + WTERMSIG(st) : WEXITSTATUS(st);
}

/* Have all ended that were chosen by number? There is nothing more to come. */
static bool chosen_ended(const struct filter *f)
{
	size_t i;

	for (i = 0; i < f->npids; i++)
		if (!lookup_ended(f->pids[i]))
			return false;
	for (i = 0; i < f->ntids; i++)
		if (!lookup_thread_ended(f->tids[i]))
			return false;
	return f->npids || f->ntids;
}

static void say_ended(const struct filter *f)
{
	if (f->npids + f->ntids > 1)
		warn_print("all %zu chosen processes and threads have ended", f->npids + f->ntids);
	else if (f->npids)
		warn_print("process %u has ended", f->pids[0]);
	else
		warn_print("thread %u has ended", f->tids[0]);
}

/* Return: the exit code, or OUTLIVED. */
static int follow(struct reporter *p)
{
	for (;;) {
		int signo = 0, event = loop_wait(p->loop, &signo), more;

		switch (event) {
		case LOOP_TICK:
			more = on_tick(p);
			if (more < 0)
				return failed(more);
			if (!more)
				return p->run.program ? OUTLIVED : EXIT_OK;
			break;
		case LOOP_HOUSEKEEPING:
			run_harvest(&p->run);
			if (p->run.program || !chosen_ended(&p->o->filter))
				break;
			more = report(p);
			say_ended(&p->o->filter);
			return more ? failed(more) : EXIT_OK;
		case LOOP_SIGNAL:
			return on_signal(p, signo);
		case LOOP_STOP:
			raise(SIGSTOP);
			break;
		case LOOP_PROGRAM:
			more = report(p);
			return more ? failed(more) : run_status(&p->run);
		case LOOP_HANGUP:
			return 128 + SIGPIPE;
		default:
			if (event < 0)
				return failed(event);
		}
	}
}

static int focus(struct reporter *p)
{
	const struct scope machine = { .depth = 0 };
	int i, err = 0;

	for (i = 0; !err && i < p->run.nviews; i++) {
		struct run_view *v = &p->run.v[i];
		int table = table_of(p->o, v->view);

		if (v->st && v->view->focus && table)
			err = v->view->focus(v->st, table, &machine);
	}
	return err;
}

static void warn_of_missing_views(const struct run *r)
{
	int i;

	for (i = 0; i < r->nviews; i++)
		if (r->v[i].err)
			warn_print("%s: %s", r->v[i].view->name, r->v[i].why);
}

int report_exec_code(int err)
{
	return err == -ENOENT || err == ENOENT ? 127 : 126;
}

static int start(struct reporter *p)
{
	int err = focus(p);

	if (!err)
		err = loop_open(&p->loop, -1, p->run.program);
	if (!err)
		err = run_go(&p->run);
	if (!err && p->o->duration_ns)
		p->end = p->run.start + p->o->duration_ns;
	return err ? err : arm(p);
}

int report_run(const struct options *o, const struct view *const *list, bool all)
{
	struct reporter p = { .o = o };
	pid_t program;
	int code, err;

	err = run_open(&p.run, o, list, all ? RUN_ALL : RUN_SOME);
	if (err)
		return failed(err);
	warn_of_missing_views(&p.run);
	err = start(&p);
	code = err ? failed(err) : follow(&p);
	program = p.run.program;
	if (p.run.program_error)
		code = report_exec_code(p.run.program_error);
	loop_close(p.loop);
	err = run_restore(&p.run);
	if (err)
		code = code > EXIT_OK ? code : err_exit_code(err);
	if (err)
		err_print(err);
	run_close(&p.run);
	table_free(&p.table);
	buf_free(&p.out);
	/* Nothing is traced any more and signals are as they were. */
	return code == OUTLIVED ? outlived(program) : code;
}
