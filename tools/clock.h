/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OSTRACE_CLOCK_H
#define OSTRACE_CLOCK_H

#include <stdint.h>
#include <time.h>

/** clock_ns - what clock @id says now, in ns. CLOCK_MONOTONIC is what the programs have. */
static inline uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

#endif /* OSTRACE_CLOCK_H */
