// SPDX-License-Identifier: GPL-2.0
/*
 * The knobs: reading them from text, showing them, and saying what is legal.
 * What this file lets through cannot sleep in atomic context and cannot keep a
 * CPU from its other work.
 */
#include "knobs.h"

#include "rate.h"

/**
 * oirq_knobs_default - what holds after loading: every mechanism, nothing fired
 * @k: set
 */
void oirq_knobs_default(struct oirq_knobs *k)
{
	memset(k, 0, sizeof(*k));
	k->mechs = OIRQ_ALL_MECHS;
	k->burst = 1;
	k->cpu = -1;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_knobs_default);

/**
 * oirq_knobs_check - is all of it within its limits?
 * @k:   the knobs; whether the CPU is online is for the caller to ask
 * @why: set to a sentence for the log when not
 *
 * Return: 0, -EINVAL, or -EOPNOTSUPP for a sleep where none is legal.
 */
int oirq_knobs_check(const struct oirq_knobs *k, const char **why)
{
	unsigned int m;

	if (k->mechs & ~OIRQ_ALL_MECHS || !(k->mechs & OIRQ_HARDIRQ_BIT)) {
		*why = "mechanisms: unknown ones, or the top half left out";
		return -EINVAL;
	}
	if (k->rate > OSTRACE_IRQ_MAX_RATE) {
		*why = "rate: more than OSTRACE_IRQ_MAX_RATE";
		return -EINVAL;
	}
	if (k->burst < 1 || k->burst > OSTRACE_IRQ_MAX_BURST) {
		*why = "burst: not between 1 and OSTRACE_IRQ_MAX_BURST";
		return -EINVAL;
	}
	if (k->cpu < -1) {
		*why = "cpu: neither a CPU nor -1";
		return -EINVAL;
	}
	for (m = 0; m < OIRQ_NR_MECH; m++) {
		if (k->sleep_ns[m] && !oirq_table_may_sleep(m)) {
			*why = oirq_table[m].why;
			return -EOPNOTSUPP;
		}
		if (k->sleep_ns[m] > OSTRACE_IRQ_MAX_SLEEP_NS) {
			*why = "sleep_ns: more than OSTRACE_IRQ_MAX_SLEEP_NS";
			return -EINVAL;
		}
		if (k->work_ns[m] > oirq_table_max_work(m)) {
			*why = "work_ns: too long for a context that nothing can preempt";
			if (oirq_table_may_sleep(m))
				*why = "work_ns: more than OSTRACE_IRQ_MAX_WORK_THREAD_NS";
			return -EINVAL;
		}
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_knobs_check);

/**
 * oirq_knobs_cost - what one interrupt costs where no task gets a chance
 * @k: the knobs
 *
 * Return: ns. A threaded handler counts: it is a real-time task.
 */
u64 oirq_knobs_cost(const struct oirq_knobs *k)
{
	u64 cost = OIRQ_COST_TOP_NS;
	unsigned int m;

	for (m = 0; m < OIRQ_NR_MECH; m++) {
		if (!(k->mechs & (1U << m)))
			continue;
		if (m != OSTRACE_IRQ_THREAD && oirq_table_may_sleep(m))
			continue;
		cost += k->work_ns[m];
		if (m != OSTRACE_IRQ_HARDIRQ)
			cost += OIRQ_COST_BOTTOM_NS;
	}
	return cost;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_knobs_cost);

/**
 * oirq_knobs_rate - the rate that will really be tried
 * @k: the knobs
 *
 * Return: events a second.
 */
u32 oirq_knobs_rate(const struct oirq_knobs *k)
{
	return oirq_rate_limit(k->rate, k->burst, oirq_knobs_cost(k));
}
EXPORT_SYMBOL_IF_KUNIT(oirq_knobs_rate);

static bool is_gap(char c)
{
	return c == ' ' || c == ',' || c == '\n' || c == '\t';
}

/* The next word of *s, which is moved past it; its length, 0 at the end. */
static size_t next_word(const char **s, const char **word)
{
	const char *p = *s;
	size_t len = 0;

	while (is_gap(*p))
		p++;
	*word = p;
	while (p[len] && !is_gap(p[len]))
		len++;
	*s = p + len;
	return len;
}

/* Digits, at least one, up to max; what follows them in *end. */
static int parse_digits(const char *s, size_t len, u64 max, u64 *out, size_t *end)
{
	u64 v = 0;
	size_t i;

	for (i = 0; i < len && s[i] >= '0' && s[i] <= '9'; i++) {
		v = v * 10 + (s[i] - '0');
		if (v > max)
			return -ERANGE;
	}
	if (!i)
		return -EINVAL;
	*out = v;
	*end = i;
	return 0;
}

struct unit {
	const char *name;
	u32 factor;
};

static const struct unit count_units[] = { { "", 1 }, { "k", 1000 }, { "M", 1000000 } };
static const struct unit time_units[] = { { "", 1 },
					  { "ns", 1 },
					  { "us", NSEC_PER_USEC },
					  { "ms", NSEC_PER_MSEC } };

static int parse_amount(const char *s, size_t len, const struct unit *units, size_t nr, u32 max,
			u32 *out)
{
	size_t end, i;
	u64 v;
	int ret = parse_digits(s, len, max, &v, &end);

	if (ret)
		return ret;
	for (i = 0; i < nr; i++) {
		if (strlen(units[i].name) != len - end ||
		    strncmp(units[i].name, s + end, len - end))
			continue;
		v *= units[i].factor;
		if (v > max)
			return -ERANGE;
		*out = v;
		return 0;
	}
	return -EINVAL;
}

/**
 * oirq_knobs_parse_number - a whole number such as "250" or "10k"
 * @s:   one word, perhaps with a newline
 * @max: the largest allowed
 * @out: set on success
 *
 * Return: 0, -EINVAL, or -ERANGE if it is larger.
 */
int oirq_knobs_parse_number(const char *s, u32 max, u32 *out)
{
	const char *word, *none;
	size_t len = next_word(&s, &word);
	u32 v;
	int ret = parse_amount(word, len, count_units, ARRAY_SIZE(count_units), max, &v);

	if (ret)
		return ret;
	if (next_word(&s, &none))
		return -EINVAL;
	*out = v;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_knobs_parse_number);

/**
 * oirq_knobs_parse_cpu - a CPU's number, or "any" or -1
 * @s:   one word, perhaps with a newline
 * @out: set on success
 *
 * Return: 0 or -EINVAL.
 */
int oirq_knobs_parse_cpu(const char *s, s32 *out)
{
	const char *word, *rest = s;
	size_t len = next_word(&rest, &word);
	u32 cpu;

	if ((len == 3 && !strncmp(word, "any", 3)) || (len == 2 && !strncmp(word, "-1", 2))) {
		if (next_word(&rest, &word))
			return -EINVAL;
		*out = -1;
		return 0;
	}
	if (oirq_knobs_parse_number(s, S32_MAX, &cpu))
		return -EINVAL;
	*out = cpu;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_knobs_parse_cpu);

/**
 * oirq_knobs_parse_mechs - a set of mechanisms
 * @s:    names apart by blanks or commas; "all" and "none"; "+name" and "-name"
 *        change the set there is, a bare first name starts a new one
 * @mask: in: the set there is; out: the new one, the top half always in it
 *
 * Return: 0, -EINVAL if there is no name, or -ENOENT for an unknown one; @mask
 * is untouched then.
 */
int oirq_knobs_parse_mechs(const char *s, u32 *mask)
{
	u32 set = *mask;
	bool first = true;
	const char *word;
	size_t len;

	while ((len = next_word(&s, &word))) {
		bool minus = *word == '-', plus = *word == '+';
		u32 bits;
		int m;

		if (minus || plus) {
			word++;
			len--;
		} else if (first) {
			set = 0;
		}
		first = false;
		if (len == 3 && !strncmp(word, "all", 3)) {
			bits = OIRQ_ALL_MECHS;
		} else if (len == 4 && !strncmp(word, "none", 4)) {
			bits = 0;
		} else {
			m = oirq_table_find(word, len);
			if (m < 0)
				return m;
			bits = 1U << m;
		}
		set = minus ? set & ~bits : set | bits;
	}
	if (first)
		return -EINVAL;
	*mask = set | OIRQ_HARDIRQ_BIT;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_knobs_parse_mechs);

/**
 * oirq_knobs_parse_times - durations per mechanism
 * @s:     "5us" for all mechanisms (of those that sleep, with @sleep), or
 *         "tasklet=5us wq=2ms"; a bare number is ns
 * @sleep: for a sleep knob
 * @times: in: what there is; out: changed where @s says so
 *
 * Whether the durations are legal is asked of oirq_knobs_check().
 *
 * Return: 0, -EINVAL, -ENOENT for an unknown name or -ERANGE; @times is
 * untouched then.
 */
int oirq_knobs_parse_times(const char *s, bool sleep, u32 *times)
{
	u32 set[OIRQ_NR_MECH];
	bool any = false;
	const char *word;
	size_t len;

	memcpy(set, times, sizeof(set));
	while ((len = next_word(&s, &word))) {
		size_t eq = 0;
		u32 ns;
		int m, ret;

		while (eq < len && word[eq] != '=')
			eq++;
		m = -1;
		if (eq < len) {
			m = oirq_table_find(word, eq);
			if (m < 0)
				return m;
			word += eq + 1;
			len -= eq + 1;
		}
		ret = parse_amount(word, len, time_units, ARRAY_SIZE(time_units), NSEC_PER_SEC,
				   &ns);
		if (ret)
			return ret;
		any = true;
		if (m >= 0) {
			set[m] = ns;
			continue;
		}
		for (m = 0; m < OIRQ_NR_MECH; m++)
			if (!sleep || oirq_table_may_sleep(m))
				set[m] = ns;
	}
	if (!any)
		return -EINVAL;
	memcpy(times, set, sizeof(set));
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oirq_knobs_parse_times);

/**
 * oirq_knobs_show_mechs - a set as text that oirq_knobs_parse_mechs() reads
 * @buf:  gets one line
 * @size: its size
 * @mask: the set
 *
 * Return: the length of the line.
 */
size_t oirq_knobs_show_mechs(char *buf, size_t size, u32 mask)
{
	size_t n = 0;
	int m;

	for (m = 0; m < OIRQ_NR_MECH; m++)
		if (mask & (1U << m))
			n += scnprintf(buf + n, size - n, "%s%s", n ? " " : "", oirq_table[m].name);
	return n + scnprintf(buf + n, size - n, "\n");
}
EXPORT_SYMBOL_IF_KUNIT(oirq_knobs_show_mechs);

/**
 * oirq_knobs_show_times - durations as text that oirq_knobs_parse_times() reads
 * @buf:   gets one line
 * @size:  its size
 * @times: ns per mechanism
 * @sleep: leave out those that may not
 *
 * Return: the length of the line.
 */
size_t oirq_knobs_show_times(char *buf, size_t size, const u32 *times, bool sleep)
{
	size_t n = 0;
	int m;

	for (m = 0; m < OIRQ_NR_MECH; m++)
		if (!sleep || oirq_table_may_sleep(m))
			n += scnprintf(buf + n, size - n, "%s%s=%u", n ? " " : "",
				       oirq_table[m].name, times[m]);
	return n + scnprintf(buf + n, size - n, "\n");
}
EXPORT_SYMBOL_IF_KUNIT(oirq_knobs_show_times);
