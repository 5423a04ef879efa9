/* SPDX-License-Identifier: GPL-2.0 */
/* The devices of ostrace_oom.ko. Failures are described with err_set(). */
#ifndef OSTRACE_OOM_DEVICE_H
#define OSTRACE_OOM_DEVICE_H

#include <stddef.h>
#include <stdint.h>
#include "uapi/ostrace/oom.h"

/** oom_device_open - /dev/ostrace_oom, not blocking; -EOPNOTSUPP without a module of our version */
int oom_device_open(void);
int oom_device_info(int fd, struct ostrace_oom_info *info);
/** oom_mode_name - the mode's name, in words */
const char *oom_mode_name(unsigned int mode);

/**
 * oom_device_rank - a dry run
 * @cgroup: an open cgroup directory or -1
 * @out: the decision and, in their order of the kernel, its candidates; free() it
 */
int oom_device_rank(int fd, int cgroup, struct ostrace_oom_decision **out);

/** oom_candidates - those behind a decision */
static inline const struct ostrace_oom_candidate *
oom_candidates(const struct ostrace_oom_decision *d)
{
	return (const void *)((const char *)d + d->header);
}

/** oom_rules_load - give @text to the module, which checks it */
int oom_rules_load(const char *text, size_t len);
/** oom_rules_check - the same check here; -EINVAL names @file and the line */
int oom_rules_check(const char *file, const char *text, size_t len);

#endif /* OSTRACE_OOM_DEVICE_H */
