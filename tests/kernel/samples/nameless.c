// SPDX-License-Identifier: GPL-2.0
/* Read by ktap_test.py, not compiled: a suite that is defined in another file. */
kunit_test_suite(elsewhere);
