// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "err.h"
#include "format.h"
#include "irqknobs.h"
#include "optvalue.h"
#include "suggest.h"

#define WORD_MAX 64

bool irqknobs_asked(const struct irq_ask *a)
{
	return a->rate_given || a->burst_given || a->cpu_given || a->mechanisms || a->work ||
	       a->sleep || a->fire || a->storm_ms;
}

/*
 * The next word of a list apart by commas or blanks; false at its end. One that
 * is too long is cut, and then no word that anybody knows.
 */
static bool next_word(const char **s, char *word)
{
	static const char gaps[] = ", ";
	size_t len;

	*s += strspn(*s, gaps);
	len = strcspn(*s, gaps);
	snprintf(word, WORD_MAX, "%.*s", (int)len, *s);
	*s += len;
	return len > 0;
}

static int find(const char *option, const struct irq_mechs *m, const char *name)
{
	char hint[80];
	struct suggest s;
	int i;

	suggest_init(&s, name);
	for (i = 0; i < m->n; i++) {
		if (!strcmp(m->what[i].name, name))
			return i;
		suggest_add(&s, m->what[i].name);
	}
	return err_set(-EINVAL, "%s: unknown mechanism '%s'%s (%s)", option, name,
		       suggest_hint(&s, hint, sizeof(hint)), s.list);
}

/* As the driver's own file: names replace the set, +name and -name change it. */
static int set_mechanisms(const char *text, const struct irq_mechs *m, uint32_t *mechs)
{
	const uint32_t top_half = 1u << OSTRACE_IRQ_HARDIRQ;
	uint32_t set = *mechs, bits;
	char word[WORD_MAX];
	bool first = true;
	int i;

	for (; next_word(&text, word); first = false) {
		bool plus = *word == '+', minus = *word == '-';
		const char *name = word + (plus || minus);

		if (first && !plus && !minus)
			set = 0;
		if (!strcmp(name, "all")) {
			bits = (1u << m->n) - 1;
		} else if (!strcmp(name, "none")) {
			bits = 0;
		} else {
			i = find("--mechanisms", m, name);
			if (i < 0)
				return i;
			bits = 1u << i;
		}
		set = minus ? set & ~bits : set | bits;
	}
	if (first)
		return err_set(-EINVAL, "--mechanisms: no name given");
	*mechs = set | top_half;
	return 0;
}

/* "5us", or "tasklet=5us,wq=2ms"; a sleep without a name is for those that may. */
static int set_times(const char *option, const char *text, const struct irq_mechs *m, bool sleep,
		     uint64_t max, __u32 *times)
{
	char word[WORD_MAX], *value;
	bool any = false;
	uint64_t ns;
	int i, err;

	for (; next_word(&text, word); any = true) {
		value = strchr(word, '=');
		if (value)
			*value++ = '\0';
		err = value_duration(option, value ? value : word, 0, max, &ns);
		if (err)
			return err;
		if (value) {
			i = find(option, m, word);
			if (i < 0)
				return i;
			times[i] = (uint32_t)ns;
			continue;
		}
		for (i = 0; i < m->n; i++)
			if (!sleep || m->what[i].may_sleep)
				times[i] = (uint32_t)ns;
	}
	return any ? 0 : err_set(-EINVAL, "%s: no duration given", option);
}

int irqknobs_apply(const struct irq_ask *a, const struct irq_mechs *m, struct ostrace_irq_knobs *k)
{
	int err = 0;

	if (a->rate_given)
		k->rate = a->rate;
	if (a->burst_given)
		k->burst = a->burst;
	if (a->cpu_given)
		k->cpu = a->cpu;
	if (a->mechanisms)
		err = set_mechanisms(a->mechanisms, m, &k->mechs);
	if (!err && a->work)
		err = set_times("--work", a->work, m, false, OSTRACE_IRQ_MAX_WORK_THREAD_NS,
				k->work_ns);
	if (!err && a->sleep)
		err = set_times("--sleep", a->sleep, m, true, OSTRACE_IRQ_MAX_SLEEP_NS,
				k->sleep_ns);
	return err;
}

static int refused_sleep(int err, const struct irq_mechs *m, const struct ostrace_irq_knobs *k)
{
	int i;

	for (i = 0; i < m->n; i++)
		if (k->sleep_ns[i] && !m->what[i].may_sleep)
			return err_set(err, "--sleep: the driver refuses %s: %s", m->what[i].name,
				       m->what[i].why);
	return err_set(err, "--sleep: the driver refuses it: %s", strerror(-err));
}

static int refused_work(int err, const struct irq_mechs *m, const struct ostrace_irq_knobs *k)
{
	static const char *const because[OSTRACE_IRQ_NR_CTX] = {
		[OSTRACE_IRQ_CTX_HARD] = ": interrupts are off for as long",
		[OSTRACE_IRQ_CTX_SOFT] = ": no task, and no other softirq of that CPU, runs for "
					 "as long",
	};
	char asked[16], max[16];
	int i;

	for (i = 0; i < m->n; i++) {
		const struct ostrace_irq_describe *d = &m->what[i];

		if (k->work_ns[i] <= d->max_work_ns)
			continue;
		format_ns(asked, sizeof(asked), k->work_ns[i], false);
		format_ns(max, sizeof(max), d->max_work_ns, false);
		return err_set(
			err, "--work: the driver refuses %s in %s, at most %s%s", asked, d->name,
			max, d->ctx < OSTRACE_IRQ_NR_CTX && because[d->ctx] ? because[d->ctx] : "");
	}
	return err_set(err, "the driver refuses these settings: %s", strerror(-err));
}

int irqknobs_refused(int err, const struct irq_mechs *m, const struct ostrace_irq_knobs *k)
{
	switch (err) {
	case -EPERM:
		return err_set(err, "only root, or CAP_SYS_ADMIN, may turn the driver's knobs");
	case -ENXIO:
		return err_set(-EINVAL, "--irq-cpu: CPU %d is not online", k->cpu);
	case -EOPNOTSUPP:
		return refused_sleep(-EINVAL, m, k);
	case -EINVAL:
		return refused_work(err, m, k);
	default:
		return err_set(err, "the driver does not take these settings: %s", strerror(-err));
	}
}

/* One field: the old value if it is still ours. */
static bool put_back(uint32_t *now, uint32_t set, uint32_t old)
{
	if (*now != set || set == old)
		return false;
	*now = old;
	return true;
}

bool irqknobs_restore(struct ostrace_irq_knobs *now, const struct ostrace_irq_knobs *set,
		      const struct ostrace_irq_knobs *old)
{
	uint32_t ours = (set->mechs ^ old->mechs) & ~(now->mechs ^ set->mechs);
	uint32_t cpu = (uint32_t)now->cpu;
	bool any = ours;
	int i;

	now->mechs = (now->mechs & ~ours) | (old->mechs & ours);
	any |= put_back(&now->rate, set->rate, old->rate);
	any |= put_back(&now->burst, set->burst, old->burst);
	any |= put_back(&cpu, (uint32_t)set->cpu, (uint32_t)old->cpu);
	now->cpu = (int32_t)cpu;
	for (i = 0; i < OSTRACE_IRQ_MAX_MECH; i++) {
		any |= put_back(&now->work_ns[i], set->work_ns[i], old->work_ns[i]);
		any |= put_back(&now->sleep_ns[i], set->sleep_ns[i], old->sleep_ns[i]);
	}
	return any;
}
