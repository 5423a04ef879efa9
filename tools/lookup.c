// SPDX-License-Identifier: GPL-2.0
/* Processes, CPUs, cgroups and programs of this host. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "err.h"
#include "lookup.h"
#include "optvalue.h"

/* kill() sees what procfs may hide from us (hidepid, no /proc at all). */
static bool task_exists(uint32_t id)
{
	return !kill((pid_t)id, 0) || errno == EPERM;
}

/* The thread group of @tid, 0 if it cannot be told. */
static uint32_t tgid_of(uint32_t tid)
{
	char path[32], line[128];
	unsigned int tgid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/status", tid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Tgid: %u", &tgid) == 1)
			break;
	fclose(f);
	return tgid;
}

int lookup_process(uint32_t pid)
{
	uint32_t tgid;

	if (!task_exists(pid))
		return err_set(-EINVAL, "no process %u", pid);
	tgid = tgid_of(pid);
	if (tgid && tgid != pid)
		return err_set(-EINVAL, "%u is a thread of process %u: use --tid %u or --pid %u",
			       pid, tgid, pid, tgid);
	return 0;
}

int lookup_thread(uint32_t tid)
{
	if (!task_exists(tid))
		return err_set(-EINVAL, "no thread %u", tid);
	return 0;
}

bool lookup_ended(uint32_t pid)
{
	struct pollfd p = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	bool ended;

	if (p.fd < 0)
		return errno == ESRCH;
	ended = poll(&p, 1, 0) == 1;
	close(p.fd);
	return ended;
}

bool lookup_thread_ended(uint32_t tid)
{
	return !task_exists(tid);
}

int lookup_cpus(const uint64_t *map, unsigned int bits)
{
	uint64_t possible[64] = { 0 };
	char line[4096];
	unsigned int i;
	FILE *f;

	f = fopen("/sys/devices/system/cpu/possible", "re");
	if (!f)
		return 0; /* cannot tell: the session will */
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	if (value_cpus("possible", line, possible, 64 * 64)) {
		err_clear();
		return 0;
	}
	for (i = 0; i < bits && i < 64 * 64; i++)
		if ((map[i / 64] & ~possible[i / 64]) >> i % 64 & 1)
			return err_set(-EINVAL, "no CPU %u: this machine can have %s", i, line);
	return 0;
}

/* mountinfo writes blanks and such as \ooo. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++)
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	*to = '\0';
}

/*
 * The first cgroup2 mount: its directory and which cgroup that is ("/" unless
 * someone mounted a part of the tree). Lines read
 * "36 35 98:0 ROOT DIR options... - TYPE source options".
 */
static bool cgroup_mount(char *dir, char *root)
{
	char line[2 * PATH_MAX + 256], type[32];
	bool found = false;
	FILE *f;

	f = fopen("/proc/self/mountinfo", "re");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		const char *sep = strstr(line, " - ");

		found = sep && sscanf(sep, " - %31s", type) == 1 && !strcmp(type, "cgroup2") &&
			sscanf(line, "%*s %*s %*s %4095s %4095s", root, dir) == 2;
	}
	fclose(f);
	if (found) {
		unescape(dir);
		unescape(root);
	}
	return found;
}

bool lookup_cgroup_mount(char *out, size_t n)
{
	char dir[PATH_MAX], root[PATH_MAX];

	if (!cgroup_mount(dir, root))
		return false;
	snprintf(out, n, "%s", dir);
	return true;
}

static int depth_of(const char *path)
{
	int depth = 0;

	for (; *path; path++)
		depth += path[0] == '/' && path[1] && path[1] != '/';
	return depth;
}

/* The id that BPF sees: kernfs puts it into the file handle. */
static int cgroup_id(const char *dir, uint64_t *id)
{
	struct {
		struct file_handle h;
		uint64_t id;
	} fh = { .h.handle_bytes = sizeof(uint64_t) };
	struct stat st;
	int mount;

	if (!name_to_handle_at(AT_FDCWD, dir, &fh.h, &mount, 0) &&
	    fh.h.handle_bytes == sizeof(uint64_t)) {
		memcpy(id, fh.h.f_handle, sizeof(*id));
		return 0;
	}
	if (stat(dir, &st))
		return -errno;
	*id = st.st_ino; /* the same thing where inodes have 64 bits */
	return 0;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Turn what the user wrote into a real directory, below the mount first. */
static bool cgroup_dir(const char *path, const char *mount, char *real)
{
	char below[2 * PATH_MAX];
	size_t n = strlen(mount);
	bool inside = !strncmp(path, mount, n) && (!path[n] || path[n] == '/');

	snprintf(below, sizeof(below), "%s/%s", mount, path);
	if (!inside && is_dir(below) && realpath(below, real))
		return true;
	return path[0] == '/' && is_dir(path) && realpath(path, real);
}

int lookup_cgroup(const char *path, struct cgroup_ref *cg)
{
	char mount[PATH_MAX], root[PATH_MAX], real[PATH_MAX];
	const char *below;
	struct statfs fs;
	size_t n;

	if (!cgroup_mount(mount, root))
		return err_set(
			-EOPNOTSUPP,
			"no cgroup v2 hierarchy is mounted here (cgroup v1 cannot be filtered by)");
	if (!*path || !cgroup_dir(path, mount, real))
		return err_set(-EINVAL, "no cgroup '%s' under %s", path, mount);
	n = strlen(mount);
	if (statfs(real, &fs) || fs.f_type != CGROUP2_SUPER_MAGIC || strncmp(real, mount, n))
		return err_set(-EINVAL, "'%s' is not a cgroup v2 directory; those are under %s",
			       path, mount);
	if (cgroup_id(real, &cg->id))
		return err_set(-EINVAL, "cannot read '%s': %s", real, strerror(errno));
	below = real[n] ? real + n : "/";
	cg->level = depth_of(root) + depth_of(below);
	cg->path = strdup(below);
	return cg->path ? 0 : -ENOMEM;
}

static int can_execute(const char *file)
{
	if (access(file, F_OK))
		return -ENOENT;
	if (is_dir(file) || access(file, X_OK))
		return -EACCES;
	return 0;
}

static int search_path(const char *name)
{
	const char *path = getenv("PATH"), *p = path ? path : "/bin:/usr/bin";
	char file[PATH_MAX];
	int worst = -ENOENT;

	for (;;) {
		size_t len = strcspn(p, ":");
		int err;

		snprintf(file, sizeof(file), "%.*s/%s", len ? (int)len : 1, len ? p : ".", name);
		err = can_execute(file);
		if (!err)
			return 0;
		if (err == -EACCES && !is_dir(file))
			worst = err;
		p += len;
		if (!*p++)
			return worst;
	}
}

int lookup_program(const char *name)
{
	int err;

	if (!*name)
		err = -ENOENT;
	else if (strchr(name, '/'))
		err = can_execute(name);
	else
		err = search_path(name);
	if (err == -ENOENT)
		return err_set(err, "%s: program not found", name);
	if (err)
		return err_set(err, "%s: cannot be executed: permission denied", name);
	return 0;
}
