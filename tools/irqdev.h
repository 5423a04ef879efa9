/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interrupt demo driver's device, uapi/ostrace/irq.h. An open device holds
 * the module, so it is opened for as long as a few requests take, and the module
 * can be unloaded at any time in between.
 */
#ifndef OSTRACE_IRQDEV_H
#define OSTRACE_IRQDEV_H

#include <stdbool.h>
#include <stdint.h>
#include "uapi/ostrace/irq.h"

#define IRQDEV_DIR "/sys/class/misc/ostrace_irq"
#define IRQDEV_NODE "/dev/ostrace_irq"

struct irqdev {
	int fd;
	uint64_t instance; /* another after the module was loaded again */
};

/** irqdev_present - is the module loaded? */
bool irqdev_present(void);

/**
 * irqdev_open - open the device
 * Return: 0; -ENODEV: the module is not loaded; -EACCES, -EPERM: no privilege;
 * other -errno. All are described with err_set().
 */
int irqdev_open(struct irqdev *d);
void irqdev_close(struct irqdev *d);

/*
 * The requests of the header, which says what they mean. They fill in the heads;
 * the rest of what they take is the caller's. 0 or -errno, not described.
 */
int irqdev_info(const struct irqdev *d, struct ostrace_irq_info *info);
int irqdev_describe(const struct irqdev *d, unsigned int mech, struct ostrace_irq_describe *what);
/** irqdev_stats - @cpu: a CPU's share; -1: the sum of all */
int irqdev_stats(const struct irqdev *d, unsigned int mech, int cpu, struct ostrace_irq_stats *s);
int irqdev_knobs(const struct irqdev *d, struct ostrace_irq_knobs *k);
/** irqdev_set_knobs - @k: as irqdev_knobs() left it, but for what is to change */
int irqdev_set_knobs(const struct irqdev *d, const struct ostrace_irq_knobs *k);
int irqdev_fire(const struct irqdev *d, uint32_t count);
int irqdev_storm(const struct irqdev *d, uint32_t ms);

/**
 * irqdev_lock - be the one that turns the knobs; does not hold the module
 * Return: a file descriptor, closed to unlock; -EWOULDBLOCK: another one is
 */
int irqdev_lock(void);

#endif /* OSTRACE_IRQDEV_H */
