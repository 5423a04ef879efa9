// SPDX-License-Identifier: GPL-2.0
/*
 * The engine: a timer that fires the interrupt, the top half that takes it, and
 * the knobs that say how often.
 *
 * The top half fires the next interrupt of a burst itself, when it is through
 * with the one before, so no interrupt controller gets to merge two into one.
 * All firing is done on the CPU that takes the interrupts: the timer is pinned
 * to it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "compat.h"
#include "driver.h"
#include "line.h"

/* How long a machine that wants to sleep waits for what is queued. */
#define DRAIN_MS 2000

/*
 * Taken by whoever changes a setting or the source; protects @knobs, @paused,
 * and the right to start and stop the timer. Inside cpus_read_lock() where that
 * is held too; outside the line's lock.
 */
static DEFINE_MUTEX(mutex);
static struct oirq_knobs knobs;
static unsigned int paused;

/*
 * The line. Raw: it is taken in hard interrupt. While it is held no source can
 * go away, so what is found in @source may be fired. @mechs_served is also read
 * without it, by the top half. @ticking: the timer runs, or its callback has yet
 * to decide; who sets it starts the timer.
 */
static DEFINE_RAW_SPINLOCK(line_lock);
static struct oirq_line line;
static struct oirq_source *source;
static bool ticking;
static u32 mechs_served;

/* Written under both locks: either is enough to read them. */
static struct oirq_pace pace;
static int cpu_now = -1;

static struct oirq_mechs *mechs;
static struct hrtimer timer;
static enum cpuhp_state hotplug_state;

static void fire_if_due(u64 now)
{
	lockdep_assert_held(&line_lock);
	if (source && oirq_line_fire(&line, now))
		source->ops->fire(source);
}

static enum hrtimer_restart tick(struct hrtimer *t)
{
	enum hrtimer_restart again = HRTIMER_NORESTART;
	u64 now = ktime_get_ns(), spent = oirq_mechs_spent(mechs);
	unsigned long flags;
	u64 period;

	raw_spin_lock_irqsave(&line_lock, flags);
	if (source) {
		oirq_line_tick(&line, &pace, now, spent, oirq_mechs_idle(mechs));
		/* Keeps a storm going that died down, for lack of a softirq. */
		oirq_line_kick(&line, now);
		fire_if_due(now);
		if (oirq_line_busy(&line, &pace, now))
			again = HRTIMER_RESTART;
	}
	period = oirq_line_period(&line, &pace, now);
	if (again == HRTIMER_NORESTART)
		ticking = false;
	raw_spin_unlock_irqrestore(&line_lock, flags);

	if (again == HRTIMER_RESTART)
		hrtimer_forward_now(t, ns_to_ktime(period));
	return again;
}

static void start_timer(void *unused)
{
	u64 now = ktime_get_ns();
	unsigned long flags;
	u64 period;

	raw_spin_lock_irqsave(&line_lock, flags);
	oirq_line_start(&line, now);
	period = oirq_line_period(&line, &pace, now);
	raw_spin_unlock_irqrestore(&line_lock, flags);
	hrtimer_start(&timer, ns_to_ktime(period), HRTIMER_MODE_REL_PINNED_HARD);
}

/* Start the timer if there is something to do and nobody does it. */
static void timer_wake(void)
{
	bool start = false;

	lockdep_assert_held(&mutex);
	raw_spin_lock_irq(&line_lock);
	if (source && !paused && !ticking && oirq_line_busy(&line, &pace, ktime_get_ns()))
		start = ticking = true;
	raw_spin_unlock_irq(&line_lock);
	if (!start)
		return;
	hrtimer_cancel(&timer); /* its callback may be on its way out */
	/* The mutex keeps a CPU that is to go from going further. */
	if (cpu_now < 0 || smp_call_function_single(cpu_now, start_timer, NULL, 1))
		start_timer(NULL);
}

static void timer_stop(void)
{
	lockdep_assert_held(&mutex);
	hrtimer_cancel(&timer);
	raw_spin_lock_irq(&line_lock);
	ticking = false;
	raw_spin_unlock_irq(&line_lock);
}

static irqreturn_t top_half(int irq, void *data)
{
	struct oirq_source *src = data;
	u64 now = ktime_get_ns(), fired, seq;
	bool taken, thread;

	switch (src->ops->ack(src)) {
	case OIRQ_ACK_NOT_OURS:
		return IRQ_NONE;
	case OIRQ_ACK_OTHER:
		return IRQ_HANDLED;
	case OIRQ_ACK_FIRED:
		break;
	}

	raw_spin_lock(&line_lock);
	fired = line.fired_ns;
	taken = oirq_line_take(&line);
	seq = line.interrupts;
	raw_spin_unlock(&line_lock);
	if (!taken)
		return IRQ_HANDLED;

	thread = oirq_mechs_interrupt(mechs, READ_ONCE(mechs_served), seq, fired, now);

	raw_spin_lock(&line_lock);
	fire_if_due(ktime_get_ns());
	raw_spin_unlock(&line_lock);
	return thread ? IRQ_WAKE_THREAD : IRQ_HANDLED;
}

static irqreturn_t threaded_half(int irq, void *data)
{
	oirq_mechs_thread(mechs);
	return IRQ_HANDLED;
}

/**
 * oirq_engine_kick - a softirq is done: in a storm, raise it again
 *
 * Any context.
 */
void oirq_engine_kick(void)
{
	unsigned long flags;
	u64 now;

	if (!READ_ONCE(line.storm_ns)) /* a look: the lock has the truth */
		return;
	now = ktime_get_ns();
	raw_spin_lock_irqsave(&line_lock, flags);
	oirq_line_kick(&line, now);
	fire_if_due(now);
	raw_spin_unlock_irqrestore(&line_lock, flags);
}

/* Have the interrupt delivered where it is fired. */
static void set_affinity(void)
{
	const struct cpumask *cpus = cpu_now < 0 ? cpu_online_mask : cpumask_of(cpu_now);

	lockdep_assert_held(&mutex);
	/* A simulated line comes where it is fired, and refuses this. */
	if (source)
		irq_set_affinity(source->irq, cpus);
}

/* Put the knobs into effect. */
static void apply(int cpu)
{
	lockdep_assert_held(&mutex);
	timer_stop();
	raw_spin_lock_irq(&line_lock);
	pace.rate = oirq_knobs_rate(&knobs);
	pace.burst = knobs.burst;
	cpu_now = cpu;
	WRITE_ONCE(mechs_served, knobs.mechs);
	raw_spin_unlock_irq(&line_lock);
	oirq_mechs_times(mechs, &knobs);
	set_affinity();
	timer_wake();
}

/**
 * oirq_engine_get - read the knobs
 * @k: set
 */
void oirq_engine_get(struct oirq_knobs *k)
{
	mutex_lock(&mutex);
	*k = knobs;
	mutex_unlock(&mutex);
}

/**
 * oirq_engine_edit_begin - change knobs: take them
 * @k: set to what they are, or NULL; to be ended with commit or abort
 */
void oirq_engine_edit_begin(struct oirq_knobs *k)
{
	cpus_read_lock();
	mutex_lock(&mutex);
	if (k)
		*k = knobs;
}

/**
 * oirq_engine_edit_abort - change nothing after all
 */
void oirq_engine_edit_abort(void)
{
	mutex_unlock(&mutex);
	cpus_read_unlock();
}

/**
 * oirq_engine_edit_commit - put changed knobs into effect
 * @k: what they are to be
 *
 * Return: 0; or -EINVAL, -EOPNOTSUPP or -ENXIO, with a message in the log, and
 * nothing has changed.
 */
int oirq_engine_edit_commit(const struct oirq_knobs *k)
{
	const char *why = NULL;
	int ret = oirq_knobs_check(k, &why);

	if (!ret && k->cpu >= 0 && (k->cpu >= nr_cpu_ids || !cpu_online(k->cpu))) {
		why = "cpu: not online";
		ret = -ENXIO;
	}
	if (!ret) {
		knobs = *k;
		apply(k->cpu);
		if (pace.rate < knobs.rate)
			pr_notice_ratelimited(
				"%u Hz of %u interrupts would cost more than the CPU has to spare: %u Hz\n",
				knobs.rate, knobs.burst, pace.rate);
	} else {
		pr_notice_ratelimited("%s\n", why);
	}
	mutex_unlock(&mutex);
	cpus_read_unlock();
	return ret;
}

/**
 * oirq_engine_fire - fire so many interrupts
 * @count: 1 .. OSTRACE_IRQ_MAX_FIRE
 *
 * Return: 0, -EINVAL, -ENODEV or -EBUSY.
 */
int oirq_engine_fire(u32 count)
{
	int ret = -ENODEV;

	if (!count || count > OSTRACE_IRQ_MAX_FIRE)
		return -EINVAL;
	mutex_lock(&mutex);
	raw_spin_lock_irq(&line_lock);
	if (source)
		ret = oirq_line_owe(&line, count);
	raw_spin_unlock_irq(&line_lock);
	timer_wake();
	mutex_unlock(&mutex);
	return ret;
}

/**
 * oirq_engine_storm - start or end a storm
 * @ms: up to OSTRACE_IRQ_MAX_STORM_MS; 0 ends it
 *
 * Return: 0, -EINVAL, -ENODEV, -EBUSY, or -EOPNOTSUPP with a message in the log.
 */
int oirq_engine_storm(u32 ms)
{
	int ret = -ENODEV;

	if (ms > OSTRACE_IRQ_MAX_STORM_MS)
		return -EINVAL;
	mutex_lock(&mutex);
	if (ms && !(knobs.mechs & oirq_table_softirq_mechs())) {
		pr_notice_ratelimited(
			"a storm is softirqs raising themselves: enable a tasklet or bh mechanism\n");
		mutex_unlock(&mutex);
		return -EOPNOTSUPP;
	}
	raw_spin_lock_irq(&line_lock);
	if (source)
		ret = oirq_line_storm(&line, ms, ktime_get_ns());
	raw_spin_unlock_irq(&line_lock);
	if (!ret && ms) {
		timer_stop(); /* its next tick may be a second away */
		timer_wake();
	}
	mutex_unlock(&mutex);
	return ret;
}

/**
 * oirq_engine_info - answer OSTRACE_IRQ_INFO
 * @info: all but its head is set
 */
void oirq_engine_info(struct ostrace_irq_info *info)
{
	struct ostrace_irq_head head = info->head;
	u64 now = ktime_get_ns();

	memset(info, 0, sizeof(*info));
	info->head = head;
	info->nr_mech = OIRQ_NR_MECH;
	info->nr_cpus = nr_cpu_ids;
	info->ring_records = oirq_stream_size();
	info->record_size = sizeof(struct ostrace_irq_record);
	info->now_ns = now;
	strscpy(info->source_name, "none", sizeof(info->source_name));

	mutex_lock(&mutex);
	raw_spin_lock_irq(&line_lock);
	if (source) {
		info->source = source->kind;
		info->irq = source->irq;
		info->msi = source->msi;
		memset(info->source_name, 0, sizeof(info->source_name));
		strscpy(info->source_name, source->name, sizeof(info->source_name));
	}
	if (pace.rate || line.owed)
		info->state |= OSTRACE_IRQ_RUNNING;
	if (oirq_line_storming(&line, now)) {
		info->state |= OSTRACE_IRQ_STORMING;
		info->storm_left_ns = line.storm_ns - now;
	}
	if (paused)
		info->state |= OSTRACE_IRQ_PAUSED;
	info->rate_effective = pace.rate;
	info->cpu_effective = cpu_now;
	info->interrupts = line.interrupts;
	info->spurious = line.spurious;
	info->missed = line.missed;
	info->throttled = line.throttled;
	info->lost = line.lost;
	info->owed = line.owed;
	info->storms = line.storms;
	raw_spin_unlock_irq(&line_lock);
	mutex_unlock(&mutex);
}

/**
 * oirq_engine_stats - answer OSTRACE_IRQ_STATS
 * @s: see oirq_mechs_stats()
 */
void oirq_engine_stats(struct ostrace_irq_stats *s)
{
	oirq_mechs_stats(mechs, s);
}

/**
 * oirq_engine_counter - one counter of one mechanism
 * @mech:   enum ostrace_irq_mech
 * @offset: of a u64 in struct oirq_stats
 */
u64 oirq_engine_counter(unsigned int mech, size_t offset)
{
	return oirq_mechs_counter(mechs, mech, offset);
}

/**
 * oirq_engine_attach - interrupts come from here from now on
 * @src: set up, able to interrupt
 *
 * Return: 0, -EBUSY if there is a source, or what request_threaded_irq() said.
 */
int oirq_engine_attach(struct oirq_source *src)
{
	/* The top half stays one with threadirqs, and on PREEMPT_RT. */
	unsigned long flags = IRQF_NO_THREAD;
	int ret = -EBUSY;

	mutex_lock(&mutex);
	if (source)
		goto out;
	/*
	 * With threadirqs the others on a shared line want it masked while their
	 * threads run, and all have to agree.
	 */
	if (src->shared)
		flags |= IRQF_SHARED | IRQF_COND_ONESHOT;
	ret = request_threaded_irq(src->irq, top_half, threaded_half, flags, OIRQ_NAME, src);
	if (ret)
		goto out;
	raw_spin_lock_irq(&line_lock);
	source = src;
	raw_spin_unlock_irq(&line_lock);
	set_affinity();
	timer_wake();
out:
	mutex_unlock(&mutex);
	return ret;
}

/**
 * oirq_engine_detach - no more interrupts from here
 * @src: the source; nothing is done if it is not the one in use
 *
 * On return it is not fired any more, its top half and thread have ended, and
 * the line is free.
 */
void oirq_engine_detach(struct oirq_source *src)
{
	mutex_lock(&mutex);
	if (source != src)
		goto out;
	raw_spin_lock_irq(&line_lock);
	source = NULL;
	oirq_line_stop(&line);
	raw_spin_unlock_irq(&line_lock);
	timer_stop();
	if (src->ops->quiet)
		src->ops->quiet(src);
	free_irq(src->irq, src);
	oirq_mechs_thread_gone(mechs);
out:
	mutex_unlock(&mutex);
}

/**
 * oirq_engine_pause - the machine is going to sleep
 *
 * Nothing is fired any more and what was fired is served, so that no sleep of
 * the machine becomes a latency. Nests.
 */
void oirq_engine_pause(void)
{
	unsigned int ms;

	mutex_lock(&mutex);
	if (!paused++) {
		timer_stop();
		raw_spin_lock_irq(&line_lock);
		oirq_line_stop(&line);
		raw_spin_unlock_irq(&line_lock);
		for (ms = 0; ms < DRAIN_MS && !oirq_mechs_idle(mechs); ms += 20)
			msleep(20);
	}
	mutex_unlock(&mutex);
}

/**
 * oirq_engine_resume - undo oirq_engine_pause()
 */
void oirq_engine_resume(void)
{
	mutex_lock(&mutex);
	if (!--paused)
		timer_wake();
	mutex_unlock(&mutex);
}

static int cpu_came(unsigned int cpu)
{
	mutex_lock(&mutex);
	if (knobs.cpu == cpu && cpu_now != cpu) {
		pr_notice("CPU %u is back: interrupts are pinned to it again\n", cpu);
		apply(cpu);
	}
	mutex_unlock(&mutex);
	return 0;
}

static int cpu_goes(unsigned int cpu)
{
	mutex_lock(&mutex);
	if (cpu_now == cpu) {
		pr_notice("CPU %u goes offline: its interrupts go to any other\n", cpu);
		apply(-1);
	}
	mutex_unlock(&mutex);
	return 0;
}

/**
 * oirq_engine_init - set up all but a source
 *
 * Return: 0 or an error.
 */
int oirq_engine_init(void)
{
	int ret;

	oirq_knobs_default(&knobs);
	pace.burst = knobs.burst;
	mechs_served = knobs.mechs;
	mechs = oirq_mechs_new();
	if (!mechs)
		return -ENOMEM;
	hrtimer_setup(&timer, tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	ret = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "ostrace/irq:online", cpu_came,
					cpu_goes);
	if (ret < 0)
		goto err_mechs;
	hotplug_state = ret;
	return 0;

err_mechs:
	oirq_mechs_free(mechs);
	return ret;
}

/**
 * oirq_engine_exit - undo oirq_engine_init()
 *
 * The source is detached by now, and so is everyone who could turn a knob.
 */
void oirq_engine_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
	hrtimer_cancel(&timer);
	oirq_mechs_free(mechs);
}
