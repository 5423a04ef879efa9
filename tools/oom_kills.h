/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Victims of the OOM killer as the kernel's tracepoints tell them: with the
 * module ostrace_oom and without. Failures are described with err_set().
 */
#ifndef OSTRACE_OOM_KILLS_H
#define OSTRACE_OOM_KILLS_H

#include <stdbool.h>
#include <stdint.h>
#include "ostrace/kills.h"

struct session;
struct prog_stats;
struct oom_kills;

/** oom_kills_open - follow victims from now on; nothing is left behind at the end */
int oom_kills_open(struct session *s, struct oom_kills **out);
void oom_kills_close(struct oom_kills *k);

/** oom_kills_count - victims so far; they are numbered from 1 */
uint64_t oom_kills_count(const struct oom_kills *k);
/** oom_kills_get - victim number @n; false if it is not kept (any more) */
bool oom_kills_get(const struct oom_kills *k, uint64_t n, struct oom_kill *out);
/** oom_kills_find - the newest victim @pid; false if there is none */
bool oom_kills_find(const struct oom_kills *k, uint32_t pid, struct oom_kill *out);
/** oom_kills_missed - tracepoints that the kernel did not let us see */
uint64_t oom_kills_missed(const struct oom_kills *k);

/** oom_kills_ends - processes that ended: each costs us something */
uint64_t oom_kills_ends(const struct oom_kills *k);
/** oom_kills_stats - what our programs cost, while the kernel counts it */
void oom_kills_stats(const struct oom_kills *k, struct prog_stats *st);

/** oom_kill_pages - what was charged to the victim when it was marked, without swap */
static inline uint64_t oom_kill_pages(const struct oom_kill *k)
{
	return k->anon + k->file + k->shmem;
}

#endif /* OSTRACE_OOM_KILLS_H */
