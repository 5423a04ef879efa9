/* SPDX-License-Identifier: GPL-2.0 */
/* Kills as the kernel's own tracepoint tells them, for hosts without the module. */
#ifndef OSTRACE_OOM_PLAIN_H
#define OSTRACE_OOM_PLAIN_H

#include <stddef.h>
#include <stdint.h>

struct oom_plain_kill {
	double uptime; /* s, the trace clock */
	int pid;
	char comm[32];
	uint64_t anon_kb, file_kb, shmem_kb, pgtables_kb;
	unsigned int uid;
	int oom_score_adj;
};

/** oom_plain_open - a tracing instance of our own; returns its pipe. One at a time. */
int oom_plain_open(void);
void oom_plain_close(int fd);

/** oom_plain_parse - one line of the pipe; -EINVAL if it is no kill */
int oom_plain_parse(const char *line, struct oom_plain_kill *k);

#endif /* OSTRACE_OOM_PLAIN_H */
