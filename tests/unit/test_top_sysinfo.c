// SPDX-License-Identifier: GPL-2.0
/* The parsers behind the header, on recorded text of /proc and /sys. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "sysinfo.h"

static void test_stat(void **state)
{
	struct cpu_ticks a, b, gone;

	(void)state;
	assert_int_equal(sysinfo_parse_stat("cpu  100 2 30 800 5 6 7 50 12 0\ncpu0 1 2\n", &a), 0);
	assert_int_equal(a.total, 1000);
	assert_int_equal(a.steal, 50);
	assert_int_equal(sysinfo_parse_stat("cpu  190 2 30 1600 5 6 7 160 12 0\n", &b), 0);
	assert_true(sysinfo_steal(&a, &b) == 11.0);
	/* No time has passed, or a CPU went away. */
	assert_true(sysinfo_steal(&a, &a) < 0);
	assert_int_equal(sysinfo_parse_stat("cpu  90 2 30 700 5 6 7 40 12 0\n", &gone), 0);
	assert_true(sysinfo_steal(&a, &gone) < 0);
	assert_int_equal(sysinfo_parse_stat("cpu 1 2 3 4\n", &a), -EINVAL);
	assert_int_equal(sysinfo_parse_stat("", &a), -EINVAL);
}

static void test_loadavg(void **state)
{
	double load[3];
	long tasks;

	(void)state;
	assert_int_equal(sysinfo_parse_loadavg("0.52 1.04 12.30 3/1213 99120\n", load, &tasks), 0);
	assert_true(load[0] == 0.52 && load[1] == 1.04 && load[2] == 12.30);
	assert_int_equal(tasks, 1213);
	assert_int_equal(sysinfo_parse_loadavg("0.52 1.04\n", load, &tasks), -EINVAL);
}

static void test_uptime(void **state)
{
	double up;

	(void)state;
	assert_int_equal(sysinfo_parse_uptime("273612.38 1985402.11\n", &up), 0);
	assert_true(up == 273612.38);
	assert_int_equal(sysinfo_parse_uptime("\n", &up), -EINVAL);
}

static void test_psi(void **state)
{
	struct psi p;

	(void)state;
	assert_int_equal(
		sysinfo_parse_psi("some avg10=12.50 avg60=5.27 avg300=1.87 total=11908505\n"
				  "full avg10=0.75 avg60=0.00 avg300=0.00 total=0\n",
				  &p),
		0);
	assert_true(p.some == 12.50 && p.full == 0.75);
	/* kernels before 5.13 have no "full" for cpu */
	assert_int_equal(sysinfo_parse_psi("some avg10=1.00 avg60=0.00 avg300=0.00 total=5\n", &p),
			 0);
	assert_true(p.some == 1 && p.full < 0);
	/* disabled: the file is there, reading gives an error or nothing */
	assert_int_equal(sysinfo_parse_psi("", &p), -EINVAL);
}

static void test_cpulist(void **state)
{
	int n;

	(void)state;
	assert_int_equal(sysinfo_parse_cpulist("0\n", &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(sysinfo_parse_cpulist("0-3,8,10-11\n", &n), 0);
	assert_int_equal(n, 7);
	assert_int_equal(sysinfo_parse_cpulist("", &n), -EINVAL);
	assert_int_equal(sysinfo_parse_cpulist("3-1\n", &n), -EINVAL);
	assert_int_equal(sysinfo_parse_cpulist("0-\n", &n), -EINVAL);
	assert_int_equal(sysinfo_parse_cpulist("0,x\n", &n), -EINVAL);
}

static void test_cgroups(void **state)
{
	long n;

	(void)state;
	assert_int_equal(
		sysinfo_parse_cgroup_stat("nr_descendants 37\nnr_dying_descendants 4\n", &n), 0);
	assert_int_equal(n, 38);
	assert_int_equal(sysinfo_parse_cgroup_stat("nr_dying 4\n", &n), -EINVAL);
	assert_int_equal(sysinfo_parse_cgroups("#subsys_name\thierarchy\tnum_cgroups\tenabled\n"
					       "cpuset\t3\t1\t1\nmemory\t4\t9\t1\nio\t7\t2\t1\n",
					       &n),
			 0);
	assert_int_equal(n, 9);
	assert_int_equal(sysinfo_parse_cgroups("#subsys_name\thierarchy\n", &n), -EINVAL);
	assert_int_equal(sysinfo_parse_cgroups("", &n), -EINVAL);
}

static void test_this_machine(void **state)
{
	struct machine m;

	(void)state;
	sysinfo_init(&m);
	sysinfo_update(&m);
	assert_true(*m.release && m.cpus > 0 && m.uptime > 0 && m.tasks > 0);
	/* The first reading has nothing to compare with. */
	assert_true(m.steal < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stat),	     cmocka_unit_test(test_loadavg),
		cmocka_unit_test(test_uptime),	     cmocka_unit_test(test_psi),
		cmocka_unit_test(test_cpulist),	     cmocka_unit_test(test_cgroups),
		cmocka_unit_test(test_this_machine),
	};

	return cmocka_run_group_tests_name("top_sysinfo", tests, NULL, NULL);
}
