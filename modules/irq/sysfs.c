// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/class/misc/ostrace_irq: knobs and counters as text.
 *
 * Knobs are 0644; what is written to one is validated like an ioctl, and read
 * back as what it was set to. A directory per mechanism has its description and
 * counters.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "driver.h"

/* ------------------------------------------------------------------ knobs */

/* Change one knob: PARSE sets a field of k from buf, and gives 0 or an error. */
#define STORE(name, parse)                                                             \
	static ssize_t name##_store(struct device *dev, struct device_attribute *attr, \
				    const char *buf, size_t count)                     \
	{                                                                              \
		struct oirq_knobs k;                                                   \
		int ret;                                                               \
		oirq_engine_edit_begin(&k);                                            \
		ret = parse;                                                           \
		if (ret)                                                               \
			oirq_engine_edit_abort();                                      \
		else                                                                   \
			ret = oirq_engine_edit_commit(&k);                             \
		return ret ? ret : count;                                              \
	}

#define SHOW(name, result)                                                                       \
	static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf) \
	{                                                                                        \
		struct oirq_knobs k;                                                             \
		oirq_engine_get(&k);                                                             \
		return result;                                                                   \
	}

#define KNOB(name, parse, result) \
	STORE(name, parse)        \
	SHOW(name, result)        \
	static DEVICE_ATTR_RW(name)

KNOB(mechanisms, oirq_knobs_parse_mechs(buf, &k.mechs),
     oirq_knobs_show_mechs(buf, PAGE_SIZE, k.mechs));
KNOB(rate, oirq_knobs_parse_number(buf, U32_MAX, &k.rate), sysfs_emit(buf, "%u\n", k.rate));
KNOB(burst, oirq_knobs_parse_number(buf, U32_MAX, &k.burst), sysfs_emit(buf, "%u\n", k.burst));
KNOB(cpu, oirq_knobs_parse_cpu(buf, &k.cpu), sysfs_emit(buf, "%d\n", k.cpu));
KNOB(work_ns, oirq_knobs_parse_times(buf, false, k.work_ns),
     oirq_knobs_show_times(buf, PAGE_SIZE, k.work_ns, false));
KNOB(sleep_ns, oirq_knobs_parse_times(buf, true, k.sleep_ns),
     oirq_knobs_show_times(buf, PAGE_SIZE, k.sleep_ns, true));

/* ------------------------------------------------------- the line's state */

#define INFO(name, format, ...)                                                                  \
	static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf) \
	{                                                                                        \
		struct ostrace_irq_info info = {};                                               \
		oirq_engine_info(&info);                                                         \
		return sysfs_emit(buf, format "\n", __VA_ARGS__);                                \
	}

INFO(rate_effective, "%u", info.rate_effective)
static DEVICE_ATTR_RO(rate_effective);
INFO(cpu_effective, "%d", info.cpu_effective)
static DEVICE_ATTR_RO(cpu_effective);
INFO(interrupts, "%llu", info.interrupts)
static DEVICE_ATTR_RO(interrupts);
INFO(spurious, "%llu", info.spurious)
static DEVICE_ATTR_RO(spurious);
INFO(missed, "%llu", info.missed)
static DEVICE_ATTR_RO(missed);
INFO(throttled, "%llu", info.throttled)
static DEVICE_ATTR_RO(throttled);
INFO(lost, "%llu", info.lost)
static DEVICE_ATTR_RO(lost);
INFO(storms, "%llu", info.storms)
static DEVICE_ATTR_RO(storms);

static ssize_t source_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct ostrace_irq_info info = {};

	oirq_engine_info(&info);
	if (info.source == OSTRACE_IRQ_SOURCE_NONE)
		return sysfs_emit(buf, "none\n");
	return sysfs_emit(buf, "%s irq %u%s\n", info.source_name, info.irq, info.msi ? " msi" : "");
}
static DEVICE_ATTR_RO(source);

/* ----------------------------------------------------------------- orders */

static ssize_t fire_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t count)
{
	u32 n;
	int ret = oirq_knobs_parse_number(buf, OSTRACE_IRQ_MAX_FIRE, &n);

	if (!ret)
		ret = oirq_engine_fire(n);
	return ret ? ret : count;
}
INFO(fire, "%llu", info.owed)
static DEVICE_ATTR_RW(fire);

static ssize_t storm_ms_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t count)
{
	u32 ms;
	int ret = oirq_knobs_parse_number(buf, OSTRACE_IRQ_MAX_STORM_MS, &ms);

	if (!ret)
		ret = oirq_engine_storm(ms);
	return ret ? ret : count;
}
INFO(storm_ms, "%llu", DIV_ROUND_UP_ULL(info.storm_left_ns, NSEC_PER_MSEC))
static DEVICE_ATTR_RW(storm_ms);

static struct attribute *line_attrs[] = {
	&dev_attr_source.attr,
	&dev_attr_mechanisms.attr,
	&dev_attr_rate.attr,
	&dev_attr_burst.attr,
	&dev_attr_cpu.attr,
	&dev_attr_work_ns.attr,
	&dev_attr_sleep_ns.attr,
	&dev_attr_fire.attr,
	&dev_attr_storm_ms.attr,
	&dev_attr_interrupts.attr,
	&dev_attr_rate_effective.attr,
	&dev_attr_cpu_effective.attr,
	&dev_attr_spurious.attr,
	&dev_attr_missed.attr,
	&dev_attr_throttled.attr,
	&dev_attr_lost.attr,
	&dev_attr_storms.attr,
	NULL,
};

static const struct attribute_group line_group = { .attrs = line_attrs };

/* --------------------------------------------------- a directory per mechanism */

/**
 * struct field - a file in a mechanism's directory
 * @name:   its name
 * @offset: of the counter in struct oirq_stats; or
 * @text:   what describes the mechanism
 */
struct field {
	const char *name;
	size_t offset;
	const char *(*text)(unsigned int mech);
};

static const char *text_context(unsigned int mech)
{
	return oirq_table_context(oirq_table[mech].ctx);
}

static const char *text_softirq(unsigned int mech)
{
	return oirq_table[mech].softirq;
}

static const char *text_may_sleep(unsigned int mech)
{
	return oirq_table_may_sleep(mech) ? "yes" : "no";
}

static const char *text_why(unsigned int mech)
{
	return oirq_table[mech].why;
}

#define COUNTER(field) offsetof(struct oirq_stats, field)

static const struct field fields[] = {
	{ "context", 0, text_context },
	{ "softirq", 0, text_softirq },
	{ "may_sleep", 0, text_may_sleep },
	{ "why", 0, text_why },
	{ "raised", COUNTER(raised) },
	{ "handled", COUNTER(handled) },
	{ "entries", COUNTER(entries) },
	{ "empty", COUNTER(empty) },
	{ "merged", COUNTER(merged) },
	{ "dropped", COUNTER(dropped) },
	{ "in_hard", COUNTER(ctx[OSTRACE_IRQ_CTX_HARD]) },
	{ "in_softirq", COUNTER(ctx[OSTRACE_IRQ_CTX_SOFT]) },
	{ "in_ksoftirqd", COUNTER(ctx[OSTRACE_IRQ_CTX_KSOFTIRQD]) },
	{ "in_thread", COUNTER(ctx[OSTRACE_IRQ_CTX_THREAD]) },
	{ "latency_ns", COUNTER(latency.sum) },
	{ "run_ns", COUNTER(run.sum) },
};

#define NR_FIELDS ARRAY_SIZE(fields)

struct mech_attr {
	struct device_attribute dev;
	unsigned int mech;
	const struct field *field;
};

/* Filled in once, before the device is shown. */
static struct mech_attr mech_attrs[OIRQ_NR_MECH][NR_FIELDS];
static struct attribute *mech_attr_lists[OIRQ_NR_MECH][NR_FIELDS + 1];
static struct attribute_group mech_groups[OIRQ_NR_MECH];
const struct attribute_group *oirq_sysfs_groups[OIRQ_NR_MECH + 2];

static ssize_t mech_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct mech_attr *a = container_of(attr, struct mech_attr, dev);

	if (a->field->text)
		return sysfs_emit(buf, "%s\n", a->field->text(a->mech));
	return sysfs_emit(buf, "%llu\n", oirq_engine_counter(a->mech, a->field->offset));
}

/**
 * oirq_sysfs_init - fill in the tables that oirq_sysfs_groups names
 *
 * Return: 0.
 */
int oirq_sysfs_init(void)
{
	unsigned int m, f;

	oirq_sysfs_groups[0] = &line_group;
	for (m = 0; m < OIRQ_NR_MECH; m++) {
		for (f = 0; f < NR_FIELDS; f++) {
			struct mech_attr *a = &mech_attrs[m][f];

			sysfs_attr_init(&a->dev.attr);
			a->dev.attr.name = fields[f].name;
			a->dev.attr.mode = 0444;
			a->dev.show = mech_show;
			a->mech = m;
			a->field = &fields[f];
			mech_attr_lists[m][f] = &a->dev.attr;
		}
		mech_groups[m].name = oirq_table[m].name;
		mech_groups[m].attrs = mech_attr_lists[m];
		oirq_sysfs_groups[m + 1] = &mech_groups[m];
	}
	return 0;
}
