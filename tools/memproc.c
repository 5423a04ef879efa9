// SPDX-License-Identifier: GPL-2.0
/* Parsers; pure. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "memproc.h"

/* The number behind "@key" at the start of a line. */
static bool find(const char *text, const char *key, uint64_t *value)
{
	size_t len = strlen(key);
	unsigned long long v;
	const char *p;

	for (p = text; p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
		if (!strncmp(p, key, len) && (p[len] == ' ' || p[len] == ':') &&
		    sscanf(p + len + 1, "%llu", &v) == 1) {
			*value = v;
			return true;
		}
	return false;
}

int memproc_meminfo(const char *text, struct memproc *m)
{
	uint64_t total, available, swap = 0, swap_free = 0, anon = 0, file = 0, buffers = 0;

	if (!find(text, "MemTotal", &total) || !find(text, "MemAvailable", &available))
		return -EINVAL;
	find(text, "SwapTotal", &swap);
	find(text, "SwapFree", &swap_free);
	find(text, "AnonPages", &anon);
	find(text, "Cached", &file);
	find(text, "Buffers", &buffers);
	m->total = total * 1024;
	m->used = available < total ? (total - available) * 1024 : 0;
	m->swap = swap_free < swap ? (swap - swap_free) * 1024 : 0;
	m->anon = anon * 1024;
	m->file = (file + buffers) * 1024;
	return 0;
}

void memproc_vmstat(const char *text, struct memproc *m)
{
	static const char *const keys[MEMCG_STATS] = {
		[STAT_REFAULT_ANON] = "workingset_refault_anon",
		[STAT_REFAULT_FILE] = "workingset_refault_file",
		[STAT_ACTIVATE_ANON] = "workingset_activate_anon",
		[STAT_ACTIVATE_FILE] = "workingset_activate_file",
		[STAT_SCAN_DIRECT] = "pgscan_direct",
		[STAT_STEAL_DIRECT] = "pgsteal_direct",
		[STAT_MAJOR_FAULTS] = "pgmajfault",
	};
	int i;

	for (i = 0; i < MEMCG_STATS; i++)
		if (keys[i])
			find(text, keys[i], &m->stat[i]);
	find(text, "oom_kill", &m->oom_kills);
}

static bool line(const char *text, const char *kind, double *avg10, uint64_t *total)
{
	const char *p = strstr(text, kind);
	unsigned long long us;

	if (!p ||
	    sscanf(p + strlen(kind), " avg10=%lf avg60=%*f avg300=%*f total=%llu", avg10, &us) != 2)
		return false;
	*total = us * 1000;
	return true;
}

int memproc_pressure(const char *text, struct mem_psi *p)
{
	return line(text, "some", &p->avg10[0], &p->total[0]) &&
			       line(text, "full", &p->avg10[1], &p->total[1]) ?
		       0 :
		       -EINVAL;
}
