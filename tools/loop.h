/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The event loop of every running command: one epoll over a tick timer, a
 * housekeeping timer, signals (signalfd), the traced program (pidfd) and one
 * more descriptor (the keyboard).
 */
#ifndef OSTRACE_LOOP_H
#define OSTRACE_LOOP_H

#include <stdint.h>
#include <sys/types.h>

enum loop_event {
	LOOP_TICK,	   /* the interval is over (missed ticks are merged) */
	LOOP_HOUSEKEEPING, /* once a second */
	LOOP_INPUT,	   /* the watched descriptor is readable or hung up */
	LOOP_SIGNAL,	   /* INT, TERM, HUP, QUIT: stop; signo says which */
	LOOP_WINCH,
	LOOP_CONT,    /* continued after a stop: redraw */
	LOOP_STOP,    /* TSTP: give the terminal back, then raise SIGSTOP */
	LOOP_PROGRAM, /* the traced program has ended */
	LOOP_HANGUP,  /* standard output has no reader any more */
};

struct loop;

/** loop_open - blocks the signals it handles. @input: fd to watch or -1; @pid: program or 0. */
int loop_open(struct loop **l, int input, pid_t pid);
void loop_close(struct loop *l);
/** loop_set_interval - start or change the tick timer; 0 stops it. */
int loop_set_interval(struct loop *l, uint64_t ns);
/** loop_wait - the next event (enum loop_event) or -errno. @signo for LOOP_SIGNAL. */
int loop_wait(struct loop *l, int *signo);

#endif /* OSTRACE_LOOP_H */
