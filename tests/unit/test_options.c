// SPDX-License-Identifier: GPL-2.0
/* Real argument vectors, good and bad, against the fake views. */
#include "unit.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "err.h"
#include "fake_view.h"
#include "lookup.h"
#include "options.h"
#include "optvalue.h"
#include "suggest.h"

#define MS 1000000ULL
#define MAX_WORDS 16

/* Split at blanks into @argv, "ostrace" first; return argc. */
static int split(const char *line, char *copy, char **argv)
{
	char *word, *save = NULL;
	int argc = 0;

	argv[argc++] = "ostrace";
	strcpy(copy, line);
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	return argc;
}

/* argv of the last parse(): options point into it. */
static char words[512];
static char *vector[MAX_WORDS];

static int parse(const char *line, struct options *o)
{
	int argc = split(line, words, vector);

	err_clear();
	return options_parse(argc, vector, o);
}

static void good(const char *line, struct options *o)
{
	int err = parse(line, o);

	if (err)
		fail_msg("'%s': %s", line, err_text(err));
}

static void defaults(void **state)
{
	struct options o;

	good("calls", &o);
	assert_string_equal(o.cmd->name, "calls");
	assert_ptr_equal(o.cmd->view, &fake_view_calls);
	assert_int_equal(o.interval_ns, 1000 * MS);
	assert_false(o.interval_given);
	assert_int_equal(o.iterations, 0);
	assert_int_equal(o.duration_ns, 0);
	assert_int_equal(o.top, -1);
	assert_null(o.program);
	assert_false(o.filter.have_cpus);
	options_free(&o);
}

static void every_spelling_means_the_same(void **state)
{
	static const char *const lines[] = {
		"calls --sort calls --errors --interval 0.5 --iterations 3",
		"calls --sort=calls --errors --interval=500ms --iterations=3",
		"calls -s calls -e -i 500ms -n 3",
		"calls -scalls -e -i0.5 -n3",
		"calls -es calls -i .5s -n 3",
		"-escalls -i500000us calls -n 3",
		"--sort calls -e calls 0.5 3",
		"calls 0.5 3 -e -s calls",
		"-e -s calls calls 500000000ns 3",
	};
	size_t i;

	for (i = 0; i < COUNT(lines); i++) {
		struct options o;

		good(lines[i], &o);
		assert_string_equal(o.cmd->name, "calls");
		assert_string_equal(o.sort, "calls");
		assert_true(o.filter.errors_only);
		assert_int_equal(o.interval_ns, 500 * MS);
		assert_true(o.interval_given);
		assert_int_equal(o.iterations, 3);
		options_free(&o);
	}
}

static void flags(void **state)
{
	struct options o;

	good("calls -rv --json --color=never --top 0 --by processes -f ngi -d 2m", &o);
	assert_true(o.reverse);
	assert_true(o.verbose);
	assert_true(o.json);
	assert_int_equal(o.color, COLOR_NEVER);
	assert_int_equal(o.top, 0);
	assert_string_equal(o.by, "processes");
	assert_string_equal(o.find, "ngi");
	assert_int_equal(o.duration_ns, 120000 * MS);
	options_free(&o);
	good("top -b -N 7", &o);
	assert_true(o.batch);
	assert_int_equal(o.top, 7);
	options_free(&o);
}

static void programs(void **state)
{
	struct options o;

	good("calls -e -- ls -l --json -- x", &o);
	assert_string_equal(o.program[0], "ls");
	assert_string_equal(o.program[1], "-l");
	assert_string_equal(o.program[2], "--json");
	assert_string_equal(o.program[3], "--");
	assert_string_equal(o.program[4], "x");
	assert_null(o.program[5]);
	assert_false(o.json);
	options_free(&o);
}

static void lists(void **state)
{
	struct options o;
	char line[64];

	snprintf(line, sizeof(line), "calls -p %d,1 -p %d", (int)getpid(), (int)getpid());
	good(line, &o);
	assert_int_equal(o.filter.npids, 3);
	assert_int_equal(o.filter.pids[0], getpid());
	assert_int_equal(o.filter.pids[1], 1);
	options_free(&o);
	good("ticks -C 0", &o);
	assert_true(o.filter.have_cpus);
	assert_int_equal(o.filter.cpus[0], 1);
	options_free(&o);
}

static void questions(void **state)
{
	static const struct {
		const char *line;
		enum ask ask;
		const char *cmd;
	} cases[] = {
		{ "--help", ASK_HELP, NULL },
		{ "-h", ASK_HELP, NULL },
		{ "calls --help", ASK_HELP, "calls" },
		{ "-h calls", ASK_HELP, "calls" },
		{ "--version", ASK_VERSION, NULL },
		{ "--json-schema", ASK_JSON_SCHEMA, NULL },
		{ "--generate bash", ASK_GENERATE, NULL },
		{ "--generate=man", ASK_GENERATE, NULL },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct options o;

		assert_int_equal(parse(cases[i].line, &o), 1);
		assert_int_equal(o.ask, cases[i].ask);
		if (cases[i].cmd)
			assert_string_equal(o.cmd->name, cases[i].cmd);
		else
			assert_null(o.cmd);
		options_free(&o);
	}
}

static void bad_lines_are_named(void **state)
{
	/* What the error must contain, so that one knows what to mend. */
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ "cals",
		  "unknown command 'cals': did you mean calls? (top, calls, ticks, explain, features)" },
		{ "nonsense", "unknown command 'nonsense' (top" },
		{ "--srot calls", "unknown option --srot: did you mean --sort?" },
		{ "calls --xyzzy", "unknown option --xyzzy (" },
		{ "calls -z", "unknown option -z" },
		{ "calls -ez", "unknown option -z" },
		{ "calls -s", "-s needs an argument: KEY" },
		{ "calls --sort", "--sort needs an argument: KEY" },
		{ "calls --errors=yes", "--errors takes no argument" },
		{ "calls -s clals", "unknown sort key 'clals': did you mean calls? (name, calls," },
		{ "calls --by processes -s errors", "unknown sort key 'errors' (pid, comm" },
		{ "calls --by procs",
		  "unknown table 'procs': did you mean processes? (calls, processes)" },
		{ "calls --by errors", "unknown table 'errors' (calls, processes)" },
		{ "ticks -p 1", "ticks: --pid does not apply: this command takes --cpu" },
		{ "ticks -- ls", "ticks: -- program does not apply" },
		{ "calls -t 1", "calls: --tid does not apply" },
		{ "top -t 1", "top: --tid does not apply" },
		{ "features -p 1", "features: --pid does not apply to this command" },
		{ "features -- ls", "features runs no program" },
		{ "features 1", "features takes no argument '1'" },
		{ "calls -b", "calls: --batch does not apply" },
		{ "calls --rate 1k", "calls: --rate does not apply to this command" },
		{ "top --storm 1s", "top: --storm does not apply to this command" },
		{ "calls --", "-- needs a program" },
		{ "calls what", "unknown argument 'what'" },
		{ "calls 1 2 3", "one argument too many: '3'" },
		{ "calls 0", "--interval: '0' is out of range: give 10.0ms to 24.0h" },
		{ "calls 9ms", "out of range" },
		{ "calls 25h", "out of range" },
		{ "calls -1", "--interval: '-1' is out of range" },
		{ "calls -i -1", "--interval: '-1' is out of range" },
		{ "calls -i nan", "'nan' is not a duration" },
		{ "calls -i inf", "'inf' is not a duration" },
		{ "calls -i 1e3", "'1e3' is not a duration" },
		{ "calls -i 0x10", "'0x10' is not a duration" },
		{ "calls -i 1.2.3", "'1.2.3' is not a duration" },
		{ "calls -i .", "'.' is not a duration" },
		{ "calls -i 5parsecs", "'5parsecs' is not a duration" },
		{ "calls -i 99999999999999999999999", "out of range" },
		{ "calls -i 18446744074", "out of range" },
		{ "calls -n 0", "--iterations: '0' is out of range" },
		{ "calls -n -3", "--iterations: '-3' is out of range" },
		{ "calls -n 1.5", "'1.5' is not a whole number" },
		{ "calls -n many", "'many' is not a whole number" },
		{ "calls -n 99999999999999999999", "out of range" },
		{ "calls -d 0", "--duration: '0' is out of range" },
		{ "calls -N -1", "--top: '-1' is out of range" },
		{ "calls -p 0", "--pid: '0' is not" },
		{ "calls -p -5", "--pid: '-5' is not" },
		{ "calls -p x", "--pid: 'x' is not" },
		{ "calls -p 1,,2", "--pid: '1,,2' is not" },
		{ "calls -p 1,", "--pid: '1,' is not" },
		{ "calls -p 99999999999999", "is not a list of positive numbers" },
		{ "calls -p 4194305", "no process 4194305" },
		{ "calls -C x", "--cpu: 'x' is not" },
		{ "calls -C 3-1", "--cpu: '3-1' is not" },
		{ "calls -C 0-", "--cpu: '0-' is not" },
		{ "calls -C 4096", "--cpu: '4096' is not" },
		{ "calls -C 4095", "no CPU 4095" },
		{ "calls --color=blue", "--color: unknown value 'blue'" },
		{ "--generate html", "--generate: unknown value 'html'" },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct options o;
		int err = parse(cases[i].line, &o);

		if (err != -EINVAL)
			fail_msg("'%s' was taken (%d)", cases[i].line, err);
		if (!strstr(err_text(err), cases[i].says))
			fail_msg("'%s': '%s' does not say '%s'", cases[i].line, err_text(err),
				 cases[i].says);
		assert_null(strchr(err_text(err), '\n'));
		assert_int_equal(err_exit_code(err), EXIT_USAGE);
		options_free(&o);
	}
	err_clear();
}

static void no_command_without_a_terminal(void **state)
{
	struct options o;

	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		skip();
	assert_int_equal(parse("", &o), -EINVAL);
	assert_non_null(strstr(err_text(-EINVAL), "no command given"));
	options_free(&o);
	good("--json 1 2", &o);
	assert_string_equal(o.cmd->name, "top");
	options_free(&o);
}

static void cgroups(void **state)
{
	struct cgroup_ref cg = { 0 };
	char mount[256];
	int err;

	err_clear();
	if (!lookup_cgroup_mount(mount, sizeof(mount))) {
		assert_int_equal(lookup_cgroup("/", &cg), -EOPNOTSUPP);
		assert_non_null(strstr(err_text(-EOPNOTSUPP), "no cgroup v2 hierarchy"));
		err_clear();
		skip();
	}
	assert_int_equal(lookup_cgroup("/no/such", &cg), -EINVAL);
	assert_non_null(strstr(err_text(-EINVAL), "no cgroup '/no/such' under"));
	err_clear();
	assert_int_equal(lookup_cgroup("/proc", &cg), -EINVAL);
	assert_non_null(strstr(err_text(-EINVAL), "not a cgroup v2 directory"));
	err_clear();
	assert_int_equal(lookup_cgroup("", &cg), -EINVAL);
	err_clear();
	err = lookup_cgroup("/", &cg);
	assert_int_equal(err, 0);
	assert_true(cg.id > 0);
	assert_string_equal(cg.path, "/");
	free(cg.path);
	assert_int_equal(lookup_cgroup(mount, &cg), 0);
	free(cg.path);
}

static void programs_are_looked_up_like_a_shell_does(void **state)
{
	err_clear();
	assert_int_equal(lookup_program("sh"), 0);
	assert_int_equal(lookup_program("/bin/sh"), 0);
	assert_int_equal(lookup_program("no-such-program"), -ENOENT);
	err_clear();
	assert_int_equal(lookup_program("/no/such"), -ENOENT);
	err_clear();
	assert_int_equal(lookup_program("/etc/passwd"), -EACCES);
	err_clear();
	assert_int_equal(lookup_program("/"), -EACCES);
	err_clear();
	assert_int_equal(lookup_program(""), -ENOENT);
	err_clear();
}

static void durations(void **state)
{
	static const struct {
		const char *s;
		uint64_t ns;
	} cases[] = {
		{ "1", 1000000000 },
		{ "0.001", 1000000 },
		{ "1.5s", 1500000000 },
		{ "1.", 1000000000 },
		{ ".25", 250000000 },
		{ "1ns", 1 },
		{ "1.5us", 1500 },
		{ "2µs", 2000 },
		{ "3ms", 3000000 },
		{ "2m", 120000000000 },
		{ "2min", 120000000000 },
		{ "0.5h", 1800000000000 },
		{ "+3", 3000000000 },
		{ "0.1234567891", 123456789 },
		{ "0.9999999999999", 999999999 },
	};
	uint64_t ns;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(value_duration("x", cases[i].s, 0, UINT64_MAX, &ns), 0);
		assert_int_equal(ns, cases[i].ns);
	}
}

static void cpu_lists(void **state)
{
	uint64_t map[64] = { 0 };

	assert_int_equal(value_cpus("x", "0-3,5,64-65,4095", map, 4096), 0);
	assert_int_equal(map[0], 0x2f);
	assert_int_equal(map[1], 3);
	assert_true(map[63] == 1ULL << 63);
}

static void distances(void **state)
{
	assert_int_equal(edit_distance("", ""), 0);
	assert_int_equal(edit_distance("abc", ""), 3);
	assert_int_equal(edit_distance("", "abc"), 3);
	assert_int_equal(edit_distance("sort", "srot"), 1);
	assert_int_equal(edit_distance("kitten", "sitting"), 3);
	assert_int_equal(edit_distance("calls", "calls"), 0);
}

/* The table itself: every letter and name once, help in the house's style. */
static void option_table_is_sound(void **state)
{
	const struct option_def *d, *e;

	for (d = option_defs; d->name; d++) {
		assert_true(d - option_defs < 64);
		assert_non_null(d->set);
		assert_true(d->flags & (OPT_FOR | OPT_OWN));
		assert_true(d->help[strlen(d->help) - 1] != '.');
		for (e = d + 1; e->name; e++) {
			assert_string_not_equal(d->name, e->name);
			assert_true(!d->letter || d->letter != e->letter);
		}
	}
}

static void commands_are_found(void **state)
{
	const struct command *c;
	int i;

	for (i = 0; (c = command_at(i)); i++) {
		assert_ptr_equal(command_find(c->name), c);
		assert_non_null(c->run);
		assert_non_null(c->summary);
	}
	assert_int_equal(i, 5);
	assert_string_equal(command_at(0)->name, "top");
	assert_null(command_find("nope"));
	assert_null(command_at(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(every_spelling_means_the_same),
		cmocka_unit_test(flags),
		cmocka_unit_test(programs),
		cmocka_unit_test(lists),
		cmocka_unit_test(questions),
		cmocka_unit_test(bad_lines_are_named),
		cmocka_unit_test(no_command_without_a_terminal),
		cmocka_unit_test(cgroups),
		cmocka_unit_test(programs_are_looked_up_like_a_shell_does),
		cmocka_unit_test(durations),
		cmocka_unit_test(cpu_lists),
		cmocka_unit_test(distances),
		cmocka_unit_test(option_table_is_sound),
		cmocka_unit_test(commands_are_found),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
