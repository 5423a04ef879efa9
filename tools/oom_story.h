/* SPDX-License-Identifier: GPL-2.0 */
/* A decision of the OOM killer as text or as JSON. Pure: into a buffer. */
#ifndef OSTRACE_OOM_STORY_H
#define OSTRACE_OOM_STORY_H

#include <stddef.h>
#include "buf.h"
#include "oom_device.h"
#include "oom_kills.h"
#include "writer.h"

/* What is known of a kill; NULL and negative: not known. One of the first two is. */
struct oom_story {
	const struct ostrace_oom_decision *d; /* as the module records it */
	const struct oom_kill *kill;	      /* as the kernel's tracepoints tell it */
	double wall;			      /* unix time of the kill, s */
	const char *home;		      /* path of the victim's cgroup */
	/* Path of a cgroup by its id, never NULL. */
	const char *(*cgroup)(void *data, uint64_t id);
	void *data;
	double pressure;       /* share of the last 10 s somebody waited for memory, % */
	long long usage_after; /* bytes of the cgroup, when the victim had gone */
	long long kills;       /* oom_kill in memory.events of the victim's cgroup */
	size_t rows;	       /* of the ranking to show, 0: all */
};

void oom_story_text(struct buf *b, const struct oom_story *s, const struct text_style *style);
void oom_story_json(struct buf *b, const struct oom_story *s);

/**
 * oom_story_order - indexes of the candidates of @d, whom the policy would take
 * first, first; free() them. NULL when out of memory.
 */
unsigned int *oom_story_order(const struct ostrace_oom_decision *d);

#endif /* OSTRACE_OOM_STORY_H */
