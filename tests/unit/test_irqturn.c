// SPDX-License-Identifier: GPL-2.0
/*
 * Knobs are turned and put back however ostrace ends. The driver is one in shared
 * memory: the functions of irqdev.c are here, so the real ones are not linked.
 */
#include "unit.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "err.h"
#include "options.h"
#include "view_irq.h"

static struct driver {
	struct ostrace_irq_knobs knobs;
	uint64_t instance; /* 0: not loaded */
	uint64_t storms, storm_left_ns, fired;
	int refuse; /* what setting returns, once */
	int turns;
	bool locked;
} *driver;

bool irqdev_present(void)
{
	return driver->instance;
}

int irqdev_open(struct irqdev *d)
{
	d->fd = -1;
	d->instance = driver->instance;
	return driver->instance ? 0 : err_set(-ENODEV, "not loaded");
}

void irqdev_close(struct irqdev *d)
{
}

int irqdev_info(const struct irqdev *d, struct ostrace_irq_info *info)
{
	*info = (struct ostrace_irq_info){ .nr_mech = 2, .nr_cpus = 1 };
	info->storms = driver->storms;
	info->storm_left_ns = driver->storm_left_ns;
	return 0;
}

int irqdev_describe(const struct irqdev *d, unsigned int mech, struct ostrace_irq_describe *what)
{
	*what = (struct ostrace_irq_describe){ .max_work_ns = 1000000 };
	strcpy(what->name, mech ? "tasklet" : "hardirq");
	strcpy(what->why, "no sleeping");
	return 0;
}

int irqdev_stats(const struct irqdev *d, unsigned int mech, int cpu, struct ostrace_irq_stats *s)
{
	memset(s, 0, sizeof(*s));
	return 0;
}

int irqdev_knobs(const struct irqdev *d, struct ostrace_irq_knobs *k)
{
	*k = driver->knobs;
	return 0;
}

int irqdev_set_knobs(const struct irqdev *d, const struct ostrace_irq_knobs *k)
{
	int err = driver->refuse;

	driver->refuse = 0;
	if (err)
		return err;
	driver->knobs = *k;
	driver->turns++;
	return 0;
}

int irqdev_fire(const struct irqdev *d, uint32_t count)
{
	driver->fired += count;
	return 0;
}

int irqdev_storm(const struct irqdev *d, uint32_t ms)
{
	driver->storms += ms > 0;
	driver->storm_left_ns = ms * 1000000ull;
	return 0;
}

int irqdev_lock(void)
{
	return driver->locked ? -EWOULDBLOCK : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static struct options asked;

static int setup(void **state)
{
	memset(driver, 0, sizeof(*driver));
	driver->knobs = (struct ostrace_irq_knobs){ .mechs = 3, .burst = 1, .cpu = -1 };
	driver->instance = 7;
	asked = (struct options){ 0 };
	asked.irq.rate_given = true;
	asked.irq.rate = 500;
	err_clear();
	return 0;
}

static void nothing_asked_nothing_done(void **state)
{
	struct turn *t = (struct turn *)1;

	asked.irq.rate_given = false;
	driver->instance = 0; /* not even looked at */
	assert_int_equal(irq_turn_prepare(&asked, &t), 0);
	assert_null(t);
	assert_int_equal(irq_turn_back(NULL), 0);
}

static void turned_and_put_back(void **state)
{
	struct turn *t;

	asked.irq.fire = 40;
	asked.irq.storm_ms = 5000;
	assert_int_equal(irq_turn_prepare(&asked, &t), 0);
	assert_int_equal(driver->turns, 0); /* not before the first interval */
	assert_int_equal(irq_turn(t), 0);
	assert_int_equal(driver->knobs.rate, 500);
	assert_int_equal(driver->fired, 40);
	assert_int_equal(driver->storm_left_ns, 5000000000);
	driver->knobs.burst = 9; /* somebody else */
	assert_int_equal(irq_turn_back(t), 0);
	assert_int_equal(driver->knobs.rate, 0);
	assert_int_equal(driver->knobs.burst, 9);
	assert_int_equal(driver->storm_left_ns, 0);
}

static void a_run_that_does_not_begin_turns_nothing(void **state)
{
	struct turn *t;

	assert_int_equal(irq_turn_prepare(&asked, &t), 0);
	assert_int_equal(irq_turn_back(t), 0);
	assert_int_equal(driver->turns, 0);
}

static void someone_elses_storm_is_left_alone(void **state)
{
	struct turn *t;

	asked.irq.storm_ms = 1000;
	assert_int_equal(irq_turn_prepare(&asked, &t), 0);
	assert_int_equal(irq_turn(t), 0);
	driver->storms++; /* ours has ended, and another one began */
	assert_int_equal(irq_turn_back(t), 0);
	assert_int_equal(driver->storm_left_ns, 1000000000);
}

static void a_refusal_is_told(void **state)
{
	struct turn *t;

	asked.irq.sleep = "tasklet=1ms";
	assert_int_equal(irq_turn_prepare(&asked, &t), 0);
	driver->refuse = -EOPNOTSUPP;
	assert_int_equal(irq_turn(t), -EINVAL);
	assert_string_equal(err_text(-EINVAL), "--sleep: the driver refuses tasklet: no sleeping");
	err_clear();
	assert_int_equal(irq_turn_back(t), 0);
	assert_int_equal(driver->turns, 0);

	asked.irq.sleep = NULL;
	assert_int_equal(irq_turn_prepare(&asked, &t), 0);
	assert_int_equal(irq_turn(t), 0);
	driver->refuse = -EIO;
	assert_int_equal(irq_turn_back(t), -EIO);
	assert_non_null(strstr(err_text(-EIO), "could not be put back"));
}

static void one_at_a_time(void **state)
{
	struct turn *t;

	driver->locked = true;
	assert_int_equal(irq_turn_prepare(&asked, &t), -EWOULDBLOCK);
	assert_non_null(strstr(err_text(-EWOULDBLOCK), "end that one first"));
	assert_null(t);
}

static void a_driver_that_went_away_or_is_another_one(void **state)
{
	struct turn *t;

	assert_int_equal(irq_turn_prepare(&asked, &t), 0);
	assert_int_equal(irq_turn(t), 0);
	driver->instance = 0;
	assert_int_equal(irq_turn_back(t), 0);
	assert_int_equal(driver->turns, 1);

	driver->instance = 7;
	driver->knobs.rate = 0;
	assert_int_equal(irq_turn_prepare(&asked, &t), 0);
	assert_int_equal(irq_turn(t), 0);
	driver->instance = 8; /* loaded anew: its 500 is not ours */
	assert_int_equal(irq_turn_back(t), 0);
	assert_int_equal(driver->knobs.rate, 500);
}

/* Nothing can catch this signal. */
static void put_back_when_ostrace_is_killed(void **state)
{
	int tries, status;
	pid_t pid = fork();

	if (!pid) {
		struct turn *t;

		if (!irq_turn_prepare(&asked, &t) && !irq_turn(t))
			raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_in_range(driver->turns, 1, 2);
	for (tries = 0; tries < 3000 && *(volatile int *)&driver->turns < 2; tries++)
		usleep(10000);
	assert_int_equal(driver->turns, 2);
	assert_int_equal(driver->knobs.rate, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_asked_nothing_done, setup),
		cmocka_unit_test_setup(turned_and_put_back, setup),
		cmocka_unit_test_setup(a_run_that_does_not_begin_turns_nothing, setup),
		cmocka_unit_test_setup(someone_elses_storm_is_left_alone, setup),
		cmocka_unit_test_setup(a_refusal_is_told, setup),
		cmocka_unit_test_setup(one_at_a_time, setup),
		cmocka_unit_test_setup(a_driver_that_went_away_or_is_another_one, setup),
		cmocka_unit_test_setup(put_back_when_ostrace_is_killed, setup),
	};

	driver = mmap(NULL, sizeof(*driver), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (driver == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests_name("irqturn", tests, NULL, NULL);
}
