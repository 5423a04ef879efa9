// SPDX-License-Identifier: GPL-2.0
/* Whole screens of `top`, drawn from recorded values. */
#include "fake_view.h"
#include "top_fixture.h"

static void test_80x24(void **state)
{
	static const char *const screen[] = {
		"ostrace · web1 · 7.3.4 · 8 CPUs · 213 tasks · up 3d 4h             interval 1.0s",
		"load 0.5 0.4 0.3 · steal 0.0% · psi% cpu 12/0 mem 0/0 io 4/1 · 38 cgroups",
		"━ 1 Calls ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ by TOTAL ▼ ━ 1.1M calls/s ━",
		"NAME               CALLS  ERRORS   TOTAL▼      AVG      P99      MAX",
		"futex                820      12    31.0s   37.8ms    918ms     1.0s ███████████",
		"read                125k      37     2.5s   20.0µs   41.0µs   81.2ms ▉",
		"getpid              1.0M       0   92.0ms     92ns    112ns   30.2µs ▏",
		"openat              4400    4100   88.0ms   20.0µs   57.3µs    912µs ▏",
		"i386:write             3       0    640ns    213ns        -    250ns ▏",
		"",
		"",
		"",
		"",
		"",
		"",
		"futex TOTAL                                            █ max 31.0s, last 44s",
		"─ 2 Ticks CPUs ──────────────────────────────────────── by COUNT ▼ ─ 0 ticks/s ─",
		" CPU   COUNT▼                  LAST 49s",
		"   2      252 ████████████████                                                 █",
		"   1      251 ███████████████▉                                                 █",
		"   0      250 ███████████████▉                                                 █",
		"   3      250 ███████████████▉                                                 █",
		"lost: none · price: 212 ns/call, ? ns/tick · reader 0.3% · BPF 0.8%",
		"q quit  ? help  Enter look in  Tab panel  g table  s sort  / filter  Space pause",
	};
	struct fixture f = { 0 };

	(void)state;
	fixture_open(&f, &fake_view_calls, &fake_view_ticks, 24, 80);
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	fixture_expect(&f, screen, 24);
	fixture_close(&f);
}

/* Another table, names that try to control the terminal, lower bounds, ASCII. */
static void test_80x24_ascii(void **state)
{
	static const char *const screen[] = {
		"ostrace | web1 | 7.3.4 | 8 CPUs | 213 tasks | up 3d 4h             interval 1.0s",
		"load 0.5 0.4 0.3 | steal 0.0% | psi% cpu 12/0 mem 0/0 io 4/1 | 38 cgroups",
		"= 1 Calls Processes ================================ by CALLS v = 1.1M calls/s =",
		"    PID COMMAND                       CALLSv    TOTAL   SHARE      RSS      OPEN",
		"   4242 nginx: worker                  91000     2.4s   80.5%   300MiB         -",
		"      1 systemd                           12    400us    0.1%  12.0MiB    >=4.0s",
		"   4243 bad\\x1b[31mname\\xff                7    9.0us    0.0%   4.0KiB   >=123us",
		"  31337 \\xe6\\xbc\\xa2\\xe5\\xad\\x97\\xe~       7    9.0us    0.0%   1.0MiB         -",
		"",
		"",
		"",
		"",
		"",
		"",
		"",
		"",
		"- 2 Ticks CPUs ---------------------------------------- by COUNT v - 0 ticks/s -",
		" CPU   COUNTv                  LAST 49s",
		"   2      252 ################                                                 #",
		"   1      251 ################                                                 #",
		"   0      250 ################                                                 #",
		"   3      250 ################                                                 #",
		"lost: none | price: 212 ns/call, ? ns/tick | reader 0.3% | BPF 0.8%",
		"q quit  ? help  Enter look in  Tab panel  g table  s sort  / filter  Space pause",
	};
	struct fixture f = { 0 };

	(void)state;
	fixture_open(&f, &fake_view_calls, &fake_view_ticks, 24, 80);
	f.top.ascii = true;
	fixture_tick(&f, SECOND);
	fixture_keys(&f, "g");
	fixture_draw(&f);
	fixture_expect(&f, screen, 24);
	fixture_close(&f);
}

static void test_histogram(void **state)
{
	static const char *const screen[] = {
		"ostrace · web1 · 7.3.4 · 8 CPUs · 213 tasks · up 3d 4h             interval 1.0s",
		"load 0.5 0.4 0.3 · steal 0.0% · psi% cpu 12/0 mem 0/0 io 4/1 · 38 cgroups",
		"━ 1 Calls › read › Errors ━━━━━━━━━━━━━━━━━━━━━━━━━━━━ by CALLS ▼ ━ 30 calls/s ━",
		" latency: 678 in the interval",
		" p50 960ns  p90 2.8µs  p99 983µs  max 4.0ms  avg 27.0µs",
		"  256ns ..   1.0µs    383 ████████████████████████████    56.5% p50",
		"  1.0µs ..   4.1µs    269 ███████████████████▋            96.2% p90",
		"  4.1µs ..  16.4µs      4 ▎                               96.8%",
		" 16.4µs ..  65.5µs      5 ▍                               97.5%",
		" 65.5µs ..   262µs      5 ▍                               98.2%",
		"  262µs ..   1.0ms      7 ▌                               99.3% p99",
		"  1.0ms ..   4.2ms      5 ▍                              100.0% max",
		"ERRNO          CALLS▼                  LAST 41s",
		"EINTR              20 ████████████████",
		"ENOENT             10 ████████",
		"EAGAIN              0",
		"",
		"─ 2 Ticks CPUs ───────────────────────────── 1-3 of 4 ─ by COUNT ▼ ─ 0 ticks/s ─",
		" CPU   COUNT▼                  LAST 49s",
		"   2      252 ████████████████                                                 █",
		"   1      251 ███████████████▉                                                 █",
		"   0      250 ███████████████▉                                                 █",
		"lost: none · price: 212 ns/call, ? ns/tick · reader 0.3% · BPF 0.8%",
		"q quit  ? help  Esc back  t all time  Tab panel  s sort  / filter  Space pause",
	};
	struct fixture f = { 0 };

	(void)state;
	fixture_open(&f, &fake_view_calls, &fake_view_ticks, 24, 80);
	fixture_tick(&f, SECOND);
	fixture_keys(&f, "j\r");
	fixture_draw(&f);
	fixture_expect(&f, screen, 24);
	fixture_close(&f);
}

static void test_40x10(void **state)
{
	static const char *const screen[] = {
		"ostrace · web1 · 7.3.4     interval 1.0s",
		"━ 1 Calls ━━ by TOTAL ▼ ━ 1.1M calls/s ━",
		"NAME         CALLS  ERRORS   TOTAL▼",
		"futex          820      12    31.0s",
		"read          125k      37     2.5s",
		"getpid        1.0M       0   92.0ms",
		"openat        4400    4100   88.0ms",
		"i386:write       3       0    640ns",
		"─ 2 Ticks CPUs ───────────── 0 ticks/s ─",
		"lost: none · reader 0.3% · BPF 0.8%",
	};
	struct fixture f = { 0 };

	(void)state;
	fixture_open(&f, &fake_view_calls, &fake_view_ticks, 10, 40);
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	fixture_expect(&f, screen, 10);
	fixture_close(&f);
}

/* A large screen adds columns, bars and a sparkline for every row. */
static void test_200x60(void **state)
{
	struct fixture f = { 0 };
	int i;

	(void)state;
	fixture_open(&f, &fake_view_calls, &fake_view_ticks, 60, 200);
	for (i = 0; i < 10; i++)
		fixture_tick(&f, SECOND);
	fixture_draw(&f);
	assert_int_equal(fixture_find(&f, "psi% cpu 12/0 mem 0/0 io 4/1 · 38 cgroups"), 0);
	assert_int_equal(fixture_find(&f, "━ 1 Calls ━"), 1);
	assert_int_equal(fixture_find(&f, "LAST 60s"), 2);
	assert_int_equal(fixture_find(&f, "futex"), 3);
	/* The third recorded interval is empty. */
	assert_non_null(strstr(fixture_line(&f, 3), "██▁██▁██▁█"));
	assert_true(fixture_find(&f, "2 Ticks CPUs") > 30);
	assert_int_equal(fixture_find(&f, "of machine"), 58);
	fixture_close(&f);
}

/* No size crashes, and whatever there is room for is there. */
static void test_all_sizes(void **state)
{
	static const char keys[] = "\r?\x1b"
				   "s\x1b/re\r\x1bgz\x1b\x1b";
	struct fixture f = { 0 };
	int rows, cols;

	(void)state;
	fixture_open(&f, &fake_view_calls, &fake_view_ticks, 1, 1);
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	assert_string_equal(fixture_line(&f, 0), "t");
	for (rows = 1; rows < 40; rows += rows < 12 ? 1 : 5)
		for (cols = 1; cols < 140; cols += cols < 20 ? 1 : 9) {
			const char *k;

			for (k = keys; *k; k++) {
				top_key(&f.top, *k);
				top_resize(&f.top, rows, cols);
				fixture_draw(&f);
			}
			fixture_tick(&f, SECOND);
		}
	fixture_close(&f);
}

static void test_first_interval(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	fixture_open(&f, &fake_view_calls, &fake_view_ticks, 24, 80);
	fixture_draw(&f);
	assert_int_equal(fixture_find(&f, "first interval…"), 3);
	fixture_close(&f);
}

static void test_not_open(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	fixture_add(&f, &fake_view_ticks);
	fake_seen.fail_open = -95;
	fixture_open(&f, &fake_view_calls, NULL, 24, 80);
	fake_seen.fail_open = 0;
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	assert_true(fixture_find(&f, "not available:") > 0);
	assert_true(fixture_find(&f, " this view was told to fail") > 0);
	fixture_keys(&f, "2\rgsr/ j\t");
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	fixture_close(&f);
}

static void test_losses(void **state)
{
	struct fixture f = { 0 };
	int y;

	(void)state;
	fixture_open(&f, &fake_view_calls, NULL, 24, 80);
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	assert_true(fixture_find(&f, "lost: none") > 0);
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	y = fixture_find(&f, "lost: calls 3 missed");
	assert_true(y > 0);
	assert_int_equal(f.grid.cell[y * 80].style, STYLE_ERROR);
	fixture_close(&f);
}

static void test_meanings(void **state)
{
	struct fixture f = { 0 };
	int y, x;

	(void)state;
	fixture_open(&f, &fake_view_calls, NULL, 24, 80);
	fixture_tick(&f, SECOND);
	fixture_tick(&f, SECOND);
	fixture_draw(&f);
	/* The selected row, all of it, and no other one. */
	y = fixture_find(&f, "futex");
	for (x = 0; x < 80; x++) {
		assert_true(f.grid.cell[y * 80 + x].style & STYLE_SELECTED);
		assert_false(f.grid.cell[(y + 1) * 80 + x].style & STYLE_SELECTED);
	}
	y = fixture_find(&f, "read ");
	x = (int)(strstr(fixture_line(&f, y), "2  ") - f.line);
	assert_int_equal(f.grid.cell[y * 80 + x].style, STYLE_ERROR);
	fixture_close(&f);

	fixture_open(&f, &fake_view_calls, NULL, 24, 80);
	fixture_tick(&f, SECOND);
	fixture_keys(&f, "g");
	fixture_draw(&f);
	y = fixture_find(&f, "≥4.0s");
	assert_true(y > 0);
	for (x = 0; f.grid.cell[y * 80 + x].ch != L'≥'; x++)
		assert_true(x < 79);
	assert_int_equal(f.grid.cell[y * 80 + x].style, STYLE_BOUND);
	fixture_close(&f);
}

static void test_help(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	fixture_open(&f, &fake_view_calls, &fake_view_ticks, 24, 80);
	fixture_tick(&f, SECOND);
	fixture_keys(&f, "?");
	fixture_draw(&f);
	assert_true(fixture_find(&f, "Enter Right    look into the row") > 0);
	assert_int_equal(fixture_find(&f, "mean time of a call"), -1);
	top_key(&f.top, TOPKEY_PGDN);
	top_key(&f.top, TOPKEY_PGDN);
	fixture_draw(&f);
	assert_true(fixture_find(&f, "mean time of a call") > 0);
	assert_true(fixture_find(&f, "keys that found no room") > 0);
	fixture_keys(&f, "q");
	fixture_draw(&f);
	assert_int_equal(f.top.mode, TOP_MODE_TABLE);
	assert_true(fixture_find(&f, "futex") > 0);
	fixture_close(&f);
}

static void test_batch(void **state)
{
	struct fixture f = { 0 };

	(void)state;
	f.o.batch = true;
	fixture_open(&f, &fake_view_calls, &fake_view_ticks, 24, 100);
	top_layout_batch(&f.top, 100, 3);
	fixture_tick(&f, SECOND);
	top_layout_batch(&f.top, 100, 3);
	assert_int_equal(f.top.rows, f.top.head.h + 2 * (2 + 3) + 1);
	fixture_draw(&f);
	assert_true(fixture_find(&f, "getpid") > 0);
	assert_int_equal(fixture_find(&f, "openat"), -1);
	assert_int_equal(fixture_find(&f, "quit"), -1);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_80x24),	       cmocka_unit_test(test_80x24_ascii),
		cmocka_unit_test(test_histogram),      cmocka_unit_test(test_40x10),
		cmocka_unit_test(test_200x60),	       cmocka_unit_test(test_all_sizes),
		cmocka_unit_test(test_first_interval), cmocka_unit_test(test_not_open),
		cmocka_unit_test(test_losses),	       cmocka_unit_test(test_meanings),
		cmocka_unit_test(test_help),	       cmocka_unit_test(test_batch),
	};

	return cmocka_run_group_tests_name("top_screen", tests, NULL, NULL);
}
