/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few helpers of the kernel that files without kernel calls use, for user
 * space. See pure.h of a module.
 */
#ifndef OSTRACE_KSHIM_H
#define OSTRACE_KSHIM_H

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define U32_MAX UINT32_MAX
#define S32_MAX INT32_MAX
#define S64_MAX ((s64)INT64_MAX)
#define U64_MAX ((u64)UINT64_MAX)

/* Of the kernel's own headers, longs as there. */
#define NSEC_PER_SEC 1000000000L
#define NSEC_PER_MSEC 1000000L
#define NSEC_PER_USEC 1000L

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define EXPORT_SYMBOL_IF_KUNIT(symbol)

#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)

#define min(a, b) ((a) < (b) ? (a) : (b))
#define min_t(t, a, b) min((t)(a), (t)(b))
#define max_t(t, a, b) ((t)(a) > (t)(b) ? (t)(a) : (t)(b))
#define clamp_t(t, v, lo, hi) min_t(t, max_t(t, v, lo), hi)
#define div_u64(a, b) ((u64)(a) / (u64)(b))
#define div64_u64(a, b) ((u64)(a) / (u64)(b))

static inline __attribute__((format(printf, 3, 4))) int scnprintf(char *buf, size_t size,
								  const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(buf, size, format, ap);
	va_end(ap);
	return size && n >= (int)size ? (int)size - 1 : size ? n : 0;
}

#endif /* OSTRACE_KSHIM_H */
