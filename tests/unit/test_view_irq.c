// SPDX-License-Identifier: GPL-2.0
/*
 * The irq view over drivers that come and go. The functions of irqdev.c are here,
 * so the real ones are not linked.
 */
#include "unit.h"
#include <errno.h>
#include <string.h>
#include "err.h"
#include "view_irq.h"

#define CPUS 2

static struct {
	uint64_t instance; /* 0: not loaded */
	int fails;	   /* what opening returns */
	struct ostrace_irq_stats stats[CPUS];
} driver;

bool irqdev_present(void)
{
	return driver.instance;
}

int irqdev_open(struct irqdev *d)
{
	if (driver.fails)
		return err_set(driver.fails, "it cannot be opened");
	d->instance = driver.instance;
	return driver.instance ? 0 : err_set(-ENODEV, "not loaded");
}

void irqdev_close(struct irqdev *d)
{
}

int irqdev_info(const struct irqdev *d, struct ostrace_irq_info *info)
{
	*info = (struct ostrace_irq_info){ .nr_mech = 1, .nr_cpus = CPUS };
	info->interrupts = driver.stats[0].raised + driver.stats[1].raised;
	return 0;
}

int irqdev_describe(const struct irqdev *d, unsigned int mech, struct ostrace_irq_describe *what)
{
	*what = (struct ostrace_irq_describe){ .max_work_ns = 1 };
	strcpy(what->name, "hardirq");
	return 0;
}

int irqdev_stats(const struct irqdev *d, unsigned int mech, int cpu, struct ostrace_irq_stats *s)
{
	*s = driver.stats[cpu < 0 ? 0 : cpu];
	if (cpu < 0) {
		s->raised += driver.stats[1].raised;
		s->handled += driver.stats[1].handled;
	}
	return 0;
}

int irqdev_knobs(const struct irqdev *d, struct ostrace_irq_knobs *k)
{
	*k = (struct ostrace_irq_knobs){ .burst = 1, .cpu = -1 };
	return 0;
}

int irqdev_set_knobs(const struct irqdev *d, const struct ostrace_irq_knobs *k)
{
	return -EPERM;
}

int irqdev_fire(const struct irqdev *d, uint32_t count)
{
	return -EPERM;
}

int irqdev_storm(const struct irqdev *d, uint32_t ms)
{
	return -EPERM;
}

int irqdev_lock(void)
{
	return -EPERM;
}

extern const struct view view_irq;
static struct view_state *st;
static struct table rows;

static void fires(int cpu, uint64_t n)
{
	driver.stats[cpu].raised += n;
	driver.stats[cpu].handled += n;
}

static void loaded(uint64_t instance)
{
	memset(&driver, 0, sizeof(driver));
	driver.instance = instance;
}

/* The sum of "handled" over all rows of a table, in the interval that ends here. */
static uint64_t handled(int table)
{
	const struct scope machine = { 0 };
	uint64_t sum = 0;
	size_t i;

	assert_int_equal(view_irq.fill(st, table, &machine, &rows), 0);
	for (i = 0; i < rows.nrows; i++)
		sum += rows.rows[i].v[column_find(rows.def, "handled")].u;
	return sum;
}

static uint64_t tick(void)
{
	assert_int_equal(view_irq.tick(st, 0), 0);
	return handled(T_MECHANISMS);
}

static uint64_t reloads(void)
{
	struct loss l[LOSS_MAX];

	assert_int_equal(view_irq.losses(st, l), 1);
	return l[0].n;
}

static uint64_t interrupts(void)
{
	struct price p;

	view_irq.price(st, &p);
	return p.events;
}

static void open_view(const struct filter *f)
{
	loaded(1);
	fires(0, 1000); /* before we looked */
	fires(1, 1000);
	assert_int_equal(view_irq.open(NULL, f, &st), 0);
}

static int teardown(void **state)
{
	view_irq.close(st);
	st = NULL;
	table_free(&rows);
	err_clear();
	return 0;
}

static void intervals_are_differences(void **state)
{
	open_view(&(struct filter){ 0 });
	assert_int_equal(tick(), 0);
	fires(0, 30);
	fires(1, 4);
	assert_int_equal(tick(), 34);
	assert_int_equal(interrupts(), 34);
	assert_int_equal(tick(), 0);
	assert_int_equal(rows.nrows, 0);
	assert_string_equal(view_irq.state(st), "idle");
	assert_int_equal(reloads(), 0);
}

static void another_driver_counts_from_zero(void **state)
{
	open_view(&(struct filter){ 0 });
	fires(0, 5);
	assert_int_equal(tick(), 5);
	/* Unloaded and loaded between two ticks; it has already counted further. */
	loaded(2);
	fires(0, 5000);
	assert_int_equal(tick(), 5000);
	assert_int_equal(reloads(), 1);
	fires(1, 1);
	assert_int_equal(tick(), 1);
	assert_int_equal(interrupts(), 5006);
}

static void a_driver_that_is_gone(void **state)
{
	open_view(&(struct filter){ 0 });
	loaded(0);
	assert_int_equal(tick(), 0);
	assert_string_equal(view_irq.state(st), "the module was unloaded");
	assert_int_equal(view_irq.fill(st, T_DRIVER, &(struct scope){ 0 }, &rows), 0);
	assert_int_equal(rows.nrows, 0);
	loaded(2);
	fires(0, 7);
	assert_int_equal(tick(), 7);
	assert_string_equal(view_irq.state(st), "idle");
	assert_int_equal(reloads(), 1);
}

/* Nothing is counted twice, and top goes on. */
static void a_device_that_fails_for_a_while(void **state)
{
	open_view(&(struct filter){ 0 });
	fires(0, 2);
	assert_int_equal(tick(), 2);
	driver.fails = -EMFILE;
	fires(0, 3);
	assert_int_equal(tick(), 0);
	assert_string_equal(view_irq.state(st), "it cannot be opened");
	driver.fails = 0;
	assert_int_equal(tick(), 3);
	assert_int_equal(interrupts(), 5);
	assert_int_equal(reloads(), 0);
}

static void single_cpus(void **state)
{
	struct scope machine = { 0 };

	open_view(&(struct filter){ 0 });
	fires(1, 6);
	assert_int_equal(tick(), 6);
	assert_int_equal(handled(T_CPUS), 0); /* nobody has asked for them */
	assert_int_equal(view_irq.focus(st, T_CPUS, &machine), 0);
	assert_int_equal(handled(T_CPUS), 0);
	fires(0, 8);
	fires(1, 9);
	assert_int_equal(tick(), 17);
	assert_int_equal(handled(T_CPUS), 17);
	assert_int_equal(rows.nrows, 2);
	/* Looked away, and back: no interval has what was missed. */
	assert_int_equal(view_irq.focus(st, T_MECHANISMS, &machine), 0);
	fires(0, 100);
	assert_int_equal(tick(), 100);
	assert_int_equal(view_irq.focus(st, T_CPUS, &machine), 0);
	fires(0, 1);
	assert_int_equal(tick(), 1);
	assert_int_equal(handled(T_CPUS), 1);
}

static void a_filter_of_cpus(void **state)
{
	struct filter f = { .have_cpus = true, .cpus = { 2 } };

	open_view(&f);
	fires(0, 50);
	fires(1, 3);
	assert_int_equal(tick(), 3);
	loaded(2);
	fires(1, 4);
	assert_int_equal(tick(), 4);
}

static void not_loaded(void **state)
{
	loaded(0);
	assert_false(view_irq.present());
	assert_int_equal(view_irq.open(NULL, &(struct filter){ 0 }, &st), -EOPNOTSUPP);
	assert_null(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(intervals_are_differences, teardown),
		cmocka_unit_test_teardown(another_driver_counts_from_zero, teardown),
		cmocka_unit_test_teardown(a_driver_that_is_gone, teardown),
		cmocka_unit_test_teardown(a_device_that_fails_for_a_while, teardown),
		cmocka_unit_test_teardown(single_cpus, teardown),
		cmocka_unit_test_teardown(a_filter_of_cpus, teardown),
		cmocka_unit_test_teardown(not_loaded, teardown),
	};

	return cmocka_run_group_tests_name("view_irq", tests, NULL, NULL);
}
