/* SPDX-License-Identifier: GPL-2.0 */
/* Where the time of system calls went: sums, differences, the slowest. Pure. */
#ifndef OSTRACE_WHERE_H
#define OSTRACE_WHERE_H

#include <stdint.h>
#include "ostrace/syscall.h"

/** where_ns - the time of all parts: exactly the duration of those calls. */
uint64_t where_ns(const struct where_sum *s);

/** where_add - @to += @s */
void where_add(struct where_sum *to, const struct where_sum *s);

/** where_all - the sum over all durations */
void where_all(const struct where_cell *c, struct where_sum *to);

/**
 * where_slowest - the sum over the slowest calls
 * @permille: at least so many of a thousand calls, at least one
 * @to: also has those that took about as long (the same power of two)
 *
 * Return: the duration that all of them reached, ns; 0 when any did.
 */
uint64_t where_slowest(const struct where_cell *c, unsigned int permille, struct where_sum *to);

/** where_advance - @delta: how much @now is more than @sum, which becomes @now */
void where_advance(struct where_cell *sum, struct where_cell *delta, const struct where_cell *now);

#endif /* OSTRACE_WHERE_H */
