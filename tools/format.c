// SPDX-License-Identifier: GPL-2.0
/* Numbers and names as people read them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "format.h"
#include "hist.h"

bool format_utf8_of(const char *lc_all, const char *lc_ctype, const char *lang)
{
	const char *l = lc_all && *lc_all ? lc_all : lc_ctype && *lc_ctype ? lc_ctype : lang;

	return l && (strcasestr(l, "utf-8") || strcasestr(l, "utf8"));
}

/*
 * From the names, not nl_langinfo(): a static binary on a foreign host often
 * cannot load that host's locales, and the terminal does not care.
 */
bool format_utf8(void)
{
	static int known;

	if (!known)
		known = 1 + format_utf8_of(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG"));
	return known == 2;
}

int utf8_decode(const char *s, size_t n, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	int len, i;
	uint32_t c;

	if (!n)
		return 0;
	if (u[0] < 0x80) {
		*cp = u[0];
		return 1;
	}
	if (u[0] < 0xc2 || u[0] > 0xf4)
		return 0;
	len = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	if ((size_t)len > n)
		return 0;
	c = u[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*cp = c;
	return len;
}

struct range {
	uint32_t from, to;
};

static bool in_ranges(uint32_t c, const struct range *r, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (c >= r[i].from && c <= r[i].to)
			return true;
	return false;
}

#define IN(c, table) in_ranges(c, table, sizeof(table) / sizeof((table)[0]))

/* Not wcwidth(): it follows the C library's locale, see format_utf8(). */
static int cells_of(uint32_t c)
{
	static const struct range wide[] = {
		{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },
		{ 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },
		{ 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f },
		{ 0x1f680, 0x1f6ff }, { 0x1f900, 0x1faff }, { 0x20000, 0x3fffd },
	};
	static const struct range none[] = {
		{ 0x300, 0x36f },   { 0x483, 0x489 },	{ 0x591, 0x5bd },     { 0x610, 0x61a },
		{ 0x64b, 0x65f },   { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },   { 0x20d0, 0x20ff },
		{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
	};

	return IN(c, none) ? 0 : IN(c, wide) ? 2 : 1;
}

/* Would it do something to the terminal other than fill a cell? */
static bool is_control(uint32_t c)
{
	static const struct range control[] = {
		{ 0, 0x1f },	    { 0x7f, 0x9f },	  { 0xad, 0xad },     { 0x61c, 0x61c },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e },	  { 0x2060, 0x206f }, { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb }, { 0xe0001, 0xe007f },
	};

	return IN(c, control);
}

int format_cells(const char *s)
{
	size_t n = strlen(s);
	int cells = 0;

	while (n) {
		uint32_t c = 0;
		int len = utf8_decode(s, n, &c);

		if (!len)
			len = 1;
		cells += cells_of(c);
		s += len;
		n -= len;
	}
	return cells;
}

int format_escape(char *out, size_t n, const char *s, bool utf8)
{
	size_t left = strlen(s), at = 0;
	int cells = 0;

	while (left) {
		uint32_t c = 0;
		int len = utf8_decode(s, left, &c);
		bool plain = len && !is_control(c) && (utf8 || c < 0x80);
		int want = plain ? len : 4;

		if (at + want >= n)
			break;
		if (plain) {
			memcpy(out + at, s, len);
			cells += cells_of(c);
		} else {
			len = 1;
			snprintf(out + at, 5, "\\x%02x", (unsigned char)*s);
			cells += 4;
		}
		at += want;
		s += len;
		left -= len;
	}
	if (n)
		out[at] = '\0';
	return cells;
}

int format_fit(char *s, size_t size, int cells, bool utf8)
{
	const char *more = utf8 ? "…" : "~";
	size_t n = strlen(s), at = 0, cut = 0;
	int used = 0, cut_used = 0;

	while (at < n) {
		uint32_t c = 0;
		int len = utf8_decode(s + at, n - at, &c), w = cells_of(c);

		if (used + w > cells)
			break;
		at += len ? len : 1;
		used += w;
		if (used < cells) {
			cut = at;
			cut_used = used;
		}
	}
	if (at == n)
		return used;
	if (cells <= 0 || cut + strlen(more) >= size) {
		s[cut] = '\0';
		return cut_used;
	}
	strcpy(s + cut, more);
	return cut_used + 1;
}

struct scale {
	const char *name;
	uint64_t unit;
};

/* One decimal below 100, none above; false when it rounds to 1000 or more. */
static bool scaled(char *out, size_t n, uint64_t v, const struct scale *s)
{
	unsigned __int128 wide = v;
	uint64_t tenths = (uint64_t)((wide * 10 + s->unit / 2) / s->unit);
	uint64_t whole = (uint64_t)((wide + s->unit / 2) / s->unit);

	if (tenths < 1000)
		snprintf(out, n, "%u.%u%s", (unsigned int)(tenths / 10),
			 (unsigned int)(tenths % 10), s->name);
	else
		snprintf(out, n, "%llu%s", (unsigned long long)whole, s->name);
	return whole < 1000;
}

/* The first scale that the value stays below 1000 in; else the last. */
static int scale_up(char *out, size_t n, uint64_t v, const struct scale *s)
{
	while (!scaled(out, n, v, s) && s[1].name)
		s++;
	return format_cells(out);
}

int format_count(char *out, size_t n, uint64_t v)
{
	static const struct scale si[] = {
		{ "k", 1000ULL },
		{ "M", 1000000ULL },
		{ "G", 1000000000ULL },
		{ "T", 1000000000000ULL },
		{ "P", 1000000000000000ULL },
		{ "E", 1000000000000000000ULL },
		{ NULL, 0 },
	};

	if (v < 100000)
		return snprintf(out, n, "%u", (unsigned int)v);
	return scale_up(out, n, v, si);
}

int format_ns(char *out, size_t n, uint64_t ns, bool utf8)
{
	const struct scale times[] = {
		{ utf8 ? "µs" : "us", 1000ULL },
		{ "ms", 1000000ULL },
		{ "s", 1000000000ULL },
		{ "min", 60000000000ULL },
		{ "h", 3600000000000ULL },
		{ "d", 86400000000000ULL },
		{ NULL, 0 },
	};

	if (ns < 1000)
		return snprintf(out, n, "%uns", (unsigned int)ns);
	return scale_up(out, n, ns, times);
}

int format_bytes(char *out, size_t n, uint64_t v)
{
	static const struct scale binary[] = {
		{ "KiB", 1ULL << 10 }, { "MiB", 1ULL << 20 }, { "GiB", 1ULL << 30 },
		{ "TiB", 1ULL << 40 }, { "PiB", 1ULL << 50 }, { "EiB", 1ULL << 60 },
		{ NULL, 0 },
	};

	if (v < 1000)
		return snprintf(out, n, "%uB", (unsigned int)v);
	return scale_up(out, n, v, binary);
}

int format_percent(char *out, size_t n, double v)
{
	if (!(v >= 0))
		return snprintf(out, n, "-");
	if (v > 99999)
		return snprintf(out, n, ">99999%%");
	return snprintf(out, n, v < 99.95 ? "%.1f%%" : "%.0f%%", v);
}

const char *format_heading(const struct column *c)
{
	return c->unit == UNIT_HIST ? HIST_AXIS_TICKS : c->title;
}

int format_hist(char *out, size_t n, const struct hist *h, bool utf8)
{
	static const char *const bars[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char ascii[] = " .:-=+*#@";
	uint64_t cell[HIST_AXIS_CELLS], most = 0;
	size_t len = 0;
	int i, level;

	hist_cells(h, cell);
	for (i = 0; i < HIST_AXIS_CELLS; i++)
		if (cell[i] > most)
			most = cell[i];
	out[0] = '\0';
	for (i = 0; i < HIST_AXIS_CELLS && len < n; i++) {
		/* The smallest number is not nothing. */
		level = cell[i] ? 1 + (int)(7.999 * (double)cell[i] / (double)most) : 0;
		len += (size_t)snprintf(out + len, n - len, "%.*s", utf8 ? 4 : 1,
					utf8 ? bars[level] : &ascii[level]);
	}
	return format_cells(out);
}

static int format_number(char *out, size_t n, enum unit unit, union value v, bool utf8)
{
	switch (unit) {
	case UNIT_TEXT:
		return format_escape(out, n, v.s ? v.s : "", utf8);
	case UNIT_COUNT:
		return format_count(out, n, v.u);
	case UNIT_NS:
		return format_ns(out, n, v.u, utf8);
	case UNIT_PERCENT:
		return format_percent(out, n, v.d);
	case UNIT_BYTES:
		return format_bytes(out, n, v.u);
	case UNIT_HIST:
		return v.h ? format_hist(out, n, v.h, utf8) : snprintf(out, n, "-");
	case UNIT_ID:
		break;
	}
	return snprintf(out, n, "%llu", (unsigned long long)v.u);
}

int format_value(char *out, size_t n, const struct table_def *def, const struct row *r, int col,
		 bool utf8)
{
	int len = 0;

	if (r->na >> col & 1)
		return snprintf(out, n, "-");
	if (r->ge >> col & 1)
		len = snprintf(out, n, "%s", utf8 ? "≥" : ">=");
	/* A row of a tree stands below the one that it hangs below. */
	if (def->tree == col + 1 && r->depth >= 0)
		len = snprintf(out, n, "%*s%c ", 2 * r->depth, "", r->fold ? r->fold : ' ');
	if ((size_t)len >= n)
		return 0;
	format_number(out + len, n - len, def->cols[col].unit, r->v[col], utf8);
	return format_cells(out);
}
