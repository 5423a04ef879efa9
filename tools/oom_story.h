/* SPDX-License-Identifier: GPL-2.0 */
/* A decision of the OOM killer as text or as JSON. Pure: into a buffer. */
#ifndef OSTRACE_OOM_STORY_H
#define OSTRACE_OOM_STORY_H

#include <stddef.h>
#include "buf.h"
#include "oom_device.h"
#include "writer.h"

/* What is known besides the record; NULL and negative: not known. */
struct oom_story {
	const struct ostrace_oom_decision *d;
	/* Path of a cgroup by its id, never NULL. */
	const char *(*cgroup)(void *data, uint64_t id);
	void *data;
	double pressure;       /* share of the last 10 s somebody waited for memory, % */
	double gone_ms;	       /* from the choice to the end of the victim */
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
