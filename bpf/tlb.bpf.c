// SPDX-License-Identifier: GPL-2.0
/*
 * Flushes of the TLB: each CPU remembers translations of addresses, and has to forget
 * them when the kernel changes a mapping. Attached only while that table is shown.
 */
#include "ostrace.bpf.h"
#include "ostrace/tlb.h"

char LICENSE[] SEC("license") = "GPL";

const volatile struct cpu_settings settings = { .nr_cpus = 1 };

struct tlb_cpu cpus[1] SEC(".bss.cpus");

#define TLB_FLUSH_ALL (~0UL) /* arch/x86/include/asm/tlbflush.h */

SEC("tp_btf/tlb_flush")
int BPF_PROG(ostrace_tlb_flush, int reason, unsigned long pages)
{
	u32 cpu = bpf_get_smp_processor_id(), by = reason;
	struct tlb_count *c;

	if (cpu >= settings.nr_cpus || !cpu_wanted(&settings, cpu))
		return 0;
	if (by >= TLB_REASONS)
		by = TLB_REASONS - 1;
	/*
	 * An interrupt that flushes, too, does not get here: the kernel skips a
	 * program that runs on this CPU, and counts that.
	 */
	c = &cpus[cpu].by[by];
	if (!pages) { /* the CPU still knew the address space it switched to */
		c->spared++;
		return 0;
	}
	if (pages == TLB_FLUSH_ALL)
		c->full++;
	else
		c->pages += pages;
	c->flushes++;
	return 0;
}
