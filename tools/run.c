// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "clock.h"
#include "err.h"
#include "run.h"
#include "session.h"

struct run_priv {
	int go;	    /* write end: the program waits for a byte */
	int fail;   /* read end: errno of a failed exec */
	int status; /* of the program, once waited for */
	bool waited;
	bool lazy;	 /* RUN_LAZY */
	uint64_t cpu_ns; /* our own CPU time at the last tick */
	int online;	 /* CPUs */
	struct filter filter;
};

/* In the child: wait to be released, then become the program. */
static void __attribute__((noreturn)) become_program(char **argv, int go, int fail)
{
	sigset_t none;
	char c;
	int err;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (read(go, &c, 1) != 1)
		_exit(127); /* ostrace gave up before the start */
	execvp(argv[0], argv);
	err = errno;
	if (write(fail, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(err == ENOENT ? 127 : 126);
}

/* Start the program, but hold it before its first instruction. */
static int program_hold(struct run *r, char **argv)
{
	struct run_priv *priv = r->priv;
	int go[2], fail[2];
	pid_t pid;

	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(fail, O_CLOEXEC)) {
		close(go[0]);
		close(go[1]);
		return -errno;
	}
	pid = fork();
	if (!pid) {
		close(go[1]);
		close(fail[0]);
		become_program(argv, go[0], fail[1]);
	}
	close(go[0]);
	close(fail[1]);
	if (pid < 0) {
		close(go[1]);
		close(fail[0]);
		return err_set(-errno, "cannot start %s: %s", argv[0], strerror(errno));
	}
	r->program = pid;
	priv->go = go[1];
	priv->fail = fail[0];
	return 0;
}

static bool wants_bpf(const struct view *const *list)
{
	for (; *list; list++)
		if (!(*list)->without_bpf)
			return true;
	return false;
}

static int open_view(struct run *r, struct run_view *v)
{
	struct run_priv *priv = r->priv;
	struct filter f = priv->filter;

	f.table = table_named(v->view->tables, v->view->ntables, r->o->by);
	if (f.table < 0)
		f.table = 0;
	v->price = (struct price){ .ns_per_event = -1, .bpf_ns_per_event = -1 };
	v->err = v->view->open(r->session, &f, &v->st);
	if (v->err)
		snprintf(v->why, sizeof(v->why), "%s", err_text(v->err));
	return v->err;
}

static struct run_view *add_view(struct run *r, const struct view *view)
{
	struct run_priv *priv = r->priv;
	struct run_view *v = &r->v[r->nviews++];

	memset(v, 0, sizeof(*v));
	v->view = view;
	v->idle = priv->lazy && view->on_demand && !r->program;
	return v;
}

static int open_views(struct run *r, const struct view *const *list, enum run_views how)
{
	struct run_priv *priv = r->priv;
	struct filter *f = &priv->filter;
	int err = 0, opened = 0;

	*f = r->o->filter;
	f->program = (uint32_t)r->program;
	if (f->cgroup_id)
		f->cgroup_level = session_cgroup_level(r->session, f->cgroup_id, f->cgroup_level);
	for (; *list && r->nviews < RUN_MAX_VIEWS; list++) {
		struct run_view *v;

		if (how != RUN_ALL && (*list)->present && !(*list)->present())
			continue;
		v = add_view(r, *list);
		if (v->idle)
			continue;
		if (!open_view(r, v)) {
			opened++;
			continue;
		}
		err = v->err;
		if (how == RUN_ALL)
			return err;
		err_clear();
	}
	return opened ? 0 : err_set(err, "%s", r->v[0].why);
}

static int prepare_knobs(struct run *r, const struct options *o)
{
	int i, err = 0;

	for (i = 0; !err && i < r->nviews; i++)
		if (r->v[i].st && r->v[i].view->knobs)
			err = r->v[i].view->knobs->prepare(o, &r->v[i].turn);
	return err;
}

static int turn_knobs(struct run *r)
{
	int i, err = 0;

	for (i = 0; !err && i < r->nviews; i++)
		if (r->v[i].turn)
			err = r->v[i].view->knobs->turn(r->v[i].turn);
	return err;
}

int run_restore(struct run *r)
{
	int i, err = 0;

	for (i = 0; i < r->nviews; i++) {
		int failed = r->v[i].turn ? r->v[i].view->knobs->back(r->v[i].turn) : 0;

		r->v[i].turn = NULL;
		if (failed)
			err = failed;
	}
	return err;
}

/* What @v saw until now, of its start and that of others, belongs to no interval. */
static void begin(struct run_view *v)
{
	v->view->tick(v->st, clock_ns(CLOCK_MONOTONIC));
	v->view->price(v->st, &v->price);
	v->interval_events = 0;
}

int run_view_open(struct run *r, int i)
{
	struct run_view *v = &r->v[i];

	v->idle = false;
	if (v->st)
		return 0;
	if (open_view(r, v)) {
		err_clear();
		return v->err;
	}
	begin(v);
	return 0;
}

static bool has_view(const struct run *r, const struct view *view)
{
	int i;

	for (i = 0; i < r->nviews; i++)
		if (r->v[i].view == view)
			return true;
	return false;
}

int run_look(struct run *r)
{
	const struct view *const *list;
	int n = 0;

	for (list = r->list; *list && r->nviews < RUN_MAX_VIEWS; list++) {
		if (has_view(r, *list) || !(*list)->present || !(*list)->present())
			continue;
		/* What is still on its way is there when we look again. */
		if (!add_view(r, *list)->idle && run_view_open(r, r->nviews - 1) == -ENODEV)
			r->nviews--;
		else
			n++;
	}
	return n;
}

void run_view_close(struct run *r, int i)
{
	struct run_view *v = &r->v[i];

	if (v->st)
		v->view->close(v->st);
	v->st = NULL;
	v->err = 0;
	v->idle = true;
	v->interval_events = 0;
	v->price = (struct price){ .ns_per_event = -1, .bpf_ns_per_event = -1 };
}

int run_open(struct run *r, const struct options *o, const struct view *const *list,
	     enum run_views how)
{
	struct run_priv *priv;
	int err;

	memset(r, 0, sizeof(*r));
	r->o = o;
	r->list = list;
	r->bpf_percent = -1;
	priv = calloc(1, sizeof(*priv));
	if (!priv)
		return -ENOMEM;
	r->priv = priv;
	priv->go = priv->fail = -1;
	priv->lazy = how == RUN_LAZY;
	priv->online = (int)sysconf(_SC_NPROCESSORS_ONLN);

	err = session_open(&r->session, wants_bpf(list), o->verbose);
	if (!err && o->program)
		err = program_hold(r, o->program);
	if (!err)
		err = open_views(r, list, how);
	if (!err)
		err = prepare_knobs(r, o);
	if (!err)
		err = session_seal(r->session);
	if (err)
		run_close(r);
	return err;
}

int run_go(struct run *r)
{
	struct run_priv *priv = r->priv;
	int err = 0, i;

	for (i = 0; i < r->nviews; i++)
		if (r->v[i].st)
			begin(&r->v[i]);
	r->start = r->last = r->now = clock_ns(CLOCK_MONOTONIC);
	priv->cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	err = turn_knobs(r);
	if (err || !r->program)
		return err;
	if (write(priv->go, "", 1) != 1)
		return err_set(-ECHILD, "the program ended before it was started");
	close(priv->go);
	priv->go = -1;
	/* The pipe closes without a word when the exec succeeds. */
	if (read(priv->fail, &err, sizeof(err)) == sizeof(err)) {
		r->program_error = err;
		run_status(r);
		return err_set(-err, "cannot run the program: %s", strerror(err));
	}
	return 0;
}

/* Shares of CPU time: the reader's is measured, the programs' is calls x price. */
static void measure_price(struct run *r)
{
	struct run_priv *priv = r->priv;
	uint64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	double bpf_ns = 0, span = (double)r->interval_ns;
	bool known = false;
	int i;

	r->cpu_percent = span > 0 ? 100.0 * (double)(cpu - priv->cpu_ns) / span : 0;
	priv->cpu_ns = cpu;
	for (i = 0; i < r->nviews; i++) {
		struct run_view *v = &r->v[i];
		uint64_t before = v->price.events;

		if (!v->st)
			continue;
		v->view->price(v->st, &v->price);
		v->interval_events = v->price.events - before;
		if (v->price.ns_per_event >= 0) {
			bpf_ns += v->price.ns_per_event * (double)v->interval_events;
			known = true;
		}
	}
	r->bpf_percent = known && span > 0 ? 100.0 * bpf_ns / span / priv->online : -1;
}

int run_tick(struct run *r)
{
	struct timespec wall;
	int i, err;

	r->last = r->now;
	r->now = clock_ns(CLOCK_MONOTONIC);
	r->interval_ns = r->now - r->last;
	clock_gettime(CLOCK_REALTIME, &wall);
	r->wall = (double)wall.tv_sec + (double)wall.tv_nsec / 1e9;
	for (i = 0; i < r->nviews; i++) {
		if (!r->v[i].st)
			continue;
		err = r->v[i].view->tick(r->v[i].st, r->now);
		if (err)
			return err;
	}
	measure_price(r);
	return 0;
}

void run_harvest(struct run *r)
{
	int i;

	for (i = 0; i < r->nviews; i++)
		if (r->v[i].st && r->v[i].view->harvest)
			r->v[i].view->harvest(r->v[i].st);
}

int run_status(struct run *r)
{
	struct run_priv *priv = r->priv;
	int st;

	if (!r->program)
		return 0;
	if (!priv->waited) {
		while (waitpid(r->program, &st, 0) < 0)
			if (errno != EINTR)
				return 0;
		priv->waited = true;
		priv->status = WIFSIGNALED(st) ? 128 + WTERMSIG(st) : WEXITSTATUS(st);
	}
	return priv->status;
}

void run_close(struct run *r)
{
	struct run_priv *priv = r->priv;
	int i;

	run_restore(r);
	for (i = 0; i < r->nviews; i++) {
		if (r->v[i].st)
			r->v[i].view->close(r->v[i].st);
		r->v[i].st = NULL;
	}
	session_close(r->session);
	r->session = NULL;
	if (!priv)
		return;
	if (priv->go >= 0) {
		/* Never released: it reads end of file and leaves. */
		close(priv->go);
		run_status(r);
	}
	if (priv->fail >= 0)
		close(priv->fail);
	free(priv);
	r->priv = NULL;
}
