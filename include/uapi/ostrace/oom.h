/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The interface of ostrace_oom.ko, the module that ranks the candidates of the
 * kernel's OOM killer.
 *
 * /dev/ostrace_oom_rules holds the rules as text. A read gives back what was
 * written; one write() at the start of the file replaces the whole set, or fails and
 * changes nothing; one further on is refused (a shell's printf writes line by line, and
 * leaves a set of its first line):
 *
 *	# comment
 *	order KEY...			which candidate goes first; "order size"
 *	prefer|normal|protect COND...	the first line that matches decides
 *
 *	KEY:	size		the kernel's own score
 *		adj		oom_score_adj, highest first
 *		cgroup		memory the candidate's cgroup uses
 *		over-low	by how much its cgroup is above its memory.low
 *		over-high	by how much its cgroup is above its memory.high
 *		youngest	started last
 *	COND:	cgroup=/PATH	in this cgroup v2 or below it
 *		comm=NAME	the command name; NAME* is a prefix
 *		uid=N[..M]	the real user id, as in the first user namespace
 *		adj=N[..M]	oom_score_adj
 *
 * All conditions of a line must hold. Tiers come before keys: while there is a
 * preferred candidate, no normal one is killed, and a protected one only when
 * there is nobody else. Equal keys go on to the next one, and in the end to the
 * kernel's score. In paths and names \xHH is that byte, and \\ and \* are the
 * characters themselves. No condition covers what the kernel never kills: init,
 * kernel threads, oom_score_adj -1000 and the dying.
 *
 * After a write that failed with EINVAL, the module parameter rules_error says
 * which line was wrong and why.
 *
 * /dev/ostrace_oom gives the record of every decision: read() returns whole
 * records of struct ostrace_oom_decision and its candidates, poll() waits for
 * one. A reader starts with the oldest record still kept; each open file has
 * its own place. O_NONBLOCK is honoured. A buffer too small for the next record
 * gives ENOSPC; OSTRACE_OOM_RECORD_MAX always suffices.
 *
 * Both files are for CAP_SYS_ADMIN in the first user namespace.
 */
#ifndef _UAPI_OSTRACE_OOM_H
#define _UAPI_OSTRACE_OOM_H

#ifndef __VMLINUX_H__ /* BPF programs have these types from there */
#include <linux/types.h>
#endif

/* Grows when a structure below changes. */
#define OSTRACE_OOM_VERSION 2

#define OSTRACE_OOM_COMM 16
#define OSTRACE_OOM_POLICY_NAME 16  /* a BPF policy's name and its NUL */
#define OSTRACE_OOM_KEYS 4	    /* keys in one order line */
#define OSTRACE_OOM_RULES 64	    /* rules in a set */
#define OSTRACE_OOM_PATH 256	    /* a cgroup's path and its NUL */
#define OSTRACE_OOM_TEXT_MAX 32768  /* bytes of a rules text */
#define OSTRACE_OOM_VICTIMS 8	    /* victims kept in a record */
#define OSTRACE_OOM_CANDIDATES 4096 /* most that a record can be made to keep */

/* Who goes first. Protected is the last resort, not a promise. */
enum ostrace_oom_tier {
	OSTRACE_OOM_TIER_PROTECT = 0,
	OSTRACE_OOM_TIER_NORMAL = 1,
	OSTRACE_OOM_TIER_PREFER = 2,
};

enum ostrace_oom_mode {
	OSTRACE_OOM_OFF = 0,
	OSTRACE_OOM_AUDIT = 1, /* decide and record, change nothing */
	OSTRACE_OOM_ENFORCE = 2,
};

enum ostrace_oom_order {
	OSTRACE_OOM_BY_SIZE = 0,
	OSTRACE_OOM_BY_ADJ = 1,
	OSTRACE_OOM_BY_CGROUP = 2,
	OSTRACE_OOM_BY_OVER_LOW = 3,
	OSTRACE_OOM_BY_OVER_HIGH = 4,
	OSTRACE_OOM_BY_YOUNGEST = 5,
	OSTRACE_OOM_BY_POLICY = 6, /* what the BPF policy returned */
};

/* What limited the allocation that failed. */
enum ostrace_oom_constraint {
	OSTRACE_OOM_GLOBAL = 0,
	OSTRACE_OOM_CPUSET = 1,
	OSTRACE_OOM_MEMPOLICY = 2,
	OSTRACE_OOM_MEMCG = 3,
};

/*
 * What a BPF policy may return besides a score. A score is compared within the
 * tier that the rules give; the order line is not used then.
 */
#define OSTRACE_OOM_PROTECT (-0x7fffffffffffffffLL - 1) /* last resort */
#define OSTRACE_OOM_PREFER 0x7fffffffffffffffLL		/* before all others */

/**
 * struct ostrace_oom_candidate - one process the kernel considered
 * @kernel_points: pages, the kernel's score (oom_badness)
 * @key: what it was compared by within its tier, highest first
 * @cgroup: id of its cgroup v2
 * @pid: of the thread group, in the first pid namespace; 0: no such candidate
 * @uid: real user id, in the first user namespace
 * @oom_score_adj: as it was then
 * @tier: enum ostrace_oom_tier
 * @flags: OSTRACE_OOM_CAND_*
 * @rule: line of the rule that decided, 0 if none
 * @comm: the command name, as the process set it: not to be trusted or printed
 *	unescaped
 */
struct ostrace_oom_candidate {
	__s64 kernel_points;
	__s64 key[OSTRACE_OOM_KEYS];
	__u64 cgroup;
	__s32 pid;
	__u32 uid;
	__s16 oom_score_adj;
	__u8 tier;
	__u8 flags;
	__u32 rule;
	char comm[OSTRACE_OOM_COMM];
};

#define OSTRACE_OOM_CAND_GROUP (1 << 0)	 /* its memory.oom.group would die with it */
#define OSTRACE_OOM_CAND_POLICY (1 << 1) /* the BPF policy decided */

/**
 * struct ostrace_oom_victim - a process that was really marked for death
 * @pid: of the thread group
 * @uid: real user id
 * @cgroup: id of its cgroup v2
 * @ns: when, counted from the record's @time
 * @comm: the command name
 */
struct ostrace_oom_victim {
	__s32 pid;
	__u32 uid;
	__u64 cgroup;
	__u64 ns;
	char comm[OSTRACE_OOM_COMM];
};

/**
 * struct ostrace_oom_decision - one call of the OOM killer that killed somebody
 * @size: bytes of this record with its candidates
 * @header: bytes of this structure: candidates start there
 * @seq: number of the record since the module was loaded, from 1; a gap is
 *	what this reader was too slow for
 * @time: CLOCK_MONOTONIC, ns
 * @wall: CLOCK_REALTIME, ns
 * @total_ns: until the OOM killer returned, its report to the kernel log included
 * @choice_ns: until the last candidate was scored, the kernel's part included
 * @policy_ns: of that, in this module
 * @missed: decisions the module could not follow, since it was loaded
 * @cgroup: id of the cgroup v2 whose memory limit was met, 0 if none
 * @limit: its memory.max in pages; all pages that count if @cgroup is 0
 * @usage: its usage in pages, 0 if @cgroup is 0
 * @gfp: flags of the allocation that failed
 * @order: its order, -1: asked for by SysRq
 * @constraint: enum ostrace_oom_constraint
 * @mode: enum ostrace_oom_mode during this decision
 * @norder: number of keys in use
 * @by: enum ostrace_oom_order of each key
 * @flags: OSTRACE_OOM_DECISION_*
 * @considered: candidates looked at
 * @candidates: of these, kept behind this structure, in the kernel's order
 * @nvictims: processes marked, those not kept included
 * @trigger_pid: the process whose allocation failed
 * @trigger_cgroup: id of its cgroup v2
 * @trigger_comm: its command name
 * @bpf: name of the BPF policy that was asked, "": none
 * @kernel: whom the kernel alone would have taken
 * @policy: whom the policy took
 * @victim: processes marked for death, those of memory.oom.group included
 */
struct ostrace_oom_decision {
	__u32 size;
	__u32 header;
	__u64 seq;
	__u64 time;
	__u64 wall;
	__u64 total_ns;
	__u64 choice_ns;
	__u64 policy_ns;
	__u64 missed;
	__u64 cgroup;
	__u64 limit;
	__u64 usage;
	__u32 gfp;
	__s32 order;
	__u8 constraint;
	__u8 mode;
	__u8 norder;
	__u8 by[OSTRACE_OOM_KEYS];
	__u8 flags;
	__u32 considered;
	__u32 candidates;
	__u32 nvictims;
	__s32 trigger_pid;
	__u32 pad[2]; /* the same shape for 32-bit programs */
	__u64 trigger_cgroup;
	char trigger_comm[OSTRACE_OOM_COMM];
	char bpf[OSTRACE_OOM_POLICY_NAME];
	struct ostrace_oom_candidate kernel;
	struct ostrace_oom_candidate policy;
	struct ostrace_oom_victim victim[OSTRACE_OOM_VICTIMS];
};

#define OSTRACE_OOM_DECISION_DRY (1 << 0) /* a dry run: nobody was killed */

#define OSTRACE_OOM_RECORD_MAX                 \
	(sizeof(struct ostrace_oom_decision) + \
	 OSTRACE_OOM_CANDIDATES * sizeof(struct ostrace_oom_candidate))

/**
 * struct ostrace_oom_info - the state of the module
 * @version: OSTRACE_OOM_VERSION
 * @mode: enum ostrace_oom_mode
 * @records: decisions the ring keeps
 * @candidates: candidates a record keeps
 * @decisions: calls of the OOM killer seen
 * @recorded: of these, those that killed somebody
 * @waits: of these, those that killed nobody: mostly because an earlier victim
 *	was still dying
 * @candidates_seen: candidates scored
 * @missed: calls that could not be followed
 * @no_candidates: calls that chose a victim though the module was asked for
 *	nobody: more than a few say that the hook does not work
 * @flags: OSTRACE_OOM_INFO_*
 * @nrules: rules in force
 * @policy: name of the attached BPF policy, or ""
 */
struct ostrace_oom_info {
	__u32 version;
	__u32 mode;
	__u32 records;
	__u32 candidates;
	__u64 decisions;
	__u64 recorded;
	__u64 waits;
	__u64 candidates_seen;
	__u64 missed;
	__u64 no_candidates;
	__u32 flags;
	__u32 nrules;
	char policy[OSTRACE_OOM_POLICY_NAME];
};

#define OSTRACE_OOM_INFO_BPF (1 << 0) /* BPF policies can be attached */

/**
 * struct ostrace_oom_rank - ask how a decision would be made now
 * @cgroup_fd: an open directory of the cgroup whose limit is met, -1: global
 * @capacity: room for this many candidates in @buffer
 * @buffer: user address: a struct ostrace_oom_decision, then candidates
 * @swap_pages: all swap of the machine, in pages: SwapTotal of /proc/meminfo,
 *	which the kernel does not tell its modules
 *
 * Scores are the module's own computation of what the kernel would find; those
 * of processes that are being changed meanwhile may differ by some pages.
 */
struct ostrace_oom_rank {
	__s32 cgroup_fd;
	__u32 capacity;
	__u64 buffer;
	__u64 swap_pages;
};

/* Of /dev/ostrace_oom; _IOR and _IOW of type 'O', as of <linux/ioctl.h>. */
#define OSTRACE_OOM_IOC_INFO _IOR('O', 0x40, struct ostrace_oom_info)
#define OSTRACE_OOM_IOC_RANK _IOW('O', 0x41, struct ostrace_oom_rank)

#endif /* _UAPI_OSTRACE_OOM_H */
