// SPDX-License-Identifier: GPL-2.0
/* The JSON Schema (2020-12) of every line that --json writes. */
#include <stdio.h>
#include "json.h"
#include "schema.h"
#include "writer.h"

void schema_member(struct json *j, const char *key, const char *type, const char *help)
{
	json_object(j, key);
	json_string(j, "type", type);
	if (help)
		json_string(j, "description", help);
	json_end_object(j);
}

void schema_member_const(struct json *j, const char *key, const char *value)
{
	json_object(j, key);
	json_string(j, "const", value);
	json_end_object(j);
}

/* A number that may be unknown, or a column that a row may lack. */
void schema_member_or_null(struct json *j, const char *key, const char *type, const char *help,
			   bool negative)
{
	json_object(j, key);
	json_array(j, "type");
	json_string(j, NULL, type);
	json_string(j, NULL, "null");
	json_end_array(j);
	if (!negative)
		json_u64(j, "minimum", 0);
	if (help)
		json_string(j, "description", help);
	json_end_object(j);
}

static void column_schema(struct json *j, const struct column *c)
{
	static const char *const units[] = {
		[UNIT_NS] = ", ns",
		[UNIT_PERCENT] = ", %",
		[UNIT_BYTES] = ", bytes",
		[UNIT_HIST] = ": smallest value, ns, and number of each slot",
		[UNIT_COUNT] = "",
		[UNIT_ID] = "",
		[UNIT_TEXT] = "",
	};
	const char *type = c->unit == UNIT_TEXT	   ? "string" :
			   c->unit == UNIT_HIST	   ? "array" :
			   c->unit == UNIT_PERCENT ? "number" :
						     "integer";
	char help[512];

	snprintf(help, sizeof(help), "%s%s", c->help, units[c->unit]);
	schema_member_or_null(j, c->key, type, help, c->unit == UNIT_TEXT || c->unit == UNIT_HIST);
}

static void required_columns(struct json *j, const struct table_def *def)
{
	int i;

	json_array(j, "required");
	for (i = 0; i < def->ncols; i++)
		json_string(j, NULL, def->cols[i].key);
	json_end_array(j);
}

static void lower_bound_schema(struct json *j, const struct table_def *def)
{
	int i;

	json_object(j, "lower_bound");
	json_string(j, "type", "array");
	json_string(j, "description", "columns whose value is at least this");
	json_object(j, "items");
	json_array(j, "enum");
	for (i = 0; i < def->ncols; i++)
		json_string(j, NULL, def->cols[i].key);
	json_end_array(j);
	json_end_object(j);
	json_end_object(j);
}

static void row_schema(struct json *j, const struct table_def *def)
{
	int i;

	json_object(j, "rows");
	json_string(j, "type", "array");
	json_string(j, "description", def->help);
	json_object(j, "items");
	json_string(j, "type", "object");
	json_object(j, "properties");
	for (i = 0; i < def->ncols; i++)
		column_schema(j, &def->cols[i]);
	lower_bound_schema(j, def);
	json_end_object(j);
	required_columns(j, def);
	json_bool(j, "additionalProperties", false);
	json_end_object(j);
	json_end_object(j);
}

static void lost_schema(struct json *j)
{
	json_object(j, "lost");
	json_string(j, "type", "object");
	json_string(j, "description", "what was not counted or cannot be told, in this interval");
	json_object(j, "additionalProperties");
	json_string(j, "type", "integer");
	json_u64(j, "minimum", 0);
	json_end_object(j);
	json_end_object(j);
}

void schema_required(struct json *j, const char *const *keys)
{
	json_array(j, "required");
	for (; *keys; keys++)
		json_string(j, NULL, *keys);
	json_end_array(j);
	json_bool(j, "additionalProperties", false);
}

void schema_object(struct json *j, const char *key, const char *title, const char *help)
{
	json_object(j, key);
	if (title)
		json_string(j, "title", title);
	json_string(j, "type", "object");
	if (help)
		json_string(j, "description", help);
	json_object(j, "properties");
}

void schema_object_end(struct json *j, const char *const *required)
{
	json_end_object(j);
	schema_required(j, required);
	json_end_object(j);
}

static void overhead_schema(struct json *j)
{
	static const char *const keys[] = { "ns_per_event", "cpu_percent", "bpf_percent", NULL };

	schema_object(j, "overhead", NULL, NULL);
	schema_member_or_null(j, "ns_per_event", "number",
			      "what tracing adds to one event, measured on this machine, ns",
			      false);
	schema_member_or_null(j, "cpu_percent", "number", "of one CPU, used by ostrace itself",
			      false);
	schema_member_or_null(j, "bpf_percent", "number",
			      "of the machine's CPU time, added by tracing, estimated", false);
	schema_object_end(j, keys);
}

static void notes_schema(struct json *j)
{
	json_object(j, "notes");
	json_string(j, "type", "array");
	json_string(j, "description", "what this kernel cannot show here");
	json_object(j, "items");
	json_string(j, "type", "string");
	json_end_object(j);
	json_end_object(j);
}

static void table_schema(struct json *j, const struct view *v, const struct table_def *def)
{
	static const char *const keys[] = { "view", "table", "time",	 "interval_ns",
					    "rows", "lost",  "overhead", NULL };
	char title[128];

	snprintf(title, sizeof(title), "%s, %s", v->name, def->name);
	schema_object(j, NULL, title, NULL);
	schema_member_const(j, "view", v->name);
	schema_member_const(j, "table", def->name);
	schema_member(j, "time", "number", "end of the interval, seconds since 1970");
	schema_member(j, "interval_ns", "integer", "length of the interval");
	if (v->state)
		schema_member(j, "state", "string",
			      "what its subject is doing, or what became of it");
	row_schema(j, def);
	lost_schema(j);
	overhead_schema(j);
	notes_schema(j);
	schema_object_end(j, keys);
}

/* The one object of `ostrace features --json`, see cmd_features.c. */
static void features_schema(struct json *j)
{
	static const char *const keys[] = { "kernel", "features", "views", NULL };
	static const char *const parts[] = { "features", "views" };
	static const char *const states[] = { "yes",	"no",	    "unknown",
					      "usable", "degraded", "unusable" };
	size_t i, k;

	schema_object(j, NULL, "features", NULL);
	schema_member(j, "kernel", "string", "release of the running kernel");
	for (i = 0; i < 2; i++) {
		json_object(j, parts[i]);
		json_string(j, "type", "array");
		json_object(j, "items");
		json_string(j, "type", "object");
		json_object(j, "properties");
		schema_member(j, "name", "string", NULL);
		json_object(j, "state");
		json_array(j, "enum");
		for (k = 3 * i; k < 3 * i + 3; k++)
			json_string(j, NULL, states[k]);
		if (i) /* for want of a privilege */
			json_string(j, NULL, "unknown");
		json_end_array(j);
		json_end_object(j);
		schema_member(j, "summary", "string", NULL);
		schema_member(j, "detail", "string", NULL);
		if (i) {
			json_object(j, "missing");
			json_string(j, "type", "array");
			json_end_object(j);
		}
		json_end_object(j);
		json_end_object(j);
		json_end_object(j);
	}
	schema_object_end(j, keys);
}

static void estimate_schema(struct json *j, const char *key, const char *help)
{
	static const char *const keys[] = { "median", "low", "high", "confidence", NULL };
	int i;

	schema_object(j, key, NULL, help);
	for (i = 0; keys[i]; i++)
		schema_member_or_null(j, keys[i], "number", NULL, false);
	schema_object_end(j, keys);
}

static void metric_schema(struct json *j)
{
	static const char *const keys[] = { "first", "second", "ratio", "values", NULL };

	json_string(j, "type", "object");
	json_object(j, "properties");
	estimate_schema(j, "first", "median over the rounds, and what holds the true one");
	estimate_schema(j, "second", "the same under the other scheduler");
	estimate_schema(j, "ratio", "of each round, second / first");
	schema_member(j, "values", "array", "of each round: first scheduler, second scheduler");
	json_end_object(j);
	schema_required(j, keys);
}

/* The one object of `ostrace sched --compare --json`, see compare_write.c. */
static void compare_schema(struct json *j)
{
	static const char *const keys[] = { "compare", "command", "rounds",  "limit_ns",
					    "stopped", "lost",	  "metrics", NULL };

	schema_object(j, NULL, "sched --compare", NULL);
	schema_member(j, "compare", "array", "names of the two schedulers");
	schema_member(j, "command", "array", "what was run");
	schema_member(j, "rounds", "integer", "complete ones");
	schema_member(j, "limit_ns", "integer", "the longest a run may take");
	schema_member(j, "stopped", "integer", "runs that were ended for that");
	schema_member(j, "lost", "integer", "switches not or not fully counted");
	json_object(j, "metrics");
	json_string(j, "type", "object");
	json_object(j, "additionalProperties");
	metric_schema(j);
	json_end_object(j);
	json_end_object(j);
	schema_object_end(j, keys);
}

/* The object of `ostrace explain --json`, see explain.c. */
static void explain_schema(struct json *j)
{
	static const char *const keys[] = { "command",	"time",	    "interval_ns", "of",
					    "findings", "examined", "lost",	   NULL };

	schema_object(j, NULL, "explain", NULL);
	schema_member_const(j, "command", "explain");
	schema_member(j, "time", "number", "end of the interval, seconds since 1970");
	schema_member(j, "interval_ns", "integer", "length of the interval");
	schema_member(j, "of", "string", "what the findings are about");
	schema_member(j, "findings", "array",
		      "worst first: rule, who, text, lost_ns_per_s, view and table that show it");
	schema_member(j, "examined", "array",
		      "of each rule the worst, and from where on it would have been told");
	schema_member(j, "lost", "object", "what could not be seen, where not 0");
	schema_object_end(j, keys);
}

void write_schema(struct buf *b)
{
	struct json j = { .out = b };
	int v, t;

	json_object(&j, NULL);
	json_string(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_string(&j, "title", "ostrace --json, one line");
	json_array(&j, "oneOf");
	for (v = 0; views[v]; v++)
		for (t = 0; t < views[v]->ntables; t++)
			if (views[v]->tables[t].top_level)
				table_schema(&j, views[v], &views[v]->tables[t]);
	features_schema(&j);
	compare_schema(&j);
	explain_schema(&j);
	schema_oom(&j);
	json_end_array(&j);
	json_end_object(&j);
	buf_putc(b, '\n');
}
