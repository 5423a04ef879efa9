// SPDX-License-Identifier: GPL-2.0
/* The devices of ostrace_oom.ko. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "../modules/oom/rules.h"
#include "err.h"
#include "oom_device.h"

#define RECORDS "/dev/ostrace_oom"
#define RULES "/dev/ostrace_oom_rules"

static int no_device(int err)
{
	if (err == ENOENT || err == ENXIO)
		return err_set(-EOPNOTSUPP, "the module ostrace_oom is not %s",
			       access("/proc/modules", F_OK) ?
				       "there: this kernel was built without loadable modules" :
				       "loaded (modprobe ostrace_oom)");
	if (err == EACCES || err == EPERM)
		return err_set(-EPERM, "no permission to use the module ostrace_oom: run as root");
	return err_set(-err, "cannot open " RECORDS ": %s", strerror(err));
}

int oom_device_open(void)
{
	int fd = open(RECORDS, O_RDONLY | O_NONBLOCK | O_CLOEXEC), err;
	struct ostrace_oom_info info;

	if (fd < 0)
		return no_device(errno);
	/* Before anything is read: records of another version have another shape. */
	err = oom_device_info(fd, &info);
	if (!err)
		return fd;
	close(fd);
	return err;
}

int oom_device_info(int fd, struct ostrace_oom_info *info)
{
	int err = ioctl(fd, OSTRACE_OOM_IOC_INFO, info) ? -errno : 0;

	/* The size of the answer is part of the question. */
	if (err == -ENOTTY || (!err && info->version != OSTRACE_OOM_VERSION))
		return err_set(-EOPNOTSUPP,
			       "the module ostrace_oom is of another version than this program");
	return err ? err_set(err, "cannot ask the module ostrace_oom: %s", strerror(-err)) : 0;
}

const char *oom_mode_name(unsigned int mode)
{
	static const char *const names[] = {
		[OSTRACE_OOM_OFF] = "off",
		[OSTRACE_OOM_AUDIT] = "audit",
		[OSTRACE_OOM_ENFORCE] = "enforce",
	};

	return mode < sizeof(names) / sizeof(names[0]) ? names[mode] : "?";
}

static uint64_t swap_pages(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	uint64_t kb = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "SwapTotal:", 10))
			kb = strtoull(line + 10, NULL, 10);
	if (f)
		fclose(f);
	return kb * 1024 / (uint64_t)sysconf(_SC_PAGESIZE);
}

int oom_device_rank(int fd, int cgroup, struct ostrace_oom_decision **out)
{
	struct ostrace_oom_rank ask = { .cgroup_fd = cgroup,
					.capacity = 1024,
					.swap_pages = swap_pages() };
	struct ostrace_oom_decision *d;

	for (;;) {
		d = malloc(sizeof(*d) + ask.capacity * sizeof(struct ostrace_oom_candidate));
		if (!d)
			return -ENOMEM;
		ask.buffer = (uintptr_t)d;
		if (ioctl(fd, OSTRACE_OOM_IOC_RANK, &ask)) {
			int err = errno;

			free(d);
			return err == EOPNOTSUPP || err == EBADF ?
				       err_set(-EINVAL, "this cgroup has no memory controller") :
				       err_set(-err, "cannot rank: %s", strerror(err));
		}
		if (d->considered == d->candidates || ask.capacity == 65536)
			break;
		/* Processes may have come since: twice that suffices. */
		ask.capacity = d->considered > 32768 ? 65536 : 2 * d->considered;
		free(d);
	}
	*out = d;
	return 0;
}

int oom_rules_check(const char *file, const char *text, size_t len)
{
	static struct oom_rules set;
	struct oom_rules_error why;

	if (oom_rules_parse(text, len, &set, &why))
		return err_set(-EINVAL, "%s: line %u: %s", file, why.line, why.what);
	return 0;
}

int oom_rules_load(const char *text, size_t len)
{
	int fd = open(RULES, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return no_device(errno);
	if (write(fd, text, len) != (ssize_t)len)
		err = errno;
	close(fd);
	if (err == EXDEV)
		return err_set(
			-EINVAL,
			"rules are loaded from the first cgroup namespace, not in a container");
	return err ? err_set(-err, "the module refused the rules: %s", strerror(err)) : 0;
}
