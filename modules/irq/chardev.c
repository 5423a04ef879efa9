// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/ostrace_irq. See <uapi/ostrace/irq.h> for what it offers.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "abi.h"
#include "driver.h"

static int node_open(struct inode *inode, struct file *file)
{
	/* misc_open() left the device here; the reader takes its place. */
	file->private_data = oirq_reader_new();
	if (!file->private_data)
		return -ENOMEM;
	return stream_open(inode, file);
}

static int node_release(struct inode *inode, struct file *file)
{
	oirq_reader_free(file->private_data);
	return 0;
}

static ssize_t node_read(struct file *file, char __user *to, size_t size, loff_t *pos)
{
	return oirq_reader_read(file->private_data, to, size, !(file->f_flags & O_NONBLOCK));
}

static __poll_t node_poll(struct file *file, poll_table *table)
{
	return oirq_reader_poll(file->private_data, file, table);
}

static int set_knobs(const struct ostrace_irq_knobs *from)
{
	struct oirq_knobs k;

	if (oirq_abi_knobs_in(&k, from))
		return -EINVAL;
	/* All of them are replaced, so what they were is of no interest. */
	oirq_engine_edit_begin(NULL);
	return oirq_engine_edit_commit(&k);
}

static void get_knobs(struct ostrace_irq_knobs *to)
{
	struct oirq_knobs k;

	oirq_engine_get(&k);
	oirq_abi_knobs_out(to, &k);
}

/* A checked request; what it leaves in data is the answer. */
static int serve(struct file *file, u32 cmd, void *data)
{
	switch (cmd) {
	case OSTRACE_IRQ_INFO:
		oirq_engine_info(data);
		return 0;
	case OSTRACE_IRQ_DESCRIBE:
		return oirq_table_describe(data);
	case OSTRACE_IRQ_STATS:
		if (oirq_abi_check_stats(data, nr_cpu_ids))
			return -EINVAL;
		oirq_engine_stats(data);
		return 0;
	case OSTRACE_IRQ_STREAM:
		oirq_reader_state(file->private_data, data);
		return 0;
	case OSTRACE_IRQ_GET_KNOBS:
		get_knobs(data);
		return 0;
	case OSTRACE_IRQ_SET_KNOBS:
		return set_knobs(data);
	case OSTRACE_IRQ_FIRE:
		return oirq_engine_fire(((struct ostrace_irq_fire *)data)->count);
	case OSTRACE_IRQ_STORM:
		return oirq_engine_storm(((struct ostrace_irq_storm *)data)->ms);
	default:
		return -ENOTTY;
	}
}

static long node_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct oirq_request *r = oirq_abi_find(cmd);
	void *data;
	long ret;

	if (!r)
		return -ENOTTY;
	if (r->admin && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	/*
	 * The whole structure comes in and, where there is an answer, goes out:
	 * every byte of it is the caller's own or was set since.
	 */
	data = memdup_user((void __user *)arg, r->size);
	if (IS_ERR(data))
		return PTR_ERR(data);
	ret = oirq_abi_check(r, data);
	if (!ret)
		ret = serve(file, cmd, data);
	if (!ret && _IOC_DIR(cmd) & _IOC_READ && copy_to_user((void __user *)arg, data, r->size))
		ret = -EFAULT;
	kfree(data);
	return ret;
}

static const struct file_operations node_ops = {
	.owner = THIS_MODULE,
	.open = node_open,
	.release = node_release,
	.read = node_read,
	.poll = node_poll,
	.unlocked_ioctl = node_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice node = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = OIRQ_NAME,
	.fops = &node_ops,
	.groups = oirq_sysfs_groups,
	.mode = 0600,
};

/**
 * oirq_chardev_init - show the device, and its attributes with it
 *
 * Return: 0 or an error.
 */
int oirq_chardev_init(void)
{
	return misc_register(&node);
}

/**
 * oirq_chardev_exit - undo oirq_chardev_init()
 *
 * An open file holds the module, so there is none; whoever is in an attribute
 * is waited for.
 */
void oirq_chardev_exit(void)
{
	misc_deregister(&node);
}
