// SPDX-License-Identifier: GPL-2.0
/* Starting, sampling and stopping, for the screen and the batch mode alike. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "clock.h"
#include "err.h"
#include "format.h"
#include "loop.h"
#include "report.h"
#include "top_run.h"

#define GRACE_MS 200		/* for a program to end by the same signal as we */
#define SYSINFO_NS 900000000ull /* the header need not be newer than this */

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

/* Signals wait from before the screen is taken until it is given back. */
static void hold_signals(sigset_t *old)
{
	static const int held[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(held) / sizeof(*held); i++)
		sigaddset(&set, held[i]);
	sigprocmask(SIG_BLOCK, &set, old);
}

int top_run_open(struct top_run *tr, const struct options *o)
{
	char only[sizeof(tr->top.only)];
	int err;

	memset(tr, 0, sizeof(*tr));
	tr->o = o;
	sigprocmask(SIG_BLOCK, NULL, &tr->old_mask);
	err = run_open(&tr->run, o, views, o->batch ? RUN_SOME : RUN_LAZY);
	if (err)
		return err;
	hold_signals(&tr->old_mask);
	top_init(&tr->top, &tr->run, o);
	describe_filters(o, only, sizeof(only));
	format_escape(tr->top.only, sizeof(tr->top.only), only, format_utf8());
	sysinfo_init(&tr->top.machine);
	sysinfo_update(&tr->top.machine);
	err = run_go(&tr->run);
	if (tr->run.program_error)
		tr->code = report_exec_code(tr->run.program_error);
	return err;
}

/* The status of a program that nobody traces any more. */
static int await(pid_t program)
{
	int st;

	while (waitpid(program, &st, 0) < 0)
		if (errno != EINTR)
			return EXIT_FAIL;
	return WIFSIGNALED(st) ? 128 + WTERMSIG(st) : WEXITSTATUS(st);
}

int top_run_end(struct top_run *tr)
{
	pid_t program = tr->run.program;

	loop_close(tr->loop);
	/* A run that did not open has cleaned up after itself. */
	if (tr->top.npanels)
		run_close(&tr->run);
	top_free(&tr->top);
	grid_free(&tr->grid);
	sigprocmask(SIG_SETMASK, &tr->old_mask, NULL);
	return tr->await_program ? await(program) : tr->code;
}

void top_run_stop(struct top_run *tr, int code)
{
	tr->stop = true;
	tr->code = code;
}

/* Give the program @ms to end. */
static bool ends_within(pid_t program, int ms)
{
	struct pollfd p = { .fd = (int)syscall(SYS_pidfd_open, program, 0), .events = POLLIN };
	bool ended = poll(&p, 1, ms) > 0;

	if (p.fd >= 0)
		close(p.fd);
	return ended;
}

/*
 * Nothing is left behind: typed at a terminal, the program got the signal as
 * well, sent to us alone it is passed on.
 */
void top_run_signal(struct top_run *tr, int signo)
{
	pid_t program = tr->program_ended ? 0 : tr->run.program;

	if (program && !ends_within(program, GRACE_MS) && !kill(program, signo))
		ends_within(program, GRACE_MS);
	top_run_stop(tr, signo == SIGINT ? EXIT_OK : 128 + signo);
}

static bool is_done(const struct top_run *tr)
{
	const struct options *o = tr->o;

	if (o->iterations && tr->ticks >= o->iterations)
		return true;
	return o->duration_ns && clock_ns(CLOCK_MONOTONIC) >= tr->run.start + o->duration_ns;
}

void top_run_check_done(struct top_run *tr)
{
	if (!is_done(tr))
		return;
	tr->await_program = tr->run.program && !tr->program_ended;
	top_run_stop(tr, tr->program_ended ? run_status(&tr->run) : EXIT_OK);
}

int top_run_timer(struct top_run *tr, uint64_t ns)
{
	uint64_t end = tr->run.start + tr->o->duration_ns, now = clock_ns(CLOCK_MONOTONIC);

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
