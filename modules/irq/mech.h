/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What only the suite of mech.c is to see of it.
 */
#ifndef _OSTRACE_IRQ_MECH_H
#define _OSTRACE_IRQ_MECH_H

#include "stats.h"

struct workqueue_struct;

#if IS_ENABLED(CONFIG_KUNIT)
struct oirq_stats __percpu *oirq_mech_alloc_stats(void);
struct workqueue_struct *oirq_mech_alloc_wq(unsigned int id);
#endif

#endif /* _OSTRACE_IRQ_MECH_H */
