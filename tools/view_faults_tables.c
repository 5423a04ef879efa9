// SPDX-License-Identifier: GPL-2.0
/* The faults view: its columns, and tables from the numbers of faultdata.c. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cgroups.h"
#include "view_faults.h"

/* A table reads as a table. */
/* clang-format off */
enum {
	K_KIND, K_CLASS, K_ORIGIN, K_FAULTS, K_TOTAL, K_AVG, K_P50, K_P90, K_P99, K_MAX, K_UNTIMED,
};
static const struct column kind_cols[] = {
	[K_KIND] = { "kind", "Kind", UNIT_TEXT, 14, COL_KEY | COL_ASCENDING,
		"what the fault was: see ostrace(1)" },
	[K_CLASS] = { "class", "Class", UNIT_TEXT, 5, COL_KEY | COL_ASCENDING,
		"minor: found or made in memory; major: waited for a device; error: ended in a signal" },
	[K_ORIGIN] = { "origin", "Origin", UNIT_TEXT, 6, COL_KEY | COL_ASCENDING,
		"whose access it was: the program's, or the kernel's on its behalf" },
	[K_FAULTS] = { "faults", "Faults", UNIT_COUNT, 7, 0,
		"faults that ended in the interval; one that was retried is one" },
	[K_TOTAL] = { "total_ns", "Total", UNIT_NS, 7, 0, "time in them, waiting included" },
	[K_AVG] = { "avg_ns", "Avg", UNIT_NS, 7, 0, "mean duration" },
	[K_P50] = { "p50_ns", "P50", UNIT_NS, 7, 0, "median duration, within 12.5 %" },
	[K_P90] = { "p90_ns", "P90", UNIT_NS, 7, COL_OPTIONAL,
		"90 % of faults were faster, within 12.5 %" },
	[K_P99] = { "p99_ns", "P99", UNIT_NS, 7, 0, "99 % of faults were faster, within 12.5 %" },
	[K_MAX] = { "max_ns", "Max", UNIT_NS, 7, 0, "longest fault, exact" },
	[K_UNTIMED] = { "untimed", "Untimed", UNIT_COUNT, 7, COL_JSON_ONLY,
		"faults without a duration: not seen to begin; part of faults, not of times" },
};

/* What a process, a cgroup and a mapping have in common. */
enum { N_FAULTS, N_MINOR, N_MAJOR, N_ERRORS, N_TOTAL, N_AVG, N_MAX, N_NUMBERS };
#define NUMBERS(at) \
	[(at) + N_FAULTS] = { "faults", "Faults", UNIT_COUNT, 7, 0, \
		"faults that ended in the interval; one that was retried is one" }, \
	[(at) + N_MINOR] = { "minor", "Minor", UNIT_COUNT, 7, 0, \
		"of them, those whose page was found or made in memory" }, \
	[(at) + N_MAJOR] = { "major", "Major", UNIT_COUNT, 7, 0, \
		"of them, those that waited for a device" }, \
	[(at) + N_ERRORS] = { "errors", "Errors", UNIT_COUNT, 6, COL_ERROR, \
		"of them, those that ended in a signal, or found no memory" }, \
	[(at) + N_TOTAL] = { "total_ns", "Total", UNIT_NS, 7, 0, \
		"time in them, waiting included, summed over threads" }, \
	[(at) + N_AVG] = { "avg_ns", "Avg", UNIT_NS, 7, 0, "mean duration" }, \
	[(at) + N_MAX] = { "max_ns", "Max", UNIT_NS, 7, 0, "longest fault" }

enum { P_PID, P_COMM, P_NUMBERS, P_THREADS = P_NUMBERS + N_NUMBERS, P_CGROUP };
static const struct column process_cols[] = {
	[P_PID] = { "pid", "PID", UNIT_ID, 7, COL_KEY | COL_ASCENDING,
		"process id, in ostrace's pid namespace where it has one there" },
	[P_COMM] = { "comm", "Process", UNIT_TEXT, 15, COL_KEY | COL_ASCENDING,
		"name of the process" },
	NUMBERS(P_NUMBERS),
	[P_THREADS] = { "threads", "Thr", UNIT_COUNT, 4, COL_OPTIONAL,
		"threads that faulted in the interval" },
	[P_CGROUP] = { "cgroup", "Cgroup", UNIT_TEXT, 20, COL_KEY | COL_OPTIONAL | COL_ASCENDING,
		"cgroup v2 path" },
};

enum { G_CGROUP, G_NUMBERS, G_ID = G_NUMBERS + N_NUMBERS };
static const struct column cgroup_cols[] = {
	[G_CGROUP] = { "cgroup", "Cgroup", UNIT_TEXT, 30, COL_KEY | COL_ASCENDING,
		"cgroup v2 path; its own threads only, not those of its children" },
	NUMBERS(G_NUMBERS),
	[G_ID] = { "cgroup_id", "Id", UNIT_ID, 8, COL_JSON_ONLY, "the kernel's id of the cgroup" },
};

enum { M_NAME, M_NUMBERS, M_INODE = M_NUMBERS + N_NUMBERS, M_DEVICE, M_PATH };
#define PATH_COLUMN \
	{ "path", "Path", UNIT_TEXT, 24, COL_JSON_ONLY, \
		"of the file, as its process sees it" }
static const struct column mapping_cols[] = {
	[M_NAME] = { "mapping", "Mapping", UNIT_TEXT, 24, COL_KEY | COL_ASCENDING,
		"file name; [heap], [stack], [anon], [shared]: anonymous memory; [none]: nothing there" },
	NUMBERS(M_NUMBERS),
	[M_INODE] = { "inode", "Inode", UNIT_ID, 9, COL_JSON_ONLY, "of the file" },
	[M_DEVICE] = { "device", "Device", UNIT_TEXT, 7, COL_JSON_ONLY,
		"of its file system, major:minor" },
	[M_PATH] = PATH_COLUMN,
};

enum { E_PID, E_COMM, E_KIND, E_MAPPING, E_FAULTS, E_TOTAL, E_PATH };
static const struct column error_cols[] = {
	[E_PID] = { "pid", "PID", UNIT_ID, 7, COL_KEY | COL_ASCENDING, "process id" },
	[E_COMM] = { "comm", "Process", UNIT_TEXT, 15, COL_KEY | COL_ASCENDING,
		"name of the process" },
	[E_KIND] = { "kind", "Error", UNIT_TEXT, 14, COL_KEY | COL_ASCENDING, "how it ended" },
	[E_MAPPING] = { "mapping", "Mapping", UNIT_TEXT, 24, COL_KEY | COL_ASCENDING,
		"what is mapped at the address" },
	[E_FAULTS] = { "faults", "Faults", UNIT_COUNT, 7, COL_ERROR, "faults that ended so" },
	[E_TOTAL] = { "total_ns", "Total", UNIT_NS, 7, COL_OPTIONAL, "time in them" },
	[E_PATH] = PATH_COLUMN,
};

#define SUMS(at) \
	[(at) + S_FAULTS] = { "faults", "Faults", UNIT_COUNT, 7, 0, \
		"faults that ended in the interval; one that was retried is one" }, \
	[(at) + S_MAJOR] = { "major", "Major", UNIT_COUNT, 6, 0, \
		"of them, those that waited for a device" }, \
	[(at) + S_ERRORS] = { "errors", "Errors", UNIT_COUNT, 6, COL_ERROR | COL_OPTIONAL, \
		"of them, those that ended in a signal, or found no memory" }, \
	[(at) + S_TOTAL] = { "total_ns", "Total", UNIT_NS, 7, 0, \
		"time in them, waiting included, summed over threads" }, \
	[(at) + S_AVG] = { "avg_ns", "Avg", UNIT_NS, 7, 0, "mean duration" }, \
	[(at) + S_MAX] = { "max_ns", "Max", UNIT_NS, 7, COL_OPTIONAL, "longest fault" }

static const struct column function_cols[] = {
	[F_NAME] = { "function", "Function", UNIT_TEXT, 24, COL_KEY | COL_ASCENDING,
		"whose instruction faulted, or called the kernel that did; file and offset in it "
		"without a symbol" },
	[F_OBJECT] = { "object", "Object", UNIT_TEXT, 16, COL_KEY | COL_ASCENDING,
		"file that it is in; [anon]: code made at run time" },
	SUMS(F_SUMS),
	[F_PATH] = PATH_COLUMN,
};

static const struct column stack_cols[] = {
	[U_NAME] = { "function", "Function", UNIT_TEXT, 20, COL_KEY | COL_ASCENDING,
		"the innermost one" },
	SUMS(U_SUMS),
	[U_STACK] = { "stack", "Stack", UNIT_TEXT, 24, COL_KEY | COL_ASCENDING,
		"functions, the innermost first; the callers are as good as its frame pointers" },
	[U_OBJECT] = { "object", "Object", UNIT_TEXT, 16, COL_KEY | COL_ASCENDING | COL_JSON_ONLY,
		"file that the innermost one is in" },
	[U_PATH] = PATH_COLUMN,
};

static const struct column tlb_cols[] = {
	[B_REASON] = { "reason", "Reason", UNIT_TEXT, 22, COL_KEY | COL_ASCENDING,
		"why, as the kernel names it; remote: on behalf of another CPU" },
	[B_FLUSHES] = { "flushes", "Flushes", UNIT_COUNT, 8, 0, "flushes in the interval" },
	[B_FULL] = { "full", "Full", UNIT_COUNT, 8, 0,
		"of them, those of everything remembered of an address space" },
	[B_PAGES] = { "pages", "Pages", UNIT_COUNT, 8, 0, "flushed one by one, by the others" },
	[B_SPARED] = { "spared", "Spared", UNIT_COUNT, 8, 0,
		"times that nothing had to be flushed: the CPU still knew the address space" },
};

#define GROWTH(at, key, title, what, flags) \
	[(at) + R_GREW] = { key "_grew_bytes", title "+", UNIT_BYTES, 7, flags, \
		what ": by how much more at the end of the interval" }, \
	[(at) + R_SHRANK] = { key "_shrank_bytes", title "-", UNIT_BYTES, 7, \
		(at) == R_RSS ? 0 : COL_JSON_ONLY, \
		what ": by how much less at the end of the interval" }, \
	[(at) + R_SIZE] = { key "_bytes", title, UNIT_BYTES, 7, \
		(at) == R_RSS ? 0 : COL_JSON_ONLY, what " at the end of the interval" }

static const struct column rss_cols[] = {
	[R_PID] = { "pid", "PID", UNIT_ID, 7, COL_KEY | COL_ASCENDING,
		"process id, in ostrace's pid namespace where it has one there" },
	[R_COMM] = { "comm", "Process", UNIT_TEXT, 15, COL_KEY | COL_ASCENDING,
		"name of the process" },
	GROWTH(R_RSS, "rss", "RSS", "in memory, of all kinds", 0),
	GROWTH(R_ANON, "anon", "Anon", "anonymous memory", 0),
	GROWTH(R_FILE, "file", "File", "pages of files", 0),
	GROWTH(R_SHMEM, "shmem", "Shmem", "tmpfs and shared anonymous memory", 0),
	GROWTH(R_SWAP, "swap", "Swap", "swapped out", 0),
};

#define COLS(c) .cols = (c), .ncols = (int)(sizeof(c) / sizeof((c)[0]))

const struct table_def faults_tables[FAULTS_TABLES] = {
	[T_KINDS] = { "kinds", "by kind", "one row per kind of fault and origin", COLS(kind_cols),
		.sort = K_TOTAL, .child = T_MAPPINGS, .hist = true, .top_level = true,
		.headline = { K_TOTAL, K_FAULTS, K_P99 } },
	[T_PROCESSES] = { "processes", "by process", "one row per process", COLS(process_cols),
		.sort = P_NUMBERS + N_FAULTS, .child = T_KINDS, .top_level = true,
		.subject = SUBJECT_PROCESS,
		.headline = { P_NUMBERS + N_TOTAL, P_NUMBERS + N_FAULTS, P_NUMBERS + N_MAJOR } },
	[T_CGROUPS] = { "cgroups", "by cgroup", "one row per cgroup v2", COLS(cgroup_cols),
		.sort = G_NUMBERS + N_FAULTS, .child = T_KINDS, .top_level = true,
		.subject = SUBJECT_CGROUP,
		.headline = { G_NUMBERS + N_TOTAL, G_NUMBERS + N_FAULTS, G_NUMBERS + N_MAJOR } },
	[T_MAPPINGS] = { "mappings", "by mapping", "one row per file or kind of anonymous memory",
		COLS(mapping_cols), .sort = M_NUMBERS + N_FAULTS, .child = -1, .top_level = true,
		.headline = { M_NUMBERS + N_TOTAL, M_NUMBERS + N_FAULTS, M_NUMBERS + N_MAJOR } },
	[T_ERRORS] = { "errors", "errors", "one row per process, error and mapping",
		COLS(error_cols), .sort = E_FAULTS, .child = -1, .top_level = true },
	[T_FUNCTIONS] = { "functions", "by function", "one row per function of a program, by symbols",
		COLS(function_cols), .sort = F_SUMS + S_FAULTS, .child = T_STACKS, .top_level = true },
	[T_STACKS] = { "stacks", "by stack", "one row per user stack", COLS(stack_cols),
		.sort = U_SUMS + S_FAULTS, .child = -1, .top_level = true },
	[T_TLB] = { "tlb", "TLB flushes", "one row per reason to flush the TLB of a CPU",
		COLS(tlb_cols), .sort = B_FLUSHES, .child = -1, .top_level = true },
	[T_RSS] = { "rss", "growth", "one row per process whose memory grew or shrank",
		COLS(rss_cols), .sort = R_RSS + R_GREW, .child = T_KINDS, .top_level = true },
};

static const char *const kind_names[FAULT_KINDS] = {
	[FAULT_ANON] = "anon",
	[FAULT_ZERO] = "zero page",
	[FAULT_FILE] = "file map",
	[FAULT_SHMEM] = "shmem",
	[FAULT_COW] = "cow",
	[FAULT_REUSE] = "reuse",
	[FAULT_COW_OR_REUSE] = "cow or reuse",
	[FAULT_MKWRITE] = "shared write",
	[FAULT_SWAP_CACHE] = "swap cache",
	[FAULT_THP] = "huge",
	[FAULT_THP_ZERO] = "huge zero",
	[FAULT_THP_FALLBACK] = "huge fallback",
	[FAULT_THP_COW] = "huge cow",
	[FAULT_NUMA] = "numa hint",
	[FAULT_UFFD] = "userfaultfd",
	[FAULT_HUGETLB] = "hugetlb",
	[FAULT_SPECIAL] = "special",
	[FAULT_MINOR] = "other minor",
	[FAULT_FILE_READ] = "file read",
	[FAULT_SWAP_IN] = "swap in",
	[FAULT_MAJOR] = "other major",
	[FAULT_UNSEEN_MINOR] = "unseen minor",
	[FAULT_UNSEEN_MAJOR] = "unseen major",
	[FAULT_SEGV_MAPERR] = "SEGV_MAPERR",
	[FAULT_SEGV_ACCERR] = "SEGV_ACCERR",
	[FAULT_SEGV_PKUERR] = "SEGV_PKUERR",
	[FAULT_BUS] = "SIGBUS",
	[FAULT_HWPOISON] = "hwpoison",
	[FAULT_OOM] = "no memory",
};
/* clang-format on */

/* The scope's process or cgroup, and kind; what is 0 (-1 for the kind) is not asked. */
struct within {
	uint32_t tgid;
	uint64_t start, cgid;
	int64_t cell;
};

static struct within within(const struct scope *scope)
{
	struct within w = { .cell = -1 };
	int i;

	for (i = 0; scope && i < scope->depth; i++) {
		const struct scope_step *s = &scope->step[i];

		if (s->table == T_PROCESSES || s->table == T_RSS) {
			w.tgid = (uint32_t)s->id.a;
			w.start = s->id.b;
		} else if (s->table == T_CGROUPS) {
			w.cgid = s->id.a;
		} else if (s->table == T_KINDS) {
			w.cell = (int64_t)s->id.a;
		}
	}
	return w;
}

static bool is_in(const struct view_state *st, const struct within *w,
		  const struct fault_fact_row *r)
{
	const struct fault_proc *p = &st->d.last.procs[r->proc];

	if (w->tgid && (p->tgid != w->tgid || p->start != w->start))
		return false;
	if (w->cgid && r->cgid != w->cgid)
		return false;
	return w->cell < 0 || r->cell == (uint32_t)w->cell;
}

int faults_focus(struct view_state *st, int table, const struct scope *scope)
{
	struct within w = within(scope);

	faultdata_focus(&st->d, w.tgid, w.start, w.tgid ? 0 : w.cgid);
	return faults_show(st, table);
}

static int plane_of(const struct scope *scope)
{
	struct within w = within(scope);

	return w.tgid || w.cgid ? FAULT_PLANE_FOCUS : FAULT_PLANE_ALL;
}

static int fill_kinds(struct view_state *st, const struct scope *scope, struct table *out)
{
	uint32_t cell, kind;

	for (cell = 0; cell < FAULT_CELLS; cell++) {
		const struct fault_stat *s = &st->d.stat[plane_of(scope)][cell];
		const struct hist *h = &s->delta;
		struct row *r;

		if (!h->count && !s->d_untimed)
			continue;
		r = table_add(out, (struct row_id){ cell, 0 });
		if (!r)
			return -ENOMEM;
		kind = cell / FAULT_ORIGINS;
		r->v[K_KIND].s = kind_names[kind];
		r->v[K_CLASS].s = fault_is_error(kind) ? "error" :
				  fault_is_major(kind) ? "major" :
							 "minor";
		r->v[K_ORIGIN].s = cell % FAULT_ORIGINS == FAULT_USER ? "user" : "kernel";
		r->v[K_FAULTS].u = h->count + s->d_untimed;
		r->v[K_UNTIMED].u = s->d_untimed;
		r->v[K_TOTAL].u = h->sum;
		r->v[K_AVG].u = h->count ? h->sum / h->count : 0;
		r->v[K_P50].u = hist_percentile(h, 500, NULL);
		r->v[K_P90].u = hist_percentile(h, 900, NULL);
		r->v[K_P99].u = hist_percentile(h, 990, NULL);
		r->v[K_MAX].u = h->max;
		if (!h->count)
			r->na = 1u << K_TOTAL | 1u << K_AVG | 1u << K_P50 | 1u << K_P90 |
				1u << K_P99 | 1u << K_MAX;
	}
	return 0;
}

/* The row with this id, added if there is none yet. @rows: where they are in @out. */
static struct row *row_for(struct table *out, struct idmap *rows, struct row_id id, bool *added)
{
	uint32_t i = idmap_get(rows, id.a, id.b);
	struct row *r;

	*added = i == IDMAP_NONE;
	if (!*added)
		return &out->rows[i];
	if (idmap_put(rows, id.a, id.b, (uint32_t)out->nrows))
		return NULL;
	r = table_add(out, id);
	return r;
}

/* Add to the numbers of a row; the mean is made at the end, of timed ones. */
static void add_numbers(struct row *r, int at, const struct fault_sum *s)
{
	union value *v = r->v + at;

	v[N_FAULTS].u += s->faults;
	v[N_MAJOR].u += s->majors;
	v[N_ERRORS].u += s->errors;
	v[N_TOTAL].u += s->total;
	v[N_AVG].u += s->faults - s->untimed;
	if (s->max > v[N_MAX].u)
		v[N_MAX].u = s->max;
}

static void end_numbers(struct table *out, int at)
{
	size_t i;

	for (i = 0; i < out->nrows; i++) {
		struct row *r = &out->rows[i];
		union value *v = r->v + at;
		uint64_t timed = v[N_AVG].u;

		v[N_MINOR].u = v[N_FAULTS].u - v[N_MAJOR].u - v[N_ERRORS].u;
		v[N_AVG].u = timed ? v[N_TOTAL].u / timed : 0;
		if (!timed)
			r->na |= 1ull << (at + N_TOTAL) | 1ull << (at + N_AVG) |
				 1ull << (at + N_MAX);
	}
}

const char *faults_mapping_name(const struct faultdata *d, uint32_t map)
{
	static const char *const names[FAULT_MAP_FILES] = {
		[FAULT_MAP_UNKNOWN] = "[unknown]", [FAULT_MAP_OTHER] = "[other]",
		[FAULT_MAP_NONE] = "[none]",	   [FAULT_MAP_ANON] = "[anon]",
		[FAULT_MAP_HEAP] = "[heap]",	   [FAULT_MAP_STACK] = "[stack]",
		[FAULT_MAP_SHARED] = "[shared]",   [FAULT_MAP_SPECIAL] = "[special]",
	};

	if (map >= FAULT_MAP_FILES)
		return d->m.mappings[map & (FAULT_MAPPINGS - 1)].name;
	return names[map] ? names[map] : "[unknown]";
}

static uint32_t path_of(const struct faultdata *d, uint32_t map)
{
	return map < FAULT_MAP_FILES ? 0 : d->m.mappings[map & (FAULT_MAPPINGS - 1)].path;
}

const char *faults_path(const struct faultdata *d, uint32_t map, bool whole, char *out, size_t n)
{
	uint32_t path = path_of(d, map);

	return path & FAULT_PATH_DELETED ? NULL : faultdata_path(d->m.paths, path, whole, out, n);
}

int faults_set_path(const struct faultdata *d, struct table *out, struct row *r, int col,
		    uint32_t map)
{
	static const char gone[] = " (deleted)";
	char text[FAULT_PATH_TEXT + sizeof(gone)];
	uint32_t path = path_of(d, map);

	if (!faultdata_path(d->m.paths, path, false, text, FAULT_PATH_TEXT)) {
		r->na |= 1ull << col;
		return 0;
	}
	if (path & FAULT_PATH_DELETED)
		strcat(text, gone);
	r->v[col].s = table_str(out, text);
	return r->v[col].s ? 0 : -ENOMEM;
}

static int head_process(struct view_state *st, const struct fault_fact_row *f, struct table *out,
			struct row *r)
{
	const struct fault_proc *p = &st->d.last.procs[f->proc];

	r->v[P_PID].u = p->ns_tgid ? p->ns_tgid : p->tgid;
	r->v[P_COMM].s = table_str(out, p->comm);
	r->v[P_THREADS].u = p->threads;
	r->v[P_CGROUP].s = cgroups_name(st->cgroups, p->cgid, (pid_t)p->ns_tgid);
	return r->v[P_COMM].s ? 0 : -ENOMEM;
}

static int head_cgroup(struct view_state *st, const struct fault_fact_row *f, struct table *out,
		       struct row *r)
{
	pid_t member = (pid_t)st->d.last.procs[f->proc].ns_tgid;

	r->v[G_CGROUP].s = cgroups_name(st->cgroups, f->cgid, member);
	r->v[G_ID].u = f->cgid;
	return 0;
}

static int head_mapping(struct view_state *st, const struct fault_fact_row *f, struct table *out,
			struct row *r)
{
	const struct fault_mapping *m = &st->d.m.mappings[f->map & (FAULT_MAPPINGS - 1)];
	char dev[24];

	r->v[M_NAME].s = table_str(out, faults_mapping_name(&st->d, f->map));
	if (f->map < FAULT_MAP_FILES) {
		r->na = 1ull << M_INODE | 1ull << M_DEVICE;
	} else {
		/* dev_t inside the kernel: include/linux/kdev_t.h */
		snprintf(dev, sizeof(dev), "%u:%u", m->dev >> 20, m->dev & ((1u << 20) - 1));
		r->v[M_INODE].u = m->ino;
		r->v[M_DEVICE].s = table_str(out, dev);
	}
	return r->v[M_NAME].s ? faults_set_path(&st->d, out, r, M_PATH, f->map) : -ENOMEM;
}

/* Group the interval's rows by what names a row of @table. */
static int fill_grouped(struct view_state *st, int table, const struct scope *scope,
			struct table *out)
{
	static const int at[FAULTS_TABLES] = {
		[T_PROCESSES] = P_NUMBERS, [T_CGROUPS] = G_NUMBERS, [T_MAPPINGS] = M_NUMBERS
	};
	const struct fault_interval *v = &st->d.last;
	struct within w = within(scope);
	struct idmap rows = {};
	int err = 0;
	uint32_t i;

	for (i = 0; !err && i < v->nrows; i++) {
		const struct fault_fact_row *f = &v->rows[i];
		const struct fault_proc *p = &v->procs[f->proc];
		struct row_id id = table == T_PROCESSES ? (struct row_id){ p->tgid, p->start } :
				   table == T_CGROUPS	? (struct row_id){ f->cgid, 0 } :
							  (struct row_id){ f->map, 0 };
		struct row *r;
		bool added;

		if (!is_in(st, &w, f))
			continue;
		r = row_for(out, &rows, id, &added);
		if (!r)
			err = -ENOMEM;
		else if (added)
			err = table == T_PROCESSES ? head_process(st, f, out, r) :
			      table == T_CGROUPS   ? head_cgroup(st, f, out, r) :
						     head_mapping(st, f, out, r);
		if (!err)
			add_numbers(r, at[table], &f->sum);
	}
	end_numbers(out, at[table]);
	idmap_free(&rows);
	return err;
}

static int fill_errors(struct view_state *st, const struct scope *scope, struct table *out)
{
	const struct fault_interval *v = &st->d.last;
	struct within w = within(scope);
	uint32_t i;

	for (i = 0; i < v->nrows; i++) {
		const struct fault_fact_row *f = &v->rows[i];
		const struct fault_proc *p = &v->procs[f->proc];
		struct row *r;

		if (!f->sum.errors || !is_in(st, &w, f))
			continue;
		r = table_add(out, (struct row_id){ p->tgid, FAULT_WHAT(f->map, f->cell) });
		if (!r)
			return -ENOMEM;
		r->v[E_PID].u = p->ns_tgid ? p->ns_tgid : p->tgid;
		r->v[E_COMM].s = table_str(out, p->comm);
		r->v[E_KIND].s = kind_names[f->cell / FAULT_ORIGINS];
		r->v[E_MAPPING].s = table_str(out, faults_mapping_name(&st->d, f->map));
		r->v[E_FAULTS].u = f->sum.faults;
		r->v[E_TOTAL].u = f->sum.total;
		if (f->sum.faults == f->sum.untimed)
			r->na = 1ull << E_TOTAL;
		if (faults_set_path(&st->d, out, r, E_PATH, f->map))
			return -ENOMEM;
	}
	return 0;
}

int faults_fill(struct view_state *st, int table, const struct scope *scope, struct table *out)
{
	table_reset(out, &faults_tables[table]);
	switch (table) {
	case T_KINDS:
		return fill_kinds(st, scope, out);
	case T_ERRORS:
		return fill_errors(st, scope, out);
	/* What could not be opened when it was asked for is empty. */
	case T_FUNCTIONS:
	case T_STACKS:
		return st->stacks ? faults_stacks_fill(st->stacks, &st->d, table, scope, out) : 0;
	case T_TLB:
		return st->tlb ? faults_tlb_fill(st->tlb, out) : 0;
	case T_RSS:
		return st->rss ? faults_rss_fill(st->rss, out) : 0;
	default:
		return fill_grouped(st, table, scope, out);
	}
}

int faults_hist(struct view_state *st, const struct scope *scope, int which, bool total,
		struct hist *out)
{
	const struct scope_step *in = scope->depth ? &scope->step[scope->depth - 1] : NULL;
	const struct fault_stat *s;
	int i;

	if (which)
		return -ENOENT;
	if (!in || in->table != T_KINDS || in->id.a >= FAULT_CELLS)
		return -ENODATA;
	s = &st->d.stat[plane_of(scope)][in->id.a];
	if (!total) {
		*out = s->delta;
		return 0;
	}
	*out = s->sum;
	out->count -= s->base.count;
	out->sum -= s->base.sum;
	for (i = 0; i < OSTRACE_HIST_SLOTS; i++)
		out->slot[i] -= s->base.slot[i];
	return 0;
}
