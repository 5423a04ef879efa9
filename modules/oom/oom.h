/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of ostrace_oom.ko know of each other.
 *
 *	hook.c		the kernel's OOM killer calls us
 *	decide.c	one decision: score candidates, remember victims
 *	facts.c		what there is to know of a candidate, and its cgroups
 *	ruleset.c	the rules in force
 *	policy.c	BPF policies
 *	ring.c		records
 *	wake.c		waking who waits for a decision
 *	dev.c		the devices
 *	dryrun.c	a decision that nobody dies of
 *	rank.c rules.c parse.c	computation only
 */
#ifndef OSTRACE_OOM_H
#define OSTRACE_OOM_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/uaccess.h>
#include <uapi/ostrace/oom.h>
#include "rank.h"
#include "rules.h"

struct bpf_link;
struct cgroup;
struct mem_cgroup;
struct module;
struct oom_control;
struct task_struct;

/* main.c */

/* enum ostrace_oom_mode; written under the lock of module parameters. */
extern unsigned int oom_mode;

/* hook.c */

int oom_hook_init(void);
void oom_hook_exit(void);
/** oom_hook_missed - decisions and candidates that were not seen */
u64 oom_hook_missed(void);
/** oom_tracepoint_register - by name, which the kernel does not export; -ENOENT: none such */
int oom_tracepoint_register(const char *name, void *probe);
/** oom_tracepoint_unregister - returns when the probe runs nowhere any more */
void oom_tracepoint_unregister(const char *name, void *probe);

/* decide.c */

struct oom_counters {
	u64 decisions;
	u64 recorded;
	u64 waits;
	u64 candidates;
	u64 no_candidates;
};

void oom_decision_begin(struct oom_control *oc);
/** oom_decision_mine - is this task the one that decides? */
bool oom_decision_mine(void);
/** oom_decision_score - the score to give the kernel for @p in place of @points */
long oom_decision_score(struct task_struct *p, long points);
void oom_decision_victim(struct task_struct *p, uid_t uid);
void oom_decision_end(void);
/** oom_decision_wait - returns when no decision is under way that was when it was called */
void oom_decision_wait(void);
/** oom_decision_close - returns when no decision is under way and none will begin */
void oom_decision_close(void);
void oom_decision_counters(struct oom_counters *c);

/* facts.c */

/*
 * Where a candidate is. Its pointers are valid inside one RCU read section; the
 * numbers tell in the next one whether they still mean the same.
 */
struct oom_where {
	struct cgroup *cgrp;	  /* in the default hierarchy */
	struct mem_cgroup *memcg; /* may be that of a cgroup further up */
	struct cgroup *group;	  /* its outermost memory.oom.group, or NULL */
	u64 id, serial;		  /* of cgrp and memcg, never used twice */
};

/**
 * oom_facts_collect - what rules look at
 * @f: filled in; f->where is @w
 * @w: filled in
 * @p: the candidate
 * @domain: the memcg whose limit was met, NULL: all of the machine
 *
 * What is the same for all in one cgroup is kept in @f and @w for the next candidate,
 * if that comes from there as well: pass both on, at first all zero, with the same
 * @domain. Under rcu_read_lock(), in any context that is not an interrupt.
 *
 * Return: is this another place than that of the candidate before?
 */
bool oom_facts_collect(struct oom_facts *f, struct oom_where *w, struct task_struct *p,
		       struct mem_cgroup *domain);

/** oom_facts_candidate - put down what is known of @p; under rcu_read_lock() */
void oom_facts_candidate(struct ostrace_oom_candidate *c, struct task_struct *p,
			 const struct oom_facts *f, const struct oom_key *k, unsigned int rule);

/** oom_facts_trigger - put down who runs, and so asks for memory; under rcu_read_lock() */
void oom_facts_trigger(struct ostrace_oom_decision *d);

/** oom_printable - a command name for who may print it on a terminal: what is not ASCII is '?' */
void oom_printable(char to[OSTRACE_OOM_COMM], const char from[OSTRACE_OOM_COMM]);

/* ruleset.c */

/**
 * struct oom_set - rules in force, once
 * @rcu: oom_set_get() may still look at @users after the last was gone; first,
 *	because the kernel wants its offset to be small
 * @users: one for being published, one for each reader
 * @rules: what they say. Only the binding of cgroups changes after publication.
 * @len: bytes of @text
 * @text: what was written
 */
struct oom_set {
	struct rcu_head rcu;
	refcount_t users;
	struct oom_rules rules;
	size_t len;
	char text[];
};

int oom_set_init(void);
void oom_set_exit(void);
/** oom_set_replace - parse @text and publish it; -EINVAL: oom_set_error() says why */
int oom_set_replace(const char *text, size_t len);
/** oom_set_refuse - -EINVAL, for which oom_set_error() will say @what */
int oom_set_refuse(const char *what);
int oom_set_load(const char *path);
/** oom_set_get - the set in force or NULL; from any context. Give it back with oom_set_put(). */
struct oom_set *oom_set_get(void);
void oom_set_put(struct oom_set *set);
/** oom_set_error - what was wrong with the last text, into @buf of @size; "" if nothing */
int oom_set_error(char *buf, size_t size);

/* policy.c */

/* For BPF policies. */
u64 ostrace_oom_ancestor(struct task_struct *p, int level);

/**
 * struct ostrace_oom_ctx - what a BPF policy is told of the decision
 * @seq: number of the decision, 0 in a dry run
 * @memcg_id: cgroup id of the memcg whose limit was met, 0: none
 * @totalpages: pages that the candidates' scores are measured against
 * @constraint: enum ostrace_oom_constraint
 * @order: of the allocation, -1: SysRq
 * @dry: nobody will be killed
 * @victim_cgroup: for @done: cgroup id of the process that was chosen, 0: none
 */
struct ostrace_oom_ctx {
	u64 seq;
	u64 memcg_id;
	unsigned long totalpages;
	int constraint;
	int order;
	int dry;
	u64 victim_cgroup;
};

/**
 * struct ostrace_oom_ops - a BPF policy
 * @badness: score a candidate. @points is the kernel's score. Highest first;
 *	OSTRACE_OOM_PROTECT and OSTRACE_OOM_PREFER are special.
 *	Never called for whom the kernel never kills. Must not sleep.
 * @done: the decision is over; @killed processes were marked. Optional.
 * @name: letters, digits, '_', '.' and '-'
 */
struct ostrace_oom_ops {
	s64 (*badness)(struct task_struct *p, s64 points, struct ostrace_oom_ctx *ctx,
		       struct cgroup *cgrp, struct mem_cgroup *memcg);
	void (*done)(struct ostrace_oom_ctx *ctx, u32 killed);
	char name[OSTRACE_OOM_POLICY_NAME];
};

#if IS_ENABLED(CONFIG_DEBUG_INFO_BTF_MODULES)
int oom_policy_init(void);
bool oom_policy_possible(void);
void oom_policy_name(char *name, size_t size);
/**
 * oom_policy_get - the attached policy or NULL; under rcu_read_lock()
 *
 * Valid in that read section, and to the end of a decision that begins in it: who
 * detaches a policy waits for both.
 */
struct ostrace_oom_ops *oom_policy_get(void);
/** oom_policy_judge - let @ops, unless it is NULL, overrule what the rules said; under RCU */
bool oom_policy_judge(struct ostrace_oom_ops *ops, struct ostrace_oom_ctx *ctx,
		      struct task_struct *p, const struct oom_where *w, struct oom_key *k);
/** oom_policy_done - tell @ops, unless it is NULL, what became of the decision */
void oom_policy_done(struct ostrace_oom_ops *ops, struct ostrace_oom_ctx *ctx, u32 killed);
#else
static inline int oom_policy_init(void)
{
	return 0;
}

static inline bool oom_policy_possible(void)
{
	return false;
}

static inline void oom_policy_name(char *name, size_t size)
{
	name[0] = '\0';
}

static inline struct ostrace_oom_ops *oom_policy_get(void)
{
	return NULL;
}

static inline bool oom_policy_judge(struct ostrace_oom_ops *ops, struct ostrace_oom_ctx *ctx,
				    struct task_struct *p, const struct oom_where *w,
				    struct oom_key *k)
{
	return false;
}

static inline void oom_policy_done(struct ostrace_oom_ops *ops, struct ostrace_oom_ctx *ctx,
				   u32 killed)
{
}
#endif

/* ring.c */

int oom_ring_init(unsigned int records, unsigned int candidates);
void oom_ring_exit(void);
/** oom_ring_slot - the record to be filled, cleared but for its candidates */
struct ostrace_oom_decision *oom_ring_slot(void);
/** oom_ring_candidate - candidate @i of a slot; NULL if it has no room for that */
struct ostrace_oom_candidate *oom_ring_candidate(struct ostrace_oom_decision *d, unsigned int i);
/** oom_ring_commit - give the slot to the readers */
void oom_ring_commit(struct ostrace_oom_decision *d);
u64 oom_ring_oldest(void);
/** oom_ring_read - copy records from number *@next on; returns bytes, 0 if there is none yet */
ssize_t oom_ring_read(u64 *next, char __user *buf, size_t len);
bool oom_ring_has(u64 next);

/* wake.c */

extern struct wait_queue_head oom_ring_wait, oom_end_wait;
/** oom_wake - a decision is over: let those look who wait; from any context */
void oom_wake(void);
/** oom_wake_exit - when no decision is made any more */
void oom_wake_exit(void);

/* dryrun.c */

int oom_dryrun(const struct ostrace_oom_rank __user *arg);

/* dev.c */

int oom_dev_init(unsigned int records, unsigned int candidates);
void oom_dev_exit(void);

#endif /* OSTRACE_OOM_H */
