// SPDX-License-Identifier: GPL-2.0
/* /dev/ostrace_oom and /dev/ostrace_oom_rules, as uapi/ostrace/oom.h has them. */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait.h>
#include "oom.h"

static unsigned int dev_records, dev_candidates;

/* A reader of records. */
struct reader {
	struct mutex lock; /* of next */
	u64 next;	   /* number of the record to read, from 0 */
};

static int record_open(struct inode *inode, struct file *file)
{
	struct reader *r;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	mutex_init(&r->lock);
	r->next = oom_ring_oldest();
	file->private_data = r;
	return stream_open(inode, file);
}

static int record_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static ssize_t record_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct reader *r = file->private_data;
	ssize_t n;

	for (;;) {
		if (mutex_lock_interruptible(&r->lock))
			return -ERESTARTSYS;
		n = oom_ring_read(&r->next, buf, len);
		mutex_unlock(&r->lock);
		if (n || !len)
			return n;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(oom_ring_wait, oom_ring_has(READ_ONCE(r->next))))
			return -ERESTARTSYS;
	}
}

static __poll_t record_poll(struct file *file, poll_table *wait)
{
	struct reader *r = file->private_data;

	poll_wait(file, &oom_ring_wait, wait);
	return oom_ring_has(READ_ONCE(r->next)) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int tell_info(struct ostrace_oom_info __user *arg)
{
	struct ostrace_oom_info info = {
		.version = OSTRACE_OOM_VERSION,
		.mode = READ_ONCE(oom_mode),
		.records = dev_records,
		.candidates = dev_candidates,
		.missed = oom_hook_missed(),
	};
	struct oom_set *set = oom_set_get();
	struct oom_counters c;

	oom_decision_counters(&c);
	info.decisions = c.decisions;
	info.recorded = c.recorded;
	info.waits = c.waits;
	info.candidates_seen = c.candidates;
	info.no_candidates = c.no_candidates;
	if (oom_policy_possible())
		info.flags |= OSTRACE_OOM_INFO_BPF;
	oom_policy_name(info.policy, sizeof(info.policy));
	if (set) {
		info.nrules = set->rules.nrules;
		oom_set_put(set);
	}
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long record_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case OSTRACE_OOM_IOC_INFO:
		return tell_info((void __user *)arg);
	case OSTRACE_OOM_IOC_RANK:
		return oom_dryrun((void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations record_fops = {
	.owner = THIS_MODULE,
	.open = record_open,
	.release = record_release,
	.read = record_read,
	.poll = record_poll,
	.unlocked_ioctl = record_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static int rules_open(struct inode *inode, struct file *file)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	/* What was in force now is what this file reads, to its end. */
	file->private_data = oom_set_get();
	return 0;
}

static int rules_release(struct inode *inode, struct file *file)
{
	if (file->private_data)
		oom_set_put(file->private_data);
	return 0;
}

static ssize_t rules_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	const struct oom_set *set = file->private_data;

	return set ? simple_read_from_buffer(buf, len, pos, set->text, set->len) : 0;
}

static ssize_t rules_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	char *text;
	int err;

	/* The opener may have handed the file to somebody else. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	/* Whoever writes line by line, as shells do, would be left with the last one. */
	if (*pos)
		return oom_set_refuse(
			"a set is one write: this is more of another, use ostrace oom load");
	if (len > OSTRACE_OOM_TEXT_MAX)
		return -E2BIG;
	text = vmemdup_user(buf, len);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = oom_set_replace(text, len);
	kvfree(text);
	if (err)
		return err;
	*pos += len;
	return len;
}

static const struct file_operations rules_fops = {
	.owner = THIS_MODULE,
	.open = rules_open,
	.release = rules_release,
	.read = rules_read,
	.write = rules_write,
	.llseek = default_llseek,
};

static struct miscdevice record_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ostrace_oom",
	.fops = &record_fops,
	.mode = 0600,
};

static struct miscdevice rules_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ostrace_oom_rules",
	.fops = &rules_fops,
	.mode = 0600,
};

int oom_dev_init(unsigned int records, unsigned int candidates)
{
	int err;

	dev_records = records;
	dev_candidates = candidates;
	err = misc_register(&record_dev);
	if (err)
		return err;
	err = misc_register(&rules_dev);
	if (err)
		misc_deregister(&record_dev);
	return err;
}

void oom_dev_exit(void)
{
	misc_deregister(&rules_dev);
	misc_deregister(&record_dev);
}
