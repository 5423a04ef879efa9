// SPDX-License-Identifier: GPL-2.0
/*
 * Where the kernel's OOM killer is made to ask us.
 *
 * A kretprobe on out_of_memory(), which makes one decision; and two kprobes for each
 * candidate: where oom_badness() begins, to know whom it scores, and behind its call
 * where candidates are compared, to change the score. They do nothing unless the
 * current task is inside out_of_memory(): /proc/PID/oom_score stays what it was. A
 * score of LONG_MIN says that the kernel will not kill this one; it passes through.
 * So the kernel still chooses, kills and backs off by itself.
 *
 * Victims come by the tracepoint mark_victim, inside out_of_memory() as well.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/oom.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include "oom.h"

struct tracepoint_search {
	const char *name;
	struct tracepoint *found;
};

static void match_tracepoint(struct tracepoint *tp, void *data)
{
	struct tracepoint_search *s = data;

	if (!strcmp(tp->name, s->name))
		s->found = tp;
}

static struct tracepoint *find_tracepoint(const char *name)
{
	struct tracepoint_search s = { .name = name };

	for_each_kernel_tracepoint(match_tracepoint, &s);
	return s.found;
}

int oom_tracepoint_register(const char *name, void *probe)
{
	struct tracepoint *tp = find_tracepoint(name);

	if (!tp) {
		pr_err("this kernel has no tracepoint %s\n", name);
		return -ENOENT;
	}
	return tracepoint_probe_register(tp, probe, NULL);
}

void oom_tracepoint_unregister(const char *name, void *probe)
{
	tracepoint_probe_unregister(find_tracepoint(name), probe, NULL);
	tracepoint_synchronize_unregister();
}

static int out_of_memory_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	oom_decision_begin((struct oom_control *)regs_get_kernel_argument(regs, 0));
	return 0;
}
NOKPROBE_SYMBOL(out_of_memory_entry);

static int out_of_memory_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (oom_decision_mine())
		oom_decision_end();
	return 0;
}
NOKPROBE_SYMBOL(out_of_memory_return);

/* Who is being scored, from one probe to the other. Of the owner of the decision. */
static struct task_struct *candidate;

static int badness_entry(struct kprobe *kp, struct pt_regs *regs)
{
	if (oom_decision_mine())
		candidate = (struct task_struct *)regs_get_kernel_argument(regs, 0);
	return 0;
}
NOKPROBE_SYMBOL(badness_entry);

static int badness_result(struct kprobe *kp, struct pt_regs *regs)
{
	long points = regs_return_value(regs);
	struct task_struct *p;

	if (!oom_decision_mine())
		return 0;
	p = candidate;
	candidate = NULL;
	if (p && points != LONG_MIN)
		regs_set_return_value(regs, oom_decision_score(p, points));
	return 0;
}
NOKPROBE_SYMBOL(badness_result);

static void on_mark_victim(void *data, struct task_struct *p, uid_t uid)
{
	if (oom_decision_mine())
		oom_decision_victim(p, uid);
}

static struct kretprobe out_of_memory_probe = {
	.kp.symbol_name = "out_of_memory",
	.entry_handler = out_of_memory_entry,
	.handler = out_of_memory_return,
	.maxactive = 16,
};

static struct kprobe badness_probe = {
	.symbol_name = "oom_badness",
	.pre_handler = badness_entry,
};

/*
 * Behind the calls of oom_badness() that check_call_sites() found. Not a return probe:
 * the kernel makes a jump of this one where it can, which costs less. Before that it is
 * a breakpoint, and what it calls runs as in an NMI: it takes no lock.
 */
#define CALLS_MAX 4
static struct kprobe call_probe[CALLS_MAX], *calls[CALLS_MAX];
static int ncalls;

u64 oom_hook_missed(void)
{
	u64 missed = out_of_memory_probe.nmissed + out_of_memory_probe.kp.nmissed +
		     badness_probe.nmissed;
	int i;

	for (i = 0; i < ncalls; i++)
		missed += call_probe[i].nmissed;
	return missed;
}

/*
 * Does the hook work? Only if the compiler left oom_badness() a function that is
 * called where candidates are compared: an inlined copy would never reach us, and
 * a policy that is silently ignored is worse than none.
 */
#ifdef CONFIG_X86_64

#define CALL_OPCODE 0xe8
#define CALL_SIZE 5

/* Start of a function, also one that kprobes may not be told about directly. */
static unsigned long function_start(const char *name)
{
	struct kprobe kp = { .symbol_name = name };
	unsigned long addr;

	if (register_kprobe(&kp))
		return 0;
	addr = (unsigned long)kp.addr;
	unregister_kprobe(&kp);
	/* Behind ENDBR it is 4 bytes further on; functions are aligned. */
	return addr & ~(unsigned long)(CONFIG_FUNCTION_ALIGNMENT - 1);
}

static unsigned long function_size(unsigned long addr)
{
	char text[KSYM_SYMBOL_LEN]; /* "name+0x0/0x1f0" */
	unsigned long size;
	char *slash;

	sprint_symbol(text, addr);
	slash = strchr(text, '/');
	if (!slash)
		return 0;
	slash[strcspn(slash, " ")] = '\0';
	return kstrtoul(slash + 1, 16, &size) ? 0 : size;
}

/* Call thunks enter in the padding before a function. */
static bool lands_in(unsigned long target, unsigned long function)
{
	return target <= function + 4 && target + CONFIG_FUNCTION_ALIGNMENT >= function;
}

/*
 * How many calls of @to are there in @from? With @probe, each is to have one behind it;
 * -E2BIG if they are too many for that.
 */
static int find_calls(unsigned long from, unsigned long to, bool probe)
{
	unsigned long size = function_size(from), i;
	const u8 *code = (const u8 *)from;
	int n = 0;
	s32 rel;

	for (i = 0; i + CALL_SIZE <= size; i++) {
		if (code[i] != CALL_OPCODE)
			continue;
		memcpy(&rel, code + i + 1, sizeof(rel));
		if (!lands_in(from + i + CALL_SIZE + rel, to))
			continue;
		n++;
		if (!probe)
			continue;
		if (ncalls == CALLS_MAX)
			return -E2BIG;
		call_probe[ncalls].addr = (kprobe_opcode_t *)(code + i + CALL_SIZE);
		call_probe[ncalls].pre_handler = badness_result;
		calls[ncalls] = &call_probe[ncalls];
		ncalls++;
	}
	return n;
}

static int check_call_sites(void)
{
	unsigned long decide = function_start("out_of_memory");
	unsigned long evaluate = function_start("oom_evaluate_task");
	unsigned long badness = function_start("oom_badness");
	int through, inlined;

	if (!decide || !evaluate || !badness) {
		pr_err("this kernel has no out_of_memory, oom_evaluate_task or oom_badness to probe\n");
		return -EOPNOTSUPP;
	}
	if (find_calls(evaluate, badness, true) <= 0) {
		pr_err("oom_evaluate_task does not call oom_badness in this kernel\n");
		return -EOPNOTSUPP;
	}
	/* The global scan: through oom_evaluate_task or an inlined copy of it. */
	through = find_calls(decide, evaluate, false);
	inlined = find_calls(decide, badness, true);
	if (inlined < 0 || !(through + inlined)) {
		pr_err("out_of_memory does not score candidates by oom_badness in this kernel\n");
		return -EOPNOTSUPP;
	}
	return 0;
}

#else

static int check_call_sites(void)
{
	pr_err("how the OOM killer calls its scoring was verified on x86-64 only\n");
	return -EOPNOTSUPP;
}

#endif

int oom_hook_init(void)
{
	int err;

	err = check_call_sites();
	if (err)
		return err;
	err = oom_tracepoint_register("mark_victim", on_mark_victim);
	if (err)
		return err;
	err = register_kprobe(&badness_probe);
	if (err)
		goto err_victim;
	err = register_kprobes(calls, ncalls);
	if (err) {
		pr_err("the kernel lets no probe be where it compares scores\n");
		goto err_badness;
	}
	err = register_kretprobe(&out_of_memory_probe);
	if (err)
		goto err_calls;
	return 0;

err_calls:
	unregister_kprobes(calls, ncalls);
err_badness:
	unregister_kprobe(&badness_probe);
err_victim:
	oom_tracepoint_unregister("mark_victim", on_mark_victim);
	return err;
}

void oom_hook_exit(void)
{
	/*
	 * A decision that lost its hooks would go on among plain scores, with which ours
	 * cannot be compared: whoever was first so far would be the victim.
	 */
	oom_decision_close();
	unregister_kprobes(calls, ncalls);
	unregister_kprobe(&badness_probe);
	unregister_kretprobe(&out_of_memory_probe);
	oom_tracepoint_unregister("mark_victim", on_mark_victim);
}
