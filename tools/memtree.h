/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cgroups of a machine as a tree, with what each interval did to them: the
 * reader's side of the walk in bpf/memcg.bpf.c. Pure.
 *
 * An interval ends so: memtree_begin(), memtree_birth() of what is new,
 * memtree_take() of every row, memtree_bury() of the graves, memtree_end(); then
 * memtree_stall() for what tasks waited.
 */
#ifndef OSTRACE_MEMTREE_H
#define OSTRACE_MEMTREE_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include "idmap.h"
#include "ostrace/memcg.h"

#define MEM_NONE UINT32_MAX
#define MEM_ROOT_ID 1 /* of the default hierarchy, kernel/cgroup/cgroup.c */

struct mem_stall {
	uint64_t count, ns, max;
};

/* One kind of pressure of one cgroup: [0] some, [1] full. */
struct mem_psi {
	bool known; /* at all; not when PSI is off */
	bool delta; /* ns[] is that of the interval */
	double avg10[2];
	uint64_t total[2]; /* ns since the cgroup was made */
	uint64_t ns[2];	   /* in the interval */
};

struct mem_node {
	uint64_t id, serial;
	uint32_t parent, child, next; /* MEM_NONE: none */
	uint32_t seen;		      /* the interval of its last row */
	uint32_t level;		      /* below the root of all */
	bool used, dead;
	bool fresh;  /* made in this interval: what it counted is of this interval */
	bool active; /* something happened to it or below it in this interval */
	bool unfolded;
	bool pressed; /* its row says that there is or was pressure since the last one */
	char *name;
	struct memcg_row now;
	uint64_t event[MEMCG_EVENTS], local[MEMCG_EVENTS]; /* in the interval */
	uint64_t stat[MEMCG_STATS];			   /* likewise; not of sizes */
	struct mem_stall own[STALL_KINDS], all[STALL_KINDS];
	struct mem_psi psi;
};

struct memtree {
	struct mem_node *v;
	uint32_t n, cap, free; /* free: list through next */
	uint32_t root;	       /* the top of what is walked, MEM_NONE before */
	uint32_t tick;
	struct idmap index;
	uint32_t *order; /* node of each row of the last walk */
	uint32_t norder;
	uint64_t orphans; /* stalls in cgroups that nobody has heard of */
};

/** memtree_init - an empty tree. */
void memtree_init(struct memtree *t);
/** memtree_free - release everything; accepts a zeroed tree. */
void memtree_free(struct memtree *t);

/** memtree_begin - another interval has ended: forget what the last one did. */
void memtree_begin(struct memtree *t);
/**
 * memtree_birth - a cgroup that had no node
 * An id that is known with another serial is another cgroup: the old one is dead.
 * Return: its node, or MEM_NONE if out of memory.
 */
uint32_t memtree_birth(struct memtree *t, const struct memcg_birth *b);
/**
 * memtree_take - row @at of the walk
 * Return: 0; -ENOENT if it was never born; -ENOMEM.
 */
int memtree_take(struct memtree *t, uint32_t at, const struct memcg_row *r);
/** memtree_bury - a cgroup was removed: @g is its last row. Return: 0 or -ENOMEM. */
int memtree_bury(struct memtree *t, const struct memcg_grave *g);
/** memtree_end - what had neither row nor grave is dead; old dead ones are forgotten. */
void memtree_end(struct memtree *t);
/** memtree_stall - a task of cgroup @id waited; counts for all above it, too. */
void memtree_stall(struct memtree *t, uint64_t id, enum stall_kind kind, uint64_t count,
		   uint64_t ns, uint64_t max);
/** memtree_mark - mark what was active, with all above it. Last of all. */
void memtree_mark(struct memtree *t);

/** memtree_find - the node of the living or else the dead cgroup @id, or MEM_NONE. */
uint32_t memtree_find(const struct memtree *t, uint64_t id);
/** memtree_below - is node @i @top or below it? */
bool memtree_below(const struct memtree *t, uint32_t i, uint32_t top);
/**
 * memtree_path - path of node @i below the mount point, "/" for the root of all
 * @top: path of the tree's own root, "" if that is the root of all
 */
void memtree_path(const struct memtree *t, uint32_t i, const char *top, char *out, size_t n);

#endif /* OSTRACE_MEMTREE_H */
