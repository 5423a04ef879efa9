/* SPDX-License-Identifier: GPL-2.0 */
/* The module's state, which main.c changes and control.c shows. */
#ifndef _OSTRACE_SCHED_STATE_H
#define _OSTRACE_SCHED_STATE_H

#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include "loader.h"

enum sched_state {
	SCHED_RUNNING,
	SCHED_EJECTED, /* and stays so */
	SCHED_WAITING, /* ejected, to be started again */
};

struct sched_module {
	/*
	 * lock protects everything below it. It is held while the scheduler is
	 * loaded and unloaded, which may take seconds under load; nothing that a
	 * scheduling decision depends on takes it.
	 */
	struct mutex lock;
	enum sched_state state;
	struct scheduler scheduler;	/* link is NULL unless SCHED_RUNNING */
	struct sched_settings settings; /* slice and bound: as last set */
	bool restart;			/* start again after an ejection */
	unsigned int backoff;		/* seconds until then */
	u64 start_at;			/* CLOCK_MONOTONIC: not before, when waiting */
	u64 ejected_at;
	u64 exits;
	struct sched_exit last_exit; /* valid if exits is not 0 */
};

#define SCHED_BOUND_MIN 20 /* ms */

/** sched_bound_max - the largest bound_ms; the watchdog's limit is for all of a wait */
static inline u32 sched_bound_max(u32 timeout_ms)
{
	return min(10000U, timeout_ms / 2);
}

extern struct sched_module sched_module;

/** sched_set_restart - change the knob; takes the lock */
void sched_set_restart(bool on);

int control_init(void);
void control_exit(void);

#endif /* _OSTRACE_SCHED_STATE_H */
