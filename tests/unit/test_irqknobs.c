// SPDX-License-Identifier: GPL-2.0
/* The knobs of the interrupt demo driver: asked for, refused, put back. */
#include "unit.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "err.h"
#include "options.h"

static struct irq_mechs mechs;
static struct ostrace_irq_knobs knobs;

static void mech(unsigned int ctx, uint32_t max_work, const char *name, const char *why)
{
	struct ostrace_irq_describe *d = &mechs.what[mechs.n++];

	*d = (struct ostrace_irq_describe){ .ctx = ctx, .max_work_ns = max_work };
	d->may_sleep = ctx == OSTRACE_IRQ_CTX_THREAD;
	strcpy(d->name, name);
	strcpy(d->why, why);
}

static int setup(void **state)
{
	memset(&mechs, 0, sizeof(mechs));
	mech(OSTRACE_IRQ_CTX_HARD, 50000, "hardirq", "the top half: no sleeping");
	mech(OSTRACE_IRQ_CTX_SOFT, 500000, "tasklet",
	     "tasklets run in softirq context: no sleeping");
	mech(OSTRACE_IRQ_CTX_THREAD, 10000000, "wq", "threads may sleep");
	knobs = (struct ostrace_irq_knobs){ .mechs = 7, .burst = 1, .cpu = -1 };
	err_clear();
	return 0;
}

static int ask(const char *option, const char *value, struct irq_ask *a)
{
	char *argv[] = { "ostrace", "irq", (char *)option, (char *)value, NULL };
	struct options o;
	int err;

	err_clear();
	err = options_parse(4, argv, &o);
	*a = o.irq;
	options_free(&o);
	return err;
}

static void apply(const char *option, const char *value)
{
	struct irq_ask a;

	if (ask(option, value, &a))
		fail_msg("%s %s: %s", option, value, err_text(-EINVAL));
	assert_true(irqknobs_asked(&a));
	if (irqknobs_apply(&a, &mechs, &knobs))
		fail_msg("%s %s: %s", option, value, err_text(-EINVAL));
}

static void nothing_is_asked_for(void **state)
{
	struct ostrace_irq_knobs same = knobs;
	struct irq_ask a;

	assert_int_equal(ask("--interval", "1s", &a), 0);
	assert_false(irqknobs_asked(&a));
	assert_int_equal(irqknobs_apply(&a, &mechs, &knobs), 0);
	assert_memory_equal(&knobs, &same, sizeof(knobs));
}

static void settings(void **state)
{
	struct irq_ask a;

	apply("--rate", "10k");
	assert_int_equal(knobs.rate, 10000);
	apply("--rate", "0");
	assert_int_equal(knobs.rate, 0);
	apply("--burst", "64");
	assert_int_equal(knobs.burst, 64);
	apply("--irq-cpu", "3");
	assert_int_equal(knobs.cpu, 3);
	apply("--irq-cpu", "any");
	assert_int_equal(knobs.cpu, -1);
	assert_int_equal(ask("--storm", "5s", &a), 0);
	assert_int_equal(a.storm_ms, 5000);
	assert_int_equal(ask("--fire", "1M", &a), 0);
	assert_int_equal(a.fire, 1000000);
}

static void mechanisms(void **state)
{
	apply("--mechanisms", "tasklet");
	assert_int_equal(knobs.mechs, 3); /* the top half is always there */
	apply("--mechanisms", "+wq,-tasklet");
	assert_int_equal(knobs.mechs, 5);
	apply("--mechanisms", "none");
	assert_int_equal(knobs.mechs, 1);
	apply("--mechanisms", "all,-wq");
	assert_int_equal(knobs.mechs, 3);
	apply("--mechanisms", "-hardirq");
	assert_int_equal(knobs.mechs, 3);
	apply("--mechanisms", "wq tasklet");
	assert_int_equal(knobs.mechs, 7);
}

static void times(void **state)
{
	apply("--work", "5us");
	assert_int_equal(knobs.work_ns[0], 5000);
	assert_int_equal(knobs.work_ns[2], 5000);
	apply("--work", "tasklet=0.1ms,wq=2ms");
	assert_int_equal(knobs.work_ns[0], 5000);
	assert_int_equal(knobs.work_ns[1], 100000);
	assert_int_equal(knobs.work_ns[2], 2000000);
	/* Of those that may, unless one says which. */
	apply("--sleep", "1ms");
	assert_int_equal(knobs.sleep_ns[1], 0);
	assert_int_equal(knobs.sleep_ns[2], 1000000);
	apply("--sleep", "tasklet=1ms");
	assert_int_equal(knobs.sleep_ns[1], 1000000);
}

static void nonsense(void **state)
{
	static const struct {
		const char *option, *value, *says;
	} cases[] = {
		{ "--rate", "20001", "--rate: '20001' is out of range: give 0 to 20000" },
		{ "--rate", "21k", "out of range" },
		{ "--rate", "99999999999999999999k", "out of range" },
		{ "--rate", "-1", "out of range" },
		{ "--rate", "10kk", "is not a whole number" },
		{ "--rate", "k", "is not a whole number" },
		{ "--burst", "0", "give 1 to 64" },
		{ "--fire", "0", "give 1 to 1000000" },
		{ "--storm", "11s", "--storm: '11s' is out of range: give 1.0ms to 10.0s" },
		{ "--irq-cpu", "-1", "out of range" },
		{ "--mechanisms", "taskelt", "unknown mechanism 'taskelt': did you mean tasklet?" },
		{ "--mechanisms", ",", "no name" },
		{ "--mechanisms", "+", "unknown mechanism ''" },
		{ "--work", "wq=", "is not a duration" },
		{ "--work", "nobody=1us", "--work: unknown mechanism 'nobody'" },
		{ "--work", "11ms", "out of range" },
		{ "--sleep", "101ms", "--sleep: '101ms' is out of range: give 0ns to 100ms" },
		{ "--sleep", "", "no duration" },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct irq_ask a;
		int err = ask(cases[i].option, cases[i].value, &a);

		if (!err)
			err = irqknobs_apply(&a, &mechs, &knobs);
		if (err != -EINVAL)
			fail_msg("%s %s was taken (%d)", cases[i].option, cases[i].value, err);
		if (!strstr(err_text(err), cases[i].says))
			fail_msg("%s %s: '%s' does not say '%s'", cases[i].option, cases[i].value,
				 err_text(err), cases[i].says);
	}
}

static void refusals_teach(void **state)
{
	knobs.sleep_ns[1] = 1000;
	assert_int_equal(irqknobs_refused(-EOPNOTSUPP, &mechs, &knobs), -EINVAL);
	assert_string_equal(err_text(-EINVAL),
			    "--sleep: the driver refuses tasklet: tasklets run in "
			    "softirq context: no sleeping");
	err_clear();
	knobs.sleep_ns[1] = 0;
	knobs.work_ns[1] = 1000000;
	assert_int_equal(irqknobs_refused(-EINVAL, &mechs, &knobs), -EINVAL);
	assert_non_null(
		strstr(err_text(-EINVAL), "refuses 1.0ms in tasklet, at most 500us: no task"));
	err_clear();
	knobs.cpu = 9;
	assert_int_equal(irqknobs_refused(-ENXIO, &mechs, &knobs), -EINVAL);
	assert_non_null(strstr(err_text(-EINVAL), "CPU 9 is not online"));
	err_clear();
	assert_int_equal(irqknobs_refused(-EPERM, &mechs, &knobs), -EPERM);
	assert_non_null(strstr(err_text(-EPERM), "CAP_SYS_ADMIN"));
	err_clear();
}

static void what_we_turned_is_put_back(void **state)
{
	struct ostrace_irq_knobs old = knobs, set, now;

	old.rate = 100;
	set = old;
	set.rate = 5000;
	set.burst = 8;
	set.cpu = 1;
	set.mechs = 3;
	set.work_ns[1] = 7000;
	set.sleep_ns[2] = 9000;
	now = set;
	assert_true(irqknobs_restore(&now, &set, &old));
	assert_memory_equal(&now, &old, sizeof(now));
	/* Once is enough. */
	assert_false(irqknobs_restore(&now, &set, &old));
	assert_memory_equal(&now, &old, sizeof(now));
}

static void what_others_turned_stays(void **state)
{
	struct ostrace_irq_knobs old = knobs, set = knobs, now;

	set.rate = 5000;
	set.mechs = 3; /* wq off */
	now = set;
	now.rate = 77;	       /* ours, but somebody turned it on */
	now.burst = 4;	       /* not ours */
	now.work_ns[0] = 1234; /* not ours */
	now.mechs = 1;	       /* tasklet off: not ours; wq still off */
	assert_true(irqknobs_restore(&now, &set, &old));
	assert_int_equal(now.rate, 77);
	assert_int_equal(now.burst, 4);
	assert_int_equal(now.work_ns[0], 1234);
	assert_int_equal(now.mechs, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_asked_for, setup),
		cmocka_unit_test_setup(settings, setup),
		cmocka_unit_test_setup(mechanisms, setup),
		cmocka_unit_test_setup(times, setup),
		cmocka_unit_test_setup(nonsense, setup),
		cmocka_unit_test_setup(refusals_teach, setup),
		cmocka_unit_test_setup(what_we_turned_is_put_back, setup),
		cmocka_unit_test_setup(what_others_turned_stays, setup),
	};

	return cmocka_run_group_tests_name("irqknobs", tests, NULL, NULL);
}
