/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bpf/fault.bpf.c and tools/view_faults*.c share. As for system calls, all of
 * it lives in global variables of the BPF object that the reader has mapped:
 *
 *   cells    [cpu][kind, origin]  full histogram of each kind of fault
 *   focus    [cpu][kind, origin]  the same for the one process or cgroup looked at
 *   threads  [thread]             totals and the open fault of each thread
 *   rows     [hash]               totals per thread x kind x origin x mapping
 *   mappings [hash]               what was faulted on: files, by device and inode
 *   paths    [bytes]              where those files are
 *   stacks   (a hash of BPF)      totals per user stack, only while asked for
 *
 * Only the owning thread (or CPU) writes its counters. Slots and rows of dead
 * threads are given back by the reader, once it has taken their last numbers.
 */
#ifndef _OSTRACE_FAULT_H
#define _OSTRACE_FAULT_H

#include "ostrace/threads.h"

enum fault_kind {
	/* Minor: nothing had to be read. */
	FAULT_ANON,	    /* a zeroed page of its own */
	FAULT_ZERO,	    /* read before the first write: the shared zero page */
	FAULT_FILE,	    /* from the page cache, with its neighbours */
	FAULT_SHMEM,	    /* of tmpfs, memfd or a shared anonymous mapping */
	FAULT_COW,	    /* copied at the first write */
	FAULT_REUSE,	    /* made writable without a copy: nobody else has it */
	FAULT_COW_OR_REUSE, /* one of the two */
	FAULT_MKWRITE,	    /* first write to a page of a shared file mapping */
	FAULT_SWAP_CACHE,   /* swapped out, but still (or again) in memory */
	FAULT_THP,	    /* a huge page was allocated */
	FAULT_THP_ZERO,	    /* the huge zero page */
	FAULT_THP_FALLBACK, /* a huge page could not be had: small ones instead */
	FAULT_THP_COW,	    /* write to a huge page mapped read-only */
	FAULT_NUMA,	    /* unmapped to learn which node uses it */
	FAULT_UFFD,	    /* waited for a userfaultfd handler */
	FAULT_HUGETLB,	    /* of hugetlbfs */
	FAULT_SPECIAL,	    /* by a driver, or vdso and the like */
	FAULT_MINOR,	    /* minor, of a kind that cannot be told */
	/* Major: waited for a device. */
	FAULT_FILE_READ,
	FAULT_SWAP_IN,
	FAULT_MAJOR,
	/* Counted by the kernel for the thread, but not seen to happen. */
	FAULT_UNSEEN_MINOR,
	FAULT_UNSEEN_MAJOR,
	/* Could not be resolved. */
	FAULT_SEGV_MAPERR, /* nothing is mapped there */
	FAULT_SEGV_ACCERR, /* mapped, but not for this access */
	FAULT_SEGV_PKUERR, /* refused by a protection key */
	FAULT_BUS,	   /* beyond the end of the file, or an I/O error */
	FAULT_HWPOISON,	   /* the memory is broken */
	FAULT_OOM,	   /* no memory for it */
	FAULT_KINDS,
};

enum fault_origin { FAULT_USER, FAULT_KERNEL, FAULT_ORIGINS };

#define FAULT_CELLS (FAULT_KINDS * FAULT_ORIGINS)
#define FAULT_CELL(kind, origin) ((kind) * FAULT_ORIGINS + (origin))

static inline __attribute__((always_inline)) int fault_is_error(__u32 kind)
{
	return kind >= FAULT_SEGV_MAPERR;
}

static inline __attribute__((always_inline)) int fault_is_major(__u32 kind)
{
	return (kind >= FAULT_FILE_READ && kind <= FAULT_MAJOR) || kind == FAULT_UNSEEN_MAJOR;
}

/* What is known about a fault when it ends, and what its kind follows from. */
enum fault_fact {
	/* Of the mapping. */
	FAULT_IN_ANON = 1 << 0,
	FAULT_IN_FILE = 1 << 1, /* a file with a page cache */
	FAULT_IN_SHMEM = 1 << 2,
	FAULT_IN_HUGETLB = 1 << 3,
	FAULT_IN_SPECIAL = 1 << 4,
	FAULT_IN_SHARED = 1 << 5,
	FAULT_IN = (1 << 6) - 1,
	/* Of the access. */
	FAULT_WAS_WRITE = 1 << 6,
	FAULT_WAS_PRESENT = 1 << 7, /* a page was mapped, but not for this access */
	/* Of what the kernel did meanwhile. */
	FAULT_DID_WP = 1 << 8, /* write to a page mapped read-only */
	FAULT_DID_COPY = 1 << 9,
	FAULT_DID_REUSE = 1 << 10,
	FAULT_DID_SWAP = 1 << 11,
	FAULT_DID_THP = 1 << 12,
	FAULT_DID_THP_FALLBACK = 1 << 13,
	FAULT_DID_THP_WP = 1 << 14,
	FAULT_DID_NUMA = 1 << 15,
	FAULT_DID_UFFD = 1 << 16,
	FAULT_WAS_MAJOR = 1 << 17, /* the kernel counted it as one */
};

static inline __attribute__((always_inline)) __u32 fault_kind_wp(__u32 f)
{
	if (f & FAULT_IN_SHARED)
		return FAULT_MKWRITE;
	if (f & FAULT_DID_COPY)
		return FAULT_COW;
	return f & FAULT_DID_REUSE ? FAULT_REUSE : FAULT_COW_OR_REUSE;
}

/** fault_kind_of - the kind of a fault that the kernel resolved, from its facts. */
static inline __attribute__((always_inline)) __u32 fault_kind_of(__u32 f)
{
	__u32 present = f & FAULT_WAS_PRESENT;

	if (f & FAULT_DID_UFFD)
		return FAULT_UFFD;
	if (f & FAULT_IN_HUGETLB)
		return FAULT_HUGETLB;
	if (f & FAULT_WAS_MAJOR) {
		if (f & (FAULT_DID_SWAP | FAULT_IN_SHMEM))
			return FAULT_SWAP_IN;
		if (f & FAULT_IN_FILE)
			return FAULT_FILE_READ;
		/* Of anonymous memory there is nothing to read but from swap. */
		return f & FAULT_IN_ANON ? FAULT_SWAP_IN : FAULT_MAJOR;
	}
	if (f & FAULT_DID_NUMA)
		return FAULT_NUMA;
	if (f & FAULT_DID_SWAP)
		return FAULT_SWAP_CACHE;
	if (f & FAULT_DID_THP_WP)
		return FAULT_THP_COW;
	if (f & FAULT_DID_THP)
		return f & FAULT_WAS_WRITE ? FAULT_THP : FAULT_THP_ZERO;
	if (f & FAULT_DID_THP_FALLBACK)
		return FAULT_THP_FALLBACK;
	if (f & FAULT_DID_WP)
		return fault_kind_wp(f);
	if (f & FAULT_IN_SPECIAL)
		return FAULT_SPECIAL;
	if (present && f & FAULT_WAS_WRITE && f & FAULT_IN)
		return fault_kind_wp(f);
	if (present)
		return FAULT_MINOR; /* another thread was faster, or a stale TLB entry */
	if (f & FAULT_IN_ANON)
		return f & FAULT_WAS_WRITE ? FAULT_ANON : FAULT_ZERO;
	if (f & (FAULT_IN_FILE | FAULT_IN_SHMEM)) {
		if (f & FAULT_WAS_WRITE && !(f & FAULT_IN_SHARED))
			return FAULT_COW;
		return f & FAULT_IN_SHMEM ? FAULT_SHMEM : FAULT_FILE;
	}
	return FAULT_MINOR;
}

/* What was faulted on: these, and files from FAULT_MAP_FILES on. */
enum {
	FAULT_MAP_UNKNOWN, /* could not be looked up */
	FAULT_MAP_OTHER,   /* the table of files is full */
	FAULT_MAP_NONE,	   /* nothing is mapped there */
	FAULT_MAP_ANON,
	FAULT_MAP_HEAP,
	FAULT_MAP_STACK,
	FAULT_MAP_SHARED, /* shared anonymous, or System V */
	FAULT_MAP_SPECIAL,
	FAULT_MAP_FILES = 16,
};

#define FAULT_MAPPINGS 16384 /* power of two, at most 65536 */
#define FAULT_NAME 40

struct fault_mapping {
	__u64 ino;
	__u32 dev;
	__u32 state;	       /* enum fault_mapping_state; name and key are valid when USED */
	__u32 tgid;	       /* who faulted on it first */
	__u32 path;	       /* 1 + where in paths, with FAULT_PATH_DELETED; 0: not known */
	char name[FAULT_NAME]; /* the last component of its path, maybe cut */
};

/*
 * A path, last component first: names that end in a zero byte, up to an empty one. From
 * the root of the mount namespace of who faulted first, at that time. Where its own root
 * directory is another one, a name "/" stands between what is below it and above it.
 */
#define FAULT_PATHS (1 << 20)
#define FAULT_PATH_DELETED (1U << 31) /* it had been removed by then */
#define FAULT_PATH_DEPTH 40	      /* names and mount points; deeper ones are not known */

struct fault_paths {
	__u32 used; /* grows beyond FAULT_PATHS when full */
	char text[FAULT_PATHS];
};

enum fault_mapping_state { MAPPING_FREE, MAPPING_BUSY, MAPPING_USED };

enum {
	FAULT_THREAD_FOCUS = 1 << 0, /* also account in the focus cells */
};

struct fault_thread {
	/* The open fault. */
	__u64 start_ns; /* 0: none */
	__u64 addr;
	__u32 facts; /* enum fault_fact, so far */
	__u32 map;   /* of the open fault, where known at its start */
	__u32 gen;   /* of control, when names, cgroup and focus were read */
	__u32 flags;
	__u64 task_start; /* start_boottime */
	__u64 vma;	  /* of the open fault; the address of it */

	/* The mapping found last. Valid while the address space has not changed. */
	__u64 vma_start, vma_end;
	__u64 vma_mm;
	__u32 vma_seq;
	__u32 vma_facts;
	__u32 vma_map;

	__u32 state;	/* enum thread_state */
	__u32 rows;	/* 1 + index of the first row, 0: none */
	__u32 row_full; /* faults that found no room in rows[] */

	__u64 faults; /* what its rows add up to, and row_full */
	/* The kernel's own counts when they were last compared: see unseen(). */
	__u64 min_flt, maj_flt;

	__u64 cgid;	  /* cgroup v2 id */
	__u64 proc_start; /* start_boottime of the group leader */
	__u32 tid, tgid;  /* in the initial pid namespace */
	__u32 ns_tid, ns_tgid;
	char pcomm[16]; /* the group leader's name */
};

struct fault_row {
	__u64 key; /* FAULT_ROW_KEY(), 0: free */
	__u64 faults;
	__u64 total; /* ns */
	struct ostrace_max max;
	__u32 untimed;
	__u32 next; /* 1 + index of the thread's next row */
	__u64 pad;
};

/*
 * A user stack, innermost frame first: at which offset of which file. So it is the same
 * for all processes, and needs none of them to be there still when it is read.
 */
#define FAULT_FRAMES 24
#define FAULT_STACKS 8192
#define FAULT_STACK_CACHE 16384 /* raw stacks of processes that are known to be one of them */

#define FAULT_FRAME(map, at) ((__u64)(map) << 48 | ((at) & ((1ULL << 48) - 1)))
#define FAULT_FRAME_MAP(frame) ((__u32)((frame) >> 48))
#define FAULT_FRAME_AT(frame) ((frame) & ((1ULL << 48) - 1)) /* without a file: the address */

struct fault_stack {
	__u64 faults, majors, errors;
	__u64 total; /* ns, of those not untimed */
	__u64 untimed;
	struct ostrace_max max;
	__u64 nframes; /* FAULT_FRAMES: there may be more */
	__u64 frames[FAULT_FRAMES];
};

/* A process's memory, of the iterator. */
enum { FAULT_RSS_FILE, FAULT_RSS_ANON, FAULT_RSS_SWAP, FAULT_RSS_SHMEM, FAULT_RSS_KINDS };

struct fault_rss {
	__u64 start; /* start_boottime */
	__u64 pages[FAULT_RSS_KINDS];
	__u32 tgid, ns_tgid; /* in the initial pid namespace and in the reader's */
	char comm[16];
};

/* @cell: FAULT_CELL() of kind and origin */
#define FAULT_WHAT(map, cell) ((__u32)(map) << 8 | (__u32)(cell))
#define FAULT_ROW_KEY(thread, what) (((__u64)(thread) + 1) << 32 | (__u64)(what))
#define FAULT_ROW_MAP(key) ((__u32)((key) >> 8) & 0xffff)
#define FAULT_ROW_CELL(key) ((__u32)(key) & 0xff)

struct fault_cell {
	struct ostrace_cell lat; /* faults whose duration is known */
	__u64 untimed;		 /* and those whose is not */
};

/* Per CPU: what does not reach a cell, or not all of it. */
struct fault_cpu {
	__u64 skipped;	  /* faults of threads that the filter leaves out */
	__u64 no_thread;  /* faults not attributed: no free thread slot */
	__u64 no_row;	  /* faults not attributed by mapping: rows[] full */
	__u64 no_mapping; /* files not told apart: mappings[] full */
	__u64 no_stack;	  /* faults without their stack: no room in the hash */
	__u64 no_path;	  /* files without a path: paths full */
	__u64 pad[2];
};

/* What the reader may change while the programs run. */
struct fault_control {
	__u32 epoch;	      /* of maxima, cell.h */
	__u32 gen;	      /* bumped to make threads re-read the rest */
	__u32 focus_tgid;     /* focus: this process (initial namespace) */
	__u32 calibrating;    /* trace the reader itself whatever the filter */
	__u64 focus_start;    /* its proc_start */
	__u64 focus_cgid;     /* focus: this cgroup */
	__u64 attach_boot_ns; /* CLOCK_BOOTTIME when all was attached */
	__u32 free_tail;      /* free ring: entries the reader has put */
	__u32 stacks;	      /* keep user stacks */
	__u32 cache_full;     /* set by the programs: the reader empties the stack cache */
	__u32 pad;
};

#endif /* _OSTRACE_FAULT_H */
