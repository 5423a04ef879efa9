// SPDX-License-Identifier: GPL-2.0
/*
 * ostrace_irq - one interrupt line, every bottom half the kernel has
 *
 * For showing, measuring and teaching what becomes of an interrupt. See
 * docs/interrupts.md for a tour and <uapi/ostrace/irq.h> for the interface.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/suspend.h>

#include "driver.h"

static char *source = "auto";
module_param(source, charp, 0444);
MODULE_PARM_DESC(source, "edu: QEMU's edu PCI device; sim: a line of the driver's own; "
			 "auto: edu where there is one, else sim (default)");

/*
 * Taken where sources come and go; protects @device and @leaving. @sim is set
 * while loading and NULL where it is not wanted. Outside the engine's locks.
 */
static DEFINE_MUTEX(sources);
static struct oirq_source *sim;
static struct oirq_source *device;
static bool leaving;

/**
 * oirq_source_arrived - a device was found: use it
 * @src: the device
 *
 * Return: 0, -EBUSY if one is in use already, or what attaching gave; the
 * source in use before is in use again then.
 */
int oirq_source_arrived(struct oirq_source *src)
{
	int ret = -EBUSY;

	mutex_lock(&sources);
	if (device)
		goto out;
	if (sim)
		oirq_engine_detach(sim);
	ret = oirq_engine_attach(src);
	if (!ret)
		device = src;
	else if (sim && oirq_engine_attach(sim))
		pr_warn("no source of interrupts is left\n");
out:
	mutex_unlock(&sources);
	if (!ret)
		pr_info("interrupts come from %s, irq %u\n", src->name, src->irq);
	return ret;
}

/**
 * oirq_source_left - a device goes away: do without
 * @src: the device; not used any more on return
 */
void oirq_source_left(struct oirq_source *src)
{
	mutex_lock(&sources);
	oirq_engine_detach(src);
	device = NULL;
	if (!leaving) {
		bool ok = sim && !oirq_engine_attach(sim);

		pr_notice("%s is gone: %s\n", src->name,
			  ok ? "interrupts come from the simulated line" :
			       "no interrupts until another device comes");
	}
	mutex_unlock(&sources);
}

static int sleep_notice(struct notifier_block *nb, unsigned long what, void *unused)
{
	switch (what) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		oirq_engine_pause();
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		oirq_engine_resume();
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block sleep_notifier = { .notifier_call = sleep_notice };

/* The line of our own is there from the start, and stands in for the device. */
static int sources_init(bool want_edu, bool want_sim)
{
	int ret;

	if (want_sim) {
		sim = oirq_sim_new();
		if (IS_ERR(sim)) {
			ret = PTR_ERR(sim);
			sim = NULL;
			return ret;
		}
		ret = oirq_engine_attach(sim);
		if (ret)
			goto err_sim;
	}
	if (want_edu) {
		ret = oirq_edu_register();
		if (ret)
			goto err_attached;
	}
	if (!device)
		pr_info("no edu device: %s\n",
			sim ? "interrupts come from a simulated line" : "waiting for one");
	return 0;

err_attached:
	if (sim)
		oirq_engine_detach(sim);
err_sim:
	oirq_sim_free(sim);
	sim = NULL;
	return ret;
}

static void sources_exit(bool had_edu)
{
	mutex_lock(&sources);
	leaving = true;
	mutex_unlock(&sources);
	if (had_edu)
		oirq_edu_unregister();
	if (sim)
		oirq_engine_detach(sim);
	oirq_sim_free(sim);
}

static bool wants(const char *kind)
{
	return !strcmp(source, kind) || !strcmp(source, "auto");
}

static int __init oirq_init(void)
{
	int ret;

	if (!wants("edu") && !wants("sim")) {
		pr_err("source=%s: neither edu nor sim nor auto\n", source);
		return -EINVAL;
	}
	ret = oirq_stream_init();
	if (ret)
		return ret;
	ret = oirq_engine_init();
	if (ret)
		goto err_stream;
	ret = sources_init(wants("edu"), wants("sim"));
	if (ret)
		goto err_engine;
	ret = register_pm_notifier(&sleep_notifier);
	if (ret)
		goto err_sources;
	ret = oirq_sysfs_init();
	if (ret)
		goto err_notifier;
	ret = oirq_chardev_init();
	if (ret)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_pm_notifier(&sleep_notifier);
err_sources:
	sources_exit(wants("edu"));
err_engine:
	oirq_engine_exit();
err_stream:
	oirq_stream_exit();
	return ret;
}

/* From the outside in: who gives orders, what fires, who serves, who listens. */
static void __exit oirq_exit(void)
{
	oirq_chardev_exit();
	unregister_pm_notifier(&sleep_notifier);
	sources_exit(wants("edu"));
	oirq_engine_exit();
	oirq_stream_exit();
}

module_init(oirq_init);
module_exit(oirq_exit);

MODULE_DESCRIPTION("Interrupt demo: every bottom half the kernel has, side by side");
MODULE_AUTHOR("The ostrace developers");
MODULE_LICENSE("GPL");
