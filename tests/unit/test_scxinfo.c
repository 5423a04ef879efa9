// SPDX-License-Identifier: GPL-2.0
/* Reading sysfs's account of sched_ext, and the module's counters. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "scxinfo.h"

struct file {
	struct ostrace_sched_header header;
	struct ostrace_sched_counters total;
};

static struct file good(void)
{
	struct file f = { .header = { .abi = OSTRACE_SCHED_ABI,
				      .size = sizeof(f.header),
				      .counters_size = sizeof(f.total),
				      .ncpus = 2,
				      .started = 77 } };

	f.total.idle = 5;
	f.total.requeued = 9;
	f.total.next = 8;
	f.total.wait[OSTRACE_SCHED_BATCH].slot[10] = 3;
	f.total.wait[OSTRACE_SCHED_BATCH].sum = 40;
	return f;
}

static const struct scx_fact *find(const struct scxinfo *s, const char *name)
{
	int i;

	for (i = 0; i < s->nfacts; i++)
		if (!strcmp(s->fact[i].name, name))
			return &s->fact[i];
	return NULL;
}

static void counters(void **state)
{
	struct scxinfo s = { 0 };
	struct file f = good();

	assert_int_equal(scxinfo_counters(&s, &f, sizeof(f)), 0);
	assert_true(s.ours);
	assert_int_equal(find(&s, "placed_idle")->number, 5);
	assert_int_equal(find(&s, "requeued")->number, 9);
	assert_int_equal(find(&s, "placed_next")->number, 8);
	assert_int_equal(s.wait[OSTRACE_SCHED_BATCH].count, 3);
	assert_int_equal(s.started, 77);
}

static void counters_of_others(void **state)
{
	struct scxinfo s = { 0 };
	struct file f = good();
	size_t len;

	for (len = 0; len < sizeof(f); len += 13)
		assert_int_equal(scxinfo_counters(&s, &f, len), -EPROTO);
	f.header.started = 0;
	assert_int_equal(scxinfo_counters(&s, &f, sizeof(f)), -ENODATA);
	f = good();
	f.header.abi++;
	assert_int_equal(scxinfo_counters(&s, &f, sizeof(f)), -EPROTO);
	f = good();
	f.header.size = 0xffffffff;
	assert_int_equal(scxinfo_counters(&s, &f, sizeof(f)), -EPROTO);
	f = good();
	f.header.counters_size = 8;
	assert_int_equal(scxinfo_counters(&s, &f, sizeof(f)), -EPROTO);
	assert_false(s.ours);
}

static void put(const char *root, const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void files(void **state)
{
	char root[] = "/tmp/ostrace-scxinfo-XXXXXX", path[512];
	struct scxinfo s = { 0 };

	assert_non_null(mkdtemp(root));
	scxinfo_read(&s, root);
	assert_string_equal(find(&s, "scheduler")->text, "the kernel's own");
	assert_int_equal(s.nfacts, 1);

	snprintf(path, sizeof(path), "%s/sched_ext", root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/sched_ext/root", root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/ostrace_sched", root);
	mkdir(path, 0700);
	put(root, "sched_ext/root/ops", "simple\n");
	put(root, "sched_ext/root/events", "SCX_EV_A 12\nSCX_EV_B 0\nnonsense\n");
	put(root, "ostrace_sched/exit", "time_ns 5\nkind 3\ncode 0\nreason a stall\nmessage \n");
	scxinfo_read(&s, root);
	assert_string_equal(find(&s, "scheduler")->text, "simple");
	assert_int_equal(find(&s, "SCX_EV_A")->number, 12);
	assert_true(find(&s, "SCX_EV_B")->counts);
	assert_null(find(&s, "nonsense"));
	assert_string_equal(find(&s, "last_ejection")->text, "a stall");
	assert_null(find(&s, "last_message"));
	snprintf(path, sizeof(path), "rm -rf %s", root);
	assert_int_equal(system(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters),
		cmocka_unit_test(counters_of_others),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
