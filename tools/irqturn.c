// SPDX-License-Identifier: GPL-2.0
/*
 * Turning the demo driver's knobs for as long as `ostrace irq` runs.
 *
 * A process of its own does it, and puts them back when the pipe from ostrace
 * closes: so they are put back however ostrace ends, killed included, and
 * ostrace itself can drop the privilege that it takes.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "err.h"
#include "irqdev.h"
#include "options.h"
#include "view_irq.h"

struct turn {
	pid_t keeper;
	int order;  /* a byte: turn; closed: put back */
	int answer; /* a struct outcome for each order */
	bool turned;
};

struct outcome {
	int err; /* 0 or -errno */
	char why[512];
};

/* What the keeper knows. */
struct keeper {
	struct irq_ask ask;
	struct irq_mechs mechs;
	struct ostrace_irq_knobs old, set;
	uint64_t instance; /* of the driver that was turned */
	uint64_t storm;	   /* the number of our storm */
};

/* Set the knobs; what was refused is described. */
static int set_knobs(const struct irqdev *d, const struct keeper *k,
		     const struct ostrace_irq_knobs *knobs)
{
	int err = irqdev_set_knobs(d, knobs);

	return err ? irqknobs_refused(err, &k->mechs, knobs) : 0;
}

static int start_storm(const struct irqdev *d, struct keeper *k)
{
	struct ostrace_irq_info info;
	int err = irqdev_storm(d, k->ask.storm_ms);

	if (err == -EOPNOTSUPP)
		return err_set(-EINVAL,
			       "--storm: softirqs raise it themselves, and none is served: "
			       "add tasklet or bh to --mechanisms");
	if (err == -EBUSY)
		return err_set(err, "--storm: there is one under way");
	if (err)
		return err_set(err, "--storm: %s", strerror(-err));
	err = irqdev_info(d, &info);
	k->storm = err ? 0 : info.storms;
	return err;
}

static int fire(const struct irqdev *d, const struct keeper *k)
{
	int err = irqdev_fire(d, k->ask.fire);

	if (err == -EBUSY)
		return err_set(err, "--fire: too many are still to be fired from before");
	return err ? err_set(err, "--fire: %s", strerror(-err)) : 0;
}

static int turn_driver(const struct irqdev *d, struct keeper *k)
{
	int err = irqdev_knobs(d, &k->old);

	if (err)
		return err_set(err, "%s: %s", IRQDEV_NODE, strerror(-err));
	k->set = k->old;
	err = irqknobs_apply(&k->ask, &k->mechs, &k->set);
	if (!err && memcmp(&k->set, &k->old, sizeof(k->set)))
		err = set_knobs(d, k, &k->set);
	if (err) {
		k->set = k->old; /* nothing has changed */
		return err;
	}
	if (k->ask.fire)
		err = fire(d, k);
	if (!err && k->ask.storm_ms)
		err = start_storm(d, k);
	return err;
}

static int restore_driver(const struct irqdev *d, const struct keeper *k)
{
	struct ostrace_irq_knobs now;
	struct ostrace_irq_info info;
	int err = irqdev_info(d, &info);

	if (!err && k->storm && info.storm_left_ns && info.storms == k->storm)
		err = irqdev_storm(d, 0);
	if (!err)
		err = irqdev_knobs(d, &now);
	if (!err && irqknobs_restore(&now, &k->set, &k->old))
		err = irqdev_set_knobs(d, &now);
	return err ? err_set(err, "the driver's knobs could not be put back: %s", strerror(-err)) :
		     0;
}

/* With the device open for as long as it takes. @restore: else turn */
static int with_driver(struct keeper *k, bool restore)
{
	struct irqdev d;
	int err = irqdev_open(&d);

	if (restore && err == -ENODEV)
		return 0; /* gone, and its settings with it */
	if (err)
		return err;
	if (!restore) {
		k->instance = d.instance;
		err = turn_driver(&d, k);
	} else if (d.instance == k->instance) {
		err = restore_driver(&d, k);
	}
	irqdev_close(&d);
	return err;
}

static void answer(int fd, int err)
{
	struct outcome o = { .err = err };

	if (err)
		snprintf(o.why, sizeof(o.why), "%s", err_text(err));
	err_clear();
	/* Nobody may be left to read it. */
	while (write(fd, &o, sizeof(o)) < 0 && errno == EINTR)
		;
}

static bool wait_for_order(int fd)
{
	ssize_t n;
	char c;

	do {
		n = read(fd, &c, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1;
}

/* The other process. Signals are for ostrace: this one ends when that has. */
static void __attribute__((noreturn)) keep(struct keeper *k, int order, int to)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	prctl(PR_SET_NAME, "ostrace-knobs");
	if (wait_for_order(order)) {
		answer(to, with_driver(k, false));
		while (wait_for_order(order))
			;
		answer(to, with_driver(k, true));
	}
	_exit(0);
}

static int start_keeper(struct turn *t, struct keeper *k)
{
	int order[2], to[2], err;

	if (pipe2(order, O_CLOEXEC))
		return -errno;
	if (pipe2(to, O_CLOEXEC)) {
		err = -errno;
		goto no_answer;
	}
	t->keeper = fork();
	if (!t->keeper) {
		close(order[1]);
		close(to[0]);
		keep(k, order[0], to[1]);
	}
	err = t->keeper < 0 ? -errno : 0;
	close(to[1]);
	if (err) {
		close(to[0]);
		goto no_answer;
	}
	close(order[0]);
	t->order = order[1];
	t->answer = to[0];
	return 0;
no_answer:
	close(order[0]);
	close(order[1]);
	return err;
}

/* What the driver has, and whether what is asked for makes sense to it. */
static int learn(struct keeper *k)
{
	struct ostrace_irq_knobs try;
	struct ostrace_irq_info info;
	struct irqdev d;
	int err = irqdev_open(&d), m;

	if (err)
		return err;
	err = irqdev_info(&d, &info);
	k->mechs.n = info.nr_mech < OSTRACE_IRQ_MAX_MECH ? (int)info.nr_mech : OSTRACE_IRQ_MAX_MECH;
	for (m = 0; !err && m < k->mechs.n; m++)
		err = irqdev_describe(&d, (unsigned int)m, &k->mechs.what[m]);
	if (!err)
		err = irqdev_knobs(&d, &try);
	irqdev_close(&d);
	if (err)
		return err_set(err, "%s: %s", IRQDEV_NODE, strerror(-err));
	return irqknobs_apply(&k->ask, &k->mechs, &try);
}

int irq_turn_prepare(const struct options *o, struct turn **out)
{
	struct keeper k = { .ask = o->irq };
	struct turn *t;
	int err, lock;

	*out = NULL;
	if (!irqknobs_asked(&o->irq))
		return 0;
	err = learn(&k);
	if (err)
		return err;
	/* One at a time: two would put back each other's settings. */
	lock = irqdev_lock();
	if (lock == -EWOULDBLOCK)
		return err_set(lock, "another ostrace irq has turned the driver's knobs: end that "
				     "one first");
	if (lock < 0)
		return err_set(lock, "%s: %s", IRQDEV_DIR, strerror(-lock));
	t = calloc(1, sizeof(*t));
	err = t ? start_keeper(t, &k) : -ENOMEM;
	close(lock); /* the keeper has it now */
	if (err)
		free(t);
	else
		*out = t;
	return err;
}

static int hear(struct turn *t)
{
	struct outcome o;
	ssize_t n;

	do {
		n = read(t->answer, &o, sizeof(o));
	} while (n < 0 && errno == EINTR);
	if (n != sizeof(o))
		return err_set(-ECHILD, "the process that turns the driver's knobs is gone");
	return o.err ? err_set(o.err, "%s", o.why) : 0;
}

int irq_turn(struct turn *t)
{
	if (write(t->order, "", 1) != 1)
		return err_set(-ECHILD, "the process that turns the driver's knobs is gone");
	t->turned = true;
	return hear(t);
}

int irq_turn_back(struct turn *t)
{
	int err = 0;

	if (!t)
		return 0;
	close(t->order);
	if (t->turned)
		err = hear(t);
	close(t->answer);
	while (waitpid(t->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	free(t);
	return err;
}
