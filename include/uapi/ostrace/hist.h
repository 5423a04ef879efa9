/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The log-linear histogram that every part of ostrace shares: the BPF programs
 * and the kernel modules fill it, the reader takes percentiles from it.
 *
 * Each power of two is cut into OSTRACE_HIST_SUB equal slots. A value is later
 * reported as the middle of its slot, so the relative error of a reported
 * value is at most 1 / (2 * OSTRACE_HIST_SUB) = 12.5 %: the slot of a value
 * with lower edge L is L / SUB wide, its middle is L * (1 + 1 / (2 * SUB)),
 * and the error is largest for a value on the lower edge. Values below SUB
 * have a slot of their own and no error. (The scheme is that of HdrHistogram,
 * G. Tene, with a fixed number of significant bits.)
 */
#ifndef _UAPI_OSTRACE_HIST_H
#define _UAPI_OSTRACE_HIST_H

#ifndef __VMLINUX_H__ /* BPF programs have these types from there */
#include <linux/types.h>
#endif

#define OSTRACE_HIST_SUB_BITS 2
#define OSTRACE_HIST_SUB (1 << OSTRACE_HIST_SUB_BITS)

/*
 * Number of slots. The last one starts at 1.75 * 2^40 (32 minutes when the
 * unit is 1 ns) and also holds everything above: sums and maxima stay exact,
 * percentiles up there are lower bounds.
 */
#define OSTRACE_HIST_SLOTS 160

/**
 * ostrace_hist_slot - the slot that counts a value
 * @v: the value, any unit; ostrace uses nanoseconds
 *
 * Return: 0 .. OSTRACE_HIST_SLOTS - 1. Monotonic in @v.
 *
 * The logarithm is a binary search: BPF has no find-last-set instruction.
 */
static inline __attribute__((always_inline)) __u32 ostrace_hist_slot(__u64 v)
{
	__u32 exp = 0, slot;
	__u64 x = v;

	if (v < OSTRACE_HIST_SUB)
		return (__u32)v;
	if (x >> 16) { /* most durations are below 65 us */
		if (x >> 32) {
			exp += 32;
			x >>= 32;
		}
		if (x >> 16) {
			exp += 16;
			x >>= 16;
		}
	}
	if (x >> 8) {
		exp += 8;
		x >>= 8;
	}
	if (x >> 4) {
		exp += 4;
		x >>= 4;
	}
	if (x >> 2) {
		exp += 2;
		x >>= 2;
	}
	exp += (__u32)(x >> 1);
	slot = ((exp - OSTRACE_HIST_SUB_BITS + 1) << OSTRACE_HIST_SUB_BITS) +
	       ((__u32)(v >> (exp - OSTRACE_HIST_SUB_BITS)) & (OSTRACE_HIST_SUB - 1));
	return slot < OSTRACE_HIST_SLOTS ? slot : OSTRACE_HIST_SLOTS - 1;
}

/**
 * ostrace_hist_low - the smallest value that a slot counts
 * @slot: 0 .. OSTRACE_HIST_SLOTS; with OSTRACE_HIST_SLOTS, the first value
 *        that would lie beyond the last slot had it not been open-ended
 *
 * Return: the lower edge; the upper edge of @slot is the lower edge of
 * @slot + 1, exclusive.
 */
static inline __attribute__((always_inline)) __u64 ostrace_hist_low(__u32 slot)
{
	__u32 octave = slot >> OSTRACE_HIST_SUB_BITS;
	__u64 sub = slot & (OSTRACE_HIST_SUB - 1);

	if (!octave)
		return slot;
	return (OSTRACE_HIST_SUB + sub) << (octave - 1);
}

#endif /* _UAPI_OSTRACE_HIST_H */
