/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bpf/memcg.bpf.c and tools/view_memory*.c share, in memory that the reader
 * has mapped.
 *
 *   rows    what the kernel knows of each cgroup at this moment, written anew by
 *           an iterator that the reader runs when an interval ends
 *   births  name and place of the cgroups among them that the reader has not met
 *   graves  the last row of cgroups as they are removed, so that what happened in
 *           their last interval is not lost
 *   payers  stalls for memory by who had to wait, where and for which limit
 */
#ifndef _OSTRACE_MEMCG_H
#define _OSTRACE_MEMCG_H

#include "ostrace/cell.h"

/* In the order of enum memcg_memory_event, include/linux/memcontrol.h. */
enum memcg_event {
	EVENT_LOW,
	EVENT_HIGH,
	EVENT_MAX,
	EVENT_OOM,
	EVENT_OOM_KILL,
	EVENT_OOM_GROUP_KILL,
	EVENT_SWAP_HIGH,
	EVENT_SWAP_MAX,
	EVENT_SWAP_FAIL,
	EVENT_SOCK_THROTTLED, /* since 6.18 */
	MEMCG_EVENTS,
};

/* Those lines of memory.stat that are shown, in their units. */
enum memcg_stat {
	STAT_ANON, /* bytes */
	STAT_FILE, /* bytes */
	STAT_REFAULT_ANON,
	STAT_REFAULT_FILE,
	STAT_ACTIVATE_ANON,
	STAT_ACTIVATE_FILE,
	STAT_SCAN_DIRECT,
	STAT_STEAL_DIRECT,
	STAT_MAJOR_FAULTS,
	MEMCG_STATS,
};

enum {
	ROW_MEMORY = 1 << 0, /* has the memory controller */
	ROW_STAT = 1 << 1,   /* stat[] is filled in */
	ROW_PSI = 1 << 2,    /* keeps pressure information */
};

/* Sizes are in pages, as the kernel has them; events only grow. */
struct memcg_row {
	__u64 id;     /* of the cgroup: the inode number of its directory */
	__u64 serial; /* grows with every cgroup made; ids may come back */
	__u64 current_, high, max, swap, swap_max;
	__u64 event[MEMCG_EVENTS]; /* of the cgroup and all below it */
	__u64 local[MEMCG_EVENTS]; /* of the cgroup itself */
	__u64 stat[MEMCG_STATS];
	__u64 psi_total[2]; /* some, full; ns, as last summed up by the kernel */
	__u64 psi_avg10[2]; /* percent << 11 (FSHIFT) */
	__u32 flags;
	__u32 pad;
};

#define MEMCG_NAME 256 /* NAME_MAX and the final 0 */

struct memcg_birth {
	__u64 id, serial, parent;
	__u32 level; /* below the root of all, which has 0 */
	char name[MEMCG_NAME];
};

#define MEMCG_GRAVES 4096 /* a power of two */

struct memcg_grave {
	struct memcg_row row;
	struct memcg_birth birth;
	__u64 written; /* 1 + its number, last of all */
};

/* Why a task had to wait. */
enum stall_kind {
	STALL_LIMIT,	/* reclaimed for a cgroup's memory.max or memory.high */
	STALL_DIRECT,	/* reclaimed because the machine had no free memory */
	STALL_THROTTLE, /* made to sleep for being above memory.high */
	STALL_COMPACT,	/* compacted memory for a large page */
	STALL_REFAULT,	/* waited for a page that had been evicted; anything else */
	STALL_KINDS,
};

/* Where: 0 is a fault; else 1 + (abi << 16 | number), as in syscall.h, or this. */
#define SITE_FAULT 0
#define SITE_IO_WORKER (~0U) /* a thread of io_uring's */

struct memcg_payer_key {
	__u64 cgroup; /* of the task */
	__u64 target; /* whose limit it was, 0: none */
	__u64 start;  /* of the process, CLOCK_BOOTTIME */
	__u32 tgid;
	__u32 site;
	__u32 kind;
	__u32 pad;
};

#define MEMCG_PAYERS 4096 /* a power of two */

struct memcg_payer {
	struct memcg_payer_key key;
	char comm[16]; /* of the process */
	struct ostrace_cell stall;
	__u64 pages;   /* that the task reclaimed meanwhile */
	__u32 ns_tgid; /* in the reader's pid namespace, 0: none there */
	__u32 pad;
};

struct memcg_control {
	__u32 epoch;	 /* of maxima, cell.h */
	__u32 free_tail; /* ring of free payers: the reader puts here */
	__u64 news_from; /* cgroups with this serial or a larger one are told of in births[] */
	__u32 nrows, nbirths;
	__u64 unseen;	/* cgroups for which there was no row */
	__u64 graves;	/* dug so far */
	__u64 map_full; /* stalls for which there was no payer */
	__u64 no_state; /* stalls for which there was no place to note their begin */
};

#endif /* _OSTRACE_MEMCG_H */
