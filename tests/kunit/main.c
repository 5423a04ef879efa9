// SPDX-License-Identifier: GPL-2.0
/* Runs the KUnit suites it was linked with, and says how they did in TAP. */
#include "kunit/test.h"

static struct kunit_suite *suites;

void kunit_add(struct kunit_suite *suite)
{
	suite->next = suites;
	suites = suite;
}

void *kunit_kzalloc(struct kunit *test, size_t size, int flags)
{
	void *p = calloc(1, size);

	if (!p || test->nr_allocated == ARRAY_SIZE(test->allocated))
		abort();
	test->allocated[test->nr_allocated++] = p;
	return p;
}

void kunit_fail(struct kunit *test, const char *file, int line, const char *what, bool leave)
{
	printf("# %s: %s:%d: expected %s\n", test->name, file, line, what);
	test->failed = true;
	if (leave)
		longjmp(test->leave, 1);
}

int main(void)
{
	int n = 0, failed = 0;
	struct kunit_suite *s;
	struct kunit_case *c;

	for (s = suites; s; s = s->next)
		for (c = s->test_cases; c->run; c++) {
			struct kunit test = { .name = c->name };

			if (!setjmp(test.leave))
				c->run(&test);
			while (test.nr_allocated)
				free(test.allocated[--test.nr_allocated]);
			failed += test.failed;
			printf("%sok %d - %s: %s\n", test.failed ? "not " : "", ++n, s->name,
			       c->name);
		}
	printf("1..%d\n", n);
	return failed != 0;
}
