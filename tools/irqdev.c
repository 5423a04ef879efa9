// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "err.h"
#include "irqdev.h"

bool irqdev_present(void)
{
	return !access(IRQDEV_DIR, F_OK);
}

static int not_loaded(void)
{
	if (access("/proc/modules", F_OK))
		return err_set(-ENODEV, "the module ostrace_irq is not there: this kernel was "
					"built without loadable modules (make vm boots one with)");
	return err_set(-ENODEV, "the module ostrace_irq is not loaded: modprobe ostrace_irq "
				"(make modules builds it, docs/interrupts.md explains it)");
}

int irqdev_open(struct irqdev *d)
{
	struct ostrace_irq_info info;
	struct stat st;
	int err;

	d->fd = open(IRQDEV_NODE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (d->fd < 0) {
		err = -errno;
		/* ENXIO, ENODEV: the node has outlived the module. */
		if (!irqdev_present() || err == -ENXIO || err == -ENODEV)
			return not_loaded();
		return err_set(err, "%s: %s", IRQDEV_NODE,
			       err == -EACCES ?
				       "only root may ask the driver; try: sudo ostrace irq" :
				       strerror(-err));
	}
	/* From here on the module stays: this is the directory of the one that is open. */
	d->instance = stat(IRQDEV_DIR, &st) ? 0 : st.st_ino;
	err = irqdev_info(d, &info);
	if (err == -EPROTONOSUPPORT || err == -EINVAL || err == -ENOTTY)
		err_set(err = -EOPNOTSUPP,
			"the module ostrace_irq that is loaded is of another version than this "
			"program: load the one that was built with it");
	else if (err)
		err_set(err, "%s: %s", IRQDEV_NODE, strerror(-err));
	if (err)
		irqdev_close(d);
	return err;
}

void irqdev_close(struct irqdev *d)
{
	close(d->fd);
	d->fd = -1;
}

#define HEAD(p) ((p)->head = (struct ostrace_irq_head){ sizeof(*(p)), OSTRACE_IRQ_ABI })

static int request(const struct irqdev *d, unsigned long cmd, void *data)
{
	return ioctl(d->fd, cmd, data) ? -errno : 0;
}

int irqdev_info(const struct irqdev *d, struct ostrace_irq_info *info)
{
	memset(info, 0, sizeof(*info));
	HEAD(info);
	return request(d, OSTRACE_IRQ_INFO, info);
}

int irqdev_describe(const struct irqdev *d, unsigned int mech, struct ostrace_irq_describe *what)
{
	memset(what, 0, sizeof(*what));
	HEAD(what);
	what->mech = mech;
	return request(d, OSTRACE_IRQ_DESCRIBE, what);
}

int irqdev_stats(const struct irqdev *d, unsigned int mech, int cpu, struct ostrace_irq_stats *s)
{
	memset(s, 0, sizeof(*s));
	HEAD(s);
	s->mech = mech;
	s->cpu = cpu;
	return request(d, OSTRACE_IRQ_STATS, s);
}

int irqdev_knobs(const struct irqdev *d, struct ostrace_irq_knobs *k)
{
	memset(k, 0, sizeof(*k));
	HEAD(k);
	return request(d, OSTRACE_IRQ_GET_KNOBS, k);
}

int irqdev_set_knobs(const struct irqdev *d, const struct ostrace_irq_knobs *k)
{
	return request(d, OSTRACE_IRQ_SET_KNOBS, (void *)k);
}

int irqdev_fire(const struct irqdev *d, uint32_t count)
{
	struct ostrace_irq_fire f = { .count = count };

	HEAD(&f);
	return request(d, OSTRACE_IRQ_FIRE, &f);
}

int irqdev_storm(const struct irqdev *d, uint32_t ms)
{
	struct ostrace_irq_storm s = { .ms = ms };

	HEAD(&s);
	return request(d, OSTRACE_IRQ_STORM, &s);
}

int irqdev_lock(void)
{
	int fd = open(IRQDEV_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	err = -errno;
	close(fd);
	return err;
}
