/* SPDX-License-Identifier: GPL-2.0 */
/* What /proc says of the machine's memory, and a cgroup's of its pressure. */
#ifndef OSTRACE_MEMPROC_H
#define OSTRACE_MEMPROC_H

#include <stdbool.h>
#include <stdint.h>
#include "memtree.h"

/* Of the whole machine. */
struct memproc {
	uint64_t total, used, swap; /* bytes; used: what cannot be had without reclaim */
	uint64_t anon, file;
	uint64_t stat[MEMCG_STATS]; /* counters since boot, those of STAT_REFAULT_ANON on */
	uint64_t oom_kills;
};

/**
 * memproc_meminfo - /proc/meminfo
 * Return: 0, or -EINVAL when MemTotal or MemAvailable is missing.
 */
int memproc_meminfo(const char *text, struct memproc *m);
/** memproc_vmstat - /proc/vmstat; what a kernel does not count stays as it is. */
void memproc_vmstat(const char *text, struct memproc *m);
/**
 * memproc_pressure - /proc/pressure/memory or a cgroup's memory.pressure
 * Sets avg10 and total (in ns) of @p. Return: 0 or -EINVAL.
 */
int memproc_pressure(const char *text, struct mem_psi *p);

#endif /* OSTRACE_MEMPROC_H */
