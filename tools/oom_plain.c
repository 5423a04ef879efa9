// SPDX-License-Identifier: GPL-2.0
/* The tracepoint oom:mark_victim by tracefs: rare events need no BPF. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "err.h"
#include "oom_plain.h"

#define INSTANCE "/sys/kernel/tracing/instances/ostrace_oom"
#define EVENT "mark_victim: "

static int enable(const char *on)
{
	int fd = open(INSTANCE "/events/oom/mark_victim/enable", O_WRONLY | O_CLOEXEC);
	int err = fd < 0 || write(fd, on, 1) != 1 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return err;
}

int oom_plain_open(void)
{
	int fd = -1, err = 0;

	/* One left behind serves as well. */
	if (mkdir(INSTANCE, 0700) && errno != EEXIST)
		err = -errno;
	if (!err)
		err = enable("1");
	if (!err)
		fd = open(INSTANCE "/trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (!err && fd < 0)
		err = -errno;
	if (err) {
		rmdir(INSTANCE);
		return err_set(err, "cannot trace the OOM killer: %s", strerror(-err));
	}
	return fd;
}

void oom_plain_close(int fd)
{
	struct timespec nap = { .tv_nsec = 20000000 };
	int tries = 50;

	if (fd < 0)
		return;
	close(fd);
	/* The instance stays busy for a moment after its last use. */
	enable("0");
	while (rmdir(INSTANCE) && errno == EBUSY && tries--)
		nanosleep(&nap, NULL);
}

static unsigned long long field(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p ? strtoull(p + strlen(key), NULL, 10) : 0;
}

/*
 * "... 123.456: mark_victim: pid=7 comm=a b total-vm=8kB anon-rss=..." A name may
 * hold anything, so numbers are looked for behind the last field that follows it.
 */
int oom_plain_parse(const char *line, struct oom_plain_kill *k)
{
	const char *event = strstr(line, EVENT), *comm, *rest = NULL, *p;
	size_t n;

	memset(k, 0, sizeof(*k));
	if (!event)
		return -EINVAL;
	/* The time stands before the event, behind the task and its flags. */
	for (p = event; p > line && p[-1] != ' '; p--)
		;
	while (p > line && p[-1] == ' ')
		p--;
	for (; p > line && p[-1] != ' '; p--)
		;
	k->uptime = strtod(p, NULL);
	k->pid = (int)field(event, "pid=");
	comm = strstr(event, " comm=");
	for (p = comm; p && (p = strstr(p, " total-vm=")); p++)
		rest = p;
	if (!comm || !rest || !k->pid)
		return k->pid ? 0 : -EINVAL;
	n = (size_t)(rest - comm - 6);
	snprintf(k->comm, sizeof(k->comm), "%.*s", n > 31 ? 31 : (int)n, comm + 6);
	k->anon_kb = field(rest, "anon-rss=");
	k->file_kb = field(rest, "file-rss=");
	k->shmem_kb = field(rest, "shmem-rss=");
	k->pgtables_kb = field(rest, "pgtables=");
	k->uid = (unsigned int)field(rest, "uid=");
	p = strstr(rest, "oom_score_adj=");
	k->oom_score_adj = p ? (int)strtol(p + 14, NULL, 10) : 0;
	return 0;
}
