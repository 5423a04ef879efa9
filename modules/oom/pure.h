/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files without a kernel call share: they are built into the module,
 * into the tool, and into the tests of both.
 */
#ifndef OSTRACE_OOM_PURE_H
#define OSTRACE_OOM_PURE_H

#ifdef __KERNEL__
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#include <kunit/visibility.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif
#ifndef EXPORT_SYMBOL_IF_KUNIT
#define EXPORT_SYMBOL_IF_KUNIT(symbol) _Static_assert(1, "")
#endif
#endif

#include <uapi/ostrace/oom.h>

#endif /* OSTRACE_OOM_PURE_H */
