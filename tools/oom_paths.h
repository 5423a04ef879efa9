/* SPDX-License-Identifier: GPL-2.0 */
/* Cgroups by path, for the OOM rules where there is no kernel to ask for ids. */
#ifndef OSTRACE_OOM_PATHS_H
#define OSTRACE_OOM_PATHS_H

#include <stdbool.h>

/* What oom_facts.where points at. */
struct oom_paths {
	const char *cgroup; /* of the candidate, below the cgroup v2 mount; "/" */
	const char *group;  /* its outermost memory.oom.group, or NULL */
};

/** oom_path_inside - is cgroup @path the cgroup @top or below it? */
bool oom_path_inside(const char *path, const char *top);

#endif /* OSTRACE_OOM_PATHS_H */
