// SPDX-License-Identifier: GPL-2.0
/*
 * Rules from text. Pure: see rules.h. The text may be anything at all: every
 * look ahead is checked against its end, and NUL is as wrong as any other
 * control character.
 */
#include "rules.h"

#define ADJ_MIN (-1000)
#define ADJ_MAX 1000
#define ID_MAX 0xfffffffell /* (uid_t)-1 is nobody's */

/* A piece of the text: from @p up to @end. */
struct span {
	const char *p, *end;
};

struct word_value {
	const char *word;
	int value;
};

static const struct word_value orders[] = {
	{ "size", OSTRACE_OOM_BY_SIZE },	   { "adj", OSTRACE_OOM_BY_ADJ },
	{ "cgroup", OSTRACE_OOM_BY_CGROUP },	   { "over-low", OSTRACE_OOM_BY_OVER_LOW },
	{ "over-high", OSTRACE_OOM_BY_OVER_HIGH }, { "youngest", OSTRACE_OOM_BY_YOUNGEST },
};

static const struct word_value tiers[] = {
	{ "prefer", OSTRACE_OOM_TIER_PREFER },
	{ "normal", OSTRACE_OOM_TIER_NORMAL },
	{ "protect", OSTRACE_OOM_TIER_PROTECT },
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool span_is(struct span s, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(s.end - s.p) == n && !memcmp(s.p, word, n);
}

/* Cut the next word off @rest; empty at the end and before a comment. */
static struct span next_word(struct span *rest)
{
	struct span w;

	while (rest->p < rest->end && is_blank(*rest->p))
		rest->p++;
	if (rest->p < rest->end && *rest->p == '#')
		rest->p = rest->end;
	w.p = rest->p;
	while (rest->p < rest->end && !is_blank(*rest->p))
		rest->p++;
	w.end = rest->p;
	return w;
}

static bool find_word(const struct word_value *table, size_t n, struct span w, int *value)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (span_is(w, table[i].word)) {
			*value = table[i].value;
			return true;
		}
	}
	return false;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Take one character of a path or name, undoing its escape. False if there is
 * no such escape. A NUL cannot be written: no name has one.
 */
static bool unescape(struct span *s, char *c)
{
	int hi, lo;

	*c = *s->p++;
	if (*c != '\\')
		return true;
	if (s->p == s->end)
		return false;
	*c = *s->p++;
	if (*c == '\\' || *c == '*')
		return true;
	if (*c != 'x' || s->end - s->p < 2)
		return false;
	hi = hex_digit(s->p[0]);
	lo = hex_digit(s->p[1]);
	s->p += 2;
	*c = (char)(hi * 16 + lo);
	return hi >= 0 && lo >= 0 && *c;
}

static const char *parse_comm(struct oom_rule *r, struct span v)
{
	char c;

	while (v.p < v.end) {
		if (*v.p == '*') {
			if (v.p + 1 != v.end)
				return "'*' is for the end of a name; write \\* for the character";
			r->conditions |= OOM_IF_COMM_PREFIX;
			break;
		}
		if (!unescape(&v, &c))
			return "no such escape: there are \\xHH, \\\\ and \\*";
		if (r->comm_len == OSTRACE_OOM_COMM - 1)
			return "a command name has at most 15 bytes";
		r->comm[r->comm_len++] = c;
	}
	if (!r->comm_len && !(r->conditions & OOM_IF_COMM_PREFIX))
		return "a name is missing after comm=";
	/* A name that is no prefix ends there. */
	memset(r->comm_mask, 0xff, r->comm_len + !(r->conditions & OOM_IF_COMM_PREFIX));
	r->conditions |= OOM_IF_COMM;
	return NULL;
}

/* "/a/b": no empty, "." or ".." component, no slash at the end but of "/". */
static const char *check_path(struct oom_rule *r, size_t len)
{
	const char *p = r->path, *slash;
	size_t n;

	if (p[0] != '/')
		return "a cgroup's path starts with /, which is the root of cgroup v2";
	if (len == 1)
		return NULL;
	while (*p) {
		p++;
		slash = strchr(p, '/');
		n = slash ? (size_t)(slash - p) : strlen(p);
		if (!n || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return "a cgroup's path has no empty, '.' or '..' part";
		if (++r->level > OOM_CGROUP_DEPTH)
			return "a cgroup's path has at most 16 parts";
		p += n;
	}
	return NULL;
}

static const char *parse_cgroup(struct oom_rule *r, struct span v)
{
	size_t len = 0;
	char c;

	while (v.p < v.end) {
		if (!unescape(&v, &c))
			return "no such escape: there are \\xHH, \\\\ and \\*";
		if (len == OSTRACE_OOM_PATH - 1)
			return "a cgroup's path has at most 255 bytes";
		r->path[len++] = c;
	}
	r->conditions |= OOM_IF_CGROUP;
	return check_path(r, len);
}

static bool parse_number(struct span *s, long long min, long long max, long long *out)
{
	bool minus = s->p < s->end && *s->p == '-';
	const char *start;
	long long n = 0;

	if (minus)
		s->p++;
	for (start = s->p; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++) {
		n = n * 10 + (*s->p - '0');
		if (n > ID_MAX)
			return false;
	}
	*out = minus ? -n : n;
	return s->p > start && *out >= min && *out <= max;
}

/* N or N..M */
static bool parse_range(struct span v, long long min, long long max, long long *from, long long *to)
{
	if (!parse_number(&v, min, max, from))
		return false;
	*to = *from;
	if (v.p == v.end)
		return true;
	if (v.end - v.p < 2 || v.p[0] != '.' || v.p[1] != '.')
		return false;
	v.p += 2;
	return parse_number(&v, min, max, to) && v.p == v.end && *from <= *to;
}

static const char *parse_uid(struct oom_rule *r, struct span v)
{
	long long from, to;

	if (!parse_range(v, 0, ID_MAX, &from, &to))
		return "uid= takes N or N..M, numbers from 0 to 4294967294";
	r->uid_min = (__u32)from;
	r->uid_max = (__u32)to;
	r->conditions |= OOM_IF_UID;
	return NULL;
}

static const char *parse_adj(struct oom_rule *r, struct span v)
{
	long long from, to;

	if (!parse_range(v, ADJ_MIN, ADJ_MAX, &from, &to))
		return "adj= takes N or N..M, numbers from -1000 to 1000";
	r->adj_min = (int)from;
	r->adj_max = (int)to;
	r->conditions |= OOM_IF_ADJ;
	return NULL;
}

static const struct {
	const char *name;
	unsigned int bit;
	const char *(*parse)(struct oom_rule *r, struct span v);
} conditions[] = {
	{ "cgroup", OOM_IF_CGROUP, parse_cgroup },
	{ "comm", OOM_IF_COMM, parse_comm },
	{ "uid", OOM_IF_UID, parse_uid },
	{ "adj", OOM_IF_ADJ, parse_adj },
};

static const char *parse_condition(struct oom_rule *r, struct span w)
{
	struct span name = { w.p, w.p };
	size_t i;

	while (name.end < w.end && *name.end != '=')
		name.end++;
	if (name.end == w.end)
		return "a condition is cgroup=, comm=, uid= or adj= and a value";
	for (i = 0; i < ARRAY_SIZE(conditions); i++) {
		if (!span_is(name, conditions[i].name))
			continue;
		if (r->conditions & conditions[i].bit)
			return "a condition is given twice; use two lines";
		return conditions[i].parse(r, (struct span){ name.end + 1, w.end });
	}
	return "no such condition: there are cgroup=, comm=, uid= and adj=";
}

static const char *parse_order(struct oom_rules *set, struct span rest, bool *seen)
{
	struct span w = next_word(&rest);
	int by;

	if (*seen)
		return "there is an order line already";
	*seen = true;
	if (w.p == w.end)
		return "order takes size, adj, cgroup, over-low, over-high or youngest";
	for (; w.p < w.end; w = next_word(&rest)) {
		if (!find_word(orders, ARRAY_SIZE(orders), w, &by))
			return "no such key: there are size, adj, cgroup, over-low, over-high and youngest";
		if (set->norder == OSTRACE_OOM_KEYS)
			return "order takes at most 4 keys";
		set->order[set->norder++] = (__u8)by;
	}
	return NULL;
}

static const char *parse_rule(struct oom_rules *set, int tier, unsigned int line, struct span rest)
{
	struct oom_rule *r = &set->rule[set->nrules];
	struct span w = next_word(&rest);
	const char *wrong;

	if (set->nrules == OSTRACE_OOM_RULES)
		return "a set has at most 64 rules";
	if (w.p == w.end)
		return "a rule needs a condition; cgroup=/ is true of all";
	r->tier = tier;
	r->line = line;
	for (; w.p < w.end; w = next_word(&rest)) {
		wrong = parse_condition(r, w);
		if (wrong)
			return wrong;
	}
	set->nrules++;
	return NULL;
}

static const char *parse_line(struct oom_rules *set, struct span rest, unsigned int line,
			      bool *seen_order)
{
	struct span w;
	const char *p;
	int tier;

	for (p = rest.p; p < rest.end; p++)
		if (((unsigned char)*p < ' ' && !is_blank(*p)) || *p == 0x7f)
			return "a control character; write it as \\xHH";
	w = next_word(&rest);
	if (w.p == w.end)
		return NULL;
	if (span_is(w, "order"))
		return parse_order(set, rest, seen_order);
	if (find_word(tiers, ARRAY_SIZE(tiers), w, &tier))
		return parse_rule(set, tier, line, rest);
	return "a line starts with order, prefer, normal, protect or #";
}

int oom_rules_parse(const char *text, size_t len, struct oom_rules *set,
		    struct oom_rules_error *err)
{
	const char *end = text + len;
	bool seen_order = false;
	unsigned int line = 0;
	struct span s;

	memset(set, 0, sizeof(*set));
	if (len > OSTRACE_OOM_TEXT_MAX) {
		*err = (struct oom_rules_error){ 1, "the text is longer than 32768 bytes" };
		return -1;
	}
	for (s.p = text; s.p < end; s.p = s.end + 1) {
		s.end = memchr(s.p, '\n', (size_t)(end - s.p));
		if (!s.end)
			s.end = end;
		err->line = ++line;
		err->what = parse_line(set, s, line, &seen_order);
		if (err->what)
			return -1;
		if (s.end == end)
			break;
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(oom_rules_parse);
