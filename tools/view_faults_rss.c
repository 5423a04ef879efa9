// SPDX-License-Identifier: GPL-2.0
/*
 * The faults view: by how much the memory of processes grew, and of which kind. The
 * kernel's counters at the ends of an interval; no event is watched for it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "array.h"
#include "idmap.h"
#include "ostrace/fault.h"
#include "session.h"
#include "view_faults.h"

struct rss_proc {
	struct fault_rss now;
	uint64_t before[FAULT_RSS_KINDS];
};

struct faults_rss {
	struct session *session;
	struct bpf_program *walk;
	struct rss_proc *v, *next; /* of this interval's end; being made */
	uint32_t n, nnext, cap, cap_next;
	struct idmap index; /* of v */
	bool have;	    /* there was an interval before */
};

int faults_rss_open(struct bpf_program *walk, struct faults_rss **out)
{
	struct faults_rss *d = calloc(1, sizeof(*d));
	int err;

	*out = NULL;
	if (!d)
		return -ENOMEM;
	d->walk = walk;
	err = faults_rss_tick(d);
	if (err) {
		faults_rss_close(d);
		return err;
	}
	*out = d;
	return 0;
}

void faults_rss_close(struct faults_rss *d)
{
	if (!d)
		return;
	free(d->v);
	free(d->next);
	idmap_free(&d->index);
	free(d);
}

static int take(void *arg, const void *record)
{
	struct faults_rss *d = arg;
	struct rss_proc *p;
	uint32_t was;

	if (array_room(&d->next, d->nnext, &d->cap_next))
		return -ENOMEM;
	p = &d->next[d->nnext++];
	memcpy(&p->now, record, sizeof(p->now));
	was = idmap_get(&d->index, p->now.tgid, p->now.start);
	if (was != IDMAP_NONE)
		memcpy(p->before, d->v[was].now.pages, sizeof(p->before));
	else if (d->have) /* new in this interval: all it has */
		memset(p->before, 0, sizeof(p->before));
	else
		memcpy(p->before, p->now.pages, sizeof(p->before));
	return 0;
}

int faults_rss_tick(struct faults_rss *d)
{
	struct rss_proc *v = d->v;
	uint32_t cap = d->cap, i;
	int err;

	d->nnext = 0;
	err = session_read_iterator(d->walk, sizeof(struct fault_rss), take, d);
	d->v = d->next;
	d->n = d->nnext;
	d->cap = d->cap_next;
	d->next = v;
	d->cap_next = cap;
	idmap_free(&d->index);
	for (i = 0; !err && i < d->n; i++)
		err = idmap_put(&d->index, d->v[i].now.tgid, d->v[i].now.start, i);
	d->have = true;
	return err;
}

static const int column_of[FAULT_RSS_KINDS] = {
	[FAULT_RSS_ANON] = R_ANON,
	[FAULT_RSS_FILE] = R_FILE,
	[FAULT_RSS_SHMEM] = R_SHMEM,
	[FAULT_RSS_SWAP] = R_SWAP,
};

int faults_rss_fill(struct faults_rss *d, struct table *out)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint32_t i;
	int kind;

	for (i = 0; i < d->n; i++) {
		const struct rss_proc *p = &d->v[i];
		uint64_t now = 0, before = 0;
		struct row *r;

		if (!memcmp(p->before, p->now.pages, sizeof(p->before)))
			continue;
		r = table_add(out, (struct row_id){ p->now.tgid, p->now.start });
		if (!r)
			return -ENOMEM;
		r->v[R_PID].u = p->now.ns_tgid ? p->now.ns_tgid : p->now.tgid;
		r->v[R_COMM].s = table_str(out, p->now.comm);
		if (!r->v[R_COMM].s)
			return -ENOMEM;
		for (kind = 0; kind < FAULT_RSS_KINDS; kind++) {
			union value *at = r->v + column_of[kind];
			uint64_t has = p->now.pages[kind], had = p->before[kind];

			at[R_GREW].u = has > had ? (has - had) * page : 0;
			at[R_SHRANK].u = had > has ? (had - has) * page : 0;
			at[R_SIZE].u = has * page;
			if (kind == FAULT_RSS_SWAP) /* not in memory */
				continue;
			now += has;
			before += had;
		}
		r->v[R_RSS + R_GREW].u = now > before ? (now - before) * page : 0;
		r->v[R_RSS + R_SHRANK].u = before > now ? (before - now) * page : 0;
		r->v[R_RSS + R_SIZE].u = now * page;
	}
	return 0;
}
