// SPDX-License-Identifier: GPL-2.0
/* Values of options: durations, counts, lists. Pure. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "err.h"
#include "format.h"
#include "optvalue.h"

static const struct suffix {
	const char *name;
	uint64_t ns;
} suffixes[] = {
	{ "", 1000000000 },	{ "ns", 1 },	     { "us", 1000 },	   { "µs", 1000 },
	{ "ms", 1000000 },	{ "s", 1000000000 }, { "m", 60000000000 }, { "min", 60000000000 },
	{ "h", 3600000000000 },
};

static const struct suffix *suffix_find(const char *s)
{
	size_t i;

	for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (!strcmp(suffixes[i].name, s))
			return &suffixes[i];
	return NULL;
}

bool value_is_number(const char *s)
{
	if (*s == '-' || *s == '+')
		s++;
	if (*s == '.')
		s++;
	return isdigit((unsigned char)*s);
}

/*
 * Decimal digits as an integer part and billionths. Not strtod(): it takes
 * nan, inf, hexadecimal and, in some locales, a comma.
 * Return: what follows the number; NULL when there is none or it is too large.
 */
static const char *decimal(const char *s, uint64_t *whole, uint64_t *billionths)
{
	uint64_t scale = 100000000;
	bool digits = false;

	*whole = *billionths = 0;
	for (; isdigit((unsigned char)*s); s++, digits = true)
		if (__builtin_mul_overflow(*whole, 10, whole) ||
		    __builtin_add_overflow(*whole, (uint64_t)(*s - '0'), whole))
			return NULL;
	if (*s == '.')
		for (s++; isdigit((unsigned char)*s); s++, digits = true) {
			*billionths += (uint64_t)(*s - '0') * scale;
			scale /= 10;
		}
	return digits ? s : NULL;
}

static int bad_duration(const char *what, const char *s)
{
	return err_set(
		-EINVAL,
		"%s: '%s' is not a duration: give seconds, or a number with ns, us, ms, s, m or h",
		what, s);
}

int value_duration(const char *what, const char *s, uint64_t min, uint64_t max, uint64_t *ns)
{
	const struct suffix *u;
	uint64_t whole, billionths;
	const char *digits = *s == '-' || *s == '+' ? s + 1 : s, *rest;
	unsigned __int128 v;
	char low[16], high[16];

	if (!value_is_number(s))
		return bad_duration(what, s);
	rest = digits;
	while (isdigit((unsigned char)*rest) || *rest == '.')
		rest++;
	u = suffix_find(rest);
	if (!u)
		return bad_duration(what, s);
	rest = decimal(digits, &whole, &billionths);
	if (rest && !suffix_find(rest))
		return bad_duration(what, s); /* 1.2.3 */
	v = (unsigned __int128)whole * u->ns + (unsigned __int128)billionths * u->ns / 1000000000;
	if (*s == '-' || !rest || v < min || v > max) {
		format_ns(low, sizeof(low), min, false);
		format_ns(high, sizeof(high), max, false);
		return err_set(-EINVAL, "%s: '%s' is out of range: give %s to %s", what, s, low,
			       high);
	}
	*ns = (uint64_t)v;
	return 0;
}

/* @scaled: it may end in k, M or G */
static int whole_number(const char *what, const char *s, uint64_t min, uint64_t max, bool scaled,
			uint64_t *n)
{
	uint64_t whole, billionths, scale = 1;
	const char *p = s + (*s == '-'), *rest, *end = p + strspn(p, "0123456789");

	if (scaled && (*end == 'k' || *end == 'M' || *end == 'G'))
		scale = *end == 'k' ? 1000 : *end == 'M' ? 1000000 : 1000000000;
	if (end == p || end[scale > 1])
		return err_set(-EINVAL, "%s: '%s' is not a whole number", what, s);
	rest = decimal(p, &whole, &billionths);
	if (*s == '-' || !rest || __builtin_mul_overflow(whole, scale, &whole) || whole < min ||
	    whole > max)
		return err_set(-EINVAL, "%s: '%s' is out of range: give %llu to %llu", what, s,
			       (unsigned long long)min, (unsigned long long)max);
	*n = whole;
	return 0;
}

int value_count(const char *what, const char *s, uint64_t min, uint64_t max, uint64_t *n)
{
	return whole_number(what, s, min, max, true, n);
}

int value_u32(const char *what, const char *s, uint32_t min, uint32_t max, uint32_t *n)
{
	uint64_t v;
	int err = value_count(what, s, min, max, &v);

	if (!err)
		*n = (uint32_t)v;
	return err;
}

/* The next item of a comma-separated list, copied; NULL when it is too long. */
static char *next_item(const char **s, char *item, size_t size)
{
	size_t len = strcspn(*s, ",");

	if (len >= size)
		return NULL;
	memcpy(item, *s, len);
	item[len] = '\0';
	*s += len;
	return item;
}

static int bad_item(const char *what, const char *s, const char *want)
{
	return err_set(-EINVAL, "%s: '%s' is not %s", what, s, want);
}

int value_ids(const char *what, const char *s, uint32_t **ids, size_t *n)
{
	static const char want[] = "a list of positive numbers such as 1,42";
	const char *p = s;

	for (;;) {
		uint32_t *more;
		char item[16];
		uint64_t id;

		if (!next_item(&p, item, sizeof(item)) ||
		    whole_number("", item, 1, INT32_MAX, false, &id)) {
			err_clear();
			return bad_item(what, s, want);
		}
		more = reallocarray(*ids, *n + 1, sizeof(**ids));
		if (!more)
			return -ENOMEM;
		*ids = more;
		(*ids)[(*n)++] = (uint32_t)id;
		if (!*p++)
			return 0;
	}
}

/* "3" or "0-3" */
static int cpu_range(char *item, unsigned int bits, uint64_t *from, uint64_t *to)
{
	char *dash = strchr(item, '-');
	int err;

	if (dash)
		*dash++ = '\0';
	err = whole_number("", item, 0, bits - 1, false, from);
	if (!err)
		err = whole_number("", dash ? dash : item, 0, bits - 1, false, to);
	err_clear();
	return err || *from > *to ? -EINVAL : 0;
}

int value_cpus(const char *what, const char *s, uint64_t *map, unsigned int bits)
{
	static const char want[] = "a list of CPUs such as 0-3,5";
	const char *p = s;

	for (;;) {
		uint64_t from, to;
		char item[32];

		if (!next_item(&p, item, sizeof(item)) || cpu_range(item, bits, &from, &to))
			return bad_item(what, s, want);
		for (; from <= to; from++)
			map[from / 64] |= 1ULL << from % 64;
		if (!*p++)
			return 0;
	}
}
