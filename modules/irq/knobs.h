/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _OSTRACE_IRQ_KNOBS_H
#define _OSTRACE_IRQ_KNOBS_H

#include "table.h"

/**
 * struct oirq_knobs - all settings
 *
 * The fields are those of struct ostrace_irq_knobs.
 */
struct oirq_knobs {
	u32 mechs;
	u32 rate;
	u32 burst;
	s32 cpu;
	u32 work_ns[OIRQ_NR_MECH];
	u32 sleep_ns[OIRQ_NR_MECH];
};

void oirq_knobs_default(struct oirq_knobs *k);
int oirq_knobs_check(const struct oirq_knobs *k, const char **why);
u64 oirq_knobs_cost(const struct oirq_knobs *k);
u32 oirq_knobs_rate(const struct oirq_knobs *k);

int oirq_knobs_parse_number(const char *s, u32 max, u32 *out);
int oirq_knobs_parse_cpu(const char *s, s32 *out);
int oirq_knobs_parse_mechs(const char *s, u32 *mask);
int oirq_knobs_parse_times(const char *s, bool sleep, u32 *times);
size_t oirq_knobs_show_mechs(char *buf, size_t size, u32 mask);
size_t oirq_knobs_show_times(char *buf, size_t size, const u32 *times, bool sleep);

#endif /* _OSTRACE_IRQ_KNOBS_H */
