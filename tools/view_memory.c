// SPDX-License-Identifier: GPL-2.0
/* The memory view: tables of what view_memory_data.c reads. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cgname.h"
#include "sysnames.h"
#include "view_memory.h"

enum { T_TREE, T_PAYERS, T_PROCESSES, T_EVENTS, T_CGROUPS };

/* clang-format off */
enum {
	G_NAME,
	G_PATH,
	G_CURRENT,
	G_HIGH,
	G_MAX,
	G_SWAP,
	G_SOME10,
	G_FULL10,
	G_SOME,
	G_FULL,
	G_SLEEPS,
	G_SLEPT,
	G_RECLAIMS,
	G_RECLAIMED,
	G_RECLAIM_MAX,
	G_REFAULTS,
	G_HIGHS,
	G_MAXES,
	G_KILLS,
	G_OWN_KILLS,
	G_OOMS,
	G_REFAULT_ANON,
	G_ACTIVATED,
	G_MAJOR,
	G_REFAULT_WAIT,
	G_COMPACT_WAIT,
	G_ANON,
	G_FILE,
	G_SCANNED,
	G_STOLEN,
	G_ID,
};

#define CGROUP_COLUMNS \
	[G_PATH] = { "path", "Path", UNIT_TEXT, 30, COL_KEY | COL_OPTIONAL | COL_JSON_ONLY | COL_ASCENDING, \
		"its path below the cgroup v2 mount point" }, \
	[G_CURRENT] = { "current_bytes", "Current", UNIT_BYTES, 7, 0, \
		"memory it holds, with all below it (memory.current); of the machine: MemTotal - MemAvailable" }, \
	[G_HIGH] = { "high_bytes", "High", UNIT_BYTES, 7, 0, \
		"above this its tasks are made to reclaim and sleep (memory.high); -: no limit" }, \
	[G_MAX] = { "max_bytes", "Max", UNIT_BYTES, 7, 0, \
		"more than this it never gets (memory.max); -: no limit; of the machine: MemTotal" }, \
	[G_SWAP] = { "swap_bytes", "Swap", UNIT_BYTES, 7, COL_OPTIONAL, \
		"of its memory, what is in swap (memory.swap.current)" }, \
	[G_SOME10] = { "some_avg10_percent", "Some10", UNIT_PERCENT, 6, COL_OPTIONAL, \
		"share of the last 10 s in which some task in it waited for memory (PSI)" }, \
	[G_FULL10] = { "full_avg10_percent", "Full10", UNIT_PERCENT, 6, COL_OPTIONAL, \
		"share of the last 10 s in which all its tasks that could have run did (PSI)" }, \
	[G_SOME] = { "some_ns", "Some", UNIT_NS, 7, 0, \
		"time of this interval in which some task in it waited for memory (PSI)" }, \
	[G_FULL] = { "full_ns", "Full", UNIT_NS, 7, COL_OPTIONAL, \
		"time of this interval in which all its tasks that could have run did (PSI)" }, \
	[G_SLEEPS] = { "sleeps", "Sleeps", UNIT_COUNT, 6, COL_OPTIONAL, \
		"times a task was made to sleep for being above memory.high; when it ended" }, \
	[G_SLEPT] = { "sleep_ns", "Slept", UNIT_NS, 7, 0, "time of these sleeps, summed over tasks" }, \
	[G_RECLAIMS] = { "reclaims", "Reclaims", UNIT_COUNT, 8, COL_OPTIONAL, \
		"times a task in it had to reclaim memory itself, for a limit or for the machine" }, \
	[G_RECLAIMED] = { "reclaim_ns", "Reclaim", UNIT_NS, 7, 0, "time of that, summed over tasks" }, \
	[G_RECLAIM_MAX] = { "reclaim_max_ns", "RclMax", UNIT_NS, 7, COL_OPTIONAL, "the longest of them" }, \
	[G_REFAULTS] = { "refaults", "Refault", UNIT_COUNT, 7, COL_OPTIONAL, \
		"pages read back that had been evicted not long ago (workingset_refault_*)" }, \
	[G_HIGHS] = { "high_events", "HighEv", UNIT_COUNT, 6, COL_OPTIONAL, \
		"memory.events: times it or a cgroup below was above its memory.high" }, \
	[G_MAXES] = { "max_events", "MaxEv", UNIT_COUNT, 6, COL_OPTIONAL, \
		"memory.events: times it or a cgroup below was about to go over its memory.max" }, \
	[G_KILLS] = { "oom_kills", "Kills", UNIT_COUNT, 5, COL_ERROR, \
		"tasks killed in it or below it by the OOM killer" }, \
	[G_OWN_KILLS] = { "own_oom_kills", "OwnKills", UNIT_COUNT, 8, COL_JSON_ONLY, \
		"of them those in the cgroup itself (memory.events.local)" }, \
	[G_OOMS] = { "ooms", "OOMs", UNIT_COUNT, 5, COL_JSON_ONLY, \
		"memory.events: times a limit left no way but the OOM killer" }, \
	[G_REFAULT_ANON] = { "refaults_anon", "RefAnon", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"of the refaults those from swap" }, \
	[G_ACTIVATED] = { "activated", "Activated", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"of the refaults those of the working set (workingset_activate_*)" }, \
	[G_MAJOR] = { "major_faults", "MajFlt", UNIT_COUNT, 7, COL_JSON_ONLY, "page faults that read (pgmajfault)" }, \
	[G_REFAULT_WAIT] = { "refault_ns", "RefWait", UNIT_NS, 7, COL_JSON_ONLY, \
		"time its tasks waited for evicted pages and in other stalls for memory" }, \
	[G_COMPACT_WAIT] = { "compact_ns", "Compact", UNIT_NS, 7, COL_JSON_ONLY, \
		"time its tasks spent compacting memory" }, \
	[G_ANON] = { "anon_bytes", "Anon", UNIT_BYTES, 7, COL_JSON_ONLY, "anonymous memory (anon)" }, \
	[G_FILE] = { "file_bytes", "File", UNIT_BYTES, 7, COL_JSON_ONLY, "page cache (file)" }, \
	[G_SCANNED] = { "scanned", "Scanned", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"pages of it that tasks looked at to reclaim them (pgscan_direct)" }, \
	[G_STOLEN] = { "stolen", "Stolen", UNIT_COUNT, 7, COL_JSON_ONLY, \
		"pages of it that they took (pgsteal_direct)" }, \
	[G_ID] = { "cgroup_id", "Id", UNIT_ID, 8, COL_JSON_ONLY, "the kernel's id of the cgroup" }

static const struct column tree_cols[] = {
	[G_NAME] = { "cgroup", "Cgroup", UNIT_TEXT, 24, COL_KEY | COL_ASCENDING,
		"systemd's unit, the container or pod, or what its directory is called" },
	CGROUP_COLUMNS,
};

enum { P_PID, P_COMM, P_SITE, P_WHY, P_WAITS, P_TIME, P_P50, P_P99, P_MAX, P_PAGES, P_LIMIT, P_CGROUP };
static const struct column payer_cols[] = {
	[P_PID] = { "pid", "PID", UNIT_ID, 7, COL_KEY | COL_ASCENDING,
		"process id, in ostrace's pid namespace where it has one there" },
	[P_COMM] = { "comm", "Process", UNIT_TEXT, 15, COL_KEY | COL_ASCENDING, "name of the process" },
	[P_SITE] = { "where", "In", UNIT_TEXT, 12, COL_KEY | COL_ASCENDING,
		"the system call in which it had to wait; fault: a page fault" },
	[P_WHY] = { "why", "Why", UNIT_TEXT, 8, COL_KEY | COL_ASCENDING,
		"limit: reclaimed for a cgroup's limit; direct: for the machine; sleep: above memory.high; "
		"compact; refault: waited for an evicted page, or stalled otherwise" },
	[P_WAITS] = { "waits", "Waits", UNIT_COUNT, 6, 0, "waits that ended in the interval" },
	[P_TIME] = { "wait_ns", "Time", UNIT_NS, 7, 0, "time of them, whenever they began" },
	[P_P50] = { "p50_ns", "P50", UNIT_NS, 7, COL_OPTIONAL, "median, within 12.5 %" },
	[P_P99] = { "p99_ns", "P99", UNIT_NS, 7, 0, "99 % were shorter, within 12.5 %" },
	[P_MAX] = { "max_ns", "Max", UNIT_NS, 7, 0, "the longest" },
	[P_PAGES] = { "pages", "Pages", UNIT_COUNT, 6, COL_OPTIONAL, "pages it reclaimed meanwhile" },
	[P_LIMIT] = { "limit", "Limit of", UNIT_TEXT, 16, COL_KEY | COL_OPTIONAL | COL_ASCENDING,
		"the cgroup whose limit it had to wait for" },
	[P_CGROUP] = { "cgroup", "Cgroup", UNIT_TEXT, 20, COL_KEY | COL_OPTIONAL | COL_ASCENDING,
		"path of its own cgroup" },
};

enum { R_PID, R_COMM, R_WAITS, R_TIME, R_SLEPT, R_RECLAIM, R_REFAULT, R_COMPACT, R_MAX, R_CGROUP };
static const struct column process_cols[] = {
	[R_PID] = { "pid", "PID", UNIT_ID, 7, COL_KEY | COL_ASCENDING,
		"process id, in ostrace's pid namespace where it has one there" },
	[R_COMM] = { "comm", "Process", UNIT_TEXT, 15, COL_KEY | COL_ASCENDING, "name of the process" },
	[R_WAITS] = { "waits", "Waits", UNIT_COUNT, 6, 0, "waits for memory that ended" },
	[R_TIME] = { "wait_ns", "Time", UNIT_NS, 7, 0, "time of them, summed over threads" },
	[R_SLEPT] = { "sleep_ns", "Slept", UNIT_NS, 7, 0, "of it, asleep for being above memory.high" },
	[R_RECLAIM] = { "reclaim_ns", "Reclaim", UNIT_NS, 7, 0, "of it, reclaiming for a limit or the machine" },
	[R_REFAULT] = { "refault_ns", "Refault", UNIT_NS, 7, 0,
		"of it, waiting for evicted pages and in other stalls" },
	[R_COMPACT] = { "compact_ns", "Compact", UNIT_NS, 7, COL_OPTIONAL, "of it, compacting memory" },
	[R_MAX] = { "max_ns", "Max", UNIT_NS, 7, 0, "the longest wait" },
	[R_CGROUP] = { "cgroup", "Cgroup", UNIT_TEXT, 20, COL_KEY | COL_OPTIONAL | COL_ASCENDING,
		"path of its cgroup" },
};

enum { E_CGROUP, E_EVENT, E_COUNT, E_OWN, E_TOTAL, E_ID };
static const struct column event_cols[] = {
	[E_CGROUP] = { "cgroup", "Cgroup", UNIT_TEXT, 36, COL_KEY | COL_ASCENDING, "path of the cgroup" },
	[E_EVENT] = { "event", "Event", UNIT_TEXT, 14, COL_KEY | COL_ASCENDING, "as in memory.events" },
	[E_COUNT] = { "count", "Count", UNIT_COUNT, 7, 0,
		"times in the interval, in the cgroup and below it (memory.events)" },
	[E_OWN] = { "own", "Own", UNIT_COUNT, 7, 0, "of them in the cgroup itself (memory.events.local)" },
	[E_TOTAL] = { "total", "Total", UNIT_COUNT, 7, 0, "times since the cgroup was made" },
	[E_ID] = { "cgroup_id", "Id", UNIT_ID, 8, COL_JSON_ONLY, "the kernel's id of the cgroup" },
};

#define COLS(c) .cols = (c), .ncols = (int)(sizeof(c) / sizeof((c)[0]))

static const struct table_def tables[] = {
	[T_TREE] = { "tree", "tree", "cgroups from the top, opened where something happened",
		COLS(tree_cols), .sort = G_CURRENT, .child = T_PAYERS, .hist = true,
		.top_level = true, .subject = SUBJECT_CGROUP, .tree = 1 + G_NAME,
		.headline = { G_SOME, G_SLEPT, G_KILLS } },
	[T_PAYERS] = { "payers", "payers", "who waited for memory, where and why", COLS(payer_cols),
		.sort = P_TIME, .child = -1, .hist = true, .top_level = true },
	[T_PROCESSES] = { "processes", "by process", "one row per process that waited for memory",
		COLS(process_cols), .sort = R_TIME, .child = T_PAYERS, .hist = true,
		.top_level = true, .subject = SUBJECT_PROCESS,
		.headline = { R_TIME, R_WAITS, R_MAX } },
	[T_EVENTS] = { "events", "events", "what memory.events counted", COLS(event_cols),
		.sort = E_COUNT, .child = -1, .top_level = true },
	[T_CGROUPS] = { "cgroups", "all cgroups", "every cgroup, by its path", COLS(tree_cols),
		.sort = G_CURRENT, .child = T_PAYERS, .hist = true, .top_level = true },
};
/* clang-format on */

static const char *const kind_names[STALL_KINDS] = {
	[STALL_LIMIT] = "limit",     [STALL_DIRECT] = "direct",	  [STALL_THROTTLE] = "sleep",
	[STALL_COMPACT] = "compact", [STALL_REFAULT] = "refault",
};

static const char *const event_names[MEMCG_EVENTS] = {
	[EVENT_LOW] = "low",
	[EVENT_HIGH] = "high",
	[EVENT_MAX] = "max",
	[EVENT_OOM] = "oom",
	[EVENT_OOM_KILL] = "oom_kill",
	[EVENT_OOM_GROUP_KILL] = "oom_group_kill",
	[EVENT_SWAP_HIGH] = "swap_high",
	[EVENT_SWAP_MAX] = "swap_max",
	[EVENT_SWAP_FAIL] = "swap_fail",
	[EVENT_SOCK_THROTTLED] = "sock_throttled",
};

/* Path of a cgroup that may be gone, or never have been met. */
static const char *path_of(struct view_state *st, struct table *out, uint64_t id)
{
	uint32_t i = memtree_find(&st->tree, id);
	char path[PATH_MAX + 16];

	if (!st->grouped)
		return "/";
	if (i == MEM_NONE) {
		snprintf(path, sizeof(path), "cgroup#%llu", (unsigned long long)id);
	} else {
		memtree_path(&st->tree, i, st->top, path, PATH_MAX);
		if (st->tree.v[i].dead)
			strcat(path, " (gone)");
	}
	return table_str(out, path);
}

static void limit_value(struct view_state *st, struct row *r, int col, uint64_t pages)
{
	/* PAGE_COUNTER_MAX, include/linux/page_counter.h: none */
	if (pages >= INT64_MAX / st->page_size)
		r->na |= 1ull << col;
	else
		r->v[col].u = pages * st->page_size;
}

static void fill_psi(struct row *r, const struct mem_psi *p)
{
	if (!p->known) {
		r->na |= 1ull << G_SOME10 | 1ull << G_FULL10 | 1ull << G_SOME | 1ull << G_FULL;
		return;
	}
	r->v[G_SOME10].d = p->avg10[0];
	r->v[G_FULL10].d = p->avg10[1];
	r->v[G_SOME].u = p->ns[0];
	r->v[G_FULL].u = p->ns[1];
}

static void fill_waits(struct row *r, const struct mem_stall *all)
{
	const struct mem_stall *limit = &all[STALL_LIMIT], *direct = &all[STALL_DIRECT];

	r->v[G_RECLAIMS].u = limit->count + direct->count;
	r->v[G_RECLAIMED].u = limit->ns + direct->ns;
	r->v[G_RECLAIM_MAX].u = limit->max > direct->max ? limit->max : direct->max;
	r->v[G_SLEEPS].u = all[STALL_THROTTLE].count;
	r->v[G_SLEPT].u = all[STALL_THROTTLE].ns;
	r->v[G_REFAULT_WAIT].u = all[STALL_REFAULT].ns;
	r->v[G_COMPACT_WAIT].u = all[STALL_COMPACT].ns;
}

static void fill_memory(struct view_state *st, struct row *r, const struct mem_node *n)
{
	const uint64_t *stat = n->stat;

	if (!(n->now.flags & ROW_MEMORY)) {
		r->na |= 1ull << G_CURRENT | 1ull << G_HIGH | 1ull << G_MAX | 1ull << G_SWAP |
			 1ull << G_HIGHS | 1ull << G_MAXES | 1ull << G_KILLS | 1ull << G_OWN_KILLS |
			 1ull << G_OOMS;
	} else {
		r->v[G_CURRENT].u = n->now.current_ * st->page_size;
		r->v[G_SWAP].u = n->now.swap * st->page_size;
		limit_value(st, r, G_HIGH, n->now.high);
		limit_value(st, r, G_MAX, n->now.max);
	}
	r->v[G_HIGHS].u = n->event[EVENT_HIGH];
	r->v[G_MAXES].u = n->event[EVENT_MAX];
	r->v[G_KILLS].u = n->event[EVENT_OOM_KILL];
	r->v[G_OWN_KILLS].u = n->local[EVENT_OOM_KILL];
	r->v[G_OOMS].u = n->event[EVENT_OOM];
	if (!(n->now.flags & ROW_STAT))
		r->na |= 1ull << G_REFAULTS | 1ull << G_REFAULT_ANON | 1ull << G_ACTIVATED |
			 1ull << G_MAJOR | 1ull << G_ANON | 1ull << G_FILE | 1ull << G_SCANNED |
			 1ull << G_STOLEN;
	r->v[G_REFAULTS].u = stat[STAT_REFAULT_ANON] + stat[STAT_REFAULT_FILE];
	r->v[G_REFAULT_ANON].u = stat[STAT_REFAULT_ANON];
	r->v[G_ACTIVATED].u = stat[STAT_ACTIVATE_ANON] + stat[STAT_ACTIVATE_FILE];
	r->v[G_MAJOR].u = stat[STAT_MAJOR_FAULTS];
	r->v[G_SCANNED].u = stat[STAT_SCAN_DIRECT];
	r->v[G_STOLEN].u = stat[STAT_STEAL_DIRECT];
	r->v[G_ANON].u = n->now.stat[STAT_ANON];
	r->v[G_FILE].u = n->now.stat[STAT_FILE];
}

static int add_cgroup(struct view_state *st, struct table *out, uint32_t i)
{
	const struct mem_node *n = &st->tree.v[i];
	struct row *r = table_add(out, (struct row_id){ n->id, 0 });
	char path[PATH_MAX + 16], name[MEMCG_NAME + 32];

	if (!r)
		return -ENOMEM;
	memtree_path(&st->tree, i, st->top, path, PATH_MAX);
	cgname(path, name, sizeof(name));
	if (!st->grouped)
		snprintf(name, sizeof(name), "the machine");
	if (n->dead) {
		strcat(path, " (gone)");
		strncat(name, " (gone)", sizeof(name) - strlen(name) - 1);
	}
	r->v[G_PATH].s = table_str(out, path);
	r->v[G_NAME].s = out->def->tree ? table_str(out, name) : r->v[G_PATH].s;
	if (!r->v[G_NAME].s || !r->v[G_PATH].s)
		return -ENOMEM;
	r->v[G_ID].u = n->id;
	if (n->parent != MEM_NONE)
		r->up = st->tree.v[n->parent].id;
	fill_memory(st, r, n);
	fill_psi(r, &n->psi);
	fill_waits(r, n->all);
	return 0;
}

/* A dead one is a row while there is something to say of it. */
static bool is_shown(const struct mem_node *n)
{
	return n->used && (!n->dead || n->active);
}

/*
 * Its children stand below a row when somebody opened it, when it is the top of
 * all, and otherwise those in which something happened.
 */
static int fill_branch(struct view_state *st, struct table *out, uint32_t i)
{
	struct mem_node *n = &st->tree.v[i];
	bool open = n->unfolded || i == st->tree.root;
	size_t at = out->nrows, hidden = 0, shown = 0;
	uint32_t c;
	int err = add_cgroup(st, out, i);

	for (c = n->child; !err && c != MEM_NONE; c = st->tree.v[c].next) {
		const struct mem_node *below = &st->tree.v[c];

		if (!is_shown(below))
			continue;
		if (!open && !below->active) {
			hidden++;
			continue;
		}
		shown++;
		err = fill_branch(st, out, c);
	}
	if (!err)
		out->rows[at].fold = hidden ? '+' : shown ? '-' : 0;
	return err;
}

static int fill_cgroups(struct view_state *st, struct table *out)
{
	uint32_t i;
	int err = 0;

	for (i = 0; !err && i < st->tree.n; i++)
		if (is_shown(&st->tree.v[i]))
			err = add_cgroup(st, out, i);
	return err;
}

static void memory_fold(struct view_state *st, int table, struct row_id id)
{
	uint32_t i = memtree_find(&st->tree, id.a);

	if (table == T_TREE && i != MEM_NONE)
		st->tree.v[i].unfolded = !st->tree.v[i].unfolded;
}

/* Is what payer @i did part of the row that @scope leads to? */
static bool in_scope(const struct view_state *st, const struct scope *scope, uint32_t i)
{
	const struct memcg_payer_key *key = &memory_payer(st, i)->key;
	int d;

	for (d = 0; scope && d < scope->depth; d++) {
		const struct scope_step *in = &scope->step[d];
		uint32_t at;

		switch (in->table) {
		case T_TREE:
		case T_CGROUPS:
			at = memtree_find(&st->tree, key->cgroup);
			if (at == MEM_NONE)
				at = st->tree.root;
			if (!memtree_below(&st->tree, at, memtree_find(&st->tree, in->id.a)))
				return false;
			break;
		case T_PROCESSES:
			if (key->tgid != in->id.a || key->start != in->id.b)
				return false;
			break;
		case T_PAYERS:
			if (key->tgid != in->id.a || i != in->id.b)
				return false;
			break;
		}
	}
	return true;
}

static void site_name(uint32_t site, char *buf, int n)
{
	if (site == SITE_FAULT)
		snprintf(buf, (size_t)n, "fault");
	else if (site == SITE_IO_WORKER)
		snprintf(buf, (size_t)n, "io worker");
	else
		sysname(site, buf, n);
}

static const char *limit_of(struct view_state *st, struct table *out,
			    const struct memcg_payer_key *key)
{
	if (key->target)
		return path_of(st, out, key->target);
	return key->kind == STALL_DIRECT ? "the machine" : "";
}

static int fill_payers(struct view_state *st, const struct scope *scope, struct table *out)
{
	uint32_t i;
	char name[64];

	for (i = 0; i < MEMCG_PAYERS; i++) {
		const struct payer *p = &st->payer[i];
		const struct memcg_payer *from = memory_payer(st, i);
		struct row *r;

		if (!p->used || !p->delta->count || !in_scope(st, scope, i))
			continue;
		r = table_add(out, (struct row_id){ from->key.tgid, i });
		if (!r)
			return -ENOMEM;
		site_name(from->key.site, name, sizeof(name));
		r->v[P_PID].u = from->ns_tgid ? from->ns_tgid : from->key.tgid;
		r->v[P_COMM].s = table_str(out, from->comm);
		r->v[P_SITE].s = table_str(out, name);
		r->v[P_WHY].s = kind_names[from->key.kind];
		r->v[P_LIMIT].s = limit_of(st, out, &from->key);
		r->v[P_CGROUP].s = path_of(st, out, from->key.cgroup);
		r->v[P_WAITS].u = p->delta->count;
		r->v[P_TIME].u = p->delta->sum;
		r->v[P_P50].u = hist_percentile(p->delta, 500, NULL);
		r->v[P_P99].u = hist_percentile(p->delta, 990, NULL);
		r->v[P_MAX].u = p->delta->max;
		r->v[P_PAGES].u = p->d_pages;
		if (from->key.kind != STALL_LIMIT && from->key.kind != STALL_DIRECT)
			r->na |= 1ull << P_PAGES;
		if (!r->v[P_COMM].s || !r->v[P_SITE].s || !r->v[P_LIMIT].s || !r->v[P_CGROUP].s)
			return -ENOMEM;
	}
	return 0;
}

static struct row *process_row(struct table *out, const struct memcg_payer_key *key)
{
	size_t i;

	for (i = 0; i < out->nrows; i++)
		if (out->rows[i].id.a == key->tgid && out->rows[i].id.b == key->start)
			return &out->rows[i];
	return table_add(out, (struct row_id){ key->tgid, key->start });
}

static int fill_processes(struct view_state *st, struct table *out)
{
	static const int column[STALL_KINDS] = {
		[STALL_LIMIT] = R_RECLAIM,   [STALL_DIRECT] = R_RECLAIM,
		[STALL_THROTTLE] = R_SLEPT,  [STALL_COMPACT] = R_COMPACT,
		[STALL_REFAULT] = R_REFAULT,
	};
	uint32_t i;

	for (i = 0; i < MEMCG_PAYERS; i++) {
		const struct payer *p = &st->payer[i];
		const struct memcg_payer *from = memory_payer(st, i);
		struct row *r;

		if (!p->used || !p->delta->count)
			continue;
		r = process_row(out, &from->key);
		if (!r)
			return -ENOMEM;
		r->v[R_PID].u = from->ns_tgid ? from->ns_tgid : from->key.tgid;
		if (!r->v[R_WAITS].u) {
			r->v[R_COMM].s = table_str(out, from->comm);
			r->v[R_CGROUP].s = path_of(st, out, from->key.cgroup);
		}
		r->v[R_WAITS].u += p->delta->count;
		r->v[R_TIME].u += p->delta->sum;
		r->v[column[from->key.kind]].u += p->delta->sum;
		if (p->delta->max > r->v[R_MAX].u)
			r->v[R_MAX].u = p->delta->max;
		if (!r->v[R_COMM].s || !r->v[R_CGROUP].s)
			return -ENOMEM;
	}
	return 0;
}

static int fill_events(struct view_state *st, struct table *out)
{
	uint32_t i, e;

	for (i = 0; i < st->tree.n; i++) {
		const struct mem_node *n = &st->tree.v[i];

		/* The machine's are those of the cgroups in it. */
		for (e = 0; n->used && (i != st->tree.root || !st->machine) && e < MEMCG_EVENTS;
		     e++) {
			struct row *r;

			if (!n->event[e] && !n->local[e])
				continue;
			r = table_add(out, (struct row_id){ n->id, e });
			if (!r)
				return -ENOMEM;
			r->v[E_CGROUP].s = path_of(st, out, n->id);
			r->v[E_EVENT].s = event_names[e];
			r->v[E_COUNT].u = n->event[e];
			r->v[E_OWN].u = n->local[e];
			r->v[E_TOTAL].u = n->now.event[e];
			r->v[E_ID].u = n->id;
			if (!r->v[E_CGROUP].s)
				return -ENOMEM;
		}
	}
	return 0;
}

static int memory_fill(struct view_state *st, int table, const struct scope *scope,
		       struct table *out)
{
	table_reset(out, &tables[table]);
	switch (table) {
	case T_TREE:
		return st->tree.root == MEM_NONE ? 0 : fill_branch(st, out, st->tree.root);
	case T_PAYERS:
		return fill_payers(st, scope, out);
	case T_PROCESSES:
		return fill_processes(st, out);
	case T_EVENTS:
		return fill_events(st, out);
	default:
		return fill_cgroups(st, out);
	}
}

static int memory_hist(struct view_state *st, const struct scope *scope, int which, bool total,
		       struct hist *out)
{
	uint32_t i;

	if (which)
		return -ENOENT;
	if (scope->depth < 1)
		return -ENODATA;
	memset(out, 0, sizeof(*out));
	for (i = 0; i < MEMCG_PAYERS; i++)
		if (st->payer[i].used && in_scope(st, scope, i))
			hist_add(out, total ? st->payer[i].sum : st->payer[i].delta);
	return 0;
}

static const struct view_need needs[] = {
	{ "memcg2", false, "only the machine as a whole is shown, no cgroups" },
	{ "iter:cgroup", false, "cgroups cannot be walked" },
	{ "fentry", false, "of waits for memory only reclaim is seen, not sleeps and refaults" },
	{ "tp_btf:mm_vmscan_direct_reclaim_begin", false, "reclaim for the machine is not seen" },
	{ "tp_btf:mm_vmscan_memcg_reclaim_begin", false, "reclaim for limits is not seen" },
	{ "tp_btf:cgroup_rmdir", false, "the last interval of removed cgroups is lost" },
	{ "psi", false, "there is no pressure to show" },
	{ NULL, false, NULL },
};

const struct view view_memory = {
	.name = "memory",
	.title = "Memory",
	.summary = "memory by cgroup: limits, pressure, OOM kills, and who waits for it",
	.help = "What each cgroup v2 holds and may hold, its pressure, what its limits did to it, and "
		"which processes had to wait for memory: where (the system call, or a page fault) and "
		"why. Sizes, events, refaults and waits are of a cgroup and all below it. The table "
		"`tree` has the cgroups below the top, and below those the ones in which something "
		"happened in the interval: an event, a wait, pressure; `o` in top opens others. "
		"The table `cgroups` has all.\n\n"
		"A wait is counted when it ends. Above memory.high a task reclaims, and then it is made "
		"to sleep before it returns to user space: that counts for the system call that "
		"returns. The kernel's own threads are nobody who pays. Pressure (PSI) also counts "
		"waits that have not ended.\n\n"
		"Where cgroup v2 has no memory controller, there is one row: the machine.",
	.tables = tables,
	.ntables = sizeof(tables) / sizeof(tables[0]),
	.top_table = T_TREE,
	.overview = T_PROCESSES,
	.needs = needs,
	.filters = FILTER_PID | FILTER_CGROUP,
	.open = memory_open,
	.close = memory_close,
	.tick = memory_tick,
	.fill = memory_fill,
	.fold = memory_fold,
	.hist = memory_hist,
	.hist_names = { "wait", NULL },
	.notes = memory_notes,
	.losses = memory_losses,
	.price = memory_price,
};
