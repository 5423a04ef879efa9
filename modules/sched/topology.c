// SPDX-License-Identifier: GPL-2.0
/* Which CPUs share a cache. */
#include <linux/cpumask.h>
#include <linux/topology.h>
#ifdef CONFIG_X86
#include <asm/processor.h>
#endif
#include "loader.h"

#define UNKNOWN (~0U)

/*
 * CPUs of one last-level cache have the same number. One that never ran, but might
 * be plugged in, has told nothing yet.
 */
static u32 cache_id(u32 cpu)
{
#ifdef CONFIG_X86
	return cpu_data(cpu).initialized ? cpu_data(cpu).topo.llc_id : UNKNOWN;
#else
	return topology_physical_package_id(cpu);
#endif
}

static u32 node_id(u32 cpu)
{
	return cache_id(cpu) == UNKNOWN ? UNKNOWN : (u32)cpu_to_node(cpu);
}

/* The domain for a CPU of which nothing is known: that of its node's first, or the first. */
static u32 some_domain(const struct sched_cpu *cpus, u32 nr_cpus, u32 cpu)
{
	u32 other;

	for (other = 0; other < nr_cpus; other++)
		if (cache_id(other) != UNKNOWN && cpu_to_node(other) == cpu_to_node(cpu))
			return cpus[other].llc;
	return 0;
}

/* Number the domains that @id tells apart; @known: of how many CPUs it says something. */
static u32 number_by(u32 (*id)(u32 cpu), struct sched_cpu *cpus, u32 nr_cpus, u32 *known)
{
	u32 cpu, other, n = 0;

	*known = 0;
	for (cpu = 0; cpu < nr_cpus; cpu++) {
		if (id(cpu) == UNKNOWN)
			continue;
		for (other = 0; other < cpu; other++)
			if (id(other) == id(cpu))
				break;
		cpus[cpu].llc = other < cpu ? cpus[other].llc : n++;
		++*known;
	}
	for (cpu = 0; cpu < nr_cpus; cpu++)
		if (id(cpu) == UNKNOWN)
			cpus[cpu].llc = some_domain(cpus, nr_cpus, cpu);
	return max(n, 1U);
}

u32 topology_domains(struct sched_cpu *cpus, u32 nr_cpus, u32 pretend)
{
	u32 cpu, other, n, known;

	if (pretend) {
		n = min(pretend, nr_cpus);
		for (cpu = 0; cpu < nr_cpus; cpu++)
			cpus[cpu].llc = cpu % n;
	} else {
		n = number_by(cache_id, cpus, nr_cpus, &known);
		/* Many virtual machines do not tell; then nothing is gained by it. */
		if (n == known && known > 1)
			n = number_by(node_id, cpus, nr_cpus, &known);
	}
	for (cpu = 0; cpu < nr_cpus; cpu++) {
		other = cpu;
		do {
			other = (other + 1) % nr_cpus;
		} while (cpus[other].llc != cpus[cpu].llc);
		cpus[cpu].next = other;
	}
	return n;
}
