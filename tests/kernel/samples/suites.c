// SPDX-License-Identifier: GPL-2.0
/* Read by ktap_test.py, not compiled: the ways in which suites are registered. */
static struct kunit_suite a_suite = { .name = "first", .test_cases = a_cases };

kunit_test_suite(a_suite);

static struct kunit_suite b_suite = {
	.name = "second",
	.test_cases = b_cases,
};
static struct kunit_suite c_suite = {
	.init = c_init,
	.name = "third",
	.test_cases = c_cases,
};
static struct kunit_suite never_registered = { .name = "fourth", .test_cases = d_cases };

kunit_test_suites(&b_suite, &c_suite);
