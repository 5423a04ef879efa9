// SPDX-License-Identifier: GPL-2.0
/*
 * ostrace_oom.ko: lets an administrator's policy decide whom the kernel's OOM
 * killer takes, and records every decision.
 *
 * The kernel keeps doing all else: it finds that memory is out, excludes whom it
 * will not kill, kills, reaps, and waits before the next. This module only ranks
 * the candidates (rank.h), by rules given as text (uapi/ostrace/oom.h) or a BPF
 * policy. It cannot make a kill happen or prevent one: with everybody protected
 * the kernel's own order is left.
 *
 * What no policy is asked about: vm.oom_kill_allocating_task=1, a task that was
 * about to free its memory, and one that asked to go first (swapoff).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include "oom.h"

#define RECORDS_MAX 4096

unsigned int oom_mode = OSTRACE_OOM_AUDIT;

static const char *const mode_names[] = {
	[OSTRACE_OOM_OFF] = "off",
	[OSTRACE_OOM_AUDIT] = "audit",
	[OSTRACE_OOM_ENFORCE] = "enforce",
};

/* A decision under way keeps the mode it began with. */
static int mode_set(const char *val, const struct kernel_param *kp)
{
	int mode;

	/* Later than at load, when CAP_SYS_MODULE has been asked for. */
	if (THIS_MODULE->state == MODULE_STATE_LIVE && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	mode = sysfs_match_string(mode_names, val);
	if (mode < 0)
		return mode;
	WRITE_ONCE(oom_mode, mode);
	return 0;
}

static int mode_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", mode_names[READ_ONCE(oom_mode)]);
}

static const struct kernel_param_ops mode_ops = {
	.set = mode_set,
	.get = mode_get,
};
module_param_cb(mode, &mode_ops, NULL, 0600);
MODULE_PARM_DESC(mode, "off, audit (decide and record, change nothing; default) or enforce");

static int rules_error_get(char *buf, const struct kernel_param *kp)
{
	return oom_set_error(buf, PAGE_SIZE);
}

static const struct kernel_param_ops rules_error_ops = {
	.get = rules_error_get,
};
module_param_cb(rules_error, &rules_error_ops, NULL, 0400);
MODULE_PARM_DESC(rules_error, "what was wrong with the rules written last (read only)");

static char *rules_file;
module_param(rules_file, charp, 0400);
MODULE_PARM_DESC(rules_file, "path of a file with rules to start with");

static unsigned int records = 64;
module_param(records, uint, 0400);
MODULE_PARM_DESC(records, "decisions to keep for readers (default 64)");

static unsigned int candidates = 256;
module_param(candidates, uint, 0400);
MODULE_PARM_DESC(candidates, "candidates to keep in each record (default 256)");

static int __init oom_init(void)
{
	int err;

	if (!records || records > RECORDS_MAX || candidates > OSTRACE_OOM_CANDIDATES) {
		pr_err("records is 1 to %d, candidates 0 to %d\n", RECORDS_MAX,
		       OSTRACE_OOM_CANDIDATES);
		return -EINVAL;
	}
	err = oom_ring_init(records, candidates);
	if (err)
		return err;
	err = oom_set_init();
	if (err)
		goto err_ring;
	if (rules_file) {
		err = oom_set_load(rules_file);
		if (err)
			goto err_set;
	}
	err = oom_policy_init();
	if (err)
		goto err_set;
	err = oom_dev_init(records, candidates);
	if (err)
		goto err_set;
	err = oom_hook_init();
	if (err)
		goto err_dev;
	pr_info("loaded, mode %s\n", mode_names[oom_mode]);
	return 0;

err_dev:
	oom_dev_exit();
err_set:
	oom_set_exit();
err_ring:
	oom_ring_exit();
	return err;
}

static void __exit oom_exit(void)
{
	oom_hook_exit();
	oom_wake_exit();
	oom_dev_exit();
	oom_set_exit();
	oom_ring_exit();
}

module_init(oom_init);
module_exit(oom_exit);

MODULE_AUTHOR("ostrace maintainers");
MODULE_DESCRIPTION("Policies for the OOM killer, and a record of its decisions");
MODULE_LICENSE("GPL");
