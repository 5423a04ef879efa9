// SPDX-License-Identifier: GPL-2.0
/*
 * ostrace_sched: a scheduler for sched_ext that lives in a module. insmod starts it,
 * rmmod stops it, and there is no process whose end would end it.
 *
 * sched_ext ejects a scheduler that loses a task, or when the administrator asks
 * (sysrq-S, bpftool link detach); all tasks then go back to the kernel's own. The
 * module notices within a second, says why, and stays. With the knob "restart" it
 * starts the scheduler again, after a second at first, later after up to a minute.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/timekeeping.h>
#include "loader.h"
#include "overrides.h"
#include "state.h"

#define BACKOFF_MAX 64	  /* seconds */
#define BACKOFF_FORGET 60 /* of running without an ejection */
#define MONITOR_EVERY HZ

static unsigned int slice_us = 4000;
module_param(slice_us, uint, 0444);
MODULE_PARM_DESC(slice_us, "time slice of normal tasks, 500 .. 100000 (default 4000)");

static unsigned int bound_ms = 1000;
module_param(bound_ms, uint, 0444);
MODULE_PARM_DESC(
	bound_ms,
	"who has waited for longer runs out of turn, 20 .. 10000, half of timeout_ms at most (default 1000)");

static unsigned int timeout_ms = 15000;
module_param(timeout_ms, uint, 0444);
MODULE_PARM_DESC(timeout_ms,
		 "sched_ext ejects us when a task waited this long, 1000 .. 30000 (default 15000)");

static unsigned int max_cgroups = 4096;
module_param(max_cgroups, uint, 0444);
MODULE_PARM_DESC(max_cgroups, "cgroups with a weight of their own, 2 .. 65536 (default 4096)");

static bool restart;
module_param(restart, bool, 0444);
MODULE_PARM_DESC(restart,
		 "start again after an ejection; also in /sys/kernel/ostrace_sched (default no)");

/* For the tests of this module; of no use otherwise. */
#define FAIL_CONTROL 100 /* a step after all those of scheduler_load() */
static unsigned int test_fail_step;
module_param(test_fail_step, uint, 0400);
MODULE_PARM_DESC(test_fail_step, "test: make this step of loading fail");

static int test_fail_init;
module_param(test_fail_init, int, 0400);
MODULE_PARM_DESC(test_fail_init, "test: what the scheduler's init is to return");

static unsigned int test_stall_pid;
module_param(test_stall_pid, uint, 0400);
MODULE_PARM_DESC(test_stall_pid, "test: lose this task, so that the watchdog ejects the scheduler");

static unsigned int test_domains;
module_param(test_domains, uint, 0400);
MODULE_PARM_DESC(test_domains, "test: pretend this many cache domains");

struct sched_module sched_module = {
	.lock = __MUTEX_INITIALIZER(sched_module.lock),
};

static void monitor(struct work_struct *work);
static DECLARE_DELAYED_WORK(monitor_work, monitor);

static int start(struct sched_module *m)
{
	int err = scheduler_load(&m->scheduler, &m->settings);

	lockdep_assert_held(&m->lock);
	if (err)
		return err;
	overrides_apply(&m->scheduler);
	m->state = SCHED_RUNNING;
	pr_info("scheduler \"%s\" runs: %u CPUs, %u cache domain%s\n", SCHED_OPS_NAME,
		num_online_cpus(), m->scheduler.shared->nr_llcs,
		m->scheduler.shared->nr_llcs == 1 ? "" : "s");
	return 0;
}

static void ejected(struct sched_module *m)
{
	const struct sched_exit *e = &m->last_exit;
	u64 now = ktime_get_ns();

	lockdep_assert_held(&m->lock);
	m->last_exit = m->scheduler.shared->exit;
	m->exits++;
	m->ejected_at = now;
	if (now - m->scheduler.started > BACKOFF_FORGET * NSEC_PER_SEC)
		m->backoff = 1;
	m->start_at = now + m->backoff * NSEC_PER_SEC;
	scheduler_unload(&m->scheduler);
	m->state = m->restart ? SCHED_WAITING : SCHED_EJECTED;
	pr_warn("the scheduler was ejected: %s (kind %d, code %lld)%s%s\n", e->reason, e->kind,
		e->code, *e->message ? ": " : "", e->message);
	if (m->restart)
		pr_info("it is started again in %u s\n", m->backoff);
}

static void start_again(struct sched_module *m)
{
	lockdep_assert_held(&m->lock);
	if (ktime_get_ns() < m->start_at)
		return;
	m->backoff = min(m->backoff * 2, BACKOFF_MAX);
	if (start(m)) {
		m->start_at = ktime_get_ns() + m->backoff * NSEC_PER_SEC;
		pr_warn("it could not be started; next time in %u s\n", m->backoff);
	}
}

/* A loaded scheduler does not tell that it was ejected, so it is asked. */
static void monitor(struct work_struct *work)
{
	struct sched_module *m = &sched_module;

	mutex_lock(&m->lock);
	/* Pairs with the atomic that ops.exit ends with: the rest of it is there. */
	if (m->state == SCHED_RUNNING && smp_load_acquire(&m->scheduler.shared->exit.done))
		ejected(m);
	else if (m->state == SCHED_WAITING)
		start_again(m);
	overrides_prune(&m->scheduler);
	mutex_unlock(&m->lock);
	schedule_delayed_work(&monitor_work, MONITOR_EVERY);
}

void sched_set_restart(bool on)
{
	struct sched_module *m = &sched_module;

	mutex_lock(&m->lock);
	m->restart = on;
	if (on && m->state == SCHED_EJECTED)
		m->state = SCHED_WAITING;
	else if (!on && m->state == SCHED_WAITING)
		m->state = SCHED_EJECTED;
	mutex_unlock(&m->lock);
}

static int check_range(const char *name, unsigned int value, unsigned int low, unsigned int high)
{
	if (value >= low && value <= high)
		return 0;
	pr_err("%s=%u is out of its range, %u .. %u\n", name, value, low, high);
	return -EINVAL;
}

static int check_parameters(void)
{
	int err = check_range("slice_us", slice_us, 500, 100000)		    ?:
			  check_range("bound_ms", bound_ms, SCHED_BOUND_MIN, 10000) ?:
			  check_range("timeout_ms", timeout_ms, 1000, 30000)	    ?:
			  check_range("max_cgroups", max_cgroups, 2, 65536);

	if (err)
		return err;
	if (bound_ms > sched_bound_max(timeout_ms)) {
		pr_err("bound_ms is %u: for timeout_ms=%u it may be %u at most, or who waits for that long has us ejected\n",
		       bound_ms, timeout_ms, sched_bound_max(timeout_ms));
		return -EINVAL;
	}
	return 0;
}

static int __init sched_init(void)
{
	struct sched_module *m = &sched_module;
	int err = check_parameters();

	if (err)
		return err;
	m->settings = (struct sched_settings){
		.slice_ns = (u64)slice_us * NSEC_PER_USEC,
		.bound_ns = (u64)bound_ms * NSEC_PER_MSEC,
		.timeout_ms = timeout_ms,
		.nr_cgroups = max_cgroups,
		.fail_step = test_fail_step,
		.fail_init = test_fail_init,
		.stall_pid = test_stall_pid,
		.domains = test_domains,
	};
	m->restart = restart;
	m->backoff = 1;

	mutex_lock(&m->lock);
	err = start(m);
	mutex_unlock(&m->lock);
	if (err)
		return err;
	err = test_fail_step == FAIL_CONTROL ? -EIO : control_init();
	if (err)
		goto err_unload;
	schedule_delayed_work(&monitor_work, MONITOR_EVERY);
	return 0;

err_unload:
	pr_err("cannot create /sys/kernel/ostrace_sched: %pe\n", ERR_PTR(err));
	mutex_lock(&m->lock);
	scheduler_unload(&m->scheduler);
	mutex_unlock(&m->lock);
	return err;
}

static void __exit sched_exit(void)
{
	struct sched_module *m = &sched_module;

	control_exit();
	cancel_delayed_work_sync(&monitor_work);
	mutex_lock(&m->lock);
	scheduler_unload(&m->scheduler);
	overrides_free();
	mutex_unlock(&m->lock);
}

module_init(sched_init);
module_exit(sched_exit);

MODULE_DESCRIPTION("ostrace scheduler: a sched_ext scheduler inside a module");
MODULE_LICENSE("GPL");
