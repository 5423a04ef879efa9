/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _OSTRACE_IRQ_ABI_H
#define _OSTRACE_IRQ_ABI_H

#include "knobs.h"

/* No request is larger, so one allocation of this size serves all. */
#define OIRQ_ABI_MAX sizeof(struct ostrace_irq_stats)

/**
 * struct oirq_request - what is known of an ioctl before it is looked into
 * @cmd:   its number
 * @size:  of its structure
 * @admin: it changes something
 * @zero:  where the reserved fields start
 * @zeros: their size
 */
struct oirq_request {
	u32 cmd;
	u32 size;
	bool admin;
	u32 zero;
	u32 zeros;
};

const struct oirq_request *oirq_abi_find(u32 cmd);
int oirq_abi_check(const struct oirq_request *r, const void *data);
int oirq_abi_check_stats(const struct ostrace_irq_stats *s, u32 nr_cpus);
int oirq_abi_knobs_in(struct oirq_knobs *to, const struct ostrace_irq_knobs *from);
void oirq_abi_knobs_out(struct ostrace_irq_knobs *to, const struct oirq_knobs *from);

#endif /* _OSTRACE_IRQ_ABI_H */
