// SPDX-License-Identifier: GPL-2.0
/* A decision of the OOM killer as text or as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../modules/oom/rank.h"
#include "format.h"
#include "json.h"
#include "oom_story.h"

#define PAGE ((uint64_t)sysconf(_SC_PAGESIZE))
#define LINE_MAX_CELLS 200

static const char *const tier_names[] = { "protect", "normal", "prefer" };
static const char *const constraint_names[] = { "global", "cpuset", "mempolicy", "memcg" };
static const char *const order_names[] = {
	"size", "adj", "cgroup", "over-low", "over-high", "youngest", "policy",
};

#define NAME(table, i) ((i) < sizeof(table) / sizeof((table)[0]) ? (table)[i] : "?")

static struct oom_key key_of(const struct ostrace_oom_candidate *c)
{
	struct oom_key k = { .points = c->kernel_points, .tier = c->tier };

	memcpy(k.key, c->key, sizeof(k.key));
	return k;
}

/* qsort() has no argument for it. */
static const struct ostrace_oom_candidate *sorted;

/* Of equals the kernel takes the one it meets last. */
static int by_policy(const void *a, const void *b)
{
	unsigned int i = *(const unsigned int *)a, j = *(const unsigned int *)b;
	struct oom_key ki = key_of(&sorted[i]), kj = key_of(&sorted[j]);
	int c = oom_key_cmp(&kj, &ki);

	return c ? c : (i < j) - (i > j);
}

static int by_kernel(const void *a, const void *b)
{
	unsigned int i = *(const unsigned int *)a, j = *(const unsigned int *)b;
	__s64 pi = sorted[i].kernel_points, pj = sorted[j].kernel_points;

	return pi != pj ? (pi < pj) - (pi > pj) : (i < j) - (i > j);
}

static unsigned int *order(const struct ostrace_oom_decision *d,
			   int (*compare)(const void *, const void *))
{
	unsigned int *by = malloc((d->candidates + 1) * sizeof(*by)), i;

	if (!by)
		return NULL;
	for (i = 0; i < d->candidates; i++)
		by[i] = i;
	sorted = oom_candidates(d);
	qsort(by, d->candidates, sizeof(*by), compare);
	return by;
}

unsigned int *oom_story_order(const struct ostrace_oom_decision *d)
{
	return order(d, by_policy);
}

/* Place of each candidate in the kernel's order, from 1. */
static unsigned int *kernel_places(const struct ostrace_oom_decision *d)
{
	unsigned int *by = order(d, by_kernel), *place, i;

	place = by ? malloc((d->candidates + 1) * sizeof(*place)) : NULL;
	for (i = 0; place && i < d->candidates; i++)
		place[by[i]] = i + 1;
	free(by);
	return place;
}

static const char *bytes(char *out, size_t n, __s64 pages)
{
	char plain[32];

	format_bytes(plain, sizeof(plain), (uint64_t)(pages < 0 ? -pages : pages) * PAGE);
	snprintf(out, n, "%s%s", pages < 0 ? "-" : "", plain);
	return out;
}

static const char *plain_name(char *out, size_t n, const char *comm, const struct text_style *style)
{
	char name[OSTRACE_OOM_COMM + 1];

	snprintf(name, sizeof(name), "%.*s", OSTRACE_OOM_COMM, comm);
	format_escape(out, n, name, style->utf8);
	return out;
}

static const char *place_name(char *out, size_t n, const struct oom_story *s, uint64_t id,
			      const struct text_style *style)
{
	format_escape(out, n, s->cgroup(s->data, id), style->utf8);
	return out;
}

static void write_pressure(struct buf *b, const struct oom_story *s)
{
	if (s->pressure >= 0)
		buf_printf(b,
			   "  in the 10 s before, somebody waited for memory %.1f%% of the time\n",
			   s->pressure);
}

static void write_who(struct buf *b, const struct oom_story *s, const struct text_style *style)
{
	const struct ostrace_oom_decision *d = s->d;
	char when[32], name[80], place[1100], limit[40], usage[40];
	time_t t = (time_t)(d->wall / 1000000000);
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(when, sizeof(when), "%H:%M:%S", &tm);
	paint(b, style, PAINT_TITLE);
	if (d->flags & OSTRACE_OOM_DECISION_DRY)
		buf_printf(b, "%s  if memory ran out now", when);
	else
		buf_printf(b, "%s  #%llu  %s (%d) ran out of memory", when, d->seq,
			   plain_name(name, sizeof(name), d->trigger_comm, style), d->trigger_pid);
	paint(b, style, PAINT_NONE);
	/* memory.max is as much as there can be: "max". */
	if (d->limit >= (uint64_t)INT64_MAX / PAGE)
		snprintf(limit, sizeof(limit), "none");
	else
		bytes(limit, sizeof(limit), (__s64)d->limit);
	if (d->cgroup)
		buf_printf(b, " in %s: limit %s, used %s",
			   place_name(place, sizeof(place), s, d->cgroup, style), limit,
			   bytes(usage, sizeof(usage), (__s64)d->usage));
	else
		buf_printf(b, " (%s): %s in all", NAME(constraint_names, d->constraint), limit);
	buf_putc(b, '\n');
	write_pressure(b, s);
}

static void write_row(struct buf *b, const struct oom_story *s, const struct text_style *style,
		      unsigned int n, unsigned int kernel_place,
		      const struct ostrace_oom_candidate *c)
{
	char name[80], place[1100], size[40], rule[12] = "-", line[1400];
	bool dead = s->d->nvictims && c->pid == s->d->victim[0].pid;

	if (c->rule)
		snprintf(rule, sizeof(rule), "%u", c->rule);
	snprintf(line, sizeof(line), "  %6u %6u %9d %-15s %-7s %9s %6d %5s %s", n, kernel_place,
		 c->pid, plain_name(name, sizeof(name), c->comm, style), NAME(tier_names, c->tier),
		 bytes(size, sizeof(size), c->kernel_points), c->oom_score_adj, rule,
		 place_name(place, sizeof(place), s, c->cgroup, style));
	format_fit(line, sizeof(line), style->width ? style->width : LINE_MAX_CELLS, style->utf8);
	paint(b, style, dead ? PAINT_BAD : PAINT_NONE);
	buf_puts(b, line);
	paint(b, style, PAINT_NONE);
	buf_putc(b, '\n');
}

static void write_ranking(struct buf *b, const struct oom_story *s, const struct text_style *style)
{
	const struct ostrace_oom_candidate *c = oom_candidates(s->d);
	unsigned int *by = oom_story_order(s->d), *place = kernel_places(s->d), i;
	size_t show = s->rows && s->rows < s->d->candidates ? s->rows : s->d->candidates;

	paint(b, style, PAINT_DIM);
	buf_puts(
		b,
		"  POLICY KERNEL       PID COMMAND         TIER        SCORE    ADJ  RULE CGROUP\n");
	paint(b, style, PAINT_NONE);
	for (i = 0; by && place && i < show; i++)
		write_row(b, s, style, i + 1, place[by[i]], &c[by[i]]);
	if (show < s->d->considered)
		buf_printf(b, "  and %zu more\n", (size_t)s->d->considered - show);
	free(by);
	free(place);
}

/* What became of the victim. Files and shared memory outlive it. */
static void write_after(struct buf *b, const struct oom_story *s, const struct text_style *style)
{
	const struct oom_kill *k = s->kill;
	char size[40], took[40], place[1100];

	buf_puts(b, "  ");
	if (k && k->end) {
		format_bytes(size, sizeof(size), k->anon * PAGE);
		format_ns(took, sizeof(took), k->end - k->time, style->utf8);
		buf_printf(b, "freed %s %s after it was marked; ", size, took);
	} else if (k) {
		buf_puts(b, "not gone yet; ");
	}
	if (k && k->reap_end) {
		format_bytes(size, sizeof(size), k->reap_pages * PAGE);
		format_ns(took, sizeof(took), k->reap_end - k->reap_start, style->utf8);
		buf_printf(b, "the OOM reaper took %s in %s; ", size, took);
	}
	if (s->usage_after >= 0) {
		format_bytes(size, sizeof(size), (uint64_t)s->usage_after);
		buf_printf(b, "the cgroup uses %s now; ", size);
	}
	if (s->kills >= 0) {
		format_escape(place, sizeof(place), s->home, style->utf8);
		buf_printf(b, "oom_kill %lld in memory.events of %s; ", s->kills, place);
	}
	/* The last of "; " or of the indentation. */
	b->len -= 2;
	buf_puts(b, "\n");
}

static void write_end(struct buf *b, const struct oom_story *s, const struct text_style *style)
{
	const struct ostrace_oom_decision *d = s->d;
	char policy[80], kernel[80], took[40], ours[40], place[1100];

	plain_name(policy, sizeof(policy), d->policy.comm, style);
	plain_name(kernel, sizeof(kernel), d->kernel.comm, style);
	if (d->flags & OSTRACE_OOM_DECISION_DRY && !d->considered) {
		buf_puts(b, "  nobody: no process there that the kernel would kill\n");
		return;
	}
	if (d->flags & OSTRACE_OOM_DECISION_DRY) {
		buf_printf(b, "  the policy takes %s (%d), the kernel alone %s (%d)\n", policy,
			   d->policy.pid, kernel, d->kernel.pid);
		return;
	}
	format_ns(took, sizeof(took), d->choice_ns, style->utf8);
	format_ns(ours, sizeof(ours), d->policy_ns, style->utf8);
	plain_name(policy, sizeof(policy), d->victim[0].comm, style);
	buf_printf(b, "  killed %s (%d) in %s", policy, d->victim[0].pid,
		   place_name(place, sizeof(place), s, d->victim[0].cgroup, style));
	if (d->nvictims > 1)
		buf_printf(b, " and %u more of its group", d->nvictims - 1);
	buf_printf(b, ", decided in %s (policy %s%s%s, %u candidate%s)\n", took, d->bpf,
		   d->bpf[0] ? " " : "", ours, d->considered, d->considered == 1 ? "" : "s");
	if (d->policy.pid != d->kernel.pid)
		buf_printf(b, "  %s %s (%d)\n",
			   d->mode == OSTRACE_OOM_ENFORCE ?
				   "the kernel alone would have taken" :
				   "audit only: the policy would have taken",
			   d->mode == OSTRACE_OOM_ENFORCE ?
				   kernel :
				   plain_name(policy, sizeof(policy), d->policy.comm, style),
			   d->mode == OSTRACE_OOM_ENFORCE ? d->kernel.pid : d->policy.pid);
	write_after(b, s, style);
}

/* Without the module: a line instead of a ranking. */
static void write_kill(struct buf *b, const struct oom_story *s, const struct text_style *style)
{
	const struct oom_kill *k = s->kill;
	char when[32], who[80], victim[80], place[1100], size[40];
	time_t t = (time_t)s->wall;
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(when, sizeof(when), "%H:%M:%S", &tm);
	plain_name(victim, sizeof(victim), k->comm, style);
	plain_name(who, sizeof(who), k->trigger_comm, style);
	format_bytes(size, sizeof(size), oom_kill_pages(k) * PAGE);
	paint(b, style, PAINT_TITLE);
	buf_printf(b, "%s  %s (%u) ran out of memory", when, who, k->trigger_pid);
	paint(b, style, PAINT_NONE);
	buf_printf(b, " in %s\n", place_name(place, sizeof(place), s, k->trigger_cgroup, style));
	write_pressure(b, s);
	format_escape(place, sizeof(place), s->home, style->utf8);
	buf_printf(b, "  killed %s (%u), uid %u, oom_score_adj %d, %s of memory, in %s\n", victim,
		   k->pid, k->uid, k->oom_score_adj, size, place);
	write_after(b, s, style);
}

void oom_story_text(struct buf *b, const struct oom_story *s, const struct text_style *style)
{
	if (s->d) {
		write_who(b, s, style);
		write_ranking(b, s, style);
		write_end(b, s, style);
	} else {
		write_kill(b, s, style);
	}
	buf_putc(b, '\n');
}

static void json_name(struct json *j, const char *comm)
{
	char name[OSTRACE_OOM_COMM + 1];

	snprintf(name, sizeof(name), "%.*s", OSTRACE_OOM_COMM, comm);
	json_string(j, "comm", name);
}

static void json_candidate(struct json *j, const char *key, const struct oom_story *s,
			   const struct ostrace_oom_candidate *c)
{
	int i;

	if (!c->pid) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_u64(j, "pid", (uint64_t)c->pid);
	json_name(j, c->comm);
	json_u64(j, "uid", c->uid);
	json_string(j, "cgroup", s->cgroup(s->data, c->cgroup));
	json_s64(j, "kernel_points", c->kernel_points);
	json_s64(j, "oom_score_adj", c->oom_score_adj);
	json_string(j, "tier", NAME(tier_names, c->tier));
	json_array(j, "key");
	for (i = 0; i < s->d->norder; i++)
		json_s64(j, NULL, c->key[i]);
	json_end_array(j);
	json_u64(j, "rule", c->rule);
	json_bool(j, "group", c->flags & OSTRACE_OOM_CAND_GROUP);
	json_bool(j, "bpf", c->flags & OSTRACE_OOM_CAND_POLICY);
	json_end_object(j);
}

static void json_victims(struct json *j, const struct oom_story *s)
{
	const struct ostrace_oom_decision *d = s->d;
	unsigned int i;

	json_array(j, "victims");
	for (i = 0; i < d->nvictims && i < OSTRACE_OOM_VICTIMS; i++) {
		json_object(j, NULL);
		json_u64(j, "pid", (uint64_t)d->victim[i].pid);
		json_name(j, d->victim[i].comm);
		json_u64(j, "uid", d->victim[i].uid);
		json_string(j, "cgroup", s->cgroup(s->data, d->victim[i].cgroup));
		json_u64(j, "after_ns", d->victim[i].ns);
		json_end_object(j);
	}
	json_end_array(j);
}

static void json_trigger(struct json *j, const struct oom_story *s)
{
	json_object(j, "trigger");
	json_u64(j, "pid", (uint64_t)s->d->trigger_pid);
	json_name(j, s->d->trigger_comm);
	json_string(j, "cgroup", s->cgroup(s->data, s->d->trigger_cgroup));
	json_end_object(j);
}

/* A negative number is one that is not known. */
static void json_known(struct json *j, const char *key, double v, int digits)
{
	json_double(j, key, v < 0 ? 0.0 / 0.0 : v, digits);
}

/* What became of the first victim. */
static void json_after(struct json *j, const struct oom_story *s)
{
	const struct oom_kill *k = s->kill;
	bool gone = k && k->end, reaped = k && k->reap_end;

	json_known(j, "pressure_percent", s->pressure, 2);
	json_known(j, "freed_bytes", gone ? (double)(k->anon * PAGE) : -1, 0);
	json_known(j, "gone_ms", gone ? (double)(k->end - k->time) / 1e6 : -1, 3);
	json_known(j, "reaped_bytes", reaped ? (double)(k->reap_pages * PAGE) : -1, 0);
	json_known(j, "reaped_ms", reaped ? (double)(k->reap_end - k->reap_start) / 1e6 : -1, 3);
	json_known(j, "usage_after_bytes", (double)s->usage_after, 0);
	json_known(j, "oom_kill", (double)s->kills, 0);
}

static void decision_json(struct buf *b, const struct oom_story *s)
{
	const struct ostrace_oom_candidate *c = oom_candidates(s->d);
	const struct ostrace_oom_decision *d = s->d;
	unsigned int *by = oom_story_order(d), i;
	struct json j = { .out = b };

	json_object(&j, NULL);
	json_string(&j, "view", "oom");
	json_bool(&j, "module", true);
	json_u64(&j, "seq", d->seq);
	json_double(&j, "time", (double)d->wall / 1e9, 3);
	json_bool(&j, "dry", d->flags & OSTRACE_OOM_DECISION_DRY);
	json_string(&j, "bpf", d->bpf[0] ? d->bpf : NULL);
	json_string(&j, "mode", oom_mode_name(d->mode));
	json_string(&j, "constraint", NAME(constraint_names, d->constraint));
	json_s64(&j, "order", d->order);
	json_u64(&j, "gfp", d->gfp);
	json_string(&j, "cgroup", d->cgroup ? s->cgroup(s->data, d->cgroup) : NULL);
	json_u64(&j, "limit_pages", d->limit);
	json_u64(&j, "usage_pages", d->usage);
	json_trigger(&j, s);
	json_array(&j, "by");
	for (i = 0; i < d->norder; i++)
		json_string(&j, NULL, NAME(order_names, d->by[i]));
	json_end_array(&j);
	json_candidate(&j, "kernel", s, &d->kernel);
	json_candidate(&j, "policy", s, &d->policy);
	json_victims(&j, s);
	json_u64(&j, "nvictims", d->nvictims);
	json_u64(&j, "considered", d->considered);
	json_array(&j, "candidates");
	for (i = 0; by && i < d->candidates; i++)
		json_candidate(&j, NULL, s, &c[by[i]]);
	json_end_array(&j);
	json_u64(&j, "total_ns", d->total_ns);
	json_u64(&j, "choice_ns", d->choice_ns);
	json_u64(&j, "policy_ns", d->policy_ns);
	json_u64(&j, "missed", d->missed);
	json_after(&j, s);
	json_end_object(&j);
	buf_putc(b, '\n');
	free(by);
}

/* Without the module. */
static void kill_json(struct buf *b, const struct oom_story *s)
{
	const struct oom_kill *k = s->kill;
	struct json j = { .out = b };

	json_object(&j, NULL);
	json_string(&j, "view", "oom");
	json_double(&j, "time", s->wall, 3);
	json_bool(&j, "module", false);
	json_object(&j, "trigger");
	json_u64(&j, "pid", k->trigger_pid);
	json_name(&j, k->trigger_comm);
	json_string(&j, "cgroup", s->cgroup(s->data, k->trigger_cgroup));
	json_end_object(&j);
	json_array(&j, "victims");
	json_object(&j, NULL);
	json_u64(&j, "pid", k->pid);
	json_name(&j, k->comm);
	json_u64(&j, "uid", k->uid);
	json_string(&j, "cgroup", s->home);
	json_s64(&j, "oom_score_adj", k->oom_score_adj);
	json_u64(&j, "anon_bytes", k->anon * PAGE);
	json_u64(&j, "file_bytes", k->file * PAGE);
	json_u64(&j, "shmem_bytes", k->shmem * PAGE);
	json_u64(&j, "swap_bytes", k->swap * PAGE);
	json_u64(&j, "pgtables_bytes", k->pgtables);
	json_end_object(&j);
	json_end_array(&j);
	json_after(&j, s);
	json_end_object(&j);
	buf_putc(b, '\n');
}

void oom_story_json(struct buf *b, const struct oom_story *s)
{
	if (s->d)
		decision_json(b, s);
	else
		kill_json(b, s);
}
