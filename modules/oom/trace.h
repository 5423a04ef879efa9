/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ostrace_oom

#if !defined(OSTRACE_OOM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define OSTRACE_OOM_TRACE_H

#include <linux/tracepoint.h>
#include <uapi/ostrace/oom.h>

/* clang-format off */

TRACE_EVENT(ostrace_oom_candidate,

	TP_PROTO(u64 seq, const struct ostrace_oom_candidate *c),

	TP_ARGS(seq, c),

	TP_STRUCT__entry(
		__field(u64, seq)
		__field(s64, points)
		__field(s64, key)
		__field(u64, cgroup)
		__field(s32, pid)
		__field(u32, rule)
		__field(s16, adj)
		__field(u8, tier)
		__array(char, comm, OSTRACE_OOM_COMM)
	),

	TP_fast_assign(
		__entry->seq = seq;
		__entry->points = c->kernel_points;
		__entry->key = c->key[0];
		__entry->cgroup = c->cgroup;
		__entry->pid = c->pid;
		__entry->rule = c->rule;
		__entry->adj = c->oom_score_adj;
		__entry->tier = c->tier;
		oom_printable(__entry->comm, c->comm);
	),

	TP_printk("seq=%llu pid=%d comm=%.16s cgroup=%llu points=%lld adj=%d tier=%u key=%lld rule=%u",
		  __entry->seq, __entry->pid, __entry->comm, __entry->cgroup, __entry->points,
		  __entry->adj, __entry->tier, __entry->key, __entry->rule)
);

TRACE_EVENT(ostrace_oom_decision,

	TP_PROTO(const struct ostrace_oom_decision *d),

	TP_ARGS(d),

	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, cgroup)
		__field(u64, total_ns)
		__field(u64, policy_ns)
		__field(u32, considered)
		__field(u32, nvictims)
		__field(s32, kernel)
		__field(s32, policy)
		__field(s32, victim)
		__field(u8, mode)
		__field(u8, constraint)
	),

	TP_fast_assign(
		__entry->seq = d->seq;
		__entry->cgroup = d->cgroup;
		__entry->total_ns = d->total_ns;
		__entry->policy_ns = d->policy_ns;
		__entry->considered = d->considered;
		__entry->nvictims = d->nvictims;
		__entry->kernel = d->kernel.pid;
		__entry->policy = d->policy.pid;
		__entry->victim = d->victim[0].pid;
		__entry->mode = d->mode;
		__entry->constraint = d->constraint;
	),

	TP_printk("seq=%llu mode=%u constraint=%u cgroup=%llu considered=%u kernel=%d policy=%d victim=%d victims=%u total_ns=%llu policy_ns=%llu",
		  __entry->seq, __entry->mode, __entry->constraint, __entry->cgroup,
		  __entry->considered, __entry->kernel, __entry->policy, __entry->victim,
		  __entry->nvictims, __entry->total_ns, __entry->policy_ns)
);

/* clang-format on */

#endif /* OSTRACE_OOM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
