/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hard interrupts as bpf/irqline.bpf.c and tools/view_softirqs_lines.c share
 * them: a slot for each line that a CPU has seen, written by that CPU only, and
 * one for each thread of a threaded handler, written by that thread only.
 */
#ifndef _OSTRACE_IRQS_H
#define _OSTRACE_IRQS_H

#include "ostrace/cell.h"

/*
 * Interrupts that no line belongs to, each with a pair of tracepoints NAME_entry
 * and NAME_exit: X(NAME, name in /proc/interrupts, what it is). All but the
 * first are x86's (arch/x86/include/asm/trace/irq_vectors.h).
 */
#define IRQ_VECTOR_LIST(X)                                       \
	X(ipi, "IPI", "inter-processor interrupt")               \
	X(local_timer, "LOC", "local timer")                     \
	X(reschedule, "RES", "reschedule")                       \
	X(call_function, "CAL", "function call, to many")        \
	X(call_function_single, "CAL1", "function call, to one") \
	X(irq_work, "IWI", "irq work")                           \
	X(x86_platform_ipi, "PLT", "platform")                   \
	X(error_apic, "ERR", "APIC error")                       \
	X(spurious_apic, "SPU", "spurious")                      \
	X(thermal_apic, "TRM", "thermal event")                  \
	X(threshold_apic, "THR", "machine check threshold")      \
	X(deferred_error_apic, "DFR", "deferred machine check")

#define IRQ_VECTOR_ID(name, title, text) IRQ_VECTOR_##name,
enum irq_vector { IRQ_VECTOR_LIST(IRQ_VECTOR_ID) IRQ_VECTORS };

/* A tasklet, interrupted by an irq_work that runs a line's handler; more is not known. */
#define IRQ_NESTING 4

/* What runs on a CPU in interrupt context, innermost last: ostrace/frames.h. */
struct irq_frames {
	struct irq_frame {
		__u64 id; /* what it is */
		__u64 start_ns;
		__u64 inner_ns; /* time in what came inside */
		__u64 data;	/* the program's own */
	} frame[IRQ_NESTING];
	__u32 depth;
	__u32 pad;
};
#define IRQ_NAME_SIZE 32
#define IRQ_SYMBOL_SIZE 64

#define LINE_SLOTS 128 /* lines per CPU; a power of two */
#define LINE_THREADS 256

enum line_kind { LINE_VECTOR, LINE_HANDLER, LINE_THREAD };

struct line_slot {
	__u64 key;		       /* 0: free */
	__u32 kind;		       /* enum line_kind */
	__u32 irq;		       /* Linux's number of the line, or enum irq_vector */
	char name[IRQ_NAME_SIZE];      /* who asked for the interrupt */
	char handler[IRQ_SYMBOL_SIZE]; /* the function, "" while not known */
	struct ostrace_cell run;
	struct ostrace_cell wait; /* threads only: woken to running */
	__u64 none;		  /* calls answered with IRQ_NONE, not in @run */
	__u64 woke;		  /* calls answered with IRQ_WAKE_THREAD */
	__u64 start_ns;		  /* threads only */
	__u64 woken_ns;		  /* threads only: oldest wake-up not served yet */
};

struct line_cpu {
	struct line_slot slot[LINE_SLOTS];
	struct irq_frames stack;
	__u64 full; /* calls that found no slot */
	__u64 align[6];
};

struct irq_control {
	__u32 epoch; /* of maxima, cell.h */
	__u32 pad;
};

#endif /* _OSTRACE_IRQS_H */
