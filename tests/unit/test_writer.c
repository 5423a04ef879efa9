// SPDX-License-Identifier: GPL-2.0
/* Text and JSON of recorded intervals; the JSON is read back by a real parser. */
#include "unit.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "buf.h"
#include "command.h"
#include "err.h"
#include "fake_view.h"
#include "format.h"
#include "generate.h"
#include "json.h"
#include "writer.h"

/* Feed @b to a Python program that has the parsed lines as "docs". */
static void python(const struct buf *b, const char *checks)
{
	char path[] = "/tmp/ostrace-test-XXXXXX", cmd[4096];
	int fd = mkstemp(path), status;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, b->s, b->len), b->len);
	close(fd);
	snprintf(
		cmd, sizeof(cmd),
		"python3 - %s <<'END'\n"
		"import json, sys\n"
		"def refuse(x): raise ValueError(x)\n"
		"docs = [json.loads(l, parse_constant=refuse) for l in open(sys.argv[1], encoding='utf-8')]\n"
		"%s\nEND\n",
		path, checks);
	status = system(cmd);
	unlink(path);
	assert_int_equal(status, 0);
}

static void make_report(struct report *r, struct table *t, int interval, int table)
{
	static const char *const notes[] = { "a \"note\"", NULL };

	assert_int_equal(fake_interval(interval, table, NULL, t), 0);
	table_sort(t, t->def->sort, false);
	*r = (struct report){
		.view = &fake_view_calls,
		.table = t,
		.show = SIZE_MAX,
		.wall = 1767225600.25,
		.interval_ns = 1000123456,
		.loss = { { "missed", "", 3 }, { "map_full", "", 0 } },
		.nloss = 2,
		.price = { .ns_per_event = 212.4, .event = "call" },
		.cpu_percent = 0.1,
		.bpf_percent = -1,
		.notes = notes,
	};
}

static void json_strings(void **state)
{
	static const char *const hard[] = {
		"",
		"plain",
		"\"quoted\\",
		"\n\t\r\b\f\x01\x1f\x7f",
		"é漢字😀",
		"\xff\xfe",
		"cut\xe6\xbc",
		"\xed\xa0\x80",
		"\xc0\xaf",
		"\xf5\x80\x80\x80",
		"\xc2\x9b",
		"</script>",
		NULL,
	};
	struct buf b = { 0 };
	struct json j = { .out = &b };
	int i;

	json_array(&j, NULL);
	for (i = 0; hard[i]; i++)
		json_string(&j, NULL, hard[i]);
	json_string(&j, NULL, NULL);
	json_end_array(&j);
	buf_putc(&b, '\n');
	python(&b, "d = docs[0]\n"
		   "assert d[0] == ''\n"
		   "assert d[2] == '\"quoted\\\\'\n"
		   "assert d[3] == '\\n\\t\\r\\b\\f\\x01\\x1f\\x7f'\n"
		   "assert d[4] == '\\u00e9\\u6f22\\u5b57\\U0001f600'\n"
		   "assert d[5] == '\\ufffd\\ufffd'\n"
		   "assert d[6] == 'cut\\ufffd\\ufffd'\n"
		   "assert set(d[7]) == set(d[8]) == set(d[9]) == {'\\ufffd'}\n"
		   "assert d[10] == '\\x9b'\n"
		   "assert d[-1] is None and len(d) == 13");
	buf_free(&b);
}

static void json_numbers(void **state)
{
	struct buf b = { 0 };
	struct json j = { .out = &b };

	json_object(&j, NULL);
	json_u64(&j, "max", UINT64_MAX);
	json_u64(&j, "zero", 0);
	json_double(&j, "nan", NAN, 3);
	json_double(&j, "inf", -INFINITY, 3);
	json_double(&j, "third", 1.0 / 3, 3);
	json_double(&j, "big", 1e300, 3);
	json_bool(&j, "yes", true);
	json_array(&j, "empty");
	json_end_array(&j);
	json_object(&j, "none");
	json_end_object(&j);
	json_end_object(&j);
	buf_putc(&b, '\n');
	python(&b, "d = docs[0]\n"
		   "assert d['max'] == 2**64 - 1 and d['zero'] == 0\n"
		   "assert d['nan'] is None and d['inf'] is None\n"
		   "assert d['third'] == 0.333 and d['big'] == 1e300 and d['yes'] is True\n"
		   "assert d['empty'] == [] and d['none'] == {}");
	buf_free(&b);
}

static void json_reports(void **state)
{
	struct buf b = { 0 };
	struct table t = { 0 };
	struct report r;
	int i;

	for (i = 0; i < FAKE_INTERVALS; i++) {
		make_report(&r, &t, i, FAKE_CALLS);
		write_json(&b, &r);
	}
	python(&b,
	       "assert len(docs) == 3\n"
	       "a, b, c = docs\n"
	       "assert list(a) == ['view', 'table', 'time', 'interval_ns', 'rows', 'lost', 'overhead', 'notes']\n"
	       "assert a['view'] == 'calls' and a['table'] == 'calls'\n"
	       "assert a['time'] == 1767225600.25 and a['interval_ns'] == 1000123456\n"
	       "assert [r['name'] for r in a['rows']] == ['futex', 'read', 'getpid', 'openat', 'i386:write']\n"
	       "assert a['rows'][2]['calls'] == 1000000 and a['rows'][4]['p99_ns'] is None\n"
	       "assert 'lower_bound' not in a['rows'][0]\n"
	       "assert b['rows'][0]['lower_bound'] == ['p99_ns']\n"
	       "assert b['rows'][2]['calls'] == 2**64 - 1\n"
	       "assert c['rows'] == []\n"
	       "assert a['lost'] == {'missed': 3, 'map_full': 0}\n"
	       "assert a['overhead'] == {'ns_per_event': 212.4, 'cpu_percent': 0.1, 'bpf_percent': None}\n"
	       "assert a['notes'] == ['a \"note\"']");
	table_free(&t);
	buf_free(&b);
}

/* A column of histograms: exact in JSON, bars below an axis in text. */
static void histogram_columns(void **state)
{
	static const struct column cols[] = {
		{ "name", "Name", UNIT_TEXT, 6, COL_KEY, "who" },
		{ "wait_hist", "Wait", UNIT_HIST, HIST_AXIS_CELLS, 0, "how it is spread" },
	};
	static const struct table_def def = {
		.name = "hists", .title = "hists", .help = "hists", .cols = cols, .ncols = 2
	};
	const struct text_style style = { .utf8 = false };
	struct hist h = { .count = 7 };
	struct buf b = { 0 };
	struct table t = { 0 };
	struct report r;
	struct row *row;

	make_report(&r, &t, 0, FAKE_CALLS);
	table_reset(&t, &def);
	h.slot[ostrace_hist_slot(40)] = 5;
	h.slot[ostrace_hist_slot(1500)] = 2;
	row = table_add(&t, (struct row_id){ 0, 0 });
	row->v[0].s = "some";
	row->v[1].h = table_hist(&t, &h);
	row = table_add(&t, (struct row_id){ 1, 0 });
	row->v[0].s = "none";
	row->na = 2;
	write_json(&b, &r);
	python(&b, "rows = docs[0]['rows']\n"
		   "assert rows[0] == {'name': 'some', 'wait_hist': [[40, 5], [1280, 2]]}, rows\n"
		   "assert rows[1] == {'name': 'none', 'wait_hist': None}");
	buf_free(&b);
	write_text(&b, &r, &style);
	assert_non_null(strstr(b.s, "\nName    32ns 1us  33us 1ms  34ms\n"));
	assert_non_null(strstr(b.s, "\nsome    @    =\n"));
	assert_non_null(strstr(b.s, "\nnone    -\n"));
	table_free(&t);
	buf_free(&b);
}

static void json_hostile_names(void **state)
{
	struct buf b = { 0 };
	struct table t = { 0 };
	struct report r;

	make_report(&r, &t, 0, FAKE_PROCESSES);
	write_json(&b, &r);
	assert_null(memchr(b.s, 0x1b, b.len));
	python(&b,
	       "rows = {r['pid']: r for r in docs[0]['rows']}\n"
	       "assert rows[4243]['comm'] == 'bad\\x1b[31mname\\ufffd'\n"
	       "assert rows[1]['lower_bound'] == ['age_ns'] and rows[1]['age_ns'] == 4000000000\n"
	       "assert rows[4242]['age_ns'] is None");
	table_free(&t);
	buf_free(&b);
}

/* The schema describes what is written, and would notice if it did not. */
static void json_schema(void **state)
{
	struct buf b = { 0 };
	struct table t = { 0 };
	struct report r;

	if (system("python3 -c 'import jsonschema' 2>/dev/null"))
		skip();
	write_schema(&b);
	make_report(&r, &t, 0, FAKE_CALLS);
	write_json(&b, &r);
	make_report(&r, &t, 1, FAKE_CALLS);
	write_json(&b, &r);
	make_report(&r, &t, 0, FAKE_PROCESSES);
	write_json(&b, &r);
	python(&b, "import jsonschema\n"
		   "V = jsonschema.Draft202012Validator\n"
		   "V.check_schema(docs[0])\n"
		   "v = V(docs[0])\n"
		   "for d in docs[1:]: v.validate(d)\n"
		   "for spoil in ('rows', 'lost', 'view'):\n"
		   "    d = dict(docs[1]); del d[spoil]\n"
		   "    assert not v.is_valid(d), spoil\n"
		   "d = dict(docs[1]); d['rows'] = [dict(d['rows'][0], calls='many')]\n"
		   "assert not v.is_valid(d)");
	table_free(&t);
	buf_free(&b);
}

static const struct text_style plain = { .utf8 = true };

static void text_report(void **state)
{
	struct buf b = { 0 };
	struct table t = { 0 };
	struct report r;

	setenv("TZ", "UTC", 1);
	make_report(&r, &t, 0, FAKE_CALLS);
	r.show = 3;
	write_text(&b, &r, &plain);
	assert_string_equal(
		b.s, "2026-01-01 00:00:00  Calls, 1.0s, 3 of 5 rows\n"
		     "NAME                CALLS   ERRORS     TOTAL       AVG       P99       MAX\n"
		     "futex                 820       12     31.0s    37.8ms     918ms      1.0s\n"
		     "read                 125k       37      2.5s    20.0µs    41.0µs    81.2ms\n"
		     "getpid               1.0M        0    92.0ms      92ns     112ns    30.2µs\n"
		     "lost: missed 3\n"
		     "ostrace: 212 ns per call here, reader 0.1% of a CPU\n");
	table_free(&t);
	buf_free(&b);
}

static void text_has_no_control_characters(void **state)
{
	struct buf b = { 0 };
	struct table t = { 0 };
	struct report r;
	size_t i;

	make_report(&r, &t, 0, FAKE_PROCESSES);
	write_text(&b, &r, &plain);
	assert_non_null(strstr(b.s, "bad\\x1b[31mname\\xff"));
	assert_non_null(strstr(b.s, "≥4.0s"));
	for (i = 0; i < b.len; i++)
		assert_true((unsigned char)b.s[i] >= 0x20 || b.s[i] == '\n');
	table_free(&t);
	buf_free(&b);
}

static void text_in_ascii(void **state)
{
	const struct text_style ascii = { 0 };
	struct buf b = { 0 };
	struct table t = { 0 };
	struct report r;
	size_t i;

	make_report(&r, &t, 0, FAKE_PROCESSES);
	write_text(&b, &r, &ascii);
	assert_non_null(strstr(b.s, ">=4.0s"));
	for (i = 0; i < b.len; i++)
		assert_true((signed char)b.s[i] > 0);
	table_free(&t);
	buf_free(&b);
}

static void colors_have_a_meaning_and_end(void **state)
{
	const struct text_style color = { .utf8 = true, .color = true };
	struct buf b = { 0 };
	struct table t = { 0 };
	struct report r;
	const char *p;

	make_report(&r, &t, 0, FAKE_CALLS);
	write_text(&b, &r, &color);
	assert_non_null(strstr(b.s, "\x1b[31m37\x1b[0m")); /* errors red */
	assert_non_null(strstr(b.s, "\x1b[2m0\x1b[0m"));   /* zeros dim */
	p = strrchr(b.s, '\x1b');
	assert_int_equal(strncmp(p, "\x1b[0m", 4), 0);
	table_free(&t);
	buf_free(&b);
}

static void no_line_is_wider_than_the_terminal(void **state)
{
	struct table t = { 0 };
	struct report r;
	int width, table;

	for (width = 30; width < 100; width++)
		for (table = FAKE_CALLS; table <= FAKE_PROCESSES; table++) {
			struct text_style s = { .utf8 = true, .width = width };
			struct buf b = { 0 };
			char *line, *save = NULL;

			make_report(&r, &t, 0, table);
			r.show = 4;
			write_text(&b, &r, &s);
			/* The title and the price may wrap, the table may not. */
			line = strtok_r(b.s, "\n", &save);
			while ((line = strtok_r(NULL, "\n", &save)))
				if (strncmp(line, "ostrace:", 8))
					assert_true(format_cells(line) <= width);
			buf_free(&b);
		}
	table_free(&t);
}

static void empty_interval(void **state)
{
	struct buf b = { 0 };
	struct table t = { 0 };
	struct report r;

	make_report(&r, &t, 2, FAKE_CALLS);
	write_text(&b, &r, &plain);
	assert_non_null(strstr(b.s, "(nothing in this interval)\n"));
	table_free(&t);
	buf_free(&b);
}

static void help_names_everything(void **state)
{
	const struct option_def *d;
	struct buf b = { 0 };
	int i;

	help_text(&b, NULL);
	for (i = 0; command_at(i); i++)
		assert_non_null(strstr(b.s, command_at(i)->name));
	for (d = option_defs; d->name; d++)
		if ((d->flags & OPT_FOR) && !(d->flags & OPT_RARE))
			assert_non_null(strstr(b.s, d->name));
	assert_null(strstr(b.s, "generate"));
	buf_free(&b);
	help_text(&b, command_find("calls"));
	assert_non_null(strstr(b.s, "99 % of the calls took less"));
	assert_null(strstr(b.s, " \n"));
	assert_non_null(strstr(b.s, "--pid"));
	assert_non_null(strstr(b.s, "[-- program"));
	buf_free(&b);
	/* Not what it would refuse. */
	help_text(&b, command_find("ticks"));
	assert_non_null(strstr(b.s, "--cpu"));
	assert_null(strstr(b.s, "--pid"));
	assert_null(strstr(b.s, "[-- program"));
	buf_free(&b);
}

static void man_source_is_filled(void **state)
{
	struct buf b = { 0 };

	assert_int_equal(man_page(&b, ".TH X 1\n@OPTIONS@\n.SH Y\n@VIEWS@\nlast"), 0);
	assert_non_null(
		strstr(b.s, ".TH X 1\n.TP\n\\fB\\-i\\fR, \\fB\\-\\-interval\\fR \\fITIME\\fR\n"));
	assert_non_null(strstr(b.s, "They never change."));
	assert_null(strchr(b.s, '@'));
	buf_free(&b);
	err_clear();
	assert_true(man_page(&b, "@NOPE@\n") < 0);
	err_clear();
	buf_free(&b);
}

static void a_buffer_grows(void **state)
{
	struct buf b = { 0 };
	int i;

	for (i = 0; i < 10000; i++)
		buf_printf(&b, "%05d", i);
	assert_int_equal(b.len, 50000);
	assert_int_equal(strncmp(b.s + 5 * 4242, "04242", 5), 0);
	buf_pad(&b, -3);
	assert_int_equal(b.len, 50000);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_strings),
		cmocka_unit_test(json_numbers),
		cmocka_unit_test(json_reports),
		cmocka_unit_test(histogram_columns),
		cmocka_unit_test(json_hostile_names),
		cmocka_unit_test(json_schema),
		cmocka_unit_test(text_report),
		cmocka_unit_test(text_has_no_control_characters),
		cmocka_unit_test(text_in_ascii),
		cmocka_unit_test(colors_have_a_meaning_and_end),
		cmocka_unit_test(no_line_is_wider_than_the_terminal),
		cmocka_unit_test(empty_interval),
		cmocka_unit_test(help_names_everything),
		cmocka_unit_test(man_source_is_filled),
		cmocka_unit_test(a_buffer_grows),
	};

	return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
