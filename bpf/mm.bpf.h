/* SPDX-License-Identifier: GPL-2.0 */
/* The memory of a process. */
#ifndef OSTRACE_MM_BPF_H
#define OSTRACE_MM_BPF_H

#include "ostrace.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} mm_cpus SEC(".maps");

/* A pointer as a number: the verifier has other rules for what it knows to be one. */
static __always_inline u64 plain(void *pointer)
{
	u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &pointer);
	return number;
}

/*
 * What to add to the address of a per-CPU variable for that of CPU @cpu. Kernels without
 * CONFIG_KALLSYMS_ALL do not tell where __per_cpu_offset is; but of an entry in a map of
 * ours one can know both.
 */
static __always_inline bool mm_cpu_offset(u32 cpu, u64 *offset)
{
	u32 zero = 0;
	u64 there = plain(bpf_map_lookup_percpu_elem(&mm_cpus, &zero, cpu)), variable;
	u64 at = plain(&mm_cpus) + bpf_core_field_offset(struct bpf_array, pptrs);

	if (!there || bpf_probe_read_kernel(&variable, sizeof(variable), (void *)at))
		return false;
	*offset = there - variable;
	return true;
}

/*
 * Pages of a kind, MM_*PAGES. The kernel counts per CPU and adds up now and then: far
 * off on large machines, unless all parts are summed. @ncpus: possible ones.
 *
 * How large a counter is depends on the kernel's locks, and libbpf mends an index only if
 * the compiler sees a constant: the place is computed.
 */
static __always_inline u64 mm_pages(struct mm_struct *mm, int kind, u32 ncpus)
{
	struct percpu_counter *counter = (void *)mm +
					 bpf_core_field_offset(struct mm_struct, rss_stat) +
					 kind * bpf_core_type_size(struct percpu_counter);
	s64 sum = BPF_CORE_READ(counter, count);
	void *parts = BPF_CORE_READ(counter, counters);
	u64 offset;
	s32 part;
	int cpu;

	bpf_for(cpu, 0, ncpus) {
		if (mm_cpu_offset(cpu, &offset) &&
		    !bpf_probe_read_kernel(&part, sizeof(part), parts + offset))
			sum += part;
	}
	return sum > 0 ? (u64)sum : 0;
}

#endif /* OSTRACE_MM_BPF_H */
