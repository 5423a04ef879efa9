// SPDX-License-Identifier: GPL-2.0
/*
 * BPF policies: struct_ops of our own type, ostrace_oom_ops.
 *
 * The verifier sees to it that a policy ends and writes nowhere, and we that it
 * ends soon; what it returns is only compared. So the worst policy makes a foolish
 * choice among those whom the kernel would kill anyway. A decision keeps the policy
 * it began with: detaching and swapping wait for its end. The BPF core holds a
 * reference to this module while a policy is attached.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bpf.h>
#include <linux/bpf_verifier.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/capability.h>
#include <linux/cgroup.h>
#include <linux/ctype.h>
#include <linux/memcontrol.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include "oom.h"

/* Serialises attaching, detaching and swapping. */
static DEFINE_MUTEX(attach_mutex);
/* Readers under RCU; written under attach_mutex. The BPF core frees after RCU. */
static struct ostrace_oom_ops __rcu *attached;

struct ostrace_oom_ops *oom_policy_get(void)
{
	return rcu_dereference(attached);
}

bool oom_policy_judge(struct ostrace_oom_ops *ops, struct ostrace_oom_ctx *ctx,
		      struct task_struct *p, const struct oom_where *w, struct oom_key *k)
{
	s64 v;

	if (!ops)
		return false;
	v = ops->badness(p, k->points, ctx, w->cgrp, w->memcg);
	memset(k->key, 0, sizeof(k->key));
	k->key[0] = k->points;
	if (v == OSTRACE_OOM_PROTECT)
		k->tier = OSTRACE_OOM_TIER_PROTECT;
	else if (v == OSTRACE_OOM_PREFER)
		k->tier = OSTRACE_OOM_TIER_PREFER;
	else
		k->key[0] = v;
	return true;
}

void oom_policy_done(struct ostrace_oom_ops *ops, struct ostrace_oom_ctx *ctx, u32 killed)
{
	if (!ops || !ops->done)
		return;
	rcu_read_lock();
	ops->done(ctx, killed);
	rcu_read_unlock();
}

void oom_policy_name(char *name, size_t size)
{
	struct ostrace_oom_ops *ops;

	rcu_read_lock();
	ops = oom_policy_get();
	strscpy_pad(name, ops ? ops->name : "", size);
	rcu_read_unlock();
}

/*
 * The stubs give the verifier the types of the arguments, and by their names
 * which of those may be NULL.
 */
static s64 ostrace_oom_ops__badness(struct task_struct *p, s64 points, struct ostrace_oom_ctx *ctx,
				    struct cgroup *cgrp__nullable,
				    struct mem_cgroup *memcg__nullable)
{
	return points;
}

static void ostrace_oom_ops__done(struct ostrace_oom_ctx *ctx, u32 killed)
{
}

static struct ostrace_oom_ops stubs = {
	.badness = ostrace_oom_ops__badness,
	.done = ostrace_oom_ops__done,
};

static bool policy_valid_access(int off, int size, enum bpf_access_type type,
				const struct bpf_prog *prog, struct bpf_insn_access_aux *info)
{
	return bpf_tracing_btf_ctx_access(off, size, type, prog, info);
}

/* Asked about writes only. */
static int policy_btf_struct_access(struct bpf_verifier_log *log, const struct bpf_reg_state *reg,
				    int off, int size)
{
	return -EACCES;
}

/*
 * A policy runs once a candidate while memory is out. The verifier follows plain
 * loops to their end, but believes some others to be short that may go round
 * millions of times, in one another for years. None of these has a place here:
 * neither helpers that call back for each of something,
 */
static const struct bpf_func_proto *policy_func_proto(enum bpf_func_id id,
						      const struct bpf_prog *prog)
{
	switch (id) {
	case BPF_FUNC_loop:
	case BPF_FUNC_for_each_map_elem:
	case BPF_FUNC_user_ringbuf_drain:
		return NULL;
	default:
		return bpf_base_func_proto(id, prog);
	}
}

/*
 * nor iterators (bpf_for), known by the function that gives one thing after the
 * other: it takes the address of an opaque structure and returns another one. The
 * names of the kernel's functions are not for modules to see, their types are.
 */
static bool gives_next(const struct btf *btf, u32 id)
{
	const struct btf_type *t = btf_type_by_id(btf, id);
	const struct btf_param *arg;

	if (!t || !btf_type_is_func(t))
		return false;
	t = btf_type_by_id(btf, t->type);
	if (!t || btf_type_vlen(t) != 1)
		return false;
	arg = (const struct btf_param *)(t + 1);
	t = btf_type_by_id(btf, t->type);
	if (!t || !btf_type_is_ptr(t))
		return false;
	t = btf_type_by_id(btf, arg->type);
	if (!t || !btf_type_is_ptr(t))
		return false;
	t = btf_type_by_id(btf, t->type);
	if (!t || BTF_INFO_KIND(t->info) != BTF_KIND_STRUCT || btf_type_vlen(t) != 1)
		return false;
	t = btf_type_by_id(btf, btf_type_member(t)->type);
	return t && BTF_INFO_KIND(t->info) == BTF_KIND_ARRAY;
}

/* nor may_goto (cond_break). */
static bool may_loop_long(const struct bpf_prog *prog)
{
	const struct bpf_insn *insn = prog->insnsi, *end = insn + prog->len;

	for (; insn < end; insn++) {
		if (insn->code == (BPF_JMP | BPF_JCOND))
			return true;
		/* Not of a module's: those of the kernel. */
		if (insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_KFUNC_CALL &&
		    !insn->off && gives_next(prog->aux->attach_btf, insn->imm))
			return true;
	}
	return false;
}

/*
 * nor global functions: the verifier follows each of them once, alone, so that loops
 * with one in them multiply unseen, by as many as can call each other.
 */
static bool verified_apart(const struct bpf_prog *prog)
{
	const struct bpf_prog_aux *aux = prog->aux;
	u32 i;

	for (i = 1; i < aux->func_info_cnt; i++)
		if (aux->func_info_aux[i].linkage == BTF_FUNC_GLOBAL)
			return true;
	return false;
}

static const struct bpf_verifier_ops policy_verifier_ops = {
	.is_valid_access = policy_valid_access,
	.get_func_proto = policy_func_proto,
	.btf_struct_access = policy_btf_struct_access,
};

static int policy_init(struct btf *btf)
{
	return 0;
}

static int policy_check_member(const struct btf_type *t, const struct btf_member *member,
			       const struct bpf_prog *prog)
{
	return prog->sleepable || may_loop_long(prog) || verified_apart(prog) ? -EINVAL : 0;
}

static int copy_name(char *to, const char *from)
{
	size_t i;

	for (i = 0; from[i]; i++)
		if (i == sizeof_field(struct ostrace_oom_ops, name) - 1 ||
		    (!isalnum(from[i]) && !strchr("_.-", from[i])))
			return -EINVAL;
	memcpy(to, from, i + 1);
	return i ? 1 : -EINVAL;
}

/* 1: taken care of; 0: the BPF core is to do it, and takes only zero. */
static int policy_init_member(const struct btf_type *t, const struct btf_member *member,
			      void *kdata, const void *udata)
{
	const struct ostrace_oom_ops *from = udata;
	struct ostrace_oom_ops *to = kdata;

	if (__btf_member_bit_offset(t, member) / 8 != offsetof(struct ostrace_oom_ops, name))
		return 0;
	return copy_name(to->name, from->name);
}

static int policy_validate(void *kdata)
{
	struct ostrace_oom_ops *ops = kdata;

	return ops->badness ? 0 : -EINVAL;
}

/* Without a link nothing would detach it when its loader dies. */
static int policy_reg(void *kdata, struct bpf_link *link)
{
	struct ostrace_oom_ops *ops = kdata;
	int err = -EBUSY;

	if (!link)
		return -EOPNOTSUPP;
	/* It decides for all of the machine: a container's BPF token is not enough. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	mutex_lock(&attach_mutex);
	if (!rcu_access_pointer(attached)) {
		rcu_assign_pointer(attached, ops);
		err = 0;
	}
	mutex_unlock(&attach_mutex);
	if (!err)
		pr_info("policy %s attached\n", ops->name);
	return err;
}

static void policy_unreg(void *kdata, struct bpf_link *link)
{
	struct ostrace_oom_ops *ops = kdata;

	mutex_lock(&attach_mutex);
	if (rcu_access_pointer(attached) == ops)
		RCU_INIT_POINTER(attached, NULL);
	mutex_unlock(&attach_mutex);
	oom_decision_wait();
	pr_info("policy %s detached\n", ops->name);
}

static int policy_update(void *kdata, void *old_kdata, struct bpf_link *link)
{
	int err = -ENOENT;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	mutex_lock(&attach_mutex);
	if (rcu_access_pointer(attached) == old_kdata) {
		rcu_assign_pointer(attached, (struct ostrace_oom_ops *)kdata);
		err = 0;
	}
	mutex_unlock(&attach_mutex);
	if (!err)
		oom_decision_wait();
	return err;
}

static struct bpf_struct_ops bpf_ostrace_oom_ops = {
	.verifier_ops = &policy_verifier_ops,
	.init = policy_init,
	.check_member = policy_check_member,
	.init_member = policy_init_member,
	.validate = policy_validate,
	.reg = policy_reg,
	.unreg = policy_unreg,
	.update = policy_update,
	.cfi_stubs = &stubs,
	.name = "ostrace_oom_ops",
	.owner = THIS_MODULE,
};

__bpf_kfunc_start_defs();

/**
 * ostrace_oom_ancestor - the id of a task's cgroup v2 at a level
 * @p: the task
 * @level: 0 is the root; -1 the task's own cgroup
 *
 * Return: the id; 0 if the task's cgroup is further up. Costs the same for any.
 */
__bpf_kfunc u64 ostrace_oom_ancestor(struct task_struct *p, int level)
{
	struct cgroup *cgrp;
	u64 id = 0;

	rcu_read_lock();
	cgrp = task_dfl_cgroup(p);
	if (level < 0)
		id = cgroup_id(cgrp);
	else if (level <= cgrp->level)
		id = cgroup_id(cgrp->ancestors[level]);
	rcu_read_unlock();
	return id;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(oom_kfuncs)
BTF_ID_FLAGS(func, ostrace_oom_ancestor, KF_RCU)
BTF_KFUNCS_END(oom_kfuncs)

static const struct btf_kfunc_id_set oom_kfunc_set = {
	.owner = THIS_MODULE,
	.set = &oom_kfuncs,
};

bool oom_policy_possible(void)
{
	return THIS_MODULE->btf_data_size;
}

/* Undone by the BPF core when the module goes. */
int oom_policy_init(void)
{
	int err;

	if (!oom_policy_possible()) {
		pr_notice(
			"built without BTF (no vmlinux with the kernel headers): no BPF policies\n");
		return 0;
	}
	err = register_btf_kfunc_id_set(BPF_PROG_TYPE_STRUCT_OPS, &oom_kfunc_set);
	if (err)
		return err;
	return register_bpf_struct_ops(&bpf_ostrace_oom_ops, ostrace_oom_ops);
}
