/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the two halves of the memory view: view_memory_data.c reads,
 * view_memory.c makes tables of it.
 */
#ifndef OSTRACE_VIEW_MEMORY_H
#define OSTRACE_VIEW_MEMORY_H

#include <limits.h>
#include "hist.h"
#include "memproc.h"
#include "memtree.h"
#include "view.h"

struct memcg_bpf;
struct bpf_link;

/* Who waited, where, and for which limit: the reader's side of a memcg_payer. */
struct payer {
	struct hist *sum, *delta; /* allocated at the first use of the slot */
	uint64_t pages, d_pages;
	uint32_t quiet; /* intervals without news */
	bool used;	/* has been seen with something in it */
	bool leaving;	/* no longer found by BPF programs; free at the next interval */
};

#define MEMORY_NOTES 8

struct view_state {
	struct session *session;
	struct memcg_bpf *skel;
	struct bpf_link *walk; /* the iterator, NULL without a tree */
	struct memtree tree;
	struct memcg_row *rows; /* mapped */
	struct memcg_birth *births;
	char mount[PATH_MAX];
	char top[PATH_MAX]; /* path of the tree's root, "" for the root of all */
	int mount_fd, meminfo_fd, vmstat_fd, psi_fd;
	bool machine; /* the tree's root is the machine itself */
	bool grouped; /* there are cgroups with the memory controller */
	bool psi_on;
	bool flushes;	     /* the walk brings the kernel's sums up to date */
	struct memproc proc; /* as of the last interval */
	uint64_t page_size;
	uint64_t graves; /* read so far */
	uint64_t graves_lost, psi_late;
	struct payer payer[MEMCG_PAYERS];
	uint64_t stalls; /* since start */
	uint64_t missed_base;
	uint64_t interval_ns, last_tick;
	int stats_fd, learned;
	double ns_per_event;
	const char *notes[MEMORY_NOTES + 1];
	int nnotes;
};

int memory_open(struct session *s, const struct filter *f, struct view_state **out);
void memory_close(struct view_state *st);
int memory_tick(struct view_state *st, uint64_t now);
const char *const *memory_notes(struct view_state *st);
int memory_losses(struct view_state *st, struct loss *l);
void memory_price(struct view_state *st, struct price *p);
/** memory_payer - the mapped payer of slot @i. */
const struct memcg_payer *memory_payer(const struct view_state *st, uint32_t i);

#endif /* OSTRACE_VIEW_MEMORY_H */
