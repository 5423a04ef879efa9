// SPDX-License-Identifier: GPL-2.0
/* The option table and the parser. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "err.h"
#include "lookup.h"
#include "options.h"
#include "optvalue.h"
#include "suggest.h"

#define MS 1000000ULL
#define HOUR (3600 * 1000 * MS)
#define INTERVAL_MIN (10 * MS)
#define INTERVAL_MAX (24 * HOUR)
#define DURATION_MAX (10 * 365 * 24 * HOUR)

const char *const color_words[] = { "auto", "always", "never", NULL };
const char *const generate_words[] = { "man", "bash", "zsh", "fish", "schema", NULL };

static int set_interval(struct options *o, const char *arg)
{
	o->interval_given = true;
	return value_duration("--interval", arg, INTERVAL_MIN, INTERVAL_MAX, &o->interval_ns);
}

static int set_iterations(struct options *o, const char *arg)
{
	return value_count("--iterations", arg, 1, INT64_MAX, &o->iterations);
}

static int set_duration(struct options *o, const char *arg)
{
	return value_duration("--duration", arg, INTERVAL_MIN, DURATION_MAX, &o->duration_ns);
}

static int set_ids(const char *what, const char *arg, const uint32_t **ids, size_t *n,
		   int (*lookup)(uint32_t))
{
	uint32_t *list = (uint32_t *)*ids;
	int err = value_ids(what, arg, &list, n);
	size_t i;

	*ids = list;
	for (i = 0; !err && i < *n; i++)
		err = lookup(list[i]);
	return err;
}

static int set_pid(struct options *o, const char *arg)
{
	return set_ids("--pid", arg, &o->filter.pids, &o->filter.npids, lookup_process);
}

static int set_tid(struct options *o, const char *arg)
{
	return set_ids("--tid", arg, &o->filter.tids, &o->filter.ntids, lookup_thread);
}

static int set_cgroup(struct options *o, const char *arg)
{
	struct cgroup_ref cg;
	int err = lookup_cgroup(arg, &cg);

	if (err)
		return err;
	free((char *)o->filter.cgroup_path);
	o->filter.cgroup_id = cg.id;
	o->filter.cgroup_level = cg.level;
	o->filter.cgroup_path = cg.path;
	return 0;
}

static int set_cpu(struct options *o, const char *arg)
{
	unsigned int bits = 8 * sizeof(o->filter.cpus);
	int err = value_cpus("--cpu", arg, o->filter.cpus, bits);

	o->filter.have_cpus = true;
	return err ? err : lookup_cpus(o->filter.cpus, bits);
}

static int set_errors(struct options *o, const char *arg)
{
	(void)arg;
	o->filter.errors_only = true;
	return 0;
}

static int set_sort(struct options *o, const char *arg)
{
	o->sort = arg;
	return 0;
}

static int set_reverse(struct options *o, const char *arg)
{
	(void)arg;
	o->reverse = true;
	return 0;
}

static int set_top(struct options *o, const char *arg)
{
	uint64_t n;
	int err = value_count("--top", arg, 0, 1000000, &n);

	if (!err)
		o->top = (int)n;
	return err;
}

static int set_by(struct options *o, const char *arg)
{
	o->by = arg;
	return 0;
}

static int set_find(struct options *o, const char *arg)
{
	o->find = arg;
	return 0;
}

static int set_batch(struct options *o, const char *arg)
{
	(void)arg;
	o->batch = true;
	return 0;
}

static int set_json(struct options *o, const char *arg)
{
	(void)arg;
	o->json = true;
	return 0;
}

/* Index of @arg in @words, or -EINVAL. */
static int one_of(const char *what, const char *arg, const char *const *words)
{
	char hint[80];
	struct suggest s;
	int i;

	suggest_init(&s, arg);
	for (i = 0; words[i]; i++) {
		if (!strcmp(words[i], arg))
			return i;
		suggest_add(&s, words[i]);
	}
	return err_set(-EINVAL, "%s: unknown value '%s'%s (%s)", what, arg,
		       suggest_hint(&s, hint, sizeof(hint)), s.list);
}

static int set_color(struct options *o, const char *arg)
{
	int i = one_of("--color", arg, color_words);

	if (i < 0)
		return i;
	o->color = (enum color)i;
	return 0;
}

static int set_compare(struct options *o, const char *arg)
{
	return value_duration("--compare", arg, INTERVAL_MIN, INTERVAL_MAX, &o->compare_ns);
}

static int set_rounds(struct options *o, const char *arg)
{
	uint64_t n;
	int err = value_count("--rounds", arg, 1, COMPARE_ROUNDS_MAX, &n);

	if (!err)
		o->rounds = (int)n;
	return err;
}

static int set_verbose(struct options *o, const char *arg)
{
	(void)arg;
	o->verbose = true;
	return 0;
}

static int set_schema(struct options *o, const char *arg)
{
	(void)arg;
	o->ask = ASK_JSON_SCHEMA;
	return 0;
}

static int set_generate(struct options *o, const char *arg)
{
	int i = one_of("--generate", arg, generate_words);

	if (i < 0)
		return i;
	o->ask = ASK_GENERATE;
	o->generate = generate_words[i];
	return 0;
}

static int set_help(struct options *o, const char *arg)
{
	(void)arg;
	o->ask = ASK_HELP;
	return 0;
}

static int set_version(struct options *o, const char *arg)
{
	(void)arg;
	o->ask = ASK_VERSION;
	return 0;
}

static int set_rate(struct options *o, const char *arg)
{
	o->irq.rate_given = true;
	return value_u32("--rate", arg, 0, OSTRACE_IRQ_MAX_RATE, &o->irq.rate);
}

static int set_burst(struct options *o, const char *arg)
{
	o->irq.burst_given = true;
	return value_u32("--burst", arg, 1, OSTRACE_IRQ_MAX_BURST, &o->irq.burst);
}

static int set_fire(struct options *o, const char *arg)
{
	return value_u32("--fire", arg, 1, OSTRACE_IRQ_MAX_FIRE, &o->irq.fire);
}

static int set_storm(struct options *o, const char *arg)
{
	uint64_t ns;
	int err = value_duration("--storm", arg, MS, OSTRACE_IRQ_MAX_STORM_MS * MS, &ns);

	if (!err)
		o->irq.storm_ms = (uint32_t)(ns / MS);
	return err;
}

static int set_irq_cpu(struct options *o, const char *arg)
{
	uint32_t cpu;
	int err;

	o->irq.cpu_given = true;
	o->irq.cpu = -1;
	if (!strcmp(arg, "any"))
		return 0;
	err = value_u32("--irq-cpu", arg, 0, INT32_MAX, &cpu);
	if (!err)
		o->irq.cpu = (int32_t)cpu;
	return err;
}

static int set_mechanisms(struct options *o, const char *arg)
{
	o->irq.mechanisms = arg;
	return 0;
}

static int set_work(struct options *o, const char *arg)
{
	o->irq.work = arg;
	return 0;
}

static int set_sleep(struct options *o, const char *arg)
{
	o->irq.sleep = arg;
	return 0;
}

static int set_stacks(struct options *o, const char *arg)
{
	(void)arg;
	o->by = "stacks";
	return 0;
}

#define TRACE (OPT_TOP | OPT_VIEW)
#define ALL OPT_FOR

const struct option_def option_defs[] = {
	{ 'i', "interval", "TIME",
	  "time between reports, 1 s unless given; units ns, us, ms, s, m, h", TRACE, COMPLETE_NONE,
	  set_interval },
	{ 'n', "iterations", "COUNT", "stop after this many reports", TRACE, COMPLETE_NONE,
	  set_iterations },
	{ 'd', "duration", "TIME", "stop after this time", TRACE | OPT_EXPLAIN, COMPLETE_NONE,
	  set_duration },
	{ 'p', "pid", "PID[,...]", "only these processes, all their threads included",
	  TRACE | OPT_EXPLAIN, COMPLETE_PID, set_pid },
	{ 't', "tid", "TID[,...]", "only these threads", TRACE, COMPLETE_PID, set_tid },
	{ 'c', "cgroup", "PATH", "only this cgroup (v2) and those below it", TRACE | OPT_EXPLAIN,
	  COMPLETE_CGROUP, set_cgroup },
	{ 'C', "cpu", "LIST", "only these CPUs, e.g. 0-3,5", TRACE, COMPLETE_NONE, set_cpu },
	{ 'e', "errors", NULL, "only calls that fail", TRACE, COMPLETE_NONE, set_errors },
	{ 's', "sort", "KEY", "order rows by this column", TRACE, COMPLETE_SORT, set_sort },
	{ 'r', "reverse", NULL, "reverse the order", TRACE, COMPLETE_NONE, set_reverse },
	{ 'N', "top", "COUNT", "show this many rows, 0 for all; 20 unless given (all in JSON)",
	  TRACE, COMPLETE_NONE, set_top },
	{ 0, "by", "TABLE", "show this table of the view", TRACE, COMPLETE_TABLE, set_by },
	{ 'f', "filter", "TEXT", "show only rows with a name that contains this", TRACE,
	  COMPLETE_NONE, set_find },
	{ 'b', "batch", NULL, "plain text instead of a screen", OPT_TOP, COMPLETE_NONE, set_batch },
	{ 0, "rate", "COUNT", "let the driver fire so many events a second, up to 20k", OPT_IRQ,
	  COMPLETE_NONE, set_rate },
	{ 0, "burst", "COUNT", "interrupts an event, up to 64", OPT_IRQ, COMPLETE_NONE, set_burst },
	{ 0, "fire", "COUNT",
	  "fire so many interrupts once; those not yet fired at the end still will be", OPT_IRQ,
	  COMPLETE_NONE, set_fire },
	{ 0, "storm", "TIME",
	  "for so long, up to 10 s, each softirq raises the interrupt once more when it ends",
	  OPT_IRQ, COMPLETE_NONE, set_storm },
	{ 0, "mechanisms", "LIST", "serve these: names, all, none, or +NAME and -NAME to change",
	  OPT_IRQ, COMPLETE_NONE, set_mechanisms },
	{ 0, "work", "TIME", "busy loop per interrupt, for all or for some: tasklet=50us,wq=1ms",
	  OPT_IRQ, COMPLETE_NONE, set_work },
	{ 0, "sleep", "TIME", "sleep per interrupt, for all that may or for some: wq=1ms", OPT_IRQ,
	  COMPLETE_NONE, set_sleep },
	{ 0, "irq-cpu", "CPU", "fire and take the interrupts there, or on any", OPT_IRQ,
	  COMPLETE_NONE, set_irq_cpu },
	{ 0, "compare", "TIME",
	  "run the program under both schedulers in turn, at most this long a run", OPT_COMPARE,
	  COMPLETE_NONE, set_compare },
	{ 0, "rounds", "COUNT", "with --compare: how often, 6 unless given", OPT_COMPARE,
	  COMPLETE_NONE, set_rounds },
	{ 0, "stacks", NULL, "show user stacks, the same as --by stacks", OPT_FAULTS, COMPLETE_NONE,
	  set_stacks },
	{ 0, "json", NULL, "one JSON object a line for each report", ALL, COMPLETE_NONE, set_json },
	{ 0, "color", "WHEN", "auto, always or never; NO_COLOR in the environment turns auto off",
	  ALL, COMPLETE_COLOR, set_color },
	{ 'v', "verbose", NULL, "say more when something fails, the verifier's log included", ALL,
	  COMPLETE_NONE, set_verbose },
	{ 0, "json-schema", NULL, "print the JSON Schema of all JSON output", ALL | OPT_RARE,
	  COMPLETE_NONE, set_schema },
	{ 0, "generate", "KIND",
	  "print the man page, a completion or the schema: man, bash, zsh, fish, schema",
	  ALL | OPT_RARE, COMPLETE_GENERATE, set_generate },
	{ 'h', "help", NULL, "print this help; after a command, about that command", ALL,
	  COMPLETE_NONE, set_help },
	{ 0, "version", NULL, "print the version", ALL, COMPLETE_NONE, set_version },
	{ .name = NULL },
};
