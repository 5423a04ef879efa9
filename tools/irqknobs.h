/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The demo driver's knobs: what the command line asks for, what becomes of the
 * settings there are, why the driver refuses some, and what to put back. Pure.
 */
#ifndef OSTRACE_IRQKNOBS_H
#define OSTRACE_IRQKNOBS_H

#include <stdbool.h>
#include <stdint.h>
#include "uapi/ostrace/irq.h"

/* What the options of `ostrace irq` ask for; texts are taken apart later. */
struct irq_ask {
	bool rate_given, burst_given, cpu_given;
	uint32_t rate, burst; /* as struct ostrace_irq_knobs has them */
	int32_t cpu;
	const char *mechanisms, *work, *sleep; /* NULL: not given */
	uint32_t fire;			       /* interrupts, 0: none */
	uint32_t storm_ms;		       /* 0: none */
};

/* The mechanisms of the driver that is loaded. */
struct irq_mechs {
	int n;
	struct ostrace_irq_describe what[OSTRACE_IRQ_MAX_MECH];
};

/** irqknobs_asked - does it ask for anything? */
bool irqknobs_asked(const struct irq_ask *a);

/**
 * irqknobs_apply - @k as asked for
 *
 * Names and durations are checked here; what is legal is for the driver to say.
 * Return: 0; -EINVAL described with err_set(), @k is undefined then.
 */
int irqknobs_apply(const struct irq_ask *a, const struct irq_mechs *m, struct ostrace_irq_knobs *k);

/**
 * irqknobs_refused - say why the driver did not take @k
 * @err: what it returned
 * Return: @err, described with err_set() in the driver's own words where it has some.
 */
int irqknobs_refused(int err, const struct irq_mechs *m, const struct ostrace_irq_knobs *k);

/**
 * irqknobs_restore - put back what we changed
 * @now: in: the settings there are; out: those to set
 * @set: what we had set
 * @old: what there was before
 *
 * What somebody else has changed since stays as it is.
 * Return: whether there is anything to set.
 */
bool irqknobs_restore(struct ostrace_irq_knobs *now, const struct ostrace_irq_knobs *set,
		      const struct ostrace_irq_knobs *old);

#endif /* OSTRACE_IRQKNOBS_H */
