// SPDX-License-Identifier: GPL-2.0
/* Starting, sampling and stopping, for the screen and the batch mode alike. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "command.h"
#include "err.h"
#include "format.h"
#include "loop.h"
#include "top_run.h"

#define SYSINFO_NS	900000000ull	/* the header need not be newer than this */

static size_t add(char *buf, size_t n, size_t len, const char *what, const char *text)
{
	if (len >= n)
		return len;
	return len + snprintf(buf + len, n - len, "%s%s%s", len ? ", " : "", what, text);
}

/* "12,13 and 4 more" */
static const char *id_list(const uint32_t *id, size_t n, char *buf, size_t size)
{
	size_t i, len = 0;

	for (i = 0; i < n && i < 3; i++)
		len += snprintf(buf + len, size - len, "%s%u", i ? "," : "", id[i]);
	if (n > 3)
		snprintf(buf + len, size - len, " and %zu more", n - 3);
	return buf;
}

/* The set of CPUs as people write it, "0-3,8". */
static const char *cpu_list(const uint64_t *bits, char *buf, size_t size)
{
	int ncpus = 64 * 64, from, to;
	size_t len = 0;

	*buf = 0;
	for (from = 0; from < ncpus && len < size; from = to + 1) {
		to = from;
		if (!(bits[from / 64] >> from % 64 & 1))
			continue;
		while (to + 1 < ncpus && bits[(to + 1) / 64] >> (to + 1) % 64 & 1)
			to++;
		len += snprintf(buf + len, size - len, "%s%d", len ? "," : "", from);
		if (to > from && len < size)
			len += snprintf(buf + len, size - len, "-%d", to);
	}
	return buf;
}

/* What the kernel side was told to look at, for the header. */
static void describe_filters(const struct options *o, char *buf, size_t n)
{
	const struct filter *f = &o->filter;
	char list[64];
	size_t len = 0;

	*buf = 0;
	if (o->program)
		len = add(buf, n, len, "program ", o->program[0]);
	if (f->npids)
		len = add(buf, n, len, "pid ", id_list(f->pids, f->npids, list, sizeof(list)));
	if (f->ntids)
		len = add(buf, n, len, "tid ", id_list(f->tids, f->ntids, list, sizeof(list)));
	if (f->cgroup_id)
		len = add(buf, n, len, "cgroup ", f->cgroup_path);
	if (f->have_cpus)
		len = add(buf, n, len, "CPU ", cpu_list(f->cpus, list, sizeof(list)));
	if (f->errors_only)
		add(buf, n, len, "errors", "");
}

static int start(struct top_run *tr)
{
	struct run *r = &tr->run;
	int err = run_open(r, tr->o, views, false);

	if (err)
		return err;
	err = run_go(r);
	if (err) {
		/* As a shell would say it. */
		if (r->program_error)
			tr->code = r->program_error == ENOENT ? 127 : 126;
		run_close(r);
	}
	return err;
}

int top_run_open(struct top_run *tr, const struct options *o)
{
	char only[sizeof(tr->top.only)];
	int err;

	memset(tr, 0, sizeof(*tr));
	tr->o = o;
	err = start(tr);
	if (err)
		return err;
	top_init(&tr->top, &tr->run, o);
	describe_filters(o, only, sizeof(only));
	format_escape(tr->top.only, sizeof(tr->top.only), only, format_utf8());
	sysinfo_init(&tr->top.machine);
	sysinfo_update(&tr->top.machine);
	return 0;
}

void top_run_close(struct top_run *tr)
{
	loop_close(tr->loop);
	tr->loop = NULL;
	if (tr->top.npanels)
		run_close(&tr->run);
	top_free(&tr->top);
	grid_free(&tr->grid);
}

void top_run_stop(struct top_run *tr, int code)
{
	tr->stop = true;
	tr->code = code;
}

void top_run_signal(struct top_run *tr, int signo)
{
	top_run_stop(tr, signo == SIGINT ? EXIT_OK : 128 + signo);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

bool top_run_done(const struct top_run *tr)
{
	const struct options *o = tr->o;

	if (o->iterations && tr->ticks >= o->iterations)
		return true;
	return o->duration_ns && now_ns() >= tr->run.start + o->duration_ns;
}

int top_run_timer(struct top_run *tr, uint64_t ns)
{
	uint64_t end = tr->run.start + tr->o->duration_ns, now = now_ns();

	if (ns && tr->o->duration_ns && now + ns > end)
		ns = end > now ? end - now : 1;
	return loop_set_interval(tr->loop, ns);
}

int top_run_sample(struct top_run *tr)
{
	int err = run_tick(&tr->run);

	if (err)
		return err;
	if (tr->run.now - tr->sysinfo_at >= SYSINFO_NS) {
		sysinfo_update(&tr->top.machine);
		tr->sysinfo_at = tr->run.now;
	}
	top_sample(&tr->top, &tr->run);
	return 0;
}

int top_run_finish(struct top_run *tr)
{
	if (tr->err >= 0)
		return tr->code;
	err_print(tr->err);
	return tr->code ? tr->code : err_exit_code(tr->err);
}
