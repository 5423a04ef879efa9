/* SPDX-License-Identifier: GPL-2.0 */
/* The two halves of `ostrace oom`. */
#ifndef OSTRACE_CMD_OOM_H
#define OSTRACE_CMD_OOM_H

#include <stdint.h>
#include "options.h"

/** oom_watch - tell kills until stopped; returns an exit code */
int oom_watch(const struct options *o);

/** oom_fail - print the error; returns the exit code for it */
int oom_fail(int err);
/** oom_cgroup_path - the path of a cgroup by its id; @data: struct cgroups */
const char *oom_cgroup_path(void *data, uint64_t id);

#endif /* OSTRACE_CMD_OOM_H */
