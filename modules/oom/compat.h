/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the kernels supported, 6.12 to 7.3, and nothing else. */
#ifndef OSTRACE_OOM_COMPAT_H
#define OSTRACE_OOM_COMPAT_H

#include <linux/mm.h>
#include <linux/sched/coredump.h>
#include <linux/version.h>

/* 6.18 made the flags of an address space a bitmap with functions of its own. */
static inline bool oom_mm_skipped(struct mm_struct *mm)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	return mm_flags_test(MMF_OOM_SKIP, mm);
#else
	return test_bit(MMF_OOM_SKIP, &mm->flags);
#endif
}

/* 6.13 made the argument of MODULE_IMPORT_NS() a string. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define OOM_IMPORT_NS(ns) MODULE_IMPORT_NS(#ns)
#else
#define OOM_IMPORT_NS(ns) MODULE_IMPORT_NS(ns)
#endif

#endif /* OSTRACE_OOM_COMPAT_H */
