// SPDX-License-Identifier: GPL-2.0
/* ostrace oom: decisions of the OOM killer, and the policy behind them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cgroups.h"
#include "cmd_oom.h"
#include "command.h"
#include "err.h"
#include "json.h"
#include "lookup.h"
#include "oom_device.h"
#include "oom_policy.h"
#include "oom_story.h"
#include "optvalue.h"
#include "writer.h"

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

int oom_fail(int err)
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
		return oom_fail(err);
	err = oom_rules_check(path, text, len);
	if (!err && load)
		err = oom_rules_load(text, len);
	free(text);
	return err ? oom_fail(err) : EXIT_OK;
}

static int cmd_test(const struct options *o, const char *path)
{
	return rules_file(path, false);
}

static int cmd_load(const struct options *o, const char *path)
{
	return rules_file(path, true);
}

/* Can the module take BPF policies? */
static int policies_possible(void)
{
	int fd = oom_device_open(), err = fd;
	struct ostrace_oom_info i;

	if (fd >= 0) {
		err = oom_device_info(fd, &i);
		close(fd);
	}
	if (!err && !(i.flags & OSTRACE_OOM_INFO_BPF))
		err = err_set(-EOPNOTSUPP,
			      "the module ostrace_oom was built without BTF: it takes rules, "
			      "but no BPF policies");
	return err;
}

static int cmd_attach(const struct options *o, const char *path)
{
	struct buf b = { 0 };
	const char *name = "";
	int err = policies_possible();

	if (!err)
		err = oom_policy_attach(path, o->verbose, &name);
	if (err)
		return oom_fail(err);
	buf_printf(&b, "policy %s attached; 'ostrace oom detach' ends it\n", name);
	return flush(&b);
}

static int cmd_detach(const struct options *o, const char *unused)
{
	int err = oom_policy_detach();

	return err ? oom_fail(err) : EXIT_OK;
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
		return oom_fail(err);
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

const char *oom_cgroup_path(void *data, uint64_t id)
{
	return cgroups_name(data, id, 0);
}

static int watch(const struct options *o, const char *unused)
{
	return oom_watch(o);
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
	/* The root has no limit to meet but that of the machine. */
	if (!strcmp(cg.path, "/")) {
		free(cg.path);
		return 0;
	}
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
		.cgroup = oom_cgroup_path,
		.pressure = -1,
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
	return err ? oom_fail(err) : flush(&b);
}

enum argument { ARG_NONE, ARG_MAY, ARG_MUST };

static const struct {
	const char *name;
	enum argument arg;
	const char *what;
	int (*run)(const struct options *o, const char *arg);
} words[] = {
	{ "watch", ARG_NONE, NULL, watch },
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
	bool table;
	int most;

	/* A table is asked for as of other views; kills are told one by one. */
	table = o->interval_given || o->iterations || o->duration_ns || o->by || o->sort;
	if (table && (!o->nargs || value_is_number(o->args[0])))
		return cmd_view(o);
	if (table)
		return oom_fail(err_set(-EINVAL,
					"oom %s shows no table: leave out interval, count, "
					"duration, table and order",
					o->args[0]));
	if (!o->nargs)
		return oom_watch(o);
	for (i = 0; i < n && strcmp(words[i].name, o->args[0]); i++)
		;
	if (i == n)
		return oom_fail(err_set(-EINVAL,
					"oom: no such word '%s': there are watch, status, rank, "
					"test, load, attach and detach",
					o->args[0]));
	most = words[i].arg == ARG_NONE ? 1 : 2;
	if (o->nargs > most)
		return oom_fail(err_set(-EINVAL, "oom %s: one argument too many: '%s'", o->args[0],
					o->args[most]));
	if (words[i].arg == ARG_MUST && o->nargs < 2)
		return oom_fail(err_set(-EINVAL, "oom %s takes %s", o->args[0], words[i].what));
	return words[i].run(o, o->nargs > 1 ? o->args[1] : NULL);
}
