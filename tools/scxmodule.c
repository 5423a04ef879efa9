// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cap-ng.h>
#include "err.h"
#include "scxmodule.h"
#include "textfile.h"

#define NAME "ostrace_sched"
#define SCX "/sys/kernel/sched_ext"
#define CONTROL "/sys/kernel/" NAME
#define OPS "ostrace" /* of our scheduler */

static void become_modprobe(char *const argv[], int out)
{
	sigset_t none;

	setpgid(0, 0); /* not to be interrupted half-way */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	setenv("PATH", "/usr/sbin:/sbin:/usr/bin:/bin", 1);
	execvp(argv[0], argv);
	_exit(127);
}

/* Run modprobe; @said has what it said. Return: its status, or -errno. */
static int modprobe(char *const argv[], char *said, size_t n)
{
	size_t len = 0;
	ssize_t got;
	pid_t pid;
	int out[2], st;

	if (pipe2(out, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid)
		become_modprobe(argv, out[1]);
	close(out[1]);
	while (pid > 0 && len < n - 1) {
		got = read(out[0], said + len, n - 1 - len);
		if (got > 0)
			len += (size_t)got;
		else if (!got || errno != EINTR)
			break;
	}
	said[len] = '\0';
	said[strcspn(said, "\n")] = '\0';
	close(out[0]);
	if (pid < 0)
		return -errno;
	while (waitpid(pid, &st, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(st) ? WEXITSTATUS(st) : 128;
}

static int check_findable(void)
{
	char *const argv[] = { "modprobe", "--show-depends", NAME, NULL };
	char said[512];
	int status = modprobe(argv, said, sizeof(said));
	struct utsname u;

	if (!status)
		return 0;
	if (status == 127)
		return err_set(-ENOENT, "modprobe is needed to load %s: install kmod", NAME);
	uname(&u);
	return err_set(-ENOENT,
		       "modprobe does not find %s for kernel %s: build it with 'make modules' and "
		       "put it below /lib/modules/%s/updates, then run depmod",
		       NAME, u.release, u.release);
}

static int check_privilege(void)
{
	if (capng_get_caps_process() || capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_MODULE))
		return 0;
	return err_set(-EPERM, "loading %s needs root, or the capability CAP_SYS_MODULE", NAME);
}

static void remember(struct scxmodule *m, const char *directory, const char *name)
{
	char path[128], value[32];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	textfile_line(path, value, sizeof(value));
	if (*value && m->nparameters < SCXMODULE_PARAMETERS)
		snprintf(m->parameter[m->nparameters++], sizeof(m->parameter[0]), "%s=%s", name,
			 value);
}

/* Knobs may have been turned since it was loaded: what is in force counts. */
static void remember_parameters(struct scxmodule *m)
{
	remember(m, CONTROL, "slice_us");
	remember(m, CONTROL, "bound_ms");
	remember(m, CONTROL, "restart");
	remember(m, "/sys/module/" NAME "/parameters", "timeout_ms");
	remember(m, "/sys/module/" NAME "/parameters", "max_cgroups");
}

static int remember_overrides(struct scxmodule *m)
{
	FILE *f = fopen(CONTROL "/overrides", "re");
	size_t size = 0;
	ssize_t len;

	if (!f)
		return err_set(-errno, "cannot read %s: %s", CONTROL "/overrides", strerror(errno));
	len = getdelim(&m->overrides, &size, '\0', f);
	if (len < 0 && ferror(f)) {
		len = -errno;
		fclose(f);
		return err_set((int)len, "cannot read %s: %s", CONTROL "/overrides",
			       strerror((int)-len));
	}
	fclose(f);
	if (len < 0 && m->overrides)
		*m->overrides = '\0';
	return 0;
}

/* Line by line: a process or cgroup may be gone meanwhile, and its line with it. */
static int restore_overrides(const struct scxmodule *m)
{
	const char *line = m->overrides;
	int fd, err = 0;
	size_t n;

	if (!line || !*line)
		return 0;
	fd = open(CONTROL "/overrides", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		err = -errno;
	for (; !err && *line; line += n) {
		n = strcspn(line, "\n");
		n += line[n] == '\n';
		if (write(fd, line, n) < 0 && errno != ESRCH && errno != ENOENT)
			err = -errno;
	}
	if (fd >= 0)
		close(fd);
	return err ? err_set(err, "the overrides cannot be set again: %s", strerror(-err)) : 0;
}

static unsigned long count_exits(void)
{
	char line[32];

	textfile_line(CONTROL "/exits", line, sizeof(line));
	return strtoul(line, NULL, 10);
}

/* Why it was last ejected. */
static void read_reason(char *out, size_t n)
{
	FILE *f = fopen(CONTROL "/exit", "re");
	char line[256];

	snprintf(out, n, "the kernel log says why");
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "reason ", 7) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(out, n, "%s", line + 7);
	}
	if (f)
		fclose(f);
}

int scxmodule_open(struct scxmodule *m)
{
	char ops[64], state[32];
	int err;

	memset(m, 0, sizeof(*m));
	if (access(SCX, F_OK))
		return err_set(-EOPNOTSUPP,
			       "this kernel has no sched_ext (CONFIG_SCHED_CLASS_EXT): there is "
			       "nothing to compare its scheduler with");
	textfile_line(SCX "/root/ops", ops, sizeof(ops));
	m->was_loaded = m->loaded = !access(CONTROL, F_OK);
	if (m->loaded) {
		textfile_line(CONTROL "/state", state, sizeof(state));
		if (strcmp(state, "running"))
			return err_set(-EBUSY,
				       "%s is loaded but does not run (it is '%s'): rmmod %s first",
				       NAME, state, NAME);
		remember_parameters(m);
		m->exits = count_exits();
	} else if (*ops) {
		return err_set(-EBUSY,
			       "the scheduler '%s' runs, and could not be started again "
			       "afterwards: end it first",
			       ops);
	}
	err = check_privilege() ?: check_findable();
	return !err && m->loaded ? remember_overrides(m) : err;
}

static int load(struct scxmodule *m)
{
	char *argv[SCXMODULE_PARAMETERS + 3] = { "modprobe", NAME };
	char said[512];
	int i, status;

	for (i = 0; i < m->nparameters; i++)
		argv[2 + i] = m->parameter[i];
	status = modprobe(argv, said, sizeof(said));
	if (!status) {
		m->loaded = true;
		m->exits = 0;
		return restore_overrides(m);
	}
	if (status < 0)
		return status;
	return err_set(-EIO, "%s cannot be loaded: %s; the kernel log says why", NAME, said);
}

static int unload(struct scxmodule *m)
{
	if (syscall(SYS_delete_module, NAME, O_NONBLOCK) && errno != ENOENT)
		return err_set(-errno, "%s cannot be unloaded: %s", NAME, strerror(errno));
	m->loaded = false;
	return 0;
}

int scxmodule_check(const struct scxmodule *m)
{
	char text[200];

	if (!m->loaded) {
		textfile_line(SCX "/root/ops", text, sizeof(text));
		return *text ? err_set(-EBUSY, "the scheduler '%s' was started meanwhile", text) :
			       0;
	}
	textfile_line(CONTROL "/state", text, sizeof(text));
	/* With "restart" it may run again. */
	if (!strcmp(text, "running") && count_exits() == m->exits)
		return 0;
	read_reason(text, sizeof(text));
	return err_set(-EIO, "the scheduler was ejected while it was measured: %s", text);
}

int scxmodule_set(struct scxmodule *m, bool loaded)
{
	int err;

	if (m->loaded == loaded)
		return 0;
	err = loaded ? load(m) : unload(m);
	return err || !loaded ? err : scxmodule_check(m);
}

int scxmodule_restore(struct scxmodule *m)
{
	return scxmodule_set(m, m->was_loaded);
}

void scxmodule_close(struct scxmodule *m)
{
	free(m->overrides);
	m->overrides = NULL;
}
