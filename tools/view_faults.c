// SPDX-License-Identifier: GPL-2.0
/* The faults view: loads bpf/fault.bpf.c, keeps its price and its losses. */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "cgroups.h"
#include "clock.h"
#include "err.h"
#include "options.h"
#include "session.h"
#include "textfile.h"
#include "view_faults.h"
#include "view_threads.h"
#include "fault.skel.h" /* after the types it has from ostrace/fault.h */

static void note(struct view_state *st, const char *text)
{
	if (st->nnotes < (int)(sizeof(st->notes) / sizeof(st->notes[0])) - 1)
		st->notes[st->nnotes++] = text;
}

/* ---- loading ---- */

/* Give each table its size on this machine. */
static int set_sizes(struct fault_bpf *skel)
{
	size_t ncpus = skel->rodata->settings.cpu.nr_cpus;
	size_t nthreads = skel->rodata->settings.thread_mask + 1;
	const struct map_size sizes[] = {
		{ skel->maps.bss_cpus, sizeof(struct fault_cpu), ncpus },
		{ skel->maps.bss_cells, sizeof(struct fault_cell), FAULT_CELLS * ncpus },
		{ skel->maps.bss_focus, sizeof(struct fault_cell), FAULT_CELLS * ncpus },
		{ skel->maps.bss_threads, sizeof(struct fault_thread), nthreads },
		{ skel->maps.bss_rows, sizeof(struct fault_row),
		  skel->rodata->settings.row_mask + 1 },
		{ skel->maps.bss_ring, sizeof(uint32_t), nthreads },
	};

	return session_sizes("faults", sizes, sizeof(sizes) / sizeof(sizes[0]));
}

/* Is memory swapped here? The list has a heading. */
static bool has_swap(void)
{
	char text[1024], *line;

	textfile_read("/proc/swaps", text, sizeof(text));
	line = strchr(text, '\n');
	return line && line[1];
}

static bool has_thp(void)
{
	char text[64];

	textfile_read("/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof(text));
	return text[0] && !strstr(text, "[never]");
}

/* Where a fault begins, and what tells its kind: by functions of the kernel. */
static void choose_functions(struct view_state *st)
{
	struct fault_bpf *skel = st->skel;
	const struct {
		const char *name;
		struct bpf_program *prog;
		const char *without;
	} hooks[] = {
		{ "handle_mm_fault", skel->progs.ostrace_handle, NULL },
		{ "do_wp_page", skel->progs.ostrace_wp,
		  "do_wp_page() cannot be hooked: copies at the first write look like other faults" },
		{ "do_swap_page", skel->progs.ostrace_swap,
		  "do_swap_page() cannot be hooked: minor faults on swapped pages look like new pages" },
		{ "do_huge_pmd_anonymous_page", skel->progs.ostrace_thp,
		  "huge pages are not told from small ones" },
		{ "do_huge_pmd_wp_page", skel->progs.ostrace_thp_wp, NULL },
		{ "task_numa_fault", skel->progs.ostrace_numa, NULL },
		{ "handle_userfault", skel->progs.ostrace_uffd, NULL },
		{ "pagefault_out_of_memory", skel->progs.ostrace_oom,
		  "faults that find no memory are not shown as errors" },
	};
	enum { N = sizeof(hooks) / sizeof(hooks[0]) };
	const char *names[N];
	uint32_t can;
	int i;

	for (i = 0; i < N; i++)
		names[i] = hooks[i].name;
	can = session_hookable(st->session, names, N);
	for (i = 0; i < N; i++) {
		bpf_program__set_autoload(hooks[i].prog, can >> i & 1);
		if (can && !(can >> i & 1) && hooks[i].without)
			note(st, hooks[i].without);
	}
	skel->rodata->at_entry = can & 1;
}

/*
 * The same by tracepoints. They tell less, and more of them come by in each
 * fault: so only those that this machine can have a use for.
 */
static void choose_tracepoints(struct view_state *st)
{
	struct fault_bpf *skel = st->skel;
	bool by_functions = skel->rodata->at_entry, memcg;

	memcg = session_has_tracepoint(st->session, "count_memcg_events");
	bpf_program__set_autoload(skel->progs.ostrace_user, !by_functions);
	bpf_program__set_autoload(skel->progs.ostrace_kernel, !by_functions);
	bpf_program__set_autoload(skel->progs.ostrace_rss, !by_functions && has_swap());
	bpf_program__set_autoload(skel->progs.ostrace_memcg, !by_functions && memcg && has_thp());
	if (by_functions)
		return;
	note(st, "functions cannot be hooked on this kernel: a page copied at the first write is "
		 "not told from one reused; NUMA hints, userfaultfd waits and faults without "
		 "memory are not told from others");
	if (has_thp() && !memcg)
		note(st, "huge pages are not told from small ones: this kernel has no tracepoint "
			 "count_memcg_events");
}

static int choose_programs(struct view_state *st, const struct filter *f)
{
	struct fault_bpf *skel = st->skel;
	const struct thread_progs progs = { skel->progs.ostrace_fork, skel->progs.ostrace_fork_2,
					    skel->progs.ostrace_cgroup_attach };

	choose_functions(st);
	if (!skel->rodata->at_entry && !session_has_tracepoint(st->session, "page_fault_user"))
		return err_set(-EOPNOTSUPP, "faults: handle_mm_fault() cannot be hooked here, and "
					    "this kernel has no tracepoint page_fault_user");
	choose_tracepoints(st);
	bpf_program__set_autoattach(skel->progs.ostrace_rss_walk, false);
	threads_choose(st->session, &progs, f);
	return 0;
}

/* ---- the end of faults: a software event on each CPU ---- */

static struct bpf_link *open_end(struct bpf_program *prog, int cpu, uint64_t config)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = config,
		.sample_period = 1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	struct bpf_link *link;
	int err;

	if (fd < 0)
		return NULL;
	link = bpf_program__attach_perf_event(prog, fd);
	err = errno;
	if (!link)
		close(fd);
	errno = err;
	return link;
}

/*
 * A CPU that goes offline takes its events with it: when the list of CPUs is not
 * what it was, those of all CPUs are opened anew where that is possible.
 */
static int open_ends(struct view_state *st)
{
	struct bpf_program *progs[] = { st->skel->progs.ostrace_minor,
					st->skel->progs.ostrace_major };
	const uint64_t configs[] = { PERF_COUNT_SW_PAGE_FAULTS_MIN, PERF_COUNT_SW_PAGE_FAULTS_MAJ };
	int ncpus = st->d.m.ncpus, i, opened = 0, err = 0;

	for (i = 0; i < 2 * ncpus; i++) {
		bpf_link__destroy(st->ends[i]);
		st->ends[i] = open_end(progs[i & 1], i / 2, configs[i & 1]);
		if (st->ends[i])
			opened++;
		else if (errno != ENODEV) /* not online */
			err = -errno;
	}
	if (err || !opened)
		return err_set(err ? err : -ENODEV,
			       "faults: cannot open the page fault events of the CPUs: %s",
			       strerror(err ? -err : ENODEV));
	return 0;
}

static void follow_cpus(struct view_state *st)
{
	char now[sizeof(st->online)];

	textfile_read("/sys/devices/system/cpu/online", now, sizeof(now));
	if (!strcmp(now, st->online))
		return;
	memcpy(st->online, now, sizeof(now));
	if (open_ends(st))
		err_clear();
}

/* ---- price ---- */

#define CALIBRATE_PAGES 256

/* The fastest of some rounds: interrupts and neighbours only ever add. */
static double fault_ns(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), len = page * CALIBRATE_PAGES, i;
	volatile char *p =
		mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	double best = 1e9;
	int round;

	if (p == MAP_FAILED)
		return -1;
	madvise((void *)p, len, MADV_NOHUGEPAGE);
	for (round = 0; round < 16; round++) {
		uint64_t start, span;

		madvise((void *)p, len, MADV_DONTNEED);
		start = clock_ns(CLOCK_MONOTONIC);
		for (i = 0; i < len; i += page)
			p[i] = 1;
		span = clock_ns(CLOCK_MONOTONIC) - start;
		if ((double)span / CALIBRATE_PAGES < best)
			best = (double)span / CALIBRATE_PAGES;
	}
	munmap((void *)p, len);
	return best;
}

/* Our price: what a fault of our own costs more now that it is traced. */
static void calibrate(struct view_state *st)
{
	struct fault_control *c = st->d.m.control;
	double ns;

	c->calibrating = 1;
	__atomic_fetch_add(&c->gen, 1, __ATOMIC_SEQ_CST);
	ns = fault_ns() - st->untraced_ns;
	if (st->untraced_ns >= 0)
		st->ns_per_event[!!c->stacks] = ns > 0 ? ns : 0;
	c->calibrating = 0;
	__atomic_fetch_add(&c->gen, 1, __ATOMIC_SEQ_CST);
}

/* ---- the view ---- */

static uint64_t skipped(const struct view_state *st)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < st->d.m.ncpus; i++)
		n += *(volatile uint64_t *)&st->d.m.cpus[i].skipped;
	return n;
}

static uint64_t lost(const struct view_state *st, int which)
{
	const volatile struct fault_cpu *c = st->d.m.cpus;
	struct prog_stats ps;
	uint64_t n = 0;
	int i;

	if (which == 0) {
		session_prog_stats(st->skel->obj, &ps);
		return ps.missed + st->tlb_missed + (st->tlb ? faults_tlb_missed(st->tlb) : 0);
	}
	for (i = 0; i < st->d.m.ncpus; i++)
		n += which == 1 ? c[i].no_thread :
		     which == 2 ? c[i].no_row :
		     which == 3 ? c[i].no_mapping :
		     which == 4 ? c[i].no_path :
				  c[i].no_stack;
	return n;
}

static void faults_close(struct view_state *st)
{
	int i;

	if (!st)
		return;
	for (i = 0; st->ends && i < 2 * st->d.m.ncpus; i++)
		bpf_link__destroy(st->ends[i]);
	free(st->ends);
	faults_stacks_close(st->stacks);
	faults_tlb_close(st->tlb);
	faults_rss_close(st->rss);
	if (st->ready)
		faultdata_close(&st->d);
	fault_bpf__destroy(st->skel);
	cgroups_close(st->cgroups);
	free(st);
}

static void find_maps(struct fault_bpf *skel, struct fault_maps *m)
{
	const struct thread_settings *set = &skel->rodata->settings;

	*m = (struct fault_maps){
		.control = &skel->bss_control->control,
		.cpus = skel->bss_cpus->cpus,
		.cells = skel->bss_cells->cells,
		.focus_cells = skel->bss_focus->focus_cells,
		.threads = skel->bss_threads->threads,
		.rows = skel->bss_rows->rows,
		.mappings = skel->bss_mappings->mappings,
		.paths = &skel->bss_paths->paths,
		.free_ring = skel->bss_ring->free_ring,
		.free_head = &skel->bss->free_head,
		.ncpus = (int)set->cpu.nr_cpus,
		.nthreads = set->thread_mask + 1,
		.nrows = set->row_mask + 1,
	};
}

static int attach(struct view_state *st, const struct filter *f)
{
	struct fault_control *c = st->d.m.control;
	uint32_t i;
	int err;

	st->untraced_ns = fault_ns();
	for (i = 0; i < st->d.m.nthreads; i++)
		st->d.m.free_ring[i] = i;
	c->free_tail = st->d.m.nthreads;
	c->epoch = 1;
	c->gen = 1;
	c->attach_boot_ns = UINT64_MAX;
	err = threads_filters("faults", st->skel->maps.filter_tgids, st->skel->maps.filter_tids, f);
	if (err)
		return err;
	/* Ends first: what began before is then counted without a duration. */
	st->ends = calloc(2 * (size_t)st->d.m.ncpus, sizeof(*st->ends));
	if (!st->ends)
		return -ENOMEM;
	textfile_read("/sys/devices/system/cpu/online", st->online, sizeof(st->online));
	err = open_ends(st);
	if (!err)
		err = session_attach(st->session, st->skel->skeleton, "faults");
	if (err)
		return err;
	c->attach_boot_ns = clock_ns(CLOCK_BOOTTIME);
	return 0;
}

static int load(struct view_state *st, const struct filter *f)
{
	struct fault_maps maps;
	int err;

	threads_settings(&st->skel->rodata->settings, f, session_ncpus(st->session));
	st->skel->rodata->page_shift =
		(uint32_t)__builtin_ctzl((unsigned long)sysconf(_SC_PAGESIZE));
	err = choose_programs(st, f);
	if (!err)
		err = set_sizes(st->skel);
	if (!err)
		err = session_load(st->session, st->skel->skeleton, "faults");
	if (err)
		return err;
	find_maps(st->skel, &maps);
	st->ready = true;
	return faultdata_open(&st->d, &maps);
}

static int faults_open(struct session *s, const struct filter *f, struct view_state **out)
{
	struct view_state *st = calloc(1, sizeof(*st));
	int err, i;

	*out = NULL;
	if (!st)
		return -ENOMEM;
	st->session = s;
	st->filter = *f;
	st->ns_per_event[0] = st->ns_per_event[1] = -1;
	err = cgroups_open(&st->cgroups);
	if (err)
		goto fail;
	st->skel = fault_bpf__open();
	if (!st->skel) {
		err = err_set(-errno, "faults: cannot open its BPF object: %s", strerror(errno));
		goto fail;
	}
	err = load(st, f);
	if (!err)
		err = attach(st, f);
	if (!err)
		err = faults_show(st, f->table);
	if (err)
		goto fail;
	calibrate(st); /* with stacks, if they are kept from now on */
	err = faultdata_baseline(&st->d);
	if (!err && st->stacks)
		err = faults_stacks_tick(st->stacks, &st->d, st->d.m.control->epoch - 1);
	if (err)
		goto fail;
	st->sum_base = st->d.sum;
	st->skipped_base = skipped(st);
	for (i = 0; i < FAULTS_LOST; i++)
		st->lost_base[i] = lost(st, i);
	*out = st;
	return 0;
fail:
	faults_close(st);
	return err;
}

static void faults_harvest(struct view_state *st)
{
	faultdata_harvest(&st->d);
	follow_cpus(st);
}

static int show_stacks(struct view_state *st, bool on)
{
	if (st->stacks)
		faults_stacks_keep(st->stacks, on);
	else if (on)
		return faults_stacks_open(bpf_map__fd(st->skel->maps.stacks),
					  bpf_map__fd(st->skel->maps.stack_cache), st->d.m.control,
					  &st->stacks);
	return 0;
}

static int show_tlb(struct view_state *st, bool on)
{
	if (st->tlb && !on) {
		st->tlb_missed += faults_tlb_missed(st->tlb);
		faults_tlb_close(st->tlb);
		st->tlb = NULL;
	}
	if (st->tlb || !on)
		return 0;
	if (!session_has_tracepoint(st->session, "tlb_flush"))
		return err_set(-EOPNOTSUPP, "faults: this kernel has no tracepoint tlb_flush: "
					    "its TLB flushes cannot be seen");
	return faults_tlb_open(st->session, &st->filter, &st->tlb);
}

static int show_rss(struct view_state *st, bool on)
{
	if (!on) {
		faults_rss_close(st->rss);
		st->rss = NULL;
	}
	return st->rss || !on ? 0 : faults_rss_open(st->skel->progs.ostrace_rss_walk, &st->rss);
}

int faults_show(struct view_state *st, int table)
{
	int err = show_stacks(st, table == T_FUNCTIONS || table == T_STACKS);

	if (!err)
		err = show_tlb(st, table == T_TLB);
	return err ? err : show_rss(st, table == T_RSS);
}

static int faults_tick(struct view_state *st, uint64_t now)
{
	uint32_t epoch = st->d.m.control->epoch;
	int err = faultdata_tick(&st->d), e;

	if (st->stacks) {
		e = faults_stacks_tick(st->stacks, &st->d, epoch);
		err = err ? err : e;
	}
	if (st->rss) {
		e = faults_rss_tick(st->rss);
		err = err ? err : e;
	}
	if (st->tlb)
		faults_tlb_tick(st->tlb);
	return err;
}

static int faults_losses(struct view_state *st, struct loss *l)
{
	static const struct loss kinds[] = {
		{ "missed", "faults without a duration or a kind: the kernel skipped our program",
		  0 },
		{ "threads_full", "faults counted, but not attributed: thread table full", 0 },
		{ "rows_full", "faults counted, but not by mapping: row table full", 0 },
		{ "map_full", "files not told apart, shown as [other]: mapping table full", 0 },
		{ "paths_full", "files without a path: the room for paths is full", 0 },
		{ "stacks_full", "faults without their stack: stack table full", 0 },
	};
	int i;

	for (i = 0; i < FAULTS_LOST; i++) {
		l[i] = kinds[i];
		l[i].n = lost(st, i) - st->lost_base[i];
	}
	return FAULTS_LOST;
}

static void faults_price(struct view_state *st, struct price *p)
{
	p->ns_per_event = st->ns_per_event[!!st->d.m.control->stacks];
	p->event = "fault";
	p->events = st->d.sum - st->sum_base + skipped(st) - st->skipped_base;
	p->bpf_ns_per_event = -1;
}

static const char *const *faults_notes(struct view_state *st)
{
	return st->notes;
}

static const struct view_need needs[] = {
	{ "fentry", false, "faults begin at tracepoints of x86, which tell fewer kinds apart" },
	{ "tp_btf:page_fault_user", false, "without fentry no faults can be seen" },
	{ "tp_btf:count_memcg_events", false,
	  "without fentry huge pages are not told from small ones" },
	{ "tp_btf:signal_generate", true, "faults that end in a signal could not be seen" },
	{ "tp_btf:sched_process_exit", true, "slots of dead threads could not be recycled" },
	{ "tp_btf:tlb_flush", false, "TLB flushes cannot be seen" },
	{ "tp_btf:cgroup_attach_task", false,
	  "a process that moves to another cgroup stays accounted to the first one" },
	{ "task_storage", true, "there is no place for the time when a fault began" },
	{ "cgroup2", false, "all processes appear in the root cgroup" },
	{ NULL, false, NULL },
};

const struct view view_faults = {
	.name = "faults",
	.title = "Page faults",
	.summary = "page faults: of which kind, how long, by process, cgroup and mapping",
	.help = "Every page fault of every thread, from its beginning to where the kernel counts it "
		"as done. A fault that has to be tried again, because it waited for a device or "
		"for a lock, is one fault. Minor ones find their page in memory or make it; major "
		"ones wait for it to be read. Errors end in a signal.\n\n"
		"The sum of minor and major faults is what the kernel counts for the same threads "
		"(/proc/PID/stat, getrusage): pages that it faults in itself, for direct I/O or a "
		"debugger, are shown as unseen, without a duration.\n\n"
		"`functions` and `stacks` name the code that faults, from symbol tables and separate "
		"debug files. User stacks are walked by frame pointers: the innermost function needs "
		"none. `tlb` has the flushes of the CPUs' translations by reason, and `rss` whose "
		"memory grew, of which kind, from one end of the interval to the other. Each costs "
		"something only while it is shown.\n\n"
		"Attaching slows every fault of the machine a little, those of filtered out "
		"processes included; the price shown is measured at the start on this machine.",
	.tables = faults_tables,
	.ntables = FAULTS_TABLES,
	.overview = T_PROCESSES,
	.on_demand = true,
	.needs = needs,
	.filters = FILTER_PID | FILTER_TID | FILTER_CGROUP | FILTER_CPU | FILTER_ERRORS |
		   FILTER_PROGRAM,
	.options = OPT_FAULTS,
	.open = faults_open,
	.close = faults_close,
	.harvest = faults_harvest,
	.tick = faults_tick,
	.fill = faults_fill,
	.focus = faults_focus,
	.hist = faults_hist,
	.hist_names = { "latency", NULL },
	.notes = faults_notes,
	.losses = faults_losses,
	.price = faults_price,
};
