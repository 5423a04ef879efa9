// SPDX-License-Identifier: GPL-2.0
/* Applying the rules, and telling what came out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "explain.h"
#include "format.h"
#include "json.h"

uint64_t snapshot_u64(const struct snapshot_table *t, const struct row *r, const char *key)
{
	int col = column_find(t->t.def, key);

	if (col < 0 || r->na >> col & 1 || t->t.def->cols[col].unit == UNIT_TEXT ||
	    t->t.def->cols[col].unit == UNIT_PERCENT)
		return 0;
	return r->v[col].u;
}

const char *snapshot_text(const struct snapshot_table *t, const struct row *r, const char *key)
{
	int col = column_find(t->t.def, key);

	if (col < 0 || r->na >> col & 1 || t->t.def->cols[col].unit != UNIT_TEXT || !r->v[col].s)
		return "";
	return r->v[col].s;
}

double snapshot_per_second(const struct snapshot *s, uint64_t v)
{
	return s->interval_ns ? (double)v * 1e9 / (double)s->interval_ns : 0;
}

/* What a row is called: its key columns that are always shown. */
static void row_name(const struct snapshot *s, const struct table_def *def, const struct row *r,
		     char *buf, size_t n)
{
	char one[64];
	size_t len = 0;
	int i;

	*buf = 0;
	for (i = 0; i < def->ncols && len < n; i++) {
		if (!(def->cols[i].flags & COL_KEY) || def->cols[i].flags & COL_OPTIONAL ||
		    r->na >> i & 1)
			continue;
		format_value(one, sizeof(one), def, r, i, s->utf8);
		len += snprintf(buf + len, n - len, "%s%s", len ? " " : "", one);
	}
}

static int worse(const void *pa, const void *pb)
{
	const struct finding *a = pa, *b = pb;

	if (a->lost != b->lost)
		return a->lost > b->lost ? -1 : 1;
	return a->rule == b->rule ? strcmp(a->who, b->who) : a->rule < b->rule ? -1 : 1;
}

/* Put @f among the worst of its rule, from @first on. */
static void keep(struct explained *e, int first, const struct finding *f)
{
	int n = e->n - first, i, least = first;

	if (n < EXPLAIN_PER_RULE && e->n < EXPLAIN_FINDINGS) {
		e->finding[e->n++] = *f;
		return;
	}
	for (i = first; i < e->n; i++)
		if (worse(&e->finding[i], &e->finding[least]) > 0)
			least = i;
	if (least < e->n && worse(f, &e->finding[least]) < 0)
		e->finding[least] = *f;
}

static void apply(const struct rule *rule, const struct snapshot *s, const struct snapshot_table *t,
		  struct explained *e, struct examined *x)
{
	struct finding f = { .rule = rule };
	char text[sizeof(f.text)];
	int first = e->n;
	size_t i;

	x->seen = true;
	f.whole = t->whole;
	for (i = 0; i < t->t.nrows; i++) {
		const struct row *r = &t->t.rows[i];

		f.lost = rule->lost(rule, s, t, r);
		if (f.lost <= 0 || (f.lost < rule->least && f.lost <= x->worst))
			continue;
		row_name(s, t->t.def, r, f.who, sizeof(f.who));
		if (f.lost > x->worst) {
			x->worst = f.lost;
			snprintf(x->who, sizeof(x->who), "%s", f.who);
		}
		if (f.lost < rule->least)
			continue;
		rule->say(rule, s, t, r, text, sizeof(text));
		/* Names come from programs: nothing in them may reach the terminal. */
		format_escape(f.text, sizeof(f.text), text, s->utf8);
		keep(e, first, &f);
	}
}

void explain(const struct snapshot *s, struct explained *e)
{
	const struct rule *rule;
	int i;

	memset(e, 0, sizeof(*e));
	for (rule = rules; rule->key && e->nexamined < EXPLAIN_RULES; rule++) {
		struct examined *x = &e->examined[e->nexamined++];

		x->rule = rule;
		for (i = 0; i < s->ntables; i++)
			if (!strcmp(s->table[i].view->name, rule->view) &&
			    !strcmp(s->table[i].t.def->name, rule->table))
				apply(rule, s, &s->table[i], e, x);
	}
	qsort(e->finding, (size_t)e->n, sizeof(*e->finding), worse);
}

/* @text on lines of @width cells, those after the first indented by @indent. */
static void put_wrapped(struct buf *b, int width, int indent, const char *text)
{
	int at = 0;

	while (*text) {
		int n = (int)strcspn(text, " ");

		if (width > 0 && at && at + 1 + n >= width) {
			buf_putc(b, '\n');
			buf_pad(b, indent);
			at = indent;
		} else if (at) {
			buf_putc(b, ' ');
			at++;
		}
		buf_add(b, text, (size_t)n);
		at += n;
		text += n + (text[n] == ' ');
	}
	buf_putc(b, '\n');
}

static void put_examined(struct buf *b, const struct snapshot *s, const struct explained *e)
{
	char worst[16], least[16];
	int i;

	for (i = 0; i < e->nexamined; i++) {
		const struct examined *x = &e->examined[i];

		if (!x->seen)
			continue;
		format_ns(worst, sizeof(worst), (uint64_t)x->worst, s->utf8);
		format_ns(least, sizeof(least), (uint64_t)x->rule->least, s->utf8);
		buf_printf(b, "  %s: %s", x->rule->looks_at, x->worst > 0 ? worst : "none");
		if (x->worst > 0)
			buf_printf(b, " a second at worst (%s)", x->who);
		buf_printf(b, ", told from %s on\n", least);
	}
}

static void put_lost(struct buf *b, const struct snapshot *s)
{
	int i;

	for (i = 0; i < s->nlost; i++)
		buf_printf(b, "%s%llu %s",
			   i ? ", " : "Not seen: ", (unsigned long long)s->lost[i].n,
			   s->lost[i].key);
	if (s->nlost)
		buf_puts(b, ".\n");
}

void explain_text(struct buf *b, const struct snapshot *s, const struct explained *e, int width)
{
	char span[16], lost[16], line[640];
	int i;

	format_ns(span, sizeof(span), s->interval_ns, s->utf8);
	if (!e->n) {
		buf_printf(
			b,
			"Nothing stands out in %s of %s. What was looked at, by the time lost:\n",
			span, s->whom);
		put_examined(b, s, e);
	} else {
		buf_printf(b, "%s of %s, worst first:\n", span, s->whom);
	}
	for (i = 0; i < e->n; i++) {
		const struct finding *f = &e->finding[i];

		format_ns(lost, sizeof(lost), (uint64_t)f->lost, s->utf8);
		snprintf(line, sizeof(line), "%2d. %s%s. Lost: %s a second. [ostrace %s --by %s]",
			 i + 1, f->text, f->whole ? " (whole machine)" : "", lost, f->rule->view,
			 f->rule->table);
		put_wrapped(b, width, 4, line);
	}
	if (s->steal >= 5)
		buf_printf(
			b,
			"The host took %.0f %% of the CPUs' time (steal): all times include it.\n",
			s->steal);
	put_lost(b, s);
}

static void json_findings(struct json *j, const struct explained *e)
{
	int i;

	json_array(j, "findings");
	for (i = 0; i < e->n; i++) {
		const struct finding *f = &e->finding[i];

		json_object(j, NULL);
		json_string(j, "rule", f->rule->key);
		json_string(j, "who", f->who);
		json_string(j, "text", f->text);
		json_u64(j, "lost_ns_per_s", (uint64_t)f->lost);
		json_string(j, "view", f->rule->view);
		json_string(j, "table", f->rule->table);
		json_bool(j, "whole_machine", f->whole);
		json_end_object(j);
	}
	json_end_array(j);
}

void explain_json(struct buf *b, const struct snapshot *s, const struct explained *e, double wall)
{
	struct json j = { .out = b };
	int i;

	json_object(&j, NULL);
	json_string(&j, "command", "explain");
	json_double(&j, "time", wall, 6);
	json_u64(&j, "interval_ns", s->interval_ns);
	json_string(&j, "of", s->whom);
	json_double(&j, "steal_percent", s->steal, 1);
	json_findings(&j, e);
	json_array(&j, "examined");
	for (i = 0; i < e->nexamined; i++) {
		const struct examined *x = &e->examined[i];

		if (!x->seen)
			continue;
		json_object(&j, NULL);
		json_string(&j, "rule", x->rule->key);
		json_u64(&j, "worst_ns_per_s", (uint64_t)x->worst);
		json_string(&j, "who", x->who);
		json_u64(&j, "least_ns_per_s", (uint64_t)x->rule->least);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_object(&j, "lost");
	for (i = 0; i < s->nlost; i++)
		json_u64(&j, s->lost[i].key, s->lost[i].n);
	json_end_object(&j);
	json_end_object(&j);
	buf_putc(b, '\n');
}
