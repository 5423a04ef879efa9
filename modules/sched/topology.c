// SPDX-License-Identifier: GPL-2.0
/* Which CPUs share a cache. */
#include <linux/cpumask.h>
#include <linux/topology.h>
#ifdef CONFIG_X86
#include <asm/processor.h>
#endif
#include "loader.h"

/* CPUs of one last-level cache have the same number. */
static u32 cache_id(u32 cpu)
{
#ifdef CONFIG_X86
	return cpu_data(cpu).topo.llc_id;
#else
	return topology_physical_package_id(cpu);
#endif
}

static u32 node_id(u32 cpu)
{
	return cpu_to_node(cpu);
}

/* Number the domains that @id tells apart. */
static u32 number_by(u32 (*id)(u32 cpu), struct sched_cpu *cpus, u32 nr_cpus)
{
	u32 cpu, other, n = 0;

	for (cpu = 0; cpu < nr_cpus; cpu++) {
		for (other = 0; other < cpu; other++)
			if (id(other) == id(cpu))
				break;
		cpus[cpu].llc = other < cpu ? cpus[other].llc : n++;
	}
	return n;
}

u32 topology_domains(struct sched_cpu *cpus, u32 nr_cpus, u32 pretend)
{
	u32 cpu, other, n;

	if (pretend) {
		n = min(pretend, nr_cpus);
		for (cpu = 0; cpu < nr_cpus; cpu++)
			cpus[cpu].llc = cpu % n;
	} else {
		n = number_by(cache_id, cpus, nr_cpus);
		/* Many virtual machines do not tell; then nothing is gained by it. */
		if (n == nr_cpus && nr_cpus > 1)
			n = number_by(node_id, cpus, nr_cpus);
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
