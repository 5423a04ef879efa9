/* SPDX-License-Identifier: GPL-2.0 */
/* What the programs about interrupts and bottom halves have in common. */
#ifndef OSTRACE_IRQ_BPF_H
#define OSTRACE_IRQ_BPF_H

#include "ostrace.bpf.h"
#include "ostrace/irqs.h"

#define FRAME_CLOCK() bpf_ktime_get_ns()
#include "ostrace/frames.h"

const volatile struct cpu_settings settings = { .nr_cpus = 1 };

/* This CPU's index; at least settings.nr_cpus if the filter leaves it out. */
static __always_inline u32 wanted_cpu(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	return cpu_wanted(&settings, cpu) ? cpu : ~0U;
}

/* Mixes all bits of @x into all bits (the finalizer of MurmurHash3); never 0. */
static __always_inline u64 mix(u64 x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ULL;
	x ^= x >> 33;
	return x | 1;
}

/*
 * The name of the function at @fn, "name [module]" for one of a module. Resolved
 * when it is first met, so it outlives its module, and by the kernel, so no
 * setting hides it.
 */
static __always_inline void symbol_name(char *to, u32 size, u64 fn)
{
	static const char format[] = "%ps";

	if (bpf_snprintf(to, size, format, &fn, sizeof(fn)) < 0)
		to[0] = '\0'; /* the helper's buffers are in use: at the next event */
}

/* An argument as a number: the verifier lets nobody compute with pointers. */
static __always_inline u64 arg_bits(unsigned long long *ctx, int n)
{
	u64 v = 0;

	bpf_probe_read_kernel(&v, sizeof(v), ctx + n);
	return v;
}

/* ostrace/frames.h: what a frame is of. */
#define HANDLER_FRAME (1ULL << 32) /* the rest is the line's number */
#define VECTOR_FRAME (2ULL << 32)  /* enum irq_vector */
#define SOFTIRQ_FRAME (3ULL << 32) /* the softirq's vector */

/* PROGRAM(tracepoint, vector) for every vector; exits are defined, and attached, first. */
#define IRQ_EXIT_PROGRAM(tp, title, text)                            \
	SEC("tp_btf/" #tp "_exit") int BPF_PROG(ostrace_##tp##_exit) \
	{                                                            \
		return vector_exit(IRQ_VECTOR_##tp);                 \
	}
#define IRQ_ENTRY_PROGRAM(tp, title, text)                             \
	SEC("tp_btf/" #tp "_entry") int BPF_PROG(ostrace_##tp##_entry) \
	{                                                              \
		return vector_entry(IRQ_VECTOR_##tp);                  \
	}

#endif /* OSTRACE_IRQ_BPF_H */
