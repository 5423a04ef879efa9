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

/**
 * cgroup2_mount - where the cgroup v2 hierarchy is mounted, from the text of
 * /proc/self/mountinfo. Pure. Return: 0, or -ENOENT if there is none.
 */
int cgroup2_mount(const char *mountinfo, char *path, int n);

/**
 * cgroup_lookup - id and depth of the cgroup at @path: a path below the cgroup
 * v2 root ("/a/b" or "a/b") or a full one under its mount point.
 * Return: 0; -ENOENT, -EOPNOTSUPP described with err_set().
 */
int cgroup_lookup(const char *path, uint64_t *id, int *level);

#endif /* OSTRACE_CGROUPS_H */
