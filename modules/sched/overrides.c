// SPDX-License-Identifier: GPL-2.0
/* Overrides: a list here, and entries in two maps that the scheduler looks into. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bpf.h>
#include <linux/cgroup.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "loader.h"
#include "overrides.h"
#include "request.h"

#define MAX_OVERRIDES 1024
#define LINE_MAX (SCHED_PATH_MAX + 64)

struct override {
	struct list_head node;
	struct pid *pid;       /* of a process; NULL for a cgroup */
	struct cgroup *cgroup; /* held until it is noticed to be gone */
	struct sched_override value;
	char path[]; /* of the cgroup, as it was given */
};

/* Protected by the module's state lock. */
static LIST_HEAD(overrides);
static unsigned int nr_overrides;

/* Has the process a thread that has not exited? A zombie is no task of the scheduler's. */
static bool process_lives(struct pid *pid)
{
	struct task_struct *leader;

	guard(rcu)();
	leader = pid_task(pid, PIDTYPE_TGID);
	return leader && atomic_read(&leader->signal->live) > 0;
}

static bool alive(const struct override *o)
{
	return o->pid ? process_lives(o->pid) : !cgroup_is_dead(o->cgroup);
}

/* Write to a hash map as its owner would; the kernel's map lock does the rest. */
static int map_set(struct bpf_map *map, void *key, const struct sched_override *value)
{
	int err;

	migrate_disable();
	rcu_read_lock();
	if (value)
		err = map->ops->map_update_elem(map, key, (void *)value, BPF_ANY);
	else
		err = map->ops->map_delete_elem(map, key);
	rcu_read_unlock();
	migrate_enable();
	return !value && err == -ENOENT ? 0 : err;
}

/* Tell the scheduler of one override, or that it is gone. */
static int tell(struct scheduler *s, const struct override *o, bool set)
{
	const struct sched_override *value = set ? &o->value : NULL;
	u32 tgid;
	u64 id;
	int err;

	if (!s->link)
		return 0;
	if (o->pid) {
		tgid = pid_nr(o->pid);
		err = map_set(s->process_overrides, &tgid, value);
	} else {
		id = cgroup_id(o->cgroup);
		err = map_set(s->cgroup_overrides, &id, value);
	}
	/* After this every task and cgroup looks again. */
	WRITE_ONCE(s->shared->generation, s->shared->generation + 1);
	return err;
}

static void drop(struct override *o)
{
	list_del(&o->node);
	nr_overrides--;
	put_pid(o->pid);
	if (o->cgroup)
		cgroup_put(o->cgroup);
	kfree(o);
}

/* Is the number of @dead's process that of another one with an override by now? */
static bool number_in_use(const struct override *dead)
{
	const struct override *o;

	list_for_each_entry(o, &overrides, node)
		if (o != dead && o->pid && dead->pid && pid_nr(o->pid) == pid_nr(dead->pid))
			return true;
	return false;
}

void overrides_prune(struct scheduler *s)
{
	struct override *o, *next;

	list_for_each_entry_safe(o, next, &overrides, node) {
		if (alive(o))
			continue;
		/* The scheduler forgot it as it went, unless it went as we told it. */
		if (!number_in_use(o))
			tell(s, o, false);
		drop(o);
	}
}

static struct override *find(const struct pid *pid, const struct cgroup *cgroup)
{
	struct override *o;

	list_for_each_entry(o, &overrides, node)
		if (o->pid == pid && o->cgroup == cgroup)
			return o;
	return NULL;
}

static int change(struct scheduler *s, const struct sched_request_line *r, struct pid *pid,
		  struct cgroup *cgroup)
{
	struct override *o = find(pid, cgroup);
	int err;

	if (r->clear) {
		if (!o)
			return -ENOENT;
		err = tell(s, o, false);
		drop(o);
		return err;
	}
	if (!o) {
		if (nr_overrides >= MAX_OVERRIDES)
			return -ENOSPC;
		o = kzalloc(struct_size(o, path, strlen(r->path) + 1), GFP_KERNEL);
		if (!o)
			return -ENOMEM;
		o->pid = get_pid(pid);
		o->cgroup = cgroup;
		if (cgroup)
			cgroup_get(cgroup);
		memcpy(o->path, r->path, strlen(r->path) + 1);
		list_add_tail(&o->node, &overrides);
		nr_overrides++;
	}
	if (r->has_class)
		o->value.class = r->class;
	if (r->has_weight)
		o->value.weight = r->weight;
	err = tell(s, o, true);
	if (err || (!o->value.class && !o->value.weight)) {
		tell(s, o, false);
		drop(o);
	}
	return err;
}

static int change_process(struct scheduler *s, const struct sched_request_line *r)
{
	struct pid *pid = find_get_pid(r->pid);
	int err = -ESRCH;

	if (pid && process_lives(pid))
		err = change(s, r, pid, NULL);
	put_pid(pid);
	return err;
}

static int change_cgroup(struct scheduler *s, const struct sched_request_line *r)
{
	struct cgroup *cgrp = cgroup_get_from_path(r->path);
	int err;

	if (IS_ERR(cgrp))
		return PTR_ERR(cgrp);
	/* The root has nothing beside it to have a weight against. */
	err = cgroup_parent(cgrp) ? change(s, r, NULL, cgrp) : -EINVAL;
	cgroup_put(cgrp);
	return err;
}

static int request(struct scheduler *s, const char *line, struct sched_request_line *r)
{
	const char *wrong = sched_parse_request(line, r);
	struct override *o, *next;

	if (wrong) {
		pr_notice("overrides: \"%s\": %s\n", line, wrong);
		return -EINVAL;
	}
	switch (r->subject) {
	case SCHED_PROCESS:
		return change_process(s, r);
	case SCHED_CGROUP:
		return change_cgroup(s, r);
	case SCHED_ALL:
		list_for_each_entry_safe(o, next, &overrides, node) {
			tell(s, o, false);
			drop(o);
		}
	}
	return 0;
}

int overrides_write(struct scheduler *s, char *text)
{
	struct sched_request_line *r = kmalloc_obj(struct sched_request_line);
	char *line;
	int err = 0;

	if (!r)
		return -ENOMEM;
	overrides_prune(s);
	while (!err && (line = strsep(&text, "\n")))
		if (*skip_spaces(line))
			err = request(s, line, r);
	kfree(r);
	return err;
}

char *overrides_print(struct scheduler *s, size_t *len)
{
	struct override *o;
	size_t size;
	char *text;

	overrides_prune(s);
	size = nr_overrides * LINE_MAX + 1;
	text = kvzalloc(size, GFP_KERNEL);
	if (!text)
		return NULL;
	*len = 0;
	list_for_each_entry(o, &overrides, node) {
		if (o->pid)
			*len += scnprintf(text + *len, size - *len, "process %d", pid_vnr(o->pid));
		else
			*len += scnprintf(text + *len, size - *len, "cgroup %s", o->path);
		if (o->value.class)
			*len += scnprintf(text + *len, size - *len, " class=%s",
					  sched_class_names[o->value.class - 1]);
		if (o->value.weight)
			*len += scnprintf(text + *len, size - *len, " weight=%u", o->value.weight);
		*len += scnprintf(text + *len, size - *len, "\n");
	}
	return text;
}

void overrides_apply(struct scheduler *s)
{
	struct override *o;

	overrides_prune(s);
	list_for_each_entry(o, &overrides, node)
		if (tell(s, o, true))
			pr_warn("an override was lost: no memory\n");
}

void overrides_free(void)
{
	struct override *o, *next;

	list_for_each_entry_safe(o, next, &overrides, node)
		drop(o);
}
