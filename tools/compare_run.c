// SPDX-License-Identifier: GPL-2.0
/*
 * One run of a command, measured in a process of its own: that one gives its
 * privileges away as every tracing command does, while its parent goes on to load
 * and unload the scheduler.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "clock.h"
#include "compare.h"
#include "err.h"
#include "loop.h"
#include "run.h"

#define GRACE_NS 2000000000ull /* from asking the command to end to making it */

extern const struct view view_sched;

static uint64_t ns_of(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_usec * 1000u;
}

static uint64_t cpu_of(const struct rusage *u)
{
	return ns_of(u->ru_utime) + ns_of(u->ru_stime);
}

/* Wait for the end of the command, or for a reason to end it. */
static int wait_for_end(struct run *run, struct loop *loop, struct compare_run *r)
{
	bool asked = false;

	for (;;) {
		int signo = 0, event = loop_wait(loop, &signo), err = 0;

		switch (event) {
		case LOOP_PROGRAM:
			return 0;
		case LOOP_TICK:
			if (asked) {
				kill(-run->program, SIGKILL);
				break;
			}
			r->stopped = true;
			break;
		case LOOP_SIGNAL:
			r->signo = signo;
			break;
		case LOOP_HOUSEKEEPING:
			err = run_tick(run); /* slots of the dead are needed again */
			break;
		default:
			err = event < 0 ? event : 0;
		}
		if (err)
			return err;
		if (!asked && (r->stopped || r->signo)) {
			asked = true;
			kill(-run->program, SIGTERM);
			err = loop_set_interval(loop, GRACE_NS);
			if (err)
				return err;
		}
	}
}

static uint64_t losses(const struct run *run)
{
	struct loss l[LOSS_MAX];
	int i, n = view_sched.losses(run->v[0].st, l);
	uint64_t lost = 0;

	for (i = 0; i < n; i++)
		lost += l[i].n;
	return lost;
}

static int measure(struct run *run, const struct options *o, struct compare_run *r)
{
	struct loop *loop = NULL;
	struct rusage before, used;
	uint64_t held = 0;
	clockid_t clock;
	int err;

	/* A group of its own, so that it ends with all it started. */
	if (setpgid(run->program, run->program))
		return err_set(-errno, "cannot make a process group: %s", strerror(errno));
	err = loop_open(&loop, -1, run->program);
	/* What it took to become the command is not the command's. */
	getrusage(RUSAGE_CHILDREN, &before);
	if (!clock_getcpuclockid(run->program, &clock))
		held = clock_ns(clock);
	if (!err)
		err = run_go(run);
	if (!err)
		err = loop_set_interval(loop, o->compare_ns);
	if (!err)
		err = wait_for_end(run, loop, r);
	r->wall_ns = clock_ns(CLOCK_MONOTONIC) - run->start;
	if (!err)
		err = run_tick(run);
	if (!err) {
		sched_totals(run->v[0].st, &r->own, &r->all);
		r->lost = losses(run);
		r->status = run_status(run);
		getrusage(RUSAGE_CHILDREN, &used);
		r->cpu_ns = cpu_of(&used) - cpu_of(&before);
		r->cpu_ns -= r->cpu_ns < held ? r->cpu_ns : held;
	}
	kill(-run->program, SIGKILL); /* what it left behind */
	loop_close(loop);
	return err;
}

/* The process that measures. The parent reads @r when it has ended. */
static void __attribute__((noreturn)) be_measured(const struct options *o, struct compare_run *r)
{
	static const struct view *const list[] = { &view_sched, NULL };
	struct run run;
	int null, err;

	setpgid(0, 0); /* a signal typed at the terminal is the parent's to pass on */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	err = run_open(&run, o, list, true);
	if (!err) {
		err = measure(&run, o, r);
		if (run.program_error)
			r->status = run.program_error == ENOENT ? 127 : 126;
	}
	if (err)
		snprintf(r->why, sizeof(r->why), "%s", err_text(err));
	r->err = err;
	run_close(&run);
	__atomic_store_n(&r->done, true, __ATOMIC_RELEASE);
	_exit(0);
}

/* A signal that asks us to end and has not been read; 0: none. */
static int pending(void)
{
	static const int ask[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	sigpending(&set);
	for (i = 0; i < sizeof(ask) / sizeof(ask[0]); i++)
		if (sigismember(&set, ask[i]))
			return ask[i];
	return 0;
}

static int await(pid_t pid, struct compare_run *shared)
{
	struct loop *loop = NULL;
	int err = loop_open(&loop, -1, pid), event = 0, asked = 0, status;

	while (!err && event != LOOP_PROGRAM) {
		int signo = SIGTERM;

		event = loop_wait(loop, &signo);
		if (event == LOOP_SIGNAL || event == LOOP_HANGUP) {
			asked = signo;
			kill(pid, SIGTERM);
		}
		if (event == LOOP_HANGUP)
			asked = SIGPIPE;
		if (event < 0)
			err = event;
		if (event == LOOP_HANGUP)
			break; /* it would be told again and again */
	}
	if (err)
		kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	/* What comes as the run ends is for us too; the loop would forget it. */
	if (!asked)
		asked = pending();
	loop_close(loop);
	if (asked)
		shared->signo = asked;
	return err;
}

int compare_run(const struct options *o, struct compare_run *r)
{
	struct compare_run *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;
	int err;

	if (shared == MAP_FAILED)
		return -ENOMEM;
	pid = fork();
	if (!pid)
		be_measured(o, shared);
	err = pid < 0 ? err_set(-errno, "cannot start a process: %s", strerror(errno)) :
			await(pid, shared);
	*r = *shared;
	munmap(shared, sizeof(*shared));
	if (err)
		return err;
	if (!__atomic_load_n(&r->done, __ATOMIC_ACQUIRE))
		return err_set(-ECHILD, "the process that measures was ended");
	return r->err ? err_set(r->err, "%s", r->why) : 0;
}
