// SPDX-License-Identifier: GPL-2.0
/* One epoll for everything a running command waits for. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "err.h"
#include "loop.h"

/* epoll's cookie: which source is ready. */
enum source { TICK, HOUSEKEEPING, INPUT, SIGNALS, PROGRAM, OUTPUT };

struct loop {
	int epoll, tick, housekeeping, signals, program;
	sigset_t old_mask;
	struct sigaction old_pipe;
};

static const int handled[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGCONT, SIGTSTP,
};

static int watch(struct loop *l, int fd, uint32_t events, enum source source)
{
	struct epoll_event ev = { .events = events, .data.u32 = source };

	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) ? -errno : 0;
}

static int set_timer(int fd, uint64_t ns)
{
	struct itimerspec t = { 0 };

	t.it_value.tv_sec = t.it_interval.tv_sec = (time_t)(ns / 1000000000);
	t.it_value.tv_nsec = t.it_interval.tv_nsec = (long)(ns % 1000000000);
	return timerfd_settime(fd, 0, &t, NULL) ? -errno : 0;
}

static int open_signals(struct loop *l)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
		sigaddset(&set, handled[i]);
	sigprocmask(SIG_BLOCK, &set, &l->old_mask);
	/* A reader that left is noticed by EPIPE and LOOP_HANGUP. */
	sigaction(SIGPIPE, &ignore, &l->old_pipe);
	l->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return l->signals < 0 ? -errno : 0;
}

static int open_sources(struct loop *l, int input, pid_t pid)
{
	int err = 0;

	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->tick = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	l->housekeeping = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (l->epoll < 0 || l->tick < 0 || l->housekeeping < 0)
		return -errno;
	if (pid) {
		l->program = (int)syscall(SYS_pidfd_open, pid, 0);
		if (l->program < 0)
			return err_set(-errno, "cannot watch process %d", (int)pid);
		err = watch(l, l->program, EPOLLIN, PROGRAM);
	}
	if (!err)
		err = watch(l, l->tick, EPOLLIN, TICK);
	if (!err)
		err = watch(l, l->housekeeping, EPOLLIN, HOUSEKEEPING);
	if (!err)
		err = watch(l, l->signals, EPOLLIN, SIGNALS);
	if (!err)
		err = set_timer(l->housekeeping, 1000000000);
	/* A file as input or output is never waited for: EPERM. */
	if (!err && input >= 0 && watch(l, input, EPOLLIN, INPUT) == -EBADF)
		err = -EBADF;
	if (!err)
		watch(l, STDOUT_FILENO, 0, OUTPUT);
	return err;
}

int loop_open(struct loop **lp, int input, pid_t pid)
{
	struct loop *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	l->epoll = l->tick = l->housekeeping = l->program = -1;
	err = open_signals(l);
	if (!err)
		err = open_sources(l, input, pid);
	if (err) {
		loop_close(l);
		return err;
	}
	*lp = l;
	return 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void loop_close(struct loop *l)
{
	struct signalfd_siginfo si;

	if (!l)
		return;
	/* What was asked while we were ending has been answered by ending. */
	while (l->signals >= 0 && read(l->signals, &si, sizeof(si)) > 0)
		;
	sigprocmask(SIG_SETMASK, &l->old_mask, NULL);
	sigaction(SIGPIPE, &l->old_pipe, NULL);
	close_fd(l->tick);
	close_fd(l->housekeeping);
	close_fd(l->signals);
	close_fd(l->program);
	close_fd(l->epoll);
	free(l);
}

int loop_set_interval(struct loop *l, uint64_t ns)
{
	return set_timer(l->tick, ns);
}

/* Read a timer; false if it has not expired after all. */
static bool expired(int fd)
{
	uint64_t n;

	return read(fd, &n, sizeof(n)) == sizeof(n);
}

static int signal_event(struct loop *l, int *signo)
{
	struct signalfd_siginfo si;

	if (read(l->signals, &si, sizeof(si)) != sizeof(si))
		return -EAGAIN;
	switch (si.ssi_signo) {
	case SIGWINCH:
		return LOOP_WINCH;
	case SIGCONT:
		return LOOP_CONT;
	case SIGTSTP:
		return LOOP_STOP;
	default:
		if (signo)
			*signo = (int)si.ssi_signo;
		return LOOP_SIGNAL;
	}
}

/* The event behind a ready source, -EAGAIN if there is none. */
static int event_of(struct loop *l, enum source source, int *signo)
{
	switch (source) {
	case TICK:
		return expired(l->tick) ? LOOP_TICK : -EAGAIN;
	case HOUSEKEEPING:
		return expired(l->housekeeping) ? LOOP_HOUSEKEEPING : -EAGAIN;
	case SIGNALS:
		return signal_event(l, signo);
	case INPUT:
		return LOOP_INPUT;
	case PROGRAM:
		/* It stays readable: once is enough. */
		epoll_ctl(l->epoll, EPOLL_CTL_DEL, l->program, NULL);
		return LOOP_PROGRAM;
	case OUTPUT:
		return LOOP_HANGUP;
	}
	return -EAGAIN;
}

int loop_wait(struct loop *l, int *signo)
{
	for (;;) {
		struct epoll_event ev;
		int n, event;

		/* One at a time: epoll takes turns between ready sources. */
		n = epoll_wait(l->epoll, &ev, 1, -1);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n < 1)
			continue;
		event = event_of(l, (enum source)ev.data.u32, signo);
		if (event != -EAGAIN)
			return event;
	}
}
