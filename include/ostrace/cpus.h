/* SPDX-License-Identifier: GPL-2.0 */
/* Which CPUs count: for all BPF programs and for their loaders. */
#ifndef _OSTRACE_CPUS_H
#define _OSTRACE_CPUS_H

#include "ostrace/cell.h" /* for the kernel's types */

/* Read-only for the programs; set by cpus_settings() before they are loaded. */
struct cpu_settings {
	__u32 nr_cpus;	/* possible ones */
	__u32 filter;	/* bits is to be asked */
	__u64 bits[64]; /* by index of the CPU */
};

#endif /* _OSTRACE_CPUS_H */
