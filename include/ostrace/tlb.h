/* SPDX-License-Identifier: GPL-2.0 */
/* What bpf/tlb.bpf.c and tools/view_faults_tlb.c share: TLB flushes by CPU and reason. */
#ifndef _OSTRACE_TLB_H
#define _OSTRACE_TLB_H

#include "ostrace/cell.h" /* for the kernel's types */

/* Reasons are the kernel's enum tlb_flush_reason; later ones count as the last here. */
#define TLB_REASONS 16

struct tlb_count {
	__u64 flushes;
	__u64 full;   /* of them, of all that the CPU has of an address space */
	__u64 pages;  /* of the others */
	__u64 spared; /* there was nothing to flush after all; not in flushes */
};

/* One writer: a CPU. */
struct tlb_cpu {
	struct tlb_count by[TLB_REASONS];
};

#endif /* _OSTRACE_TLB_H */
