// SPDX-License-Identifier: GPL-2.0
/* The softirqs view: its columns. */
#include "view_softirqs.h"

/* A table reads as a table. */
/* clang-format off */
#define TIMES(at, counted, timed, waited) \
	[(at) + C_COUNT] = { "count", "Count", UNIT_COUNT, 7, 0, counted }, \
	[(at) + C_TOTAL] = { "total_ns", "Total", UNIT_NS, 7, 0, timed }, \
	[(at) + C_AVG] = { "avg_ns", "Avg", UNIT_NS, 7, 0, "mean run time" }, \
	[(at) + C_P50] = { "p50_ns", "P50", UNIT_NS, 7, COL_OPTIONAL, \
		"median run time, within 12.5 %" }, \
	[(at) + C_P99] = { "p99_ns", "P99", UNIT_NS, 7, 0, \
		"99 % of runs were shorter, within 12.5 %" }, \
	[(at) + C_MAX] = { "max_ns", "Max", UNIT_NS, 7, 0, "longest run, exact" }, \
	[(at) + C_WAIT_AVG] = { "latency_avg_ns", "LatAvg", UNIT_NS, 7, COL_OPTIONAL, \
		"mean time from " waited }, \
	[(at) + C_WAIT_P50] = { "latency_p50_ns", "LatP50", UNIT_NS, 7, COL_OPTIONAL, \
		"median of that, within 12.5 %" }, \
	[(at) + C_WAIT_P99] = { "latency_p99_ns", "LatP99", UNIT_NS, 7, 0, \
		"99 % waited less, within 12.5 %" }, \
	[(at) + C_WAIT_MAX] = { "latency_max_ns", "LatMax", UNIT_NS, 7, 0, \
		"longest wait, exact" }

#define NUMBERS(at) \
	TIMES(at, "runs of the handler", \
		"time in the handler, less hard interrupts that arrived inside", \
		"the oldest raise to the entry"), \
	[(at) + C_THREAD] = { "ksoftirqd_percent", "kthr%", UNIT_PERCENT, 5, 0, \
		"share of the run time spent in ksoftirqd; the rest ran inline, on interrupt " \
		"exit or local_bh_enable" }, \
	[(at) + C_RAISED] = { "raised", "Raised", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"raises, those of a vector already pending included" }, \
	[(at) + C_THREAD_COUNT] = { "ksoftirqd_count", "kthr", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"runs in ksoftirqd" }, \
	[(at) + C_HARD] = { "interrupted_ns", "Hardirq", UNIT_NS, 7, COL_JSON_ONLY, \
		"hard interrupts that arrived while it ran, taken off its time" }

#define VECTOR_COL { "vector", "Vector", UNIT_TEXT, 10, COL_KEY | COL_ASCENDING, \
	"softirq vector, as in /proc/softirqs" }
#define CPU_COL { "cpu", "CPU", UNIT_ID, 4, COL_KEY | COL_ASCENDING, "CPU it ran on" }

static const struct column softirq_cols[] = { VECTOR_COL, CPU_COL, NUMBERS(2) };
static const struct column vector_cols[] = { VECTOR_COL, NUMBERS(1) };
static const struct column cpu_cols[] = { CPU_COL, NUMBERS(1) };

static const struct column line_cols[] = {
	[L_IRQ] = { "irq", "IRQ", UNIT_TEXT, 5, COL_KEY | COL_ASCENDING,
		"number of the line, or the name of the vector, as in /proc/interrupts; there CAL "
		"is CAL and CAL1 together" },
	[L_NAME] = { "name", "Name", UNIT_TEXT, 20, COL_KEY | COL_ASCENDING,
		"what the driver called it, or what the vector is for" },
	[L_HANDLER] = { "handler", "Handler", UNIT_TEXT, 20, COL_KEY | COL_OPTIONAL | COL_ASCENDING,
		"the function, with its module" },
	[L_KIND] = { "kind", "Kind", UNIT_TEXT, 6, COL_KEY | COL_ASCENDING,
		"hard: in hard interrupt; thread: a threaded handler, in its own task" },
	TIMES(L_TIMES, "calls of this handler that had something to do",
		"time in the handler, less what it interrupted or was interrupted by; a threaded "
		"one with sleep and preemption", "the oldest wake-up to the threaded handler"),
	[L_NONE] = { "none", "None", UNIT_COUNT, 6, COL_OPTIONAL,
		"calls that found nothing to do (IRQ_NONE, on a shared line), not in count" },
	[L_WOKE] = { "woke", "Woke", UNIT_COUNT, 6, COL_OPTIONAL,
		"calls that woke the threaded handler" },
};

static const struct column function_cols[] = {
	[F_NAME] = { "function", "Function", UNIT_TEXT, 30, COL_KEY | COL_ASCENDING,
		"the function, with its module" },
	[F_KIND] = { "kind", "Kind", UNIT_TEXT, 8, COL_KEY | COL_ASCENDING,
		"tasklet, bh work, or work: an item of an ordinary workqueue, in a task" },
	[F_WQ] = { "workqueue", "Workqueue", UNIT_TEXT, 14, COL_KEY | COL_OPTIONAL | COL_ASCENDING,
		"the workqueue that it was first seen to be put on" },
	TIMES(F_TIMES, "runs of the function that ended",
		"time in it, less interrupts that arrived inside; for work, from start to end, "
		"sleep and preemption included", "queueing to the start"),
	[F_UNTIMED] = { "untimed", "Untimed", UNIT_COUNT, 7, COL_JSON_ONLY,
		"runs that were not seen to begin; part of the count, not of times" },
};

#define SUMS(at) \
	[(at) + Z_TOTAL] = { "stolen_ns", "Stolen", UNIT_NS, 7, 0, \
		"time that hard interrupts and softirqs took while it had the CPU" }, \
	[(at) + Z_PERCENT] = { "stolen_percent", "%CPU", UNIT_PERCENT, 6, 0, \
		"the same, of one CPU over the whole interval" }, \
	[(at) + Z_COUNT] = { "count", "Count", UNIT_COUNT, 7, 0, \
		"hard interrupts and softirqs, ksoftirqd's excluded" }, \
	[(at) + Z_HARD] = { "hard_ns", "Hard", UNIT_NS, 7, 0, "of that, hard interrupts" }, \
	[(at) + Z_SOFT] = { "soft_ns", "Soft", UNIT_NS, 7, 0, "of that, softirqs" }, \
	[(at) + Z_EXIT] = { "irq_exit_ns", "IrqExit", UNIT_NS, 7, COL_OPTIONAL, \
		"softirqs on the exit of an interrupt" }, \
	[(at) + Z_BH_ENABLE] = { "bh_enable_ns", "BhEnabl", UNIT_NS, 7, COL_OPTIONAL, \
		"softirqs when it enabled bottom halves again: often its own doing, as when it " \
		"sends packets" }, \
	[(at) + Z_MAX] = { "max_ns", "Max", UNIT_NS, 7, 0, \
		"the longest single one; several may come in a row" }, \
	[(at) + Z_KSOFTIRQD] = { "ksoftirqd_ns", "Ksoftir", UNIT_NS, 7, COL_OPTIONAL, \
		"softirqs that ksoftirqd ran as its own work, not stolen" }, \
	[(at) + Z_HARD_COUNT] = { "hard_count", "Hards", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"hard interrupts" }, \
	[(at) + Z_SOFT_COUNT] = { "soft_count", "Softs", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"softirqs" }, \
	[(at) + Z_KSOFTIRQD_COUNT] = { "ksoftirqd_count", "Ksofts", UNIT_COUNT, 7, \
		COL_JSON_ONLY, "softirqs in ksoftirqd" }

static const struct column process_cols[] = {
	[P_PID] = { "pid", "PID", UNIT_ID, 7, COL_KEY | COL_ASCENDING,
		"process id in the initial namespace; 0: no process, the CPU was idle" },
	[P_COMM] = { "comm", "Process", UNIT_TEXT, 15, COL_KEY | COL_ASCENDING,
		"name of the process that was interrupted" },
	SUMS(P_SUMS),
	[P_CGROUP] = { "cgroup", "Cgroup", UNIT_TEXT, 20, COL_KEY | COL_OPTIONAL | COL_ASCENDING,
		"cgroup v2 path" },
};

static const struct column cgroup_cols[] = {
	{ "cgroup", "Cgroup", UNIT_TEXT, 30, COL_KEY | COL_ASCENDING,
		"cgroup v2 path; its own processes only, not those of its children" },
	SUMS(1),
};

static const struct column source_cols[] = {
	[Q_SOURCE] = { "source", "Source", UNIT_TEXT, 26, COL_KEY | COL_ASCENDING,
		"softirq vector, or line or vector of a hard interrupt" },
	[Q_HOW] = { "how", "How", UNIT_TEXT, 9, COL_KEY | COL_ASCENDING,
		"hard, or how the softirq came to run: irq exit, bh enable (inline: one of the "
		"two), ksoftirqd" },
	[Q_COUNT] = { "count", "Count", UNIT_COUNT, 7, 0, "how often" },
	[Q_TOTAL] = { "total_ns", "Total", UNIT_NS, 7, 0,
		"time in it, less what arrived inside" },
	[Q_AVG] = { "avg_ns", "Avg", UNIT_NS, 7, 0, "mean of that" },
	[Q_MAX] = { "max_ns", "Max", UNIT_NS, 7, 0, "longest of that" },
};

#define COLS(c) .cols = (c), .ncols = (int)(sizeof(c) / sizeof((c)[0]))

const struct table_def softirqs_tables[SOFTIRQS_TABLES] = {
	[T_SOFTIRQS] = { "softirqs", "by vector and CPU", "one row per vector and CPU",
		COLS(softirq_cols), .sort = 2 + C_TOTAL, .child = -1, .hist = true,
		.top_level = true },
	[T_VECTORS] = { "vectors", "by vector", "one row per vector, all CPUs together",
		COLS(vector_cols), .sort = 1 + C_TOTAL, .child = T_SOFTIRQS, .hist = true,
		.top_level = true, .headline = { 1 + C_TOTAL, 1 + C_P99, 1 + C_WAIT_P99 } },
	[T_CPUS] = { "cpus", "by CPU", "one row per CPU, all vectors together",
		COLS(cpu_cols), .sort = 1 + C_TOTAL, .child = T_SOFTIRQS, .hist = true,
		.top_level = true },
	[T_LINES] = { "lines", "by interrupt line",
		"one row per handler of a hard interrupt, timers and IPIs included",
		COLS(line_cols), .sort = L_TIMES + C_TOTAL, .child = -1, .hist = true,
		.top_level = true },
	[T_FUNCTIONS] = { "functions", "by function",
		"one row per function that runs as tasklet or work item",
		COLS(function_cols), .sort = F_TIMES + C_TOTAL, .child = -1, .hist = true,
		.top_level = true },
	[T_PROCESSES] = { "processes", "stolen from processes",
		"one row per process that interrupts took time from",
		COLS(process_cols), .sort = P_SUMS + Z_TOTAL, .child = T_SOURCES,
		.top_level = true, .subject = SUBJECT_PROCESS,
		.headline = { P_SUMS + Z_TOTAL, P_SUMS + Z_MAX, P_SUMS + Z_HARD } },
	[T_CGROUPS] = { "cgroups", "stolen from cgroups",
		"one row per cgroup v2 that interrupts took time from",
		COLS(cgroup_cols), .sort = 1 + Z_TOTAL, .child = T_SOURCES,
		.top_level = true, .subject = SUBJECT_CGROUP,
		.headline = { 1 + Z_TOTAL, 1 + Z_MAX, 1 + Z_HARD } },
	[T_SOURCES] = { "sources", "what interrupted",
		"one row per interrupt or softirq vector, and how it came to run",
		COLS(source_cols), .sort = Q_TOTAL, .child = -1, .top_level = true },
};
/* clang-format on */

void softirqs_fill_times(struct row *r, int at, const struct hist *run, const struct hist *wait)
{
	union value *v = r->v + at;

	v[C_COUNT].u = run->count;
	v[C_TOTAL].u = run->sum;
	v[C_AVG].u = run->count ? run->sum / run->count : 0;
	v[C_P50].u = hist_percentile(run, 500, NULL);
	v[C_P99].u = hist_percentile(run, 990, NULL);
	v[C_MAX].u = run->max;
	v[C_WAIT_AVG].u = wait->count ? wait->sum / wait->count : 0;
	v[C_WAIT_P50].u = hist_percentile(wait, 500, NULL);
	v[C_WAIT_P99].u = hist_percentile(wait, 990, NULL);
	v[C_WAIT_MAX].u = wait->max;
	if (!run->count)
		r->na |= 1ull << (at + C_AVG) | 1ull << (at + C_P50) | 1ull << (at + C_P99) |
			 1ull << (at + C_MAX);
	if (!wait->count)
		r->na |= 1ull << (at + C_WAIT_AVG) | 1ull << (at + C_WAIT_P50) |
			 1ull << (at + C_WAIT_P99) | 1ull << (at + C_WAIT_MAX);
}
