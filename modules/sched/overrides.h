/* SPDX-License-Identifier: GPL-2.0 */
/* Latency classes and weights that the administrator set. */
#ifndef _OSTRACE_SCHED_OVERRIDES_H
#define _OSTRACE_SCHED_OVERRIDES_H

#include <linux/types.h>

struct scheduler;

/*
 * The list outlives any one scheduler: a restarted one gets it again. All calls
 * want the module's state lock held; @s may be one that does not run.
 */
int overrides_write(struct scheduler *s, char *text);
/** overrides_print - all of them, as they would be written; kvfree() it, NULL: no memory */
char *overrides_print(struct scheduler *s, size_t *len);
/** overrides_prune - forget those of processes and cgroups that are gone, here and in @s */
void overrides_prune(struct scheduler *s);
/** overrides_apply - tell a scheduler that has just been loaded */
void overrides_apply(struct scheduler *s);
void overrides_free(void);

#endif /* _OSTRACE_SCHED_OVERRIDES_H */
