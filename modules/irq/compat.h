/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that are supported, 6.12 and later. The code
 * is written for the newest; here it is made to fit the others.
 */
#ifndef _OSTRACE_IRQ_COMPAT_H
#define _OSTRACE_IRQ_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#error "ostrace_irq needs Linux 6.12 or later: BH workqueues as they are now"
#endif

/* Namespaces became strings. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define OIRQ_IMPORT_NS(ns) MODULE_IMPORT_NS(ns)
#else
#define OIRQ_IMPORT_NS(ns) MODULE_IMPORT_NS(#ns)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void oirq_hrtimer_setup(struct hrtimer *timer,
				      enum hrtimer_restart (*function)(struct hrtimer *),
				      clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#define hrtimer_setup oirq_hrtimer_setup
#endif

/* Per-CPU used to be what a workqueue was when it said nothing; now it is to say. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define OIRQ_WQ_PERCPU 0
#else
#define OIRQ_WQ_PERCPU WQ_PERCPU
#endif

/* BH workqueues are per-CPU by nature, and were not allowed to say so at first. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
#define OIRQ_WQ_BH WQ_BH
#else
#define OIRQ_WQ_BH (WQ_BH | WQ_PERCPU)
#endif

#endif /* _OSTRACE_IRQ_COMPAT_H */
