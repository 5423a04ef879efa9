/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules: from text to a set, and which of them a candidate meets. Without a
 * kernel call, also built for user space. The language is described in
 * uapi/ostrace/oom.h.
 */
#ifndef OSTRACE_OOM_RULES_H
#define OSTRACE_OOM_RULES_H

#include "pure.h"
#include "rank.h"

/* Levels below the root that a rule's cgroup may lie at. */
#define OOM_CGROUP_DEPTH 16

enum {
	OOM_IF_CGROUP = 1 << 0,
	OOM_IF_COMM = 1 << 1,
	OOM_IF_COMM_PREFIX = 1 << 2, /* the name is a prefix */
	OOM_IF_UID = 1 << 3,
	OOM_IF_ADJ = 1 << 4,
};

/**
 * struct oom_rule - one line
 * @conditions: OOM_IF_*, all of which must hold
 * @line: its number in the text, from 1
 * @tier: what it says of candidates that meet it
 * @level: depth of its cgroup below the root, the root is 0
 * @cgroup: ids of the cgroup and those above it, by level. Bound when the
 *	cgroup exists, 0 while it does not; cgroup[level] is written last. No
 *	business of the parser.
 */
struct oom_rule {
	unsigned int conditions;
	unsigned int line;
	int tier;
	int level;
	__u64 cgroup[OOM_CGROUP_DEPTH + 1];
	__u32 uid_min, uid_max;
	int adj_min, adj_max;
	unsigned int comm_len;
	char comm[OSTRACE_OOM_COMM];
	__u8 comm_mask[OSTRACE_OOM_COMM]; /* 0xff for each byte that counts */
	char path[OSTRACE_OOM_PATH];
};

/* No order line means the kernel's score alone: norder is 0. */
struct oom_rules {
	unsigned int norder;
	__u8 order[OSTRACE_OOM_KEYS]; /* enum ostrace_oom_order */
	unsigned int nrules;
	struct oom_rule rule[OSTRACE_OOM_RULES];
};

/* What is wrong with a text, and where. */
struct oom_rules_error {
	unsigned int line;
	const char *what;
};

/**
 * struct oom_facts - what rules and orders look at
 * @points: the kernel's score
 * @usage: pages of the cgroup that dies with the candidate or else its own; 0 in the
 *	root, whose processes are charged to no cgroup
 * @low: its memory.low, in pages
 * @high: its memory.high, in pages; OOM_NO_LIMIT if there is none
 * @start: time of birth, ns
 * @uid: real user id
 * @adj: oom_score_adj
 * @comm: the name, ending with NUL if it is shorter; what follows is of no account
 * @where: passed to oom_in_cgroup() and oom_over_cgroup()
 */
struct oom_facts {
	__s64 points;
	__s64 usage;
	__s64 low;
	__s64 high;
	__u64 start;
	__u32 uid;
	int adj;
	char comm[OSTRACE_OOM_COMM];
	const void *where;
};

#define OOM_NO_LIMIT 0x7fffffffffffffffLL

/**
 * struct oom_place - what a set of rules says of a cgroup, for all candidates there
 * @rules: a bit for each rule that a candidate in it may meet
 * @member: line of the rule that protects a cgroup which dies with it, 0: none
 */
struct oom_place {
	__u64 rules;
	unsigned int member;
};

/**
 * oom_rules_parse - read a text of @len bytes into @set
 *
 * Return: 0; -1 with @err filled in, @set is then in no defined state.
 */
int oom_rules_parse(const char *text, size_t len, struct oom_rules *set,
		    struct oom_rules_error *err);

/**
 * oom_rules_place - hold a place against the rules
 * @set: the rules, NULL: none
 * @f: of any candidate there; only @f->where is looked at, by oom_in_cgroup() and
 *	oom_over_cgroup()
 */
void oom_rules_place(const struct oom_rules *set, const struct oom_facts *f,
		     struct oom_place *place);

/**
 * oom_rules_judge - the tier and keys of a candidate
 * @set: the rules, NULL: none
 * @place: of oom_rules_place() with the same @set
 *
 * Return: the line of the rule that decided, 0 if none did.
 */
unsigned int oom_rules_judge(const struct oom_rules *set, const struct oom_place *place,
			     const struct oom_facts *f, struct oom_key *key);

/* Given by whoever links this: the kernel knows ids, a dry run knows paths. */

/** oom_in_cgroup - is the candidate in the rule's cgroup or below it? */
bool oom_in_cgroup(const struct oom_rule *r, const struct oom_facts *f);
/** oom_over_cgroup - would the candidate's group take the rule's cgroup with it? */
bool oom_over_cgroup(const struct oom_rule *r, const struct oom_facts *f);

#endif /* OSTRACE_OOM_RULES_H */
