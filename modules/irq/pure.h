/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files without a kernel call share: a file with a suite X_test.c
 * beside it computes, and does nothing else, so that it runs in user space as
 * well. There kshim.h stands in for the kernel's own helpers.
 */
#ifndef _OSTRACE_IRQ_PURE_H
#define _OSTRACE_IRQ_PURE_H

#ifdef __KERNEL__
#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/types.h>
#include <asm/barrier.h>
#include <kunit/visibility.h>
#else
#include "kshim.h"
#endif

#include <uapi/ostrace/hist.h>
#include <uapi/ostrace/irq.h>

#endif /* _OSTRACE_IRQ_PURE_H */
