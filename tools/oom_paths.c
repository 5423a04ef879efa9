// SPDX-License-Identifier: GPL-2.0
/* Cgroups by path: what the shared rule code asks its surroundings. */
#include <string.h>
#include "../modules/oom/rules.h"
#include "oom_paths.h"

bool oom_path_inside(const char *path, const char *top)
{
	size_t n = strlen(top);

	if (!strcmp(top, "/"))
		return true;
	return !strncmp(path, top, n) && (!path[n] || path[n] == '/');
}

bool oom_in_cgroup(const struct oom_rule *r, const struct oom_facts *f)
{
	const struct oom_paths *where = f->where;

	return where && where->cgroup && oom_path_inside(where->cgroup, r->path);
}

bool oom_over_cgroup(const struct oom_rule *r, const struct oom_facts *f)
{
	const struct oom_paths *where = f->where;

	return where && where->group && oom_path_inside(r->path, where->group);
}
