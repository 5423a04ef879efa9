// SPDX-License-Identifier: GPL-2.0
/* A report as one line of JSON. Its shape is described by schema.c. */
#include <math.h>
#include "json.h"
#include "writer.h"

/* [[smallest value, how many], ...] of the slots that have any. */
static void put_hist(struct json *j, const char *key, const struct hist *h)
{
	uint32_t slot;

	if (!h) {
		json_null(j, key);
		return;
	}
	json_array(j, key);
	for (slot = 0; slot < OSTRACE_HIST_SLOTS; slot++) {
		if (!h->slot[slot])
			continue;
		json_array(j, NULL);
		json_u64(j, NULL, ostrace_hist_low(slot));
		json_u64(j, NULL, h->slot[slot]);
		json_end_array(j);
	}
	json_end_array(j);
}

static void put_cell(struct json *j, const struct column *c, union value v)
{
	switch (c->unit) {
	case UNIT_TEXT:
		json_string(j, c->key, v.s);
		break;
	case UNIT_PERCENT:
		json_double(j, c->key, v.d, 3);
		break;
	case UNIT_HIST:
		put_hist(j, c->key, v.h);
		break;
	default:
		json_u64(j, c->key, v.u);
	}
}

static void put_row(struct json *j, const struct table_def *def, const struct row *r)
{
	uint64_t ge = r->ge & ~r->na;
	int i;

	json_object(j, NULL);
	for (i = 0; i < def->ncols; i++)
		if (r->na >> i & 1)
			json_null(j, def->cols[i].key);
		else
			put_cell(j, &def->cols[i], r->v[i]);
	if (ge) {
		json_array(j, "lower_bound");
		for (i = 0; i < def->ncols; i++)
			if (ge >> i & 1)
				json_string(j, NULL, def->cols[i].key);
		json_end_array(j);
	}
	json_end_object(j);
}

/* A price that is not known is negative. */
static void put_price(struct json *j, const char *key, double v)
{
	json_double(j, key, v < 0 ? NAN : v, 3);
}

static void put_notes(struct json *j, const char *const *notes)
{
	if (!notes || !*notes)
		return;
	json_array(j, "notes");
	for (; *notes; notes++)
		json_string(j, NULL, *notes);
	json_end_array(j);
}

void write_json(struct buf *b, const struct report *r)
{
	const struct table *t = r->table;
	struct json j = { .out = b };
	size_t row;
	int i;

	json_object(&j, NULL);
	json_string(&j, "view", r->view->name);
	json_string(&j, "table", t->def->name);
	json_double(&j, "time", r->wall, 6);
	json_u64(&j, "interval_ns", r->interval_ns);
	if (r->state)
		json_string(&j, "state", r->state);
	json_array(&j, "rows");
	for (row = 0; row < r->show && row < t->nrows; row++)
		put_row(&j, t->def, &t->rows[row]);
	json_end_array(&j);
	json_object(&j, "lost");
	for (i = 0; i < r->nloss; i++)
		json_u64(&j, r->loss[i].key, r->loss[i].n);
	json_end_object(&j);
	json_object(&j, "overhead");
	put_price(&j, "ns_per_event", r->price.ns_per_event);
	put_price(&j, "cpu_percent", r->cpu_percent);
	put_price(&j, "bpf_percent", r->bpf_percent);
	json_end_object(&j);
	put_notes(&j, r->notes);
	json_end_object(&j);
	buf_putc(b, '\n');
}
