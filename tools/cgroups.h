/* SPDX-License-Identifier: GPL-2.0 */
/* Names of cgroup v2 ids. */
#ifndef OSTRACE_CGROUPS_H
#define OSTRACE_CGROUPS_H

#include <stdint.h>
#include <sys/types.h>

struct cgroups;

int cgroups_open(struct cgroups **c);
void cgroups_close(struct cgroups *c);

/**
 * cgroups_name - path of cgroup @id below the cgroup v2 root ("/" is the root)
 * @pid: a process known to be in it (any time), or 0
 *
 * Names are remembered: that of a removed cgroup still prints, followed by
 * " (gone)". One that was gone before anybody asked is "cgroup#ID (gone)".
 * Return: a string that lives until cgroups_close().
 */
const char *cgroups_name(struct cgroups *c, uint64_t id, pid_t pid);

#endif /* OSTRACE_CGROUPS_H */
