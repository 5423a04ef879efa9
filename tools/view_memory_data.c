// SPDX-License-Identifier: GPL-2.0
/*
 * What the memory view knows: loads bpf/memcg.bpf.c, has it walk the cgroups when
 * an interval ends, and asks /proc about the machine as a whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "cells.h"
#include "err.h"
#include "lookup.h"
#include "session.h"
#include "view_memory.h"
#include "memcg.skel.h" /* after the types it has from ostrace/memcg.h */

#define ROWS_MIN 16384	 /* cgroups, at least, for which there is room */
#define ROWS_MAX 1048576 /* at most: 600 MB of rows and names */
#define PSI_READS 2048	 /* files of pressure read per interval, at most */
#define QUIET 2		 /* intervals after which a payer may be forgotten */

static void note(struct view_state *st, const char *text)
{
	if (st->nnotes < MEMORY_NOTES)
		st->notes[st->nnotes++] = text;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void memory_close(struct view_state *st)
{
	uint32_t i;

	if (!st)
		return;
	close_fd(&st->stats_fd);
	close_fd(&st->mount_fd);
	close_fd(&st->meminfo_fd);
	close_fd(&st->vmstat_fd);
	close_fd(&st->psi_fd);
	bpf_link__destroy(st->walk);
	memcg_bpf__destroy(st->skel);
	memtree_free(&st->tree);
	for (i = 0; i < MEMCG_PAYERS; i++) {
		free(st->payer[i].sum);
		free(st->payer[i].delta);
	}
	free(st);
}

/* Text of a file that is kept open, from its beginning; 0 or -errno. */
static int reread(int fd, char *buf, size_t size)
{
	ssize_t len = pread(fd, buf, size - 1, 0);

	buf[len > 0 ? len : 0] = '\0';
	return len < 0 ? -errno : 0;
}

/* Text of a file below the directory @dir. */
static int read_below(int dir, const char *path, char *buf, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0) {
		*buf = '\0';
		return -errno;
	}
	err = reread(fd, buf, size);
	close(fd);
	return err;
}

/* ---- what this host has ---- */

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	const char *p;

	for (p = text; (p = strstr(p, word)); p += len)
		if ((p == text || p[-1] == ' ') && (!p[len] || p[len] == ' ' || p[len] == '\n'))
			return true;
	return false;
}

static void find_host(struct view_state *st, const struct filter *f)
{
	char text[4096];
	struct stat root;

	st->meminfo_fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	st->vmstat_fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
	st->psi_fd = open("/proc/pressure/memory", O_RDONLY | O_CLOEXEC);
	st->psi_on = st->psi_fd >= 0 && !reread(st->psi_fd, text, sizeof(text));
	if (!st->psi_on)
		note(st, "pressure (PSI) is off: boot with psi=1, on a kernel with CONFIG_PSI");
	st->machine = !f->cgroup_id;
	if (lookup_cgroup_mount(st->mount, sizeof(st->mount))) {
		st->mount_fd = open(st->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		st->grouped = !read_below(st->mount_fd, "cgroup.controllers", text, sizeof(text)) &&
			      has_word(text, "memory");
		if (fstat(st->mount_fd, &root) || root.st_ino != MEM_ROOT_ID)
			st->machine = false; /* a cgroup namespace: our root is one of many */
	}
	if (f->cgroup_path && strcmp(f->cgroup_path, "/"))
		snprintf(st->top, sizeof(st->top), "%s", f->cgroup_path);
	if (st->grouped)
		return;
	st->machine = true;
	note(st, access("/sys/fs/cgroup/memory/memory.usage_in_bytes", F_OK) ?
			 "no cgroup v2 with the memory controller here: only the machine is shown" :
			 "the memory controller is with cgroup v1 here: only the machine is shown");
}

/* Rows for as many cgroups as there are now, and many more. */
static uint32_t count_rows(struct view_state *st)
{
	unsigned long n = 0, dying = 0;
	char text[512];
	const char *p;

	if (!st->grouped)
		return 1;
	if (!read_below(st->mount_fd, "cgroup.stat", text, sizeof(text))) {
		p = strstr(text, "nr_descendants ");
		if (p && sscanf(p, "nr_descendants %lu", &n) != 1)
			n = 0;
		p = strstr(text, "nr_dying_descendants ");
		if (p && sscanf(p, "nr_dying_descendants %lu", &dying) != 1)
			dying = 0;
	}
	n = 2 * n + dying;
	return (uint32_t)(n < ROWS_MIN ? ROWS_MIN : n > ROWS_MAX ? ROWS_MAX : n);
}

/* ---- loading ---- */

enum { F_HIGH, F_HIGH_OLD, F_STALL, F_LIMIT, F_FLUSH_OLD, F_GET, FUNCTIONS };
static const char *const functions[FUNCTIONS] = {
	[F_HIGH] = "__mem_cgroup_handle_over_high", [F_HIGH_OLD] = "mem_cgroup_handle_over_high",
	[F_STALL] = "psi_memstall_enter",	    [F_LIMIT] = "try_to_free_mem_cgroup_pages",
	[F_FLUSH_OLD] = "cgroup_rstat_flush",	    [F_GET] = "bpf_get_mem_cgroup",
};

/* Load what this kernel has something for. */
static int choose(struct view_state *st, const bool *have, bool hooks)
{
	struct memcg_bpf *skel = st->skel;
	bool direct = session_has_tracepoint(st->session, "mm_vmscan_direct_reclaim_begin");
	bool limit = session_has_tracepoint(st->session, "mm_vmscan_memcg_reclaim_begin");
	bool compact = session_has_tracepoint(st->session, "mm_compaction_try_to_compact_pages");
	const char *high = functions[have[F_HIGH] ? F_HIGH : F_HIGH_OLD];
	bool has_high = hooks && (have[F_HIGH] || have[F_HIGH_OLD]);
	bool has_stall = hooks && have[F_STALL];
	const struct {
		struct bpf_program *p;
		bool load, attach;
	} progs[] = {
		{ skel->progs.ostrace_memcg_walk, st->grouped, false },
		{ skel->progs.ostrace_memcg_rmdir, st->grouped, true },
		{ skel->progs.ostrace_direct_begin, direct, true },
		{ skel->progs.ostrace_direct_end, direct, true },
		{ skel->progs.ostrace_limit_begin, limit, true },
		{ skel->progs.ostrace_limit_end, limit, true },
		{ skel->progs.ostrace_compaction, compact && has_stall, true },
		{ skel->progs.ostrace_limit_of, hooks && have[F_LIMIT], false },
		{ skel->progs.ostrace_high_begin, has_high, false },
		{ skel->progs.ostrace_high_end, has_high, false },
		{ skel->progs.ostrace_stall_begin, has_stall, false },
		{ skel->progs.ostrace_stall_end, has_stall, false },
	};
	size_t i;
	int err = 0;

	for (i = 0; i < sizeof(progs) / sizeof(progs[0]); i++) {
		bpf_program__set_autoload(progs[i].p, progs[i].load);
		bpf_program__set_autoattach(progs[i].p, progs[i].attach);
	}
	if (has_high)
		err = bpf_program__set_attach_target(skel->progs.ostrace_high_begin, 0, high);
	if (has_high && !err)
		err = bpf_program__set_attach_target(skel->progs.ostrace_high_end, 0, high);
	return err;
}

/* Probes of functions: where they are refused, less is seen. Ends come first. */
static void hook_functions(struct view_state *st)
{
	struct memcg_bpf *skel = st->skel;
	const struct {
		struct bpf_program *p;
		struct bpf_link **link;
	} hooks[] = {
		{ skel->progs.ostrace_high_end, &skel->links.ostrace_high_end },
		{ skel->progs.ostrace_stall_end, &skel->links.ostrace_stall_end },
		{ skel->progs.ostrace_limit_of, &skel->links.ostrace_limit_of },
		{ skel->progs.ostrace_high_begin, &skel->links.ostrace_high_begin },
		{ skel->progs.ostrace_stall_begin, &skel->links.ostrace_stall_begin },
	};
	bool all = true;
	size_t i;

	for (i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		if (bpf_program__fd(hooks[i].p) >= 0)
			*hooks[i].link = bpf_program__attach(hooks[i].p);
		all &= *hooks[i].link != NULL;
	}
	if (!all)
		note(st, "this kernel lets us watch no function of it: of waits only reclaim is "
			 "seen, not sleeps for memory.high, compaction and refaults");
}

/* The iterator over the tree's root and all below it. */
static int attach_walk(struct view_state *st)
{
	union bpf_iter_link_info which = {};
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &which,
		    .link_info_len = sizeof(which));
	char path[PATH_MAX + 2];
	int fd;

	snprintf(path, sizeof(path), ".%s", st->top);
	fd = openat(st->mount_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_set(-errno, "memory: cannot open the cgroup %s: %s", st->top,
			       strerror(errno));
	which.cgroup.cgroup_fd = (uint32_t)fd;
	which.cgroup.order = BPF_CGROUP_ITER_DESCENDANTS_PRE;
	st->walk = bpf_program__attach_iter(st->skel->progs.ostrace_memcg_walk, &opts);
	close(fd);
	return st->walk ? 0 :
			  err_set(-errno, "memory: the kernel does not iterate over cgroups: %s",
				  strerror(errno));
}

static int fill_filter(struct view_state *st, const struct filter *f)
{
	uint32_t one = 1;
	size_t i;

	for (i = 0; i < f->npids; i++)
		if (bpf_map_update_elem(bpf_map__fd(st->skel->maps.filter_tgids), &f->pids[i], &one,
					BPF_ANY))
			return err_set(-E2BIG, "memory: too many processes in the filter");
	return 0;
}

/* Open and load the object; @hooks: with the probes of functions. */
static int load_object(struct view_state *st, const struct filter *f, const bool *have, bool hooks)
{
	struct memcg_bpf *skel = memcg_bpf__open();
	uint32_t nrows = count_rows(st);
	struct map_size sizes[2];
	struct stat ns;
	int err;

	st->skel = skel;
	if (!skel)
		return err_set(-errno, "memory: cannot open its BPF object: %s", strerror(errno));
	sizes[0] = (struct map_size){ skel->maps.bss_rows, sizeof(struct memcg_row), nrows };
	sizes[1] = (struct map_size){ skel->maps.bss_births, sizeof(struct memcg_birth), nrows };
	skel->rodata->nr_rows = nrows;
	skel->rodata->page_size = st->page_size;
	skel->rodata->filter_pids = f->npids > 0;
	skel->rodata->filter_cgid = f->cgroup_id;
	skel->rodata->filter_cglevel = f->cgroup_level;
	if (!stat("/proc/self/ns/pid", &ns))
		skel->rodata->pidns_ino = (uint32_t)ns.st_ino;
	err = choose(st, have, hooks);
	if (!err)
		err = session_sizes("memory", sizes, 2);
	return err ? err : session_load(st->session, skel->skeleton, "memory");
}

static int load(struct view_state *st, const struct filter *f)
{
	struct memcg_bpf *skel;
	bool have[FUNCTIONS];
	uint32_t i;
	int err;

	session_find_functions(functions, have, FUNCTIONS);
	st->flushes = have[F_FLUSH_OLD] || have[F_GET];
	err = load_object(st, f, have, true);
	if (err) { /* a kernel may have the functions and refuse to have them probed */
		memcg_bpf__destroy(st->skel);
		err = load_object(st, f, have, false);
	}
	if (!err)
		err = fill_filter(st, f);
	if (err)
		return err;
	err_clear();
	skel = st->skel;
	st->rows = skel->bss_rows->rows;
	st->births = skel->bss_births->births;
	for (i = 0; i < MEMCG_PAYERS; i++)
		skel->bss_ring->free_ring[i] = i;
	/* One fewer: a ring that is full must differ from one that is empty. */
	skel->bss_control->control.free_tail = MEMCG_PAYERS - 1;
	skel->bss_control->control.epoch = 1;
	st->stats_fd = session_stats_on(); /* only a price is lost without it */
	err = session_attach(st->session, skel->skeleton, "memory");
	if (!err)
		hook_functions(st);
	return !err && st->grouped ? attach_walk(st) : err;
}

/* Of the programs that tasks run; the walk is the reader's own time. */
static void hook_stats(struct view_state *st, struct prog_stats *sum)
{
	struct bpf_program *p;

	memset(sum, 0, sizeof(*sum));
	bpf_object__for_each_program(p, st->skel->obj) {
		struct bpf_prog_info info = {};
		uint32_t len = sizeof(info);

		if (p == st->skel->progs.ostrace_memcg_walk || bpf_program__fd(p) < 0 ||
		    bpf_prog_get_info_by_fd(bpf_program__fd(p), &info, &len))
			continue;
		sum->run_ns += info.run_time_ns;
		sum->run_cnt += info.run_cnt;
		sum->missed += info.recursion_misses;
	}
}

int memory_open(struct session *s, const struct filter *f, struct view_state **out)
{
	struct view_state *st = calloc(1, sizeof(*st));
	struct prog_stats ps;
	int err;

	*out = NULL;
	if (!st)
		return -ENOMEM;
	st->session = s;
	st->stats_fd = st->mount_fd = st->meminfo_fd = st->vmstat_fd = st->psi_fd = -1;
	st->ns_per_event = -1;
	st->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	memtree_init(&st->tree);
	find_host(st, f);
	err = load(st, f);
	if (err)
		goto fail;
	hook_stats(st, &ps);
	st->missed_base = ps.missed;
	if (f->npids)
		note(st, "-p chooses whose waits are counted; sizes and events are the cgroup's");
	*out = st;
	return 0;
fail:
	memory_close(st);
	return err;
}

/* ---- an interval ---- */

static int run_walk(struct view_state *st)
{
	struct memcg_control *c = &st->skel->bss_control->control;
	uint64_t news_from = c->news_from;
	char buf[4096];
	uint32_t i;
	ssize_t n;
	int fd, err = 0;

	if (!st->flushes) { /* reading it has the kernel bring its sums up to date */
		snprintf(buf, sizeof(buf), ".%.4000s/memory.stat", st->top);
		read_below(st->mount_fd, buf, buf, sizeof(buf));
	}
	c->nrows = c->nbirths = 0;
	fd = bpf_iter_create(bpf_link__fd(st->walk));
	if (fd < 0)
		return err_set(fd, "memory: cannot walk the cgroups: %s", strerror(-fd));
	do {
		n = read(fd, buf, sizeof(buf));
	} while (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)));
	if (n < 0)
		err = err_set(-errno, "memory: cannot walk the cgroups: %s", strerror(errno));
	close(fd);
	for (i = 0; !err && i < c->nbirths; i++) {
		if (memtree_birth(&st->tree, &st->births[i]) == MEM_NONE)
			err = -ENOMEM;
		if (st->births[i].serial >= news_from)
			news_from = st->births[i].serial + 1;
	}
	c->news_from = news_from;
	for (i = 0; !err && i < c->nrows; i++)
		if (memtree_take(&st->tree, i, &st->rows[i]) == -ENOMEM)
			err = -ENOMEM;
	return err;
}

static bool read_grave(struct view_state *st, uint64_t n, struct memcg_grave *g)
{
	const struct memcg_grave *from = &st->skel->bss_graves->graves[n & (MEMCG_GRAVES - 1)];

	if (__atomic_load_n(&from->written, __ATOMIC_ACQUIRE) != n + 1)
		return false;
	memcpy(g, from, sizeof(*g));
	return __atomic_load_n(&from->written, __ATOMIC_ACQUIRE) == n + 1;
}

static int take_graves(struct view_state *st)
{
	uint64_t end = __atomic_load_n(&st->skel->bss_control->control.graves, __ATOMIC_ACQUIRE);
	struct memcg_grave g;
	uint64_t n;

	if (end - st->graves > MEMCG_GRAVES) {
		st->graves_lost += end - st->graves - MEMCG_GRAVES;
		st->graves = end - MEMCG_GRAVES;
	}
	/* Children go before their parents: the parents are made known first. */
	for (n = end; n > st->graves; n--)
		if (read_grave(st, n - 1, &g) && memtree_birth(&st->tree, &g.birth) == MEM_NONE)
			return -ENOMEM;
	for (; st->graves < end; st->graves++) {
		if (!read_grave(st, st->graves, &g))
			st->graves_lost++;
		else if (memtree_bury(&st->tree, &g))
			return -ENOMEM;
	}
	return 0;
}

/* The machine as a row: without cgroups the only one, else the root's. */
static int take_machine(struct view_state *st)
{
	static const struct memcg_birth machine = { .id = MEM_ROOT_ID, .serial = 0 };
	struct memproc now = st->proc;
	struct mem_node *n;
	char text[16384];
	uint32_t i, c;

	if (!st->grouped && memtree_birth(&st->tree, &machine) == MEM_NONE)
		return -ENOMEM;
	if (st->tree.root == MEM_NONE)
		return 0;
	n = &st->tree.v[st->tree.root];
	if (!reread(st->meminfo_fd, text, sizeof(text)))
		memproc_meminfo(text, &now);
	if (!reread(st->vmstat_fd, text, sizeof(text)))
		memproc_vmstat(text, &now);
	if (st->tree.tick == 1)
		st->proc = now;
	n->seen = st->tree.tick;
	n->now.flags = ROW_MEMORY | ROW_STAT;
	n->now.current_ = now.used / st->page_size;
	n->now.max = now.total / st->page_size;
	n->now.high = n->now.swap_max = UINT64_MAX;
	n->now.swap = now.swap / st->page_size;
	n->now.stat[STAT_ANON] = now.anon;
	n->now.stat[STAT_FILE] = now.file;
	for (i = STAT_REFAULT_ANON; i < MEMCG_STATS; i++)
		n->stat[i] = now.stat[i] > st->proc.stat[i] ? now.stat[i] - st->proc.stat[i] : 0;
	/* The root has no events of its own: they are those of the cgroups in it. */
	memset(n->event, 0, sizeof(n->event));
	for (c = n->child; c != MEM_NONE; c = st->tree.v[c].next)
		for (i = 0; i < MEMCG_EVENTS; i++)
			n->event[i] += st->tree.v[c].event[i];
	n->event[EVENT_OOM_KILL] = now.oom_kills - st->proc.oom_kills;
	st->proc = now;
	n->psi.known = n->pressed = st->psi_on;
	return 0;
}

static void recycle(struct view_state *st, uint32_t i)
{
	struct memcg_control *c = &st->skel->bss_control->control;
	struct memcg_payer *p = &st->skel->bss_payers->payers[i];

	memset(p, 0, sizeof(*p));
	if (st->payer[i].sum)
		memset(st->payer[i].sum, 0, sizeof(*st->payer[i].sum));
	st->payer[i].pages = st->payer[i].quiet = 0;
	st->payer[i].used = st->payer[i].leaving = false;
	st->skel->bss_ring->free_ring[c->free_tail & (MEMCG_PAYERS - 1)] = i;
	__atomic_store_n(&c->free_tail, c->free_tail + 1, __ATOMIC_RELEASE);
}

static int take_payer(struct view_state *st, uint32_t i, uint32_t epoch, bool crowded)
{
	struct memcg_payer *from = &st->skel->bss_payers->payers[i];
	struct payer *p = &st->payer[i];

	if (!p->used && !*(volatile uint64_t *)&from->stall.count) {
		if (from->key.kind == STALL_KINDS) /* taken, and then not needed */
			recycle(st, i);
		return 0;
	}
	if (!p->sum) {
		p->sum = calloc(1, sizeof(*p->sum));
		p->delta = calloc(1, sizeof(*p->delta));
		if (!p->sum || !p->delta)
			return -ENOMEM;
	}
	p->used = true;
	cell_take(p->sum, p->delta, &from->stall, epoch);
	p->d_pages = counter_take(&p->pages, (const uint64_t *)&from->pages);
	st->stalls += p->delta->count;
	if (p->delta->count) {
		p->quiet = 0;
		p->leaving = false;
		memtree_stall(&st->tree, from->key.cgroup, (enum stall_kind)from->key.kind,
			      p->delta->count, p->delta->sum, p->delta->max);
	} else if (p->leaving) {
		recycle(st, i); /* nobody has found it for a whole interval */
	} else if (++p->quiet >= QUIET && crowded) {
		bpf_map_delete_elem(bpf_map__fd(st->skel->maps.payer_slots), &from->key);
		p->leaving = true;
	}
	return 0;
}

const struct memcg_payer *memory_payer(const struct view_state *st, uint32_t i)
{
	return &st->skel->bss_payers->payers[i];
}

static int take_payers(struct view_state *st, uint32_t epoch)
{
	uint32_t head = *(volatile uint32_t *)&st->skel->bss->free_head, i;
	bool crowded = st->skel->bss_control->control.free_tail - head < MEMCG_PAYERS / 4;
	int err = 0;

	for (i = 0; !err && i < MEMCG_PAYERS && i < head; i++)
		err = take_payer(st, i, epoch, crowded);
	return err;
}

static bool waited(const struct mem_node *n)
{
	int i;

	for (i = 0; i < STALL_KINDS; i++)
		if (n->all[i].count)
			return true;
	return false;
}

static int read_pressure(struct view_state *st, uint32_t i, struct mem_psi *p)
{
	char path[PATH_MAX + 32] = ".", text[512];
	size_t len;
	int err;

	if (i == st->tree.root && st->machine) {
		err = reread(st->psi_fd, text, sizeof(text));
		return err ? err : memproc_pressure(text, p);
	}
	memtree_path(&st->tree, i, st->top, path + 1, PATH_MAX);
	len = strlen(path);
	snprintf(path + len, sizeof(path) - len, "/memory.pressure");
	err = read_below(st->mount_fd, path, text, sizeof(text));
	return err ? err : memproc_pressure(text, p);
}

/*
 * The kernel sums pressure up every two seconds where there is some, and whenever
 * its file is read. So it is read for those cgroups in which somebody waited, or
 * whose average has not come back to zero; all others are at rest.
 */
static void take_pressure(struct view_state *st)
{
	uint32_t i, reads = 0, k;

	for (i = 0; i < st->tree.n; i++) {
		struct mem_node *n = &st->tree.v[i];
		struct mem_psi now = n->psi;

		n->psi.delta = n->psi.known;
		n->psi.ns[0] = n->psi.ns[1] = 0;
		n->psi.avg10[0] = n->psi.avg10[1] = 0;
		if (!n->used || n->dead || !n->psi.known || (!n->pressed && !waited(n)))
			continue;
		st->psi_late += reads >= PSI_READS;
		/* One that was removed since the walk has no file any more. */
		if (reads++ >= PSI_READS || read_pressure(st, i, &now)) {
			for (k = 0; k < 2; k++) {
				now.total[k] = n->now.psi_total[k] / 1000 * 1000;
				now.avg10[k] = (double)n->now.psi_avg10[k] / 2048;
			}
		}
		for (k = 0; k < 2; k++) {
			n->psi.avg10[k] = now.avg10[k];
			if (now.total[k] < n->psi.total[k])
				continue;
			n->psi.ns[k] = now.total[k] - n->psi.total[k];
			n->psi.total[k] = now.total[k];
		}
	}
}

static void learn_price(struct view_state *st)
{
	struct prog_stats ps;

	if (st->stats_fd < 0)
		return;
	hook_stats(st, &ps);
	if (ps.run_cnt)
		st->ns_per_event = (double)ps.run_ns / (double)ps.run_cnt;
	if (ps.run_cnt <= 1000 && ++st->learned < 5)
		return;
	close_fd(&st->stats_fd);
}

static void check_stats(struct view_state *st)
{
	uint32_t i;

	for (i = 0; i < st->tree.n; i++)
		if ((st->tree.v[i].now.flags & (ROW_MEMORY | ROW_STAT)) == ROW_MEMORY) {
			note(st, "this kernel does not let us read what memory.stat counts: "
				 "refaults and reclaimed pages are missing");
			return;
		}
}

int memory_tick(struct view_state *st, uint64_t now)
{
	struct memcg_control *c = &st->skel->bss_control->control;
	uint32_t epoch = c->epoch;
	int err = 0;

	__atomic_store_n(&c->epoch, epoch + 1, __ATOMIC_RELEASE);
	st->interval_ns = now - st->last_tick;
	st->last_tick = now;
	memtree_begin(&st->tree);
	if (st->walk)
		err = run_walk(st);
	if (!err)
		err = take_graves(st);
	if (!err && st->machine)
		err = take_machine(st);
	if (err)
		return err;
	memtree_end(&st->tree);
	err = take_payers(st, epoch);
	take_pressure(st);
	if (st->tree.tick == 1)
		check_stats(st);
	memtree_mark(&st->tree);
	learn_price(st);
	return err;
}

const char *const *memory_notes(struct view_state *st)
{
	return st->notes;
}

int memory_losses(struct view_state *st, struct loss *l)
{
	const struct memcg_control *c = &st->skel->bss_control->control;
	struct prog_stats ps;

	hook_stats(st, &ps);
	l[0] = (struct loss){ "missed",
			      "events not counted: the kernel skipped our program (recursion)",
			      ps.missed - st->missed_base };
	l[1] = (struct loss){ "map_full", "waits that no payer was free for", c->map_full };
	l[2] = (struct loss){ "no_state", "waits whose begin there was no room to note",
			      c->no_state };
	l[3] = (struct loss){ "unseen", "cgroups passed over: no row was free", c->unseen };
	l[4] = (struct loss){ "graves", "cgroups removed too fast for their last counts to be read",
			      st->graves_lost };
	l[5] = (struct loss){ "psi_late",
			      "pressures shown as the kernel last summed them, up to 2 s ago",
			      st->psi_late };
	l[6] = (struct loss){ "orphans", "waits in cgroups that were gone before they were met",
			      st->tree.orphans };
	return 7;
}

void memory_price(struct view_state *st, struct price *p)
{
	p->event = "memory wait";
	p->ns_per_event = p->bpf_ns_per_event = st->ns_per_event;
	p->events = st->stalls;
}
