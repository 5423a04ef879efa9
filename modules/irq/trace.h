/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints for anyone: perf, bpftrace, trace-cmd. They carry what the
 * driver's own counters are made of, so the two can be compared.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ostrace_irq

#if !defined(_OSTRACE_IRQ_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _OSTRACE_IRQ_TRACE_H

#include <linux/tracepoint.h>

#include <uapi/ostrace/irq.h>

/* The event macros have a layout of their own. */
/* clang-format off */

#define oirq_mech_names                                                                            \
	{ OSTRACE_IRQ_HARDIRQ, "hardirq" }, { OSTRACE_IRQ_IRQ_WORK, "irq_work" },                  \
		{ OSTRACE_IRQ_TASKLET_HI, "tasklet_hi" }, { OSTRACE_IRQ_TASKLET, "tasklet" },      \
		{ OSTRACE_IRQ_BH_HIGHPRI, "bh_highpri" }, { OSTRACE_IRQ_BH, "bh" },                \
		{ OSTRACE_IRQ_THREAD, "thread" }, { OSTRACE_IRQ_WQ_HIGHPRI, "wq_highpri" },        \
		{ OSTRACE_IRQ_WQ, "wq" }, { OSTRACE_IRQ_WQ_UNBOUND, "wq_unbound" }

#define oirq_ctx_names                                                                             \
	{ OSTRACE_IRQ_CTX_HARD, "hard" }, { OSTRACE_IRQ_CTX_SOFT, "softirq" },                     \
		{ OSTRACE_IRQ_CTX_KSOFTIRQD, "ksoftirqd" }, { OSTRACE_IRQ_CTX_THREAD, "thread" }

/**
 * ostrace_irq_raise - the top half queued an interrupt for a mechanism
 * @seq:     number of the interrupt
 * @mech:    enum ostrace_irq_mech
 * @waiting: how many waited for that mechanism before it
 * @dropped: there was no room: nobody will serve it
 */
TRACE_EVENT(ostrace_irq_raise,
	TP_PROTO(u64 seq, u32 mech, u32 waiting, bool dropped),
	TP_ARGS(seq, mech, waiting, dropped),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u32, mech)
		__field(u32, cpu)
		__field(u32, waiting)
		__field(bool, dropped)
	),
	TP_fast_assign(
		__entry->seq = seq;
		__entry->mech = mech;
		__entry->cpu = raw_smp_processor_id();
		__entry->waiting = waiting;
		__entry->dropped = dropped;
	),
	TP_printk("seq=%llu mech=%s cpu=%u waiting=%u dropped=%d", __entry->seq,
		  __print_symbolic(__entry->mech, oirq_mech_names), __entry->cpu,
		  __entry->waiting, __entry->dropped)
);

/**
 * ostrace_irq_entry - a mechanism began with an interrupt
 * @seq:        number of the interrupt
 * @mech:       enum ostrace_irq_mech
 * @ctx:        enum ostrace_irq_ctx
 * @latency_ns: since it was raised
 *
 * ostrace_irq_exit - it was done with it
 * @latency_ns: since it began
 */
DECLARE_EVENT_CLASS(ostrace_irq_serve,
	TP_PROTO(u64 seq, u32 mech, u32 ctx, u64 latency_ns),
	TP_ARGS(seq, mech, ctx, latency_ns),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, latency_ns)
		__field(u32, mech)
		__field(u32, ctx)
		__field(u32, cpu)
	),
	TP_fast_assign(
		__entry->seq = seq;
		__entry->latency_ns = latency_ns;
		__entry->mech = mech;
		__entry->ctx = ctx;
		__entry->cpu = raw_smp_processor_id();
	),
	TP_printk("seq=%llu mech=%s cpu=%u ctx=%s latency=%llu", __entry->seq,
		  __print_symbolic(__entry->mech, oirq_mech_names), __entry->cpu,
		  __print_symbolic(__entry->ctx, oirq_ctx_names), __entry->latency_ns)
);

DEFINE_EVENT(ostrace_irq_serve, ostrace_irq_entry,
	TP_PROTO(u64 seq, u32 mech, u32 ctx, u64 latency_ns),
	TP_ARGS(seq, mech, ctx, latency_ns)
);

DEFINE_EVENT(ostrace_irq_serve, ostrace_irq_exit,
	TP_PROTO(u64 seq, u32 mech, u32 ctx, u64 latency_ns),
	TP_ARGS(seq, mech, ctx, latency_ns)
);

/* clang-format on */

#endif /* _OSTRACE_IRQ_TRACE_H */

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
