// SPDX-License-Identifier: GPL-2.0
/* The event loop, with real timers, signals, pipes and a child. */
#include "unit.h"
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "loop.h"

#define MS 1000000ULL

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 * MS + (uint64_t)ts.tv_nsec;
}

/* The next event other than the once-a-second one. */
static int next(struct loop *l, int *signo)
{
	int e;

	do
		e = loop_wait(l, signo);
	while (e == LOOP_HOUSEKEEPING);
	return e;
}

static void ticks(void **state)
{
	uint64_t start = now();
	struct loop *l;
	int i;

	assert_int_equal(loop_open(&l, -1, 0), 0);
	assert_int_equal(loop_set_interval(l, 20 * MS), 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(next(l, NULL), LOOP_TICK);
	assert_true(now() - start >= 60 * MS);
	loop_close(l);
}

static void housekeeping_comes_each_second(void **state)
{
	uint64_t start = now();
	struct loop *l;

	assert_int_equal(loop_open(&l, -1, 0), 0);
	assert_int_equal(loop_wait(l, NULL), LOOP_HOUSEKEEPING);
	assert_true(now() - start >= 990 * MS);
	loop_close(l);
}

static void signals(void **state)
{
	static const struct {
		int signo, event;
	} cases[] = {
		{ SIGINT, LOOP_SIGNAL },  { SIGTERM, LOOP_SIGNAL }, { SIGHUP, LOOP_SIGNAL },
		{ SIGQUIT, LOOP_SIGNAL }, { SIGWINCH, LOOP_WINCH }, { SIGTSTP, LOOP_STOP },
	};
	struct loop *l;
	size_t i;

	assert_int_equal(loop_open(&l, -1, 0), 0);
	for (i = 0; i < COUNT(cases); i++) {
		int signo = 0;

		raise(cases[i].signo);
		assert_int_equal(next(l, &signo), cases[i].event);
		if (cases[i].event == LOOP_SIGNAL)
			assert_int_equal(signo, cases[i].signo);
	}
	raise(SIGINT); /* unread: must not kill us afterwards */
	loop_close(l);
}

static void keyboard(void **state)
{
	struct loop *l;
	int p[2];
	char c;

	assert_int_equal(pipe(p), 0);
	assert_int_equal(loop_open(&l, p[0], 0), 0);
	assert_int_equal(write(p[1], "q", 1), 1);
	assert_int_equal(next(l, NULL), LOOP_INPUT);
	assert_int_equal(read(p[0], &c, 1), 1);
	close(p[1]);
	assert_int_equal(next(l, NULL), LOOP_INPUT); /* hung up */
	loop_close(l);
	close(p[0]);
}

static void the_program_ends_once(void **state)
{
	pid_t pid = fork();
	struct loop *l;

	if (!pid)
		_exit(3);
	assert_int_equal(loop_open(&l, -1, pid), 0);
	assert_int_equal(next(l, NULL), LOOP_PROGRAM);
	loop_set_interval(l, 10 * MS);
	assert_int_equal(next(l, NULL), LOOP_TICK);
	loop_close(l);
	waitpid(pid, NULL, 0);
}

static void output_without_a_reader(void **state)
{
	int p[2], saved = dup(STDOUT_FILENO);
	struct loop *l;
	int event;

	assert_int_equal(pipe(p), 0);
	dup2(p[1], STDOUT_FILENO);
	close(p[1]);
	assert_int_equal(loop_open(&l, -1, 0), 0);
	close(p[0]);
	event = next(l, NULL);
	loop_close(l);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(event, LOOP_HANGUP);
}

static void the_signal_mask_is_restored(void **state)
{
	sigset_t before, after;
	struct loop *l;

	sigprocmask(SIG_SETMASK, NULL, &before);
	assert_int_equal(loop_open(&l, -1, 0), 0);
	loop_close(l);
	loop_close(NULL);
	sigprocmask(SIG_SETMASK, NULL, &after);
	assert_int_equal(sigismember(&before, SIGINT), sigismember(&after, SIGINT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ticks),
		cmocka_unit_test(housekeeping_comes_each_second),
		cmocka_unit_test(signals),
		cmocka_unit_test(keyboard),
		cmocka_unit_test(the_program_ends_once),
		cmocka_unit_test(output_without_a_reader),
		cmocka_unit_test(the_signal_mask_is_restored),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
