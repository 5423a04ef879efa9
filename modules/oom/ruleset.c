// SPDX-License-Identifier: GPL-2.0
/*
 * The rules in force: publishing a set, and keeping its paths bound to cgroups.
 *
 * A path is worth one look-up: what candidates are compared with is the id of
 * the cgroup there. That id changes when the cgroup is removed and made again,
 * so the kernel tells us of every cgroup made (tracepoint cgroup_mkdir).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/nsproxy.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "oom.h"

static_assert(OSTRACE_OOM_RULES <= 64); /* a bit of struct oom_place for each */

/* Held to replace the set and for last_error. Takes bind_lock inside. */
static DEFINE_MUTEX(set_mutex);
/* Readers take a reference under RCU; written under set_mutex. */
static struct oom_set __rcu *set_now;
static struct oom_rules_error last_error;

/*
 * Serialises writers of oom_rule.cgroup[]; readers take what they find. Raw: tracepoints
 * are called with preemption off before Linux 7.0.
 */
static DEFINE_RAW_SPINLOCK(bind_lock);

struct oom_set *oom_set_get(void)
{
	struct oom_set *set;

	rcu_read_lock();
	set = rcu_dereference(set_now);
	if (set && !refcount_inc_not_zero(&set->users))
		set = NULL;
	rcu_read_unlock();
	return set;
}

void oom_set_put(struct oom_set *set)
{
	/* Maybe in the OOM path: neither sleeps nor allocates. */
	if (refcount_dec_and_test(&set->users))
		kvfree_rcu(set, rcu);
}

/* With bind_lock held. */
static void bind(struct oom_rule *r, struct cgroup *cgrp)
{
	int level;

	for (level = 0; level <= r->level; level++)
		WRITE_ONCE(r->cgroup[level], cgroup_id(cgrp->ancestors[level]));
}

/*
 * After the set is published, a cgroup that is removed and made again while we
 * look comes by cgroup_mkdir, after the old one went offline: so what we found is
 * written only while it is online, and then before the new one.
 */
static void bind_existing(struct oom_rule *r)
{
	struct cgroup *cgrp = cgroup_get_from_path(r->path);

	if (IS_ERR(cgrp))
		return;
	raw_spin_lock_irq(&bind_lock);
	if ((cgrp->self.flags & CSS_ONLINE) && cgrp->level == r->level)
		bind(r, cgrp);
	raw_spin_unlock_irq(&bind_lock);
	cgroup_put(cgrp);
}

static void bind_all(struct oom_rules *rules)
{
	struct oom_rule *r;

	for (r = rules->rule; r < rules->rule + rules->nrules; r++)
		if (r->conditions & OOM_IF_CGROUP)
			bind_existing(r);
}

static void on_mkdir(void *data, struct cgroup *cgrp, const char *path)
{
	unsigned long flags;
	struct oom_set *set;
	struct oom_rule *r;

	if (cgrp->root != &cgrp_dfl_root)
		return;
	rcu_read_lock();
	set = rcu_dereference(set_now);
	for (r = set ? set->rules.rule : NULL; set && r < set->rules.rule + set->rules.nrules;
	     r++) {
		if (!(r->conditions & OOM_IF_CGROUP) || cgrp->level != r->level ||
		    strcmp(path, r->path))
			continue;
		raw_spin_lock_irqsave(&bind_lock, flags);
		bind(r, cgrp);
		raw_spin_unlock_irqrestore(&bind_lock, flags);
	}
	rcu_read_unlock();
}

int oom_set_replace(const char *text, size_t len)
{
	struct oom_set *set, *old;
	int err;

	/* Paths are looked up from the writer's cgroup namespace. */
	if (current->nsproxy->cgroup_ns != init_task.nsproxy->cgroup_ns)
		return -EXDEV;
	if (len > OSTRACE_OOM_TEXT_MAX)
		return -E2BIG;
	set = kvmalloc(struct_size(set, text, len), GFP_KERNEL);
	if (!set)
		return -ENOMEM;
	mutex_lock(&set_mutex);
	memset(&last_error, 0, sizeof(last_error));
	err = oom_rules_parse(text, len, &set->rules, &last_error);
	if (err) {
		mutex_unlock(&set_mutex);
		kvfree(set);
		return -EINVAL;
	}
	last_error.what = NULL;
	memcpy(set->text, text, len);
	set->len = len;
	refcount_set(&set->users, 1);
	/* Before, so that no decision finds a set that protects nobody yet; and again, */
	bind_all(&set->rules);
	old = rcu_replace_pointer(set_now, set, lockdep_is_held(&set_mutex));
	/* for cgroups made since: only of a set in force is cgroup_mkdir told. */
	bind_all(&set->rules);
	mutex_unlock(&set_mutex);
	if (old)
		oom_set_put(old);
	return 0;
}

int oom_set_refuse(const char *what)
{
	mutex_lock(&set_mutex);
	last_error = (struct oom_rules_error){ .what = what };
	mutex_unlock(&set_mutex);
	return -EINVAL;
}

int oom_set_error(char *buf, size_t size)
{
	int n = 0;

	mutex_lock(&set_mutex);
	if (last_error.what && last_error.line)
		n = scnprintf(buf, size, "line %u: %s\n", last_error.line, last_error.what);
	else if (last_error.what)
		n = scnprintf(buf, size, "%s\n", last_error.what);
	mutex_unlock(&set_mutex);
	return n;
}

/* Not kernel_read_file(): these are no contents that an LSM knows a kind for. */
static ssize_t read_whole(const char *path, char *text, size_t size)
{
	struct file *file = filp_open(path, O_RDONLY | O_LARGEFILE, 0);
	size_t done = 0;
	loff_t pos = 0;
	ssize_t n;

	if (IS_ERR(file))
		return PTR_ERR(file);
	do {
		n = kernel_read(file, text + done, size - done, &pos);
		if (n > 0)
			done += n;
	} while (n > 0 && done < size);
	filp_close(file, NULL);
	return n < 0 ? n : done;
}

int oom_set_load(const char *path)
{
	/* One more byte tells a text that is too long. */
	size_t size = OSTRACE_OOM_TEXT_MAX + 1;
	char *text = kvmalloc(size, GFP_KERNEL);
	ssize_t len;
	int err;

	if (!text)
		return -ENOMEM;
	len = read_whole(path, text, size);
	err = len < 0 ? len : oom_set_replace(text, len);
	if (len >= 0 && err == -EINVAL)
		pr_err("rules file %s: line %u: %s\n", path, last_error.line, last_error.what);
	else if (len < 0)
		pr_err("rules file %s: cannot read it: %pe\n", path, ERR_PTR(err));
	else if (err)
		pr_err("rules file %s: error %pe\n", path, ERR_PTR(err));
	kvfree(text);
	/* modprobe takes -ENOENT for a symbol or parameter that is not there. */
	return err == -ENOENT ? -EINVAL : err;
}

int oom_set_init(void)
{
	return oom_tracepoint_register("cgroup_mkdir", on_mkdir);
}

void oom_set_exit(void)
{
	struct oom_set *set;

	oom_tracepoint_unregister("cgroup_mkdir", on_mkdir);
	mutex_lock(&set_mutex);
	set = rcu_replace_pointer(set_now, NULL, lockdep_is_held(&set_mutex));
	mutex_unlock(&set_mutex);
	if (set)
		oom_set_put(set);
}
