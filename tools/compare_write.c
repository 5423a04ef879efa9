// SPDX-License-Identifier: GPL-2.0
/* A comparison as text or JSON. Pure: into a buffer. */
#include <math.h>
#include <stdio.h>
#include "compare.h"
#include "format.h"
#include "json.h"

#define TITLE_CELLS 12
#define VALUE_CELLS 8
#define SIDE_CELLS (VALUE_CELLS + 2 + 2 * FORMAT_CELLS + 2)

static int value(char *out, size_t n, double v, const struct metric *m, bool utf8)
{
	if (isnan(v)) {
		snprintf(out, n, "-");
		return 1;
	}
	return m->time ? format_ns(out, n, (uint64_t)v, utf8) : format_count(out, n, (uint64_t)v);
}

static void put_side(struct buf *b, const struct estimate *e, const struct metric *m, bool utf8)
{
	char text[32], range[80];
	int cells = value(text, sizeof(text), e->median, m, utf8), n;

	buf_pad(b, VALUE_CELLS - cells);
	buf_puts(b, text);
	if (!e->confidence) {
		buf_pad(b, SIDE_CELLS - VALUE_CELLS);
		return;
	}
	cells = 2 + value(text, sizeof(text), e->low, m, utf8);
	n = snprintf(range, sizeof(range), "%s..", text);
	cells += value(text, sizeof(text), e->high, m, utf8);
	snprintf(range + n, sizeof(range) - (size_t)n, "%s", text);
	buf_puts(b, "  ");
	buf_puts(b, range);
	buf_pad(b, SIDE_CELLS - VALUE_CELLS - 2 - cells);
}

/* The confidence of what every run has a value of, which the note below the table tells. */
static double usual_confidence(const struct comparison *c)
{
	return compare_estimate(c, M_CPU, 0).confidence;
}

static void put_ratio(struct buf *b, const struct estimate *e, const struct metric *m, double usual,
		      const struct text_style *s)
{
	bool clear = m->cost && e->confidence > 0;

	if (isnan(e->median))
		return;
	paint(b, s,
	      clear && e->high < 1 ? PAINT_GOOD :
	      clear && e->low > 1  ? PAINT_BAD :
				     PAINT_NONE);
	buf_printf(b, "%6.2f", e->median);
	if (e->confidence > 0)
		buf_printf(b, "  %.2f..%.2f", e->low, e->high);
	paint(b, s, PAINT_NONE);
	/* A round without a value says nothing, a run that was ended of its time. */
	if (e->confidence < usual)
		buf_printf(b, " (%.0f %%)", 100 * e->confidence);
}

static void put_metric(struct buf *b, const struct comparison *c, int m, const struct text_style *s)
{
	const struct metric *def = &compare_metrics[m];
	struct estimate side[2], ratio = compare_estimate(c, m, 2);
	int i;

	for (i = 0; i < 2; i++)
		side[i] = compare_estimate(c, m, i);
	if (isnan(side[0].median) && isnan(side[1].median))
		return;
	buf_printf(b, "%-*s", TITLE_CELLS, def->title);
	for (i = 0; i < 2; i++)
		put_side(b, &side[i], def, s->utf8);
	put_ratio(b, &ratio, def, usual_confidence(c), s);
	buf_putc(b, '\n');
}

static int count_stopped(const struct comparison *c)
{
	int i, n = 0;

	for (i = 0; i < c->rounds; i++)
		n += c->run[i][0].stopped + c->run[i][1].stopped;
	return n;
}

static uint64_t count_lost(const struct comparison *c)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < c->rounds; i++)
		n += c->run[i][0].lost + c->run[i][1].lost;
	return n;
}

static void put_command(struct buf *b, const struct comparison *c, const struct text_style *s)
{
	char text[128];
	int i;

	for (i = 0; c->command[i]; i++) {
		format_escape(text, sizeof(text), c->command[i], s->utf8);
		buf_printf(b, "%s%s", i ? " " : "", text);
	}
}

void compare_text(struct buf *b, const struct comparison *c, const struct text_style *s)
{
	int m, stopped = count_stopped(c);
	char limit[32];

	paint(b, s, PAINT_TITLE);
	put_command(b, c, s);
	paint(b, s, PAINT_NONE);
	buf_printf(b, "\n%d round%s, the two schedulers in turn", c->rounds,
		   c->rounds == 1 ? "" : "s");
	if (stopped) {
		format_ns(limit, sizeof(limit), c->limit_ns, s->utf8);
		buf_printf(b, "; ended after %s in %d of %d runs", limit, stopped, 2 * c->rounds);
	}
	buf_puts(b, "\n\n");
	paint(b, s, PAINT_DIM);
	buf_printf(b, "%-*s  %-*s  %-*s  %s\n", TITLE_CELLS, "", SIDE_CELLS - 2, c->name[0],
		   SIDE_CELLS - 2, c->name[1], "ratio");
	buf_puts(b, "the command and its children\n");
	paint(b, s, PAINT_NONE);
	for (m = 0; m < M_ALL_SWITCHES; m++)
		put_metric(b, c, m, s);
	paint(b, s, PAINT_DIM);
	buf_puts(b, "all tasks of the machine meanwhile\n");
	paint(b, s, PAINT_NONE);
	for (; m < METRICS; m++)
		put_metric(b, c, m, s);
	paint(b, s, PAINT_DIM);
	if (c->rounds > 1)
		buf_printf(b,
			   "\nMedians of the rounds, and what holds the true median with %.0f %% "
			   "confidence.\n",
			   100 * usual_confidence(c));
	else
		buf_puts(b, "\nOne round tells nothing of what chance did to it.\n");
	paint(b, s, PAINT_NONE);
	if (count_lost(c)) {
		paint(b, s, PAINT_BAD);
		buf_printf(b, "lost: %llu switches were not or not fully counted\n",
			   (unsigned long long)count_lost(c));
		paint(b, s, PAINT_NONE);
	}
}

static void json_estimate(struct json *j, const char *key, struct estimate e, int decimals)
{
	json_object(j, key);
	json_double(j, "median", e.median, decimals);
	json_double(j, "low", e.low, decimals);
	json_double(j, "high", e.high, decimals);
	json_double(j, "confidence", e.confidence, 4);
	json_end_object(j);
}

static void json_values(struct json *j, const struct comparison *c, int m, int side)
{
	int i;

	json_array(j, NULL);
	for (i = 0; i < c->rounds; i++)
		json_double(j, NULL, compare_measure(&c->run[i][side], m), 0);
	json_end_array(j);
}

void compare_json(struct buf *b, const struct comparison *c)
{
	struct json j = { .out = b };
	int i, m;

	json_object(&j, NULL);
	json_array(&j, "compare");
	json_string(&j, NULL, c->name[0]);
	json_string(&j, NULL, c->name[1]);
	json_end_array(&j);
	json_array(&j, "command");
	for (i = 0; c->command[i]; i++)
		json_string(&j, NULL, c->command[i]);
	json_end_array(&j);
	json_u64(&j, "rounds", (uint64_t)c->rounds);
	json_u64(&j, "limit_ns", c->limit_ns);
	json_u64(&j, "stopped", (uint64_t)count_stopped(c));
	json_u64(&j, "lost", count_lost(c));
	json_object(&j, "metrics");
	for (m = 0; m < METRICS; m++) {
		json_object(&j, compare_metrics[m].key);
		json_estimate(&j, "first", compare_estimate(c, m, 0), 1);
		json_estimate(&j, "second", compare_estimate(c, m, 1), 1);
		json_estimate(&j, "ratio", compare_estimate(c, m, 2), 4);
		json_array(&j, "values");
		json_values(&j, c, m, 0);
		json_values(&j, c, m, 1);
		json_end_array(&j);
		json_end_object(&j);
	}
	json_end_object(&j);
	json_end_object(&j);
	buf_putc(b, '\n');
}
