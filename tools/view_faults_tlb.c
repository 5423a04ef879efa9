// SPDX-License-Identifier: GPL-2.0
/* The faults view: flushes of the TLB, by reason; loaded while that table is shown. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "err.h"
#include "ostrace/tlb.h"
#include "session.h"
#include "view_cpus.h"
#include "view_faults.h"
#include "tlb.skel.h" /* after the types it has from ostrace/tlb.h */

struct faults_tlb {
	struct tlb_bpf *skel;
	int ncpus;
	char *names[TLB_REASONS];
	struct tlb_count sum[TLB_REASONS], delta[TLB_REASONS];
	uint64_t missed_base;
};

/* TLB_LOCAL_MM_SHOOTDOWN as "local mm shootdown". */
static void make_readable(char *name)
{
	char *p;

	if (!strncmp(name, "TLB_", 4))
		memmove(name, name + 4, strlen(name + 4) + 1);
	for (p = name; *p; p++)
		*p = *p == '_' ? ' ' : (char)tolower((unsigned char)*p);
}

static void name_reasons(struct faults_tlb *d)
{
	int n = session_enum_names("tlb_flush_reason", d->names, TLB_REASONS), i;

	for (i = 0; i < n; i++)
		if (d->names[i])
			make_readable(d->names[i]);
}

void faults_tlb_close(struct faults_tlb *d)
{
	int i;

	if (!d)
		return;
	tlb_bpf__destroy(d->skel);
	for (i = 0; i < TLB_REASONS; i++)
		free(d->names[i]);
	free(d);
}

static uint64_t missed(const struct faults_tlb *d)
{
	struct prog_stats ps;

	session_prog_stats(d->skel->obj, &ps);
	return ps.missed;
}

static int load(struct faults_tlb *d, struct session *s, const struct filter *f)
{
	struct map_size size;
	int err;

	d->skel = tlb_bpf__open();
	if (!d->skel)
		return err_set(-errno, "faults: cannot open its BPF object: %s", strerror(errno));
	cpus_settings(&d->skel->rodata->settings, f, d->ncpus);
	size = (struct map_size){ d->skel->maps.bss_cpus, sizeof(struct tlb_cpu),
				  (size_t)d->ncpus };
	err = session_sizes("faults", &size, 1);
	if (!err)
		err = session_load(s, d->skel->skeleton, "faults");
	return err ? err : session_attach(s, d->skel->skeleton, "faults");
}

int faults_tlb_open(struct session *s, const struct filter *f, struct faults_tlb **out)
{
	struct faults_tlb *d = calloc(1, sizeof(*d));
	int err;

	*out = NULL;
	if (!d)
		return -ENOMEM;
	d->ncpus = session_ncpus(s);
	err = load(d, s, f);
	if (err) {
		faults_tlb_close(d);
		return err;
	}
	name_reasons(d);
	d->missed_base = missed(d);
	faults_tlb_tick(d);
	*out = d;
	return 0;
}

void faults_tlb_tick(struct faults_tlb *d)
{
	int i, cpu;

	for (i = 0; i < TLB_REASONS; i++) {
		struct tlb_count now = {};

		for (cpu = 0; cpu < d->ncpus; cpu++) {
			const volatile struct tlb_count *c = &d->skel->bss_cpus->cpus[cpu].by[i];
			uint64_t flushes = c->flushes; /* the kernel writes it last */

			__atomic_thread_fence(__ATOMIC_ACQUIRE);
			now.flushes += flushes;
			now.full += c->full;
			now.pages += c->pages;
			now.spared += c->spared;
		}
		d->delta[i] = (struct tlb_count){ now.flushes - d->sum[i].flushes,
						  now.full - d->sum[i].full,
						  now.pages - d->sum[i].pages,
						  now.spared - d->sum[i].spared };
		d->sum[i] = now;
	}
}

int faults_tlb_fill(struct faults_tlb *d, struct table *out)
{
	int i;

	for (i = 0; i < TLB_REASONS; i++) {
		const struct tlb_count *c = &d->delta[i];
		struct row *r;

		if (!c->flushes && !c->spared)
			continue;
		r = table_add(out, (struct row_id){ (uint64_t)i, 0 });
		if (!r)
			return -ENOMEM;
		r->v[B_REASON].s = d->names[i] ? d->names[i] : "other";
		r->v[B_FLUSHES].u = c->flushes;
		r->v[B_FULL].u = c->full;
		r->v[B_PAGES].u = c->pages;
		r->v[B_SPARED].u = c->spared;
	}
	return 0;
}

uint64_t faults_tlb_missed(const struct faults_tlb *d)
{
	return missed(d) - d->missed_base;
}
