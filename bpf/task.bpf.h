/* SPDX-License-Identifier: GPL-2.0 */
/* Tasks: which system call one is in, and its ids in a pid namespace. */
#ifndef OSTRACE_TASK_BPF_H
#define OSTRACE_TASK_BPF_H

#include "ostrace.bpf.h"
#include "ostrace/syscall.h"

#ifdef __TARGET_ARCH_x86
#define TS_COMPAT 0x0002   /* arch/x86/include/asm/thread_info.h */
#define X32_BIT 0x40000000 /* __X32_SYSCALL_BIT */

static __always_inline u32 sys_key(struct task_struct *t, long nr)
{
	u32 abi = SYS_NATIVE;

	if (unlikely(t->thread_info.status & TS_COMPAT)) {
		abi = SYS_COMPAT;
	} else if (unlikely(nr & X32_BIT) && nr > 0) {
		abi = SYS_X32;
		nr &= ~(long)X32_BIT;
	}
	if ((unsigned long)nr >= SYS_NR_INVALID)
		nr = SYS_NR_INVALID;
	return abi * SYS_NRS + (u32)nr;
}

/* -1 when the task entered the kernel otherwise: by a fault, an interrupt. */
static __always_inline long regs_sys_nr(struct pt_regs *regs)
{
	return (long)regs->orig_ax;
}
#else
#define TIF_32BIT 22 /* arch/arm64/include/asm/thread_info.h */

struct pt_regs___ostrace {
	s32 syscallno;
} __attribute__((preserve_access_index));

static __always_inline u32 sys_key(struct task_struct *t, long nr)
{
	u32 abi = t->thread_info.flags & (1UL << TIF_32BIT) ? SYS_COMPAT : SYS_NATIVE;

	if ((unsigned long)nr >= SYS_NR_INVALID)
		nr = SYS_NR_INVALID;
	return abi * SYS_NRS + (u32)nr;
}

static __always_inline long regs_sys_nr(struct pt_regs *regs)
{
	return BPF_CORE_READ((struct pt_regs___ostrace *)regs, syscallno);
}
#endif

/* The task's (or its process's) id in the pid namespace @ns, 0 if it has none there. */
static __noinline u32 task_ns_pid(struct task_struct *t, bool leader, u32 ns)
{
	struct pid *p = leader ? BPF_CORE_READ(t, group_leader, thread_pid) :
				 BPF_CORE_READ(t, thread_pid);
	struct upid *at = __builtin_preserve_access_index(&p->numbers[0]);
	u32 level = BPF_CORE_READ(p, level), i;

	if (ns == PROC_PID_INIT_INO)
		return leader ? BPF_CORE_READ(t, tgid) : BPF_CORE_READ(t, pid);
	for (i = 0; i <= 32; i++) { /* MAX_PID_NS_LEVEL */
		struct upid u;

		if (i > level || bpf_probe_read_kernel(&u, sizeof(u), at + i))
			break;
		if (BPF_CORE_READ(u.ns, ns.inum) == ns)
			return u.nr;
	}
	return 0;
}

#endif /* OSTRACE_TASK_BPF_H */
