/* SPDX-License-Identifier: GPL-2.0 */
/* Between view_irq_data.c, which asks the driver, and view_irq.c, which tells. */
#ifndef OSTRACE_VIEW_IRQ_H
#define OSTRACE_VIEW_IRQ_H

#include "irqdev.h"
#include "irqknobs.h"
#include "irqstat.h"
#include "view.h"

/* Its tables. */
enum { T_MECHANISMS, T_HISTOGRAMS, T_CPUS, T_DRIVER };

/* One mechanism, on all CPUs or on one. */
struct irq_cell {
	struct ostrace_irq_stats last;
	struct irq_stat delta, total;
};

struct view_state {
	bool have_cpus; /* only those in cpus[] */
	uint64_t cpus[64];
	bool by_cpu; /* somebody looks at single CPUs: cpu[] is kept */
	bool gone;   /* it cannot be asked, state[] says why */
	uint64_t instance;
	uint64_t reloads, interrupts;
	int nmech, ncpus;
	struct irq_cell mech[OSTRACE_IRQ_MAX_MECH];
	struct irq_cell *cpu; /* [cpu * OSTRACE_IRQ_MAX_MECH + mech] */
	int cpu_room;	      /* CPUs that cpu[] has room for */
	struct ostrace_irq_describe what[OSTRACE_IRQ_MAX_MECH];
	struct ostrace_irq_info info, before; /* now, and at the tick before */
	struct ostrace_irq_knobs knobs;
	char state[96];
};

int irq_open(struct session *s, const struct filter *f, struct view_state **st);
void irq_close(struct view_state *st);
int irq_tick(struct view_state *st, uint64_t now);
/** irq_watch_cpus - keep what single CPUs do, from now on, or no longer */
int irq_watch_cpus(struct view_state *st, bool on);
/** irq_cpu_wanted - does the filter let @cpu pass? */
bool irq_cpu_wanted(const struct view_state *st, int cpu);

/* irqturn.c: the callbacks of struct view_knobs. */
int irq_turn_prepare(const struct options *o, struct turn **t);
int irq_turn(struct turn *t);
int irq_turn_back(struct turn *t);

#endif /* OSTRACE_VIEW_IRQ_H */
