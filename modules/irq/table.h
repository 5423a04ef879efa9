/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _OSTRACE_IRQ_TABLE_H
#define _OSTRACE_IRQ_TABLE_H

#include "pure.h"

#define OIRQ_NR_MECH OSTRACE_IRQ_NR_MECH
#define OIRQ_ALL_MECHS ((1U << OIRQ_NR_MECH) - 1)
#define OIRQ_HARDIRQ_BIT (1U << OSTRACE_IRQ_HARDIRQ)

/**
 * struct oirq_mech_info - what a mechanism is
 * @name:        as the knobs know it; shorter than 16
 * @ctx:         where it runs
 * @softirq:     what it rides on, or ""
 * @why:         why it may or may not sleep; shorter than 128
 */
struct oirq_mech_info {
	const char *name;
	enum ostrace_irq_ctx ctx;
	const char *softirq;
	const char *why;
};

extern const struct oirq_mech_info oirq_table[OIRQ_NR_MECH];

int oirq_table_find(const char *name, size_t len);
bool oirq_table_may_sleep(unsigned int mech);
u32 oirq_table_max_work(unsigned int mech);
u32 oirq_table_softirq_mechs(void);
const char *oirq_table_context(unsigned int ctx);
int oirq_table_describe(struct ostrace_irq_describe *d);

#endif /* _OSTRACE_IRQ_TABLE_H */
