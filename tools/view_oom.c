// SPDX-License-Identifier: GPL-2.0
/*
 * The oom view: each victim of the OOM killer is a row. The tracepoints tell who
 * died and what became of the memory, the module ostrace_oom why it was this one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cgroups.h"
#include "err.h"
#include "oom_device.h"
#include "oom_kills.h"
#include "session.h"
#include "view.h"

enum { T_KILLS, T_RECENT, T_CGROUPS };

enum {
	K_NAME,
	K_PID,
	K_AGE,
	K_MEMORY,
	K_FREED,
	K_GONE,
	K_ADJ,
	K_TRIGGER,
	K_TYPE,
	K_LIMIT,
	K_INSTEAD,
	K_CANDIDATES,
	K_DECISION,
	K_REAPED,
	K_REAP,
	K_SWAP,
	K_UID,
	K_TRIGGER_PID,
	K_CGROUP,
};

/* A table reads as a table. */
/* clang-format off */
static const struct column kill_cols[] = {
	[K_NAME] = { "name", "Victim", UNIT_TEXT, 15, COL_KEY | COL_ASCENDING,
		"command name of the process that was killed" },
	[K_PID] = { "pid", "PID", UNIT_ID, 7, COL_KEY | COL_ASCENDING, "its process id" },
	[K_AGE] = { "age_ns", "Ago", UNIT_NS, 7, COL_ASCENDING,
		"how long ago it was marked for death" },
	[K_MEMORY] = { "memory_bytes", "Memory", UNIT_BYTES, 8, 0,
		"resident memory that it had then: anonymous, file, shared" },
	[K_FREED] = { "freed_bytes", "Freed", UNIT_BYTES, 8, 0,
		"of that, what its death gave back for certain: anonymous memory" },
	[K_GONE] = { "gone_ns", "GoneIn", UNIT_NS, 7, 0,
		"time until all of that was back; a lower bound while it is not" },
	[K_ADJ] = { "oom_score_adj", "Adj", UNIT_TEXT, 5, COL_ASCENDING | COL_OPTIONAL,
		"its oom_score_adj" },
	[K_TRIGGER] = { "trigger", "Trigger", UNIT_TEXT, 15, COL_KEY | COL_ASCENDING,
		"command name of the process that ran out of memory" },
	[K_TYPE] = { "constraint", "Limit", UNIT_TEXT, 9, COL_ASCENDING | COL_OPTIONAL,
		"what had no more memory: memcg, global, cpuset or mempolicy (module)" },
	[K_LIMIT] = { "limit_bytes", "Size", UNIT_BYTES, 8, COL_OPTIONAL,
		"the limit that was met (module)" },
	[K_INSTEAD] = { "kernel_choice", "KernelChoice", UNIT_TEXT, 15, COL_ASCENDING | COL_OPTIONAL,
		"whom the kernel alone would have taken (module)" },
	[K_CANDIDATES] = { "candidates", "Cands", UNIT_COUNT, 6, COL_OPTIONAL,
		"processes that were considered (module)" },
	[K_DECISION] = { "decision_ns", "Decided", UNIT_NS, 7, COL_OPTIONAL,
		"time the choice took, the kernel's part included (module)" },
	[K_REAPED] = { "reaped_bytes", "Reaped", UNIT_BYTES, 8, COL_JSON_ONLY,
		"what the OOM reaper took of its memory" },
	[K_REAP] = { "reap_ns", "Reaping", UNIT_NS, 7, COL_JSON_ONLY,
		"how long the OOM reaper took for it" },
	[K_SWAP] = { "swap_bytes", "Swap", UNIT_BYTES, 8, COL_JSON_ONLY, "swap that it used" },
	[K_UID] = { "uid", "UID", UNIT_ID, 6, COL_JSON_ONLY | COL_ASCENDING, "its user" },
	[K_TRIGGER_PID] = { "trigger_pid", "TPID", UNIT_ID, 7, COL_JSON_ONLY | COL_ASCENDING,
		"process id of the trigger" },
	[K_CGROUP] = { "cgroup", "Cgroup", UNIT_TEXT, 20, COL_KEY | COL_ASCENDING,
		"its cgroup v2" },
};

enum { G_CGROUP, G_KILLS, G_MEMORY, G_FREED, G_GONE };
static const struct column cgroup_cols[] = {
	[G_CGROUP] = { "cgroup", "Cgroup", UNIT_TEXT, 30, COL_KEY | COL_ASCENDING,
		"cgroup v2 of the victims" },
	[G_KILLS] = { "kills", "Kills", UNIT_COUNT, 6, COL_ERROR, "processes killed" },
	[G_MEMORY] = { "memory_bytes", "Memory", UNIT_BYTES, 8, 0,
		"resident memory that they had" },
	[G_FREED] = { "freed_bytes", "Freed", UNIT_BYTES, 8, 0,
		"anonymous memory that is back" },
	[G_GONE] = { "gone_max_ns", "GoneMax", UNIT_NS, 7, 0,
		"longest time until a victim's memory was back; a lower bound while one's is not" },
};

#define COLS(c) .cols = (c), .ncols = (int)(sizeof(c) / sizeof((c)[0]))

static const struct table_def tables[] = {
	[T_KILLS] = { "kills", "in this interval", "one row per victim of this interval",
		COLS(kill_cols), .sort = K_AGE, .child = -1, .top_level = true,
		.headline = { K_MEMORY, K_GONE } },
	[T_RECENT] = { "recent", "the last ones", "one row per victim since the start, the last 255",
		COLS(kill_cols), .sort = K_AGE, .child = -1, .top_level = true,
		.subject = SUBJECT_PROCESS, .headline = { K_MEMORY, K_GONE } },
	[T_CGROUPS] = { "cgroups", "by cgroup", "one row per cgroup that lost processes",
		COLS(cgroup_cols), .sort = G_KILLS, .child = -1, .top_level = true,
		.subject = SUBJECT_CGROUP, .headline = { G_KILLS, G_MEMORY, G_GONE } },
};
/* clang-format on */

/* What the module knows of victim number @n; 0: nothing. */
struct decided {
	uint64_t n;
	uint64_t limit, choice_ns; /* pages, ns */
	uint32_t candidates;
	uint8_t constraint;
	char instead[OSTRACE_OOM_COMM + 1];
};

struct view_state {
	struct session *session;
	struct oom_kills *kills;
	struct cgroups *names;
	struct decided decided[KILLS_KEPT];
	uint64_t from, to;	  /* victims of the interval: from < n <= to */
	uint64_t now;		  /* CLOCK_MONOTONIC ns of the last tick */
	uint64_t lost, last, gap; /* kills, number of the last record, records */
	uint64_t page;
	char *room; /* for the module's records; NULL without it */
	int fd;
	int stats_fd; /* kernel statistics on, while we learn the price */
	int learned;
	double ns_per_event;
	const char *notes[2];
	char without[256]; /* why there are no records */
};

static void oom_close(struct view_state *st)
{
	if (!st)
		return;
	if (st->fd >= 0)
		close(st->fd);
	if (st->stats_fd >= 0)
		close(st->stats_fd);
	oom_kills_close(st->kills);
	cgroups_close(st->names);
	free(st->room);
	free(st);
}

/* The records are an addition: without them there are blanks. */
static void open_records(struct view_state *st)
{
	int err;

	st->fd = err = oom_device_open();
	if (st->fd >= 0 && !(st->room = malloc(OSTRACE_OOM_RECORD_MAX)))
		err = -ENOMEM;
	if (err < 0) {
		snprintf(st->without, sizeof(st->without),
			 "%s: it would add the limit, whom the kernel alone would have taken, "
			 "and the decision time",
			 err_text(err));
		st->notes[0] = st->without;
	}
	err_clear();
}

/*
 * Most machines never see a kill, and a panel that stays empty takes room from
 * the others: there is one where the module is, or where somebody was killed
 * since the machine was started. `ostrace oom` does not ask.
 */
static bool oom_present(void)
{
	bool killed = false;
	char line[128];
	FILE *f;

	if (!access("/dev/ostrace_oom", F_OK))
		return true;
	f = fopen("/proc/vmstat", "re");
	while (f && !killed && fgets(line, sizeof(line), f))
		killed = !strncmp(line, "oom_kill ", 9) && strtoull(line + 9, NULL, 10) > 0;
	if (f)
		fclose(f);
	return killed;
}

static int oom_open(struct session *s, const struct filter *f, struct view_state **out)
{
	struct view_state *st = calloc(1, sizeof(*st));
	int err;

	*out = NULL;
	if (!st)
		return -ENOMEM;
	st->session = s;
	st->fd = st->stats_fd = -1;
	st->ns_per_event = -1;
	st->page = (uint64_t)sysconf(_SC_PAGESIZE);
	err = cgroups_open(&st->names);
	if (!err)
		err = oom_kills_open(s, &st->kills);
	if (err) {
		oom_close(st);
		return err;
	}
	open_records(st);
	st->stats_fd = session_stats_on(); /* only a price is lost without it */
	*out = st;
	return 0;
}

/* Of which of our victims does this record tell? */
static void take_record(struct view_state *st, const struct ostrace_oom_decision *d)
{
	const uint64_t slack = 1000000000; /* the two clocks are read one after the other */
	uint64_t n, when;
	struct oom_kill k;
	unsigned int i;

	for (i = 0; i < d->nvictims && i < OSTRACE_OOM_VICTIMS; i++) {
		when = d->time + d->victim[i].ns;
		for (n = oom_kills_count(st->kills); oom_kills_get(st->kills, n, &k); n--) {
			struct decided *x = &st->decided[n % KILLS_KEPT];

			if (k.pid != (uint32_t)d->victim[i].pid || k.time > when + slack ||
			    when > k.time + slack)
				continue;
			x->n = n;
			x->limit = d->limit;
			x->choice_ns = d->choice_ns;
			x->candidates = d->considered;
			x->constraint = d->constraint;
			memcpy(x->instead, d->kernel.comm, OSTRACE_OOM_COMM);
			break;
		}
	}
}

static void take_records(struct view_state *st)
{
	const struct ostrace_oom_decision *d;
	ssize_t n, at;

	while (st->room && (n = read(st->fd, st->room, OSTRACE_OOM_RECORD_MAX)) > 0)
		for (at = 0; at < n; at += d->size) {
			d = (const void *)(st->room + at);
			if (st->last && d->seq > st->last + 1)
				st->gap += d->seq - st->last - 1;
			st->last = d->seq;
			take_record(st, d);
		}
}

static void learn_price(struct view_state *st)
{
	struct prog_stats ps;

	if (st->stats_fd < 0)
		return;
	oom_kills_stats(st->kills, &ps);
	if (ps.run_cnt)
		st->ns_per_event = (double)ps.run_ns / (double)ps.run_cnt;
	if (ps.run_cnt <= 1000 && ++st->learned < 5)
		return;
	close(st->stats_fd);
	st->stats_fd = -1;
}

static int oom_tick(struct view_state *st, uint64_t now)
{
	struct oom_kill k;

	st->now = now;
	st->from = st->to;
	st->to = oom_kills_count(st->kills);
	/* Only the oldest can have been overwritten. */
	while (st->from < st->to && !oom_kills_get(st->kills, st->from + 1, &k)) {
		st->from++;
		st->lost++;
	}
	take_records(st);
	learn_price(st);
	return 0;
}

static uint64_t since(const struct view_state *st, const struct oom_kill *k)
{
	return st->now > k->time ? st->now - k->time : 0;
}

static const char *comm_str(struct table *out, const char *comm)
{
	char name[KILLS_COMM + 1];

	snprintf(name, sizeof(name), "%.*s", KILLS_COMM, comm);
	return table_str(out, name);
}

/* Columns that only the module can fill. */
static int fill_decided(struct view_state *st, uint64_t n, struct table *out, struct row *r)
{
	static const char *const constraints[] = { "global", "cpuset", "mempolicy", "memcg" };
	const struct decided *x = &st->decided[n % KILLS_KEPT];

	if (x->n != n) {
		r->na |= 1ull << K_TYPE | 1ull << K_LIMIT | 1ull << K_INSTEAD |
			 1ull << K_CANDIDATES | 1ull << K_DECISION;
		return 0;
	}
	r->v[K_TYPE].s = x->constraint < 4 ? constraints[x->constraint] : "?";
	r->v[K_LIMIT].u = x->limit * st->page;
	r->v[K_INSTEAD].s = table_str(out, x->instead);
	r->v[K_CANDIDATES].u = x->candidates;
	r->v[K_DECISION].u = x->choice_ns;
	return r->v[K_INSTEAD].s ? 0 : -ENOMEM;
}

static int add_kill(struct view_state *st, uint64_t n, const struct oom_kill *k, struct table *out)
{
	struct row *r = table_add(out, (struct row_id){ k->pid, n });
	char adj[16];

	if (!r)
		return -ENOMEM;
	snprintf(adj, sizeof(adj), "%d", k->oom_score_adj);
	r->v[K_NAME].s = comm_str(out, k->comm);
	r->v[K_TRIGGER].s = comm_str(out, k->trigger_comm);
	r->v[K_ADJ].s = table_str(out, adj);
	r->v[K_CGROUP].s =
		table_str(out, cgroups_name(st->names, k->cgroup, (pid_t)k->trigger_pid));
	if (!r->v[K_NAME].s || !r->v[K_TRIGGER].s || !r->v[K_ADJ].s || !r->v[K_CGROUP].s)
		return -ENOMEM;
	r->v[K_PID].u = k->pid;
	r->v[K_UID].u = k->uid;
	r->v[K_TRIGGER_PID].u = k->trigger_pid;
	r->v[K_AGE].u = since(st, k);
	r->v[K_MEMORY].u = oom_kill_pages(k) * st->page;
	r->v[K_SWAP].u = k->swap * st->page;
	if (k->end) {
		r->v[K_FREED].u = k->anon * st->page;
		r->v[K_GONE].u = k->end - k->time;
	} else {
		r->na |= 1ull << K_FREED;
		r->v[K_GONE].u = since(st, k);
		r->ge |= 1ull << K_GONE;
	}
	if (k->reap_end) {
		r->v[K_REAPED].u = k->reap_pages * st->page;
		r->v[K_REAP].u = k->reap_end - k->reap_start;
	} else {
		r->na |= 1ull << K_REAPED | 1ull << K_REAP;
	}
	return fill_decided(st, n, out, r);
}

static int add_to_cgroup(struct view_state *st, const struct oom_kill *k, struct table *out)
{
	struct row *r = (struct row *)table_find(out, k->cgroup);
	uint64_t gone = k->end ? k->end - k->time : since(st, k);

	if (!r) {
		r = table_add(out, (struct row_id){ k->cgroup, 0 });
		if (!r)
			return -ENOMEM;
		r->v[G_CGROUP].s = table_str(out, cgroups_name(st->names, k->cgroup, 0));
		if (!r->v[G_CGROUP].s)
			return -ENOMEM;
	}
	r->v[G_KILLS].u++;
	r->v[G_MEMORY].u += oom_kill_pages(k) * st->page;
	if (k->end)
		r->v[G_FREED].u += k->anon * st->page;
	else
		r->ge |= 1ull << G_GONE | 1ull << G_FREED;
	if (gone > r->v[G_GONE].u)
		r->v[G_GONE].u = gone;
	return 0;
}

static int oom_fill(struct view_state *st, int table, const struct scope *scope, struct table *out)
{
	uint64_t n = table == T_RECENT ? 0 : st->from;
	struct oom_kill k;
	int err = 0;

	table_reset(out, &tables[table]);
	if (st->to - n > KILLS_KEPT)
		n = st->to - KILLS_KEPT;
	while (!err && n++ < st->to)
		if (oom_kills_get(st->kills, n, &k))
			err = table == T_CGROUPS ? add_to_cgroup(st, &k, out) :
						   add_kill(st, n, &k, out);
	return err;
}

static const char *const *oom_notes(struct view_state *st)
{
	return st->notes;
}

static int oom_losses(struct view_state *st, struct loss *l)
{
	l[0] = (struct loss){ "missed",
			      "events of victims not seen: the kernel skipped our program",
			      oom_kills_missed(st->kills) };
	l[1] = (struct loss){ "overwritten", "victims that came too fast to be shown", st->lost };
	l[2] = (struct loss){ "decisions", "records of the module that came too fast to be read",
			      st->gap };
	return 3;
}

static void oom_price(struct view_state *st, struct price *p)
{
	*p = (struct price){
		.event = "process end",
		.ns_per_event = st->ns_per_event,
		.bpf_ns_per_event = st->ns_per_event,
		.events = oom_kills_ends(st->kills),
	};
}

static const struct view_need needs[] = {
	{ "tp_btf:mark_victim", true, "no victims can be seen" },
	{ "tp_btf:exit_mmap", true, "when a victim's memory was back cannot be told" },
	{ "tp_btf:start_task_reaping", true, "what the OOM reaper does cannot be told" },
	{ "tp_btf:finish_task_reaping", true, "what the OOM reaper does cannot be told" },
	{ "module:ostrace_oom", false,
	  "no limit, ranking and decision time, and no policy but the kernel's" },
	{ NULL, false, NULL },
};

const struct view view_oom = {
	.name = "oom",
	.title = "OOM kills",
	.summary = "whom the OOM killer takes and why, as it happens; its policy",
	.help = "Without an interval, ostrace oom tells each kill as a short story when it is over: "
		"who ran out of memory, at which limit, the ranking of the candidates, the victim, "
		"and what that gave back. With one, or one of the options that ask for a table, it "
		"shows the tables below, as other views do.\n\n"
		"Kills, and what became of the victims, are seen on every kernel. The module "
		"ostrace_oom adds why it was this one, and can change that by rules "
		"(ostrace-oom.rules(5)) or by a BPF policy. These words are about the module: "
		"status; rank [CGROUP], whom it would take now; test FILE and load FILE, rules; "
		"attach POLICY, the name of one that is installed or a file, and detach.\n\n"
		"Only kills by the kernel's OOM killer are seen, not those of daemons such as "
		"systemd-oomd or earlyoom, which send signals.",
	.tables = tables,
	.ntables = sizeof(tables) / sizeof(tables[0]),
	.top_table = T_RECENT,
	.overview = T_RECENT,
	.needs = needs,
	.present = oom_present,
	.open = oom_open,
	.close = oom_close,
	.tick = oom_tick,
	.fill = oom_fill,
	.notes = oom_notes,
	.losses = oom_losses,
	.price = oom_price,
};
