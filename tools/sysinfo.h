/* SPDX-License-Identifier: GPL-2.0 */
/* The machine in one line: what the header of `top` says about it. */
#ifndef OSTRACE_SYSINFO_H
#define OSTRACE_SYSINFO_H

#include <stdbool.h>
#include <stdint.h>

/* Pressure stall information of one resource, percent over the last 10 s. */
struct psi {
	double some;
	double full; /* < 0: the kernel does not tell (cpu before 5.13) */
};

enum { PSI_CPU, PSI_MEMORY, PSI_IO, PSI_COUNT };

/* The first line of /proc/stat, in ticks since boot. */
struct cpu_ticks {
	uint64_t total, steal;
};

struct machine {
	char host[65];
	char release[65];
	int cpus;		   /* online; 0: not known */
	double uptime;		   /* s, < 0: not known */
	double load[3];		   /* [0] < 0: not known */
	double steal;		   /* percent since the last update, < 0: not known yet */
	bool psi_on;		   /* the kernel keeps pressure information */
	struct psi psi[PSI_COUNT]; /* with psi_on; some < 0: not known */
	long tasks;		   /* threads, < 0: not known */
	long cgroups;		   /* < 0: not known */
	struct cpu_ticks ticks;	   /* as of the last update */
};

/** sysinfo_init - what does not change while we run. */
void sysinfo_init(struct machine *s);
/** sysinfo_update - read the rest; what cannot be read is marked unknown. */
void sysinfo_update(struct machine *s);

/* Parsers of what /proc and /sys say. Each returns 0 or -EINVAL. */

/** sysinfo_parse_stat - /proc/stat: its first line. */
int sysinfo_parse_stat(const char *text, struct cpu_ticks *t);
/** sysinfo_steal - percent stolen between two readings, < 0 if nothing passed. */
double sysinfo_steal(const struct cpu_ticks *from, const struct cpu_ticks *to);
/** sysinfo_parse_loadavg - /proc/loadavg: three averages and the threads that exist. */
int sysinfo_parse_loadavg(const char *text, double load[3], long *tasks);
/** sysinfo_parse_uptime - /proc/uptime, seconds. */
int sysinfo_parse_uptime(const char *text, double *uptime);
/** sysinfo_parse_psi - one file of /proc/pressure. */
int sysinfo_parse_psi(const char *text, struct psi *p);
/** sysinfo_parse_cpulist - number of CPUs in a list like "0-3,8". */
int sysinfo_parse_cpulist(const char *text, int *n);
/** sysinfo_parse_cgroup_stat - cgroup.stat of the v2 root, with the root counted. */
int sysinfo_parse_cgroup_stat(const char *text, long *n);
/**
 * sysinfo_parse_cgroups - /proc/cgroups: groups of the largest hierarchy
 */
int sysinfo_parse_cgroups(const char *text, long *n);

#endif /* OSTRACE_SYSINFO_H */
