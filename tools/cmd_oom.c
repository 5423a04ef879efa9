// SPDX-License-Identifier: GPL-2.0
/* ostrace oom: decisions of the OOM killer, and the policy behind them. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "cgroups.h"
#include "command.h"
#include "err.h"
#include "json.h"
#include "lookup.h"
#include "loop.h"
#include "oom_device.h"
#include "oom_policy.h"
#include "oom_story.h"
#include "writer.h"

/* How long the end of a victim is waited for. */
#define GONE_MS 3000
#define STORY_ROWS 12

static int flush(struct buf *b)
{
	int err = buf_flush(b, STDOUT_FILENO);

	buf_free(b);
	if (err == -EPIPE)
		return 128 + SIGPIPE;
	if (err)
		err_print(err);
	return err ? EXIT_FAIL : EXIT_OK;
}

static int fail(int err)
{
	err_print(err);
	return err_exit_code(err);
}

/* The whole of a rules file, terminated; free() it. */
static int read_file(const char *path, char **text, size_t *len)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
	int err = 0;

	if (!f)
		return err_set(-errno, "%s: %s", path, strerror(errno));
	/* One byte more shows that it is too long. */
	*text = malloc(OSTRACE_OOM_TEXT_MAX + 2);
	if (!*text)
		err = -ENOMEM;
	else
		*len = fread(*text, 1, OSTRACE_OOM_TEXT_MAX + 1, f);
	if (!err && ferror(f))
		err = err_set(-EIO, "%s: %s", path, strerror(errno));
	if (f != stdin)
		fclose(f);
	if (err)
		free(*text);
	return err;
}

static int rules_file(const char *path, bool load)
{
	char *text = NULL;
	size_t len = 0;
	int err = read_file(path, &text, &len);

	if (err)
		return fail(err);
	err = oom_rules_check(path, text, len);
	if (!err && load)
		err = oom_rules_load(text, len);
	free(text);
	return err ? fail(err) : EXIT_OK;
}

static int cmd_test(const struct options *o, const char *path)
{
	return rules_file(path, false);
}

static int cmd_load(const struct options *o, const char *path)
{
	return rules_file(path, true);
}

static int cmd_attach(const struct options *o, const char *path)
{
	struct buf b = { 0 };
	const char *name;
	int err = oom_policy_attach(path, o->verbose, &name);

	if (err)
		return fail(err);
	buf_printf(&b, "policy %s attached; 'ostrace oom detach' ends it\n", name);
	return flush(&b);
}

static int cmd_detach(const struct options *o, const char *unused)
{
	int err = oom_policy_detach();

	return err ? fail(err) : EXIT_OK;
}

static void status_json(struct buf *b, const struct ostrace_oom_info *i)
{
	struct json j = { .out = b };

	json_object(&j, NULL);
	json_string(&j, "mode", oom_mode_name(i->mode));
	json_u64(&j, "rules", i->nrules);
	json_string(&j, "policy", i->policy[0] ? i->policy : NULL);
	json_bool(&j, "bpf", i->flags & OSTRACE_OOM_INFO_BPF);
	json_u64(&j, "calls", i->decisions);
	json_u64(&j, "kills", i->recorded);
	json_u64(&j, "waits", i->waits);
	json_u64(&j, "candidates", i->candidates_seen);
	json_u64(&j, "missed", i->missed);
	json_u64(&j, "bypassed", i->no_candidates);
	json_end_object(&j);
	buf_putc(b, '\n');
}

static int cmd_status(const struct options *o, const char *unused)
{
	int fd = oom_device_open(), err = fd;
	struct ostrace_oom_info i;
	struct buf b = { 0 };

	if (fd >= 0) {
		err = oom_device_info(fd, &i);
		close(fd);
	}
	if (err)
		return fail(err);
	i.policy[sizeof(i.policy) - 1] = '\0';
	if (o->json) {
		status_json(&b, &i);
		return flush(&b);
	}
	buf_printf(&b, "mode %s, %u rules, policy %s\n", oom_mode_name(i.mode), i.nrules,
		   i.policy[0] ? i.policy : "none");
	if (!(i.flags & OSTRACE_OOM_INFO_BPF))
		buf_puts(&b, "BPF policies cannot be attached: the module was built without BTF\n");
	buf_printf(&b,
		   "%llu kills decided, %llu times waited for a victim, %llu candidates scored\n",
		   i.recorded, i.waits, i.candidates_seen);
	if (i.missed)
		buf_printf(&b, "%llu calls were missed\n", i.missed);
	if (i.no_candidates)
		buf_printf(&b,
			   "%llu kills were decided without the module: is "
			   "/sys/kernel/debug/kprobes/enabled 1, vm.oom_kill_allocating_task 0?\n",
			   i.no_candidates);
	return flush(&b);
}

static const char *cgroup_path(void *data, uint64_t id)
{
	return cgroups_name(data, id, 0);
}

/* Text of a file of a cgroup; false if there is none. */
static bool cgroup_file(const char *path, const char *file, char *out, size_t n)
{
	char mount[512], full[1800];
	ssize_t len = -1;
	int fd;

	if (!lookup_cgroup_mount(mount, sizeof(mount)))
		return false;
	snprintf(full, sizeof(full), "%s%s/%s", mount, path, file);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		len = read(fd, out, n - 1);
		close(fd);
	}
	out[len > 0 ? len : 0] = '\0';
	return len > 0;
}

static long long number_after(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p ? strtoll(p + strlen(key), NULL, 10) : -1;
}

static double pressure_of(const char *path)
{
	char text[256], *p;

	if (!cgroup_file(path, "memory.pressure", text, sizeof(text)))
		return -1;
	p = strstr(text, "some avg10=");
	return p ? strtod(p + 11, NULL) : -1;
}

/* Milliseconds until the victim was gone; -1 if it is not. */
static double wait_gone(const struct ostrace_oom_decision *d)
{
	struct pollfd p = { .fd = (int)syscall(SYS_pidfd_open, d->victim[0].pid, 0),
			    .events = POLLIN };
	struct timespec now;
	int gone = 1;

	if (p.fd >= 0) {
		gone = poll(&p, 1, GONE_MS);
		close(p.fd);
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	return gone > 0 ? ((double)now.tv_sec * 1e9 + (double)now.tv_nsec -
			   (double)(d->time + d->choice_ns)) /
				  1e6 :
			  -1;
}

static void tell(struct buf *b, const struct ostrace_oom_decision *d, struct cgroups *names,
		 const struct options *o, const struct text_style *style)
{
	struct oom_story s = {
		.d = d,
		.cgroup = cgroup_path,
		.data = names,
		.pressure = -1,
		.gone_ms = -1,
		.usage_after = -1,
		.kills = -1,
		.rows = o->top > 0 ? (size_t)o->top : STORY_ROWS,
	};
	char text[512], home[1100];

	/* Before the wait: names are kept, cgroups are not. */
	snprintf(home, sizeof(home), "%s", cgroups_name(names, d->victim[0].cgroup, 0));
	s.pressure = pressure_of(d->cgroup ? cgroups_name(names, d->cgroup, 0) : home);
	s.gone_ms = wait_gone(d);
	if (cgroup_file(d->cgroup ? cgroups_name(names, d->cgroup, 0) : home, "memory.current",
			text, sizeof(text)))
		s.usage_after = strtoll(text, NULL, 10);
	if (cgroup_file(home, "memory.events", text, sizeof(text)))
		s.kills = number_after(text, "oom_kill ");
	if (o->json)
		oom_story_json(b, &s);
	else
		oom_story_text(b, &s, style);
}

/* Write what there is to read; 0, an exit code, or -errno. */
static int tell_all(int fd, struct cgroups *names, const struct options *o,
		    const struct text_style *style, uint64_t *last)
{
	static char room[OSTRACE_OOM_RECORD_MAX];
	const struct ostrace_oom_decision *d;
	struct buf b = { 0 };
	ssize_t n, at;

	while ((n = read(fd, room, sizeof(room))) > 0) {
		for (at = 0; at < n; at += d->size) {
			d = (const void *)(room + at);
			if (*last && d->seq > *last + 1)
				warn_print("%llu decisions were too fast to be shown",
					   (unsigned long long)(d->seq - *last - 1));
			*last = d->seq;
			tell(&b, d, names, o, style);
			if (buf_flush(&b, STDOUT_FILENO))
				return -EPIPE;
		}
	}
	buf_free(&b);
	return n < 0 && errno != EAGAIN ? -errno : 0;
}

static int watch(int fd, struct cgroups *names, const struct options *o)
{
	struct text_style style = text_style_of(STDOUT_FILENO, (int)o->color);
	int err, signo = 0, ev;
	uint64_t last = 0;
	struct loop *l;

	err = loop_open(&l, fd, 0);
	if (err)
		return err;
	if (!o->json && isatty(STDOUT_FILENO))
		warn_print("waiting for the OOM killer; Ctrl-C ends");
	for (;;) {
		err = tell_all(fd, names, o, &style, &last);
		if (err)
			break;
		ev = loop_wait(l, &signo);
		if (ev == LOOP_SIGNAL || ev == LOOP_HANGUP || ev < 0) {
			err = ev < 0 ? ev : 0;
			break;
		}
	}
	loop_close(l);
	return err;
}

static int cmd_watch(const struct options *o, const char *unused)
{
	struct cgroups *names = NULL;
	int fd = oom_device_open(), err = fd;

	if (fd >= 0)
		err = cgroups_open(&names);
	if (!err)
		err = watch(fd, names, o);
	if (fd >= 0)
		close(fd);
	cgroups_close(names);
	if (err == -EPIPE)
		return 128 + SIGPIPE;
	return err < 0 ? fail(err) : EXIT_OK;
}

/* The directory of a cgroup, or -1 for the machine; -errno. */
static int open_cgroup(const char *path, int *fd)
{
	struct cgroup_ref cg;
	char mount[512], full[1800];
	int err;

	*fd = -1;
	if (!path)
		return 0;
	err = lookup_cgroup(path, &cg);
	if (err)
		return err;
	if (!lookup_cgroup_mount(mount, sizeof(mount)))
		mount[0] = '\0';
	snprintf(full, sizeof(full), "%s%s", mount, cg.path);
	free(cg.path);
	*fd = open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? err_set(-errno, "%s: %s", full, strerror(errno)) : 0;
}

static int cmd_rank(const struct options *o, const char *path)
{
	struct text_style style = text_style_of(STDOUT_FILENO, (int)o->color);
	struct oom_story s = {
		.cgroup = cgroup_path,
		.pressure = -1,
		.gone_ms = -1,
		.usage_after = -1,
		.kills = -1,
		.rows = o->top > 0 ? (size_t)o->top : 0,
	};
	struct ostrace_oom_decision *d = NULL;
	struct cgroups *names = NULL;
	int fd = oom_device_open(), cgroup = -1, err = fd;
	struct buf b = { 0 };

	if (fd >= 0)
		err = open_cgroup(path, &cgroup);
	if (!err)
		err = cgroups_open(&names);
	if (!err)
		err = oom_device_rank(fd, cgroup, &d);
	if (!err) {
		s.d = d;
		s.data = names;
		if (o->json)
			oom_story_json(&b, &s);
		else
			oom_story_text(&b, &s, &style);
	}
	free(d);
	cgroups_close(names);
	if (cgroup >= 0)
		close(cgroup);
	if (fd >= 0)
		close(fd);
	return err ? fail(err) : flush(&b);
}

enum argument { ARG_NONE, ARG_MAY, ARG_MUST };

static const struct {
	const char *name;
	enum argument arg;
	const char *what;
	int (*run)(const struct options *o, const char *arg);
} words[] = {
	{ "watch", ARG_NONE, NULL, cmd_watch },
	{ "status", ARG_NONE, NULL, cmd_status },
	{ "rank", ARG_MAY, "a cgroup", cmd_rank },
	{ "test", ARG_MUST, "a file of rules", cmd_test },
	{ "load", ARG_MUST, "a file of rules", cmd_load },
	{ "attach", ARG_MUST, "a policy, POLICY.bpf.o", cmd_attach },
	{ "detach", ARG_NONE, NULL, cmd_detach },
};

int cmd_oom(const struct options *o)
{
	size_t i, n = sizeof(words) / sizeof(words[0]);
	int most;

	if (!o->nargs)
		return cmd_watch(o, NULL);
	for (i = 0; i < n && strcmp(words[i].name, o->args[0]); i++)
		;
	if (i == n)
		return fail(err_set(-EINVAL,
				    "oom: no such word '%s': there are watch, status, rank, "
				    "test, load, attach and detach",
				    o->args[0]));
	most = words[i].arg == ARG_NONE ? 1 : 2;
	if (o->nargs > most)
		return fail(err_set(-EINVAL, "oom %s: one argument too many: '%s'", o->args[0],
				    o->args[most]));
	if (words[i].arg == ARG_MUST && o->nargs < 2)
		return fail(err_set(-EINVAL, "oom %s takes %s", o->args[0], words[i].what));
	return words[i].run(o, o->nargs > 1 ? o->args[1] : NULL);
}
