// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/ostrace_sched:
 *
 *   state      running, ejected or waiting (to be started again)
 *   exit       why it was last ejected: one "name value" a line; empty if it never was
 *   exits      how often it was
 *   restart    0 or 1: start again after an ejection
 *   slice_us   time slice of normal tasks
 *   bound_ms   who has waited for longer is run out of turn
 *   overrides  latency classes and weights set by hand, request.h has the format
 *   counters   binary: uapi/ostrace/sched.h
 *
 * All is root's alone to write; overrides name processes and are root's to read.
 */
#include <linux/cpumask.h>
#include <linux/kobject.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include "loader.h"
#include "overrides.h"
#include "state.h"
#include "uapi/ostrace/hist.h"

static_assert(OSTRACE_SCHED_SLOTS == OSTRACE_HIST_SLOTS);

static struct kobject *directory;

static const char *const state_names[] = {
	[SCHED_RUNNING] = "running",
	[SCHED_EJECTED] = "ejected",
	[SCHED_WAITING] = "waiting",
};

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct sched_module *m = &sched_module;

	guard(mutex)(&m->lock);
	return sysfs_emit(buf, "%s\n", state_names[m->state]);
}
static struct kobj_attribute state_attr = __ATTR_RO(state);

static ssize_t exit_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct sched_module *m = &sched_module;
	const struct sched_exit *e = &m->last_exit;

	guard(mutex)(&m->lock);
	if (!m->exits)
		return 0;
	return sysfs_emit(buf, "time_ns %llu\nkind %d\ncode %lld\nreason %s\nmessage %s\n",
			  m->ejected_at, e->kind, e->code, e->reason, e->message);
}
static struct kobj_attribute exit_attr = __ATTR_RO(exit);

static ssize_t exits_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct sched_module *m = &sched_module;

	guard(mutex)(&m->lock);
	return sysfs_emit(buf, "%llu\n", m->exits);
}
static struct kobj_attribute exits_attr = __ATTR_RO(exits);

static ssize_t restart_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct sched_module *m = &sched_module;

	guard(mutex)(&m->lock);
	return sysfs_emit(buf, "%d\n", m->restart);
}

static ssize_t restart_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			     size_t n)
{
	bool on;
	int err = kstrtobool(buf, &on);

	if (err)
		return err;
	sched_set_restart(on);
	return n;
}
static struct kobj_attribute restart_attr = __ATTR_RW(restart);

/* A knob: kept for the next start, and written where the scheduler looks. */
static ssize_t store_knob(const char *buf, size_t n, u32 low, u32 high, u32 unit, u64 *setting,
			  size_t offset)
{
	struct sched_module *m = &sched_module;
	u32 value;
	int err = kstrtou32(buf, 0, &value);

	if (err)
		return err;
	if (value < low || value > high)
		return -EINVAL;
	guard(mutex)(&m->lock);
	*setting = (u64)value * unit;
	if (m->state == SCHED_RUNNING)
		WRITE_ONCE(*(u64 *)((void *)m->scheduler.shared + offset), *setting);
	return n;
}

static ssize_t slice_us_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct sched_module *m = &sched_module;

	guard(mutex)(&m->lock);
	return sysfs_emit(buf, "%llu\n", m->settings.slice_ns / NSEC_PER_USEC);
}

static ssize_t slice_us_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			      size_t n)
{
	return store_knob(buf, n, 500, 100000, NSEC_PER_USEC, &sched_module.settings.slice_ns,
			  offsetof(struct sched_shared, slice_ns));
}
static struct kobj_attribute slice_us_attr = __ATTR_RW(slice_us);

static ssize_t bound_ms_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct sched_module *m = &sched_module;

	guard(mutex)(&m->lock);
	return sysfs_emit(buf, "%llu\n", m->settings.bound_ns / NSEC_PER_MSEC);
}

static ssize_t bound_ms_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			      size_t n)
{
	return store_knob(buf, n, SCHED_BOUND_MIN,
			  sched_bound_max(sched_module.settings.timeout_ms), NSEC_PER_MSEC,
			  &sched_module.settings.bound_ns, offsetof(struct sched_shared, bound_ns));
}
static struct kobj_attribute bound_ms_attr = __ATTR_RW(bound_ms);

static ssize_t overrides_read(struct file *file, struct kobject *kobj,
			      const struct bin_attribute *attr, char *buf, loff_t off, size_t n)
{
	struct sched_module *m = &sched_module;
	size_t len;
	ssize_t got;
	char *text;

	scoped_guard(mutex, &m->lock) text = overrides_print(&m->scheduler, &len);
	if (!text)
		return -ENOMEM;
	got = memory_read_from_buffer(buf, n, &off, text, len);
	kvfree(text);
	return got;
}

static ssize_t overrides_store(struct file *file, struct kobject *kobj,
			       const struct bin_attribute *attr, char *buf, loff_t off, size_t n)
{
	struct sched_module *m = &sched_module;
	char *text, *end;
	int err;

	text = kmemdup_nul(buf, n, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	/*
	 * Lines are taken as they come. Of a write of more than a page we get a page,
	 * which may end inside a line: what is not taken comes again.
	 */
	end = n == PAGE_SIZE ? strrchr(text, '\n') : NULL;
	if (end) {
		end[1] = '\0';
		n = end + 1 - text;
	}
	scoped_guard(mutex, &m->lock) err = overrides_write(&m->scheduler, text);
	kfree(text);
	return err ? err : n;
}

static const struct bin_attribute overrides_attr = {
	.attr = { .name = "overrides", .mode = 0600 },
	.read = overrides_read,
	.write = overrides_store,
};

static void add_wait(struct ostrace_sched_wait *to, const struct ostrace_sched_wait *w)
{
	int i;

	to->count += w->count;
	to->sum += w->sum;
	to->max = max(to->max, w->max);
	for (i = 0; i < OSTRACE_SCHED_SLOTS; i++)
		to->slot[i] += w->slot[i];
}

static void add_counters(struct ostrace_sched_counters *to, const struct ostrace_sched_counters *c)
{
	const u64 *from = (const u64 *)c;
	u64 *at = (u64 *)to;
	size_t i;

	for (i = 0; i < offsetof(struct ostrace_sched_counters, wait) / sizeof(u64); i++)
		at[i] += from[i];
	for (i = 0; i < OSTRACE_SCHED_CLASSES; i++)
		add_wait(&to->wait[i], &c->wait[i]);
}

/* What the file begins with. */
struct counters_head {
	struct ostrace_sched_header header;
	struct ostrace_sched_counters total;
};

static_assert(sizeof(struct counters_head) <= PAGE_SIZE);

static void fill_head(const struct sched_module *m, struct counters_head *head)
{
	u32 cpu;

	head->header = (struct ostrace_sched_header){
		.abi = OSTRACE_SCHED_ABI,
		.size = sizeof(head->header),
		.counters_size = sizeof(struct ostrace_sched_counters),
		.ncpus = nr_cpu_ids,
	};
	if (m->state != SCHED_RUNNING)
		return;
	head->header.started = m->scheduler.started;
	head->header.cgroups_full = READ_ONCE(m->scheduler.shared->cgroups_full);
	head->header.cpu_max_ignored = READ_ONCE(m->scheduler.shared->cpu_max_ignored);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		add_counters(&head->total, &m->scheduler.cpus[cpu].counters);
}

static ssize_t counters_read(struct file *file, struct kobject *kobj,
			     const struct bin_attribute *attr, char *buf, loff_t off, size_t n)
{
	const size_t each = sizeof(struct ostrace_sched_counters);
	struct sched_module *m = &sched_module;
	struct counters_head *head;
	size_t done = 0, in, len;

	head = kvzalloc_obj(*head);
	if (!head)
		return -ENOMEM;
	guard(mutex)(&m->lock);
	if (off < sizeof(*head)) {
		fill_head(m, head);
		done = min(n, sizeof(*head) - (size_t)off);
		memcpy(buf, (void *)head + off, done);
	}
	kvfree(head);

	for (; done < n; done += len) {
		in = off + done - sizeof(*head);
		if (in >= each * nr_cpu_ids)
			break;
		len = min(n - done, each - in % each);
		if (m->state == SCHED_RUNNING)
			memcpy(buf + done,
			       (void *)&m->scheduler.cpus[in / each].counters + in % each, len);
		else
			memset(buf + done, 0, len);
	}
	return done;
}

static const struct bin_attribute counters_attr = {
	.attr = { .name = "counters", .mode = 0444 },
	.read = counters_read,
};

static struct attribute *attributes[] = {
	&state_attr.attr,
	&exit_attr.attr,
	&exits_attr.attr,
	&restart_attr.attr,
	&slice_us_attr.attr,
	&bound_ms_attr.attr,
	NULL,
};

static const struct bin_attribute *const bin_attributes[] = {
	&overrides_attr,
	&counters_attr,
	NULL,
};

static const struct attribute_group group = {
	.attrs = attributes,
	.bin_attrs = bin_attributes,
};

int control_init(void)
{
	int err;

	directory = kobject_create_and_add("ostrace_sched", kernel_kobj);
	if (!directory)
		return -ENOMEM;
	err = sysfs_create_group(directory, &group);
	if (err)
		kobject_put(directory);
	return err;
}

void control_exit(void)
{
	sysfs_remove_group(directory, &group);
	kobject_put(directory);
}
