/* SPDX-License-Identifier: GPL-2.0 */
/* Things of this host that options name. Failures are described with err_set(). */
#ifndef OSTRACE_LOOKUP_H
#define OSTRACE_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** lookup_process - is there a process @pid? -EINVAL if not, or if it is a thread */
int lookup_process(uint32_t pid);
/** lookup_thread - is there a thread @tid? */
int lookup_thread(uint32_t tid);
/** lookup_ended - has process @pid ended, a zombie at most? Threads: lookup_thread_ended() */
bool lookup_ended(uint32_t pid);
bool lookup_thread_ended(uint32_t tid);
/** lookup_cpus - are all CPUs of @map possible on this host? */
int lookup_cpus(const uint64_t *map, unsigned int bits);

struct cgroup_ref {
	uint64_t id;
	int level;  /* depth below the root, root = 0 */
	char *path; /* as it will be printed; free() it */
};

/**
 * lookup_cgroup - the cgroup v2 directory @path: below the cgroup2 mount, or
 * as a path of the file system
 * Return: 0; -EINVAL if there is none; -EOPNOTSUPP if the host has no v2.
 */
int lookup_cgroup(const char *path, struct cgroup_ref *cg);

/** lookup_cgroup_mount - where cgroup v2 is mounted; false if nowhere */
bool lookup_cgroup_mount(char *out, size_t n);

/** lookup_program - can @name be executed, found as execvp() does? -ENOENT, -EACCES */
int lookup_program(const char *name);

#endif /* OSTRACE_LOOKUP_H */
