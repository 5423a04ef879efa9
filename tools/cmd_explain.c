// SPDX-License-Identifier: GPL-2.0
/* ostrace explain: watch for a while, then say what stands out. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "command.h"
#include "err.h"
#include "explain_gather.h"
#include "loop.h"
#include "report.h"
#include "sysinfo.h"
#include "writer.h"

#define DEFAULT_NS 10000000000ull

/* "process 12", "/web.service", "make": what the findings are about. */
static void describe(const struct options *o, char *buf, size_t n)
{
	const struct filter *f = &o->filter;

	if (o->program)
		snprintf(buf, n, "%s", o->program[0]);
	else if (f->npids > 1)
		snprintf(buf, n, "%zu processes", f->npids);
	else if (f->npids)
		snprintf(buf, n, "process %u", f->pids[0]);
	else if (f->cgroup_id)
		snprintf(buf, n, "%s", f->cgroup_path);
	else
		snprintf(buf, n, "this machine");
}

/*
 * Until the time is over, the program has ended, or a signal comes: then what
 * was seen so far is told. Return: 0, a signal's number, or -errno.
 */
static int watch(struct run *r, struct loop *l)
{
	for (;;) {
		int signo = 0, event = loop_wait(l, &signo);

		switch (event) {
		case LOOP_TICK:
		case LOOP_PROGRAM:
			return 0;
		case LOOP_SIGNAL:
			return signo;
		case LOOP_HANGUP:
			return SIGPIPE;
		case LOOP_HOUSEKEEPING:
			run_harvest(r);
			break;
		case LOOP_STOP:
			raise(SIGSTOP);
			break;
		default:
			if (event < 0)
				return event;
		}
	}
}

static int tell(const struct run *r, const struct options *o, struct machine *m)
{
	static struct explained e;
	struct snapshot s = { .steal = -1 };
	struct text_style style = text_style_of(STDOUT_FILENO, (int)o->color);
	struct buf b = { 0 };
	char whom[256];
	int err;

	describe(o, whom, sizeof(whom));
	sysinfo_update(m);
	s.whom = whom;
	s.steal = m->steal;
	s.cpus = m->cpus;
	err = explain_gather(r, o, &s);
	if (!err) {
		explain(&s, &e);
		if (o->json)
			explain_json(&b, &s, &e, r->wall);
		else
			explain_text(&b, &s, &e, style.width ? style.width : 80);
		err = buf_flush(&b, STDOUT_FILENO);
	}
	buf_free(&b);
	snapshot_free(&s);
	return err;
}

static int run_and_tell(struct run *r, const struct options *o)
{
	/* A program is watched to its end unless a time is given. */
	uint64_t ns = o->duration_ns ? o->duration_ns : o->program ? 0 : DEFAULT_NS;
	struct machine m = { 0 };
	struct loop *l = NULL;
	int err, got;

	sysinfo_init(&m);
	sysinfo_update(&m);
	explain_focus(r);
	err = loop_open(&l, -1, r->program);
	if (!err)
		err = run_go(r);
	if (!err)
		err = loop_set_interval(l, ns);
	if (!err) {
		got = watch(r, l);
		err = got < 0 ? got : got == SIGPIPE ? -EPIPE : run_tick(r);
		if (!err)
			err = tell(r, o, &m);
	}
	loop_close(l);
	return err;
}

int cmd_explain(const struct options *o)
{
	const struct view *list[RUN_MAX_VIEWS + 1];
	struct run r;
	int err, i, code;

	explain_views(list);
	err = run_open(&r, o, list, RUN_SOME);
	if (err) {
		err_print(err);
		return err_exit_code(err);
	}
	for (i = 0; i < r.nviews; i++)
		if (r.v[i].err)
			warn_print("%s: %s", r.v[i].view->name, r.v[i].why);
	err = run_and_tell(&r, o);
	code = r.program_error ? report_exec_code(r.program_error) :
	       err == -EPIPE   ? 128 + SIGPIPE :
	       err	       ? err_exit_code(err) :
				 EXIT_OK;
	if (err && err != -EPIPE)
		err_print(err);
	run_close(&r);
	return code;
}
