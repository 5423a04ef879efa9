// SPDX-License-Identifier: GPL-2.0
/* The machine in one line, from /proc and /sys. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "sysinfo.h"
#include "textfile.h"

static const char *const psi_path[PSI_COUNT] = {
	[PSI_CPU] = "/proc/pressure/cpu",
	[PSI_MEMORY] = "/proc/pressure/memory",
	[PSI_IO] = "/proc/pressure/io",
};

/* v2 alone, then the v2 part of a hybrid host. */
static const char *const cgroup_stat_path[] = {
	"/sys/fs/cgroup/cgroup.stat",
	"/sys/fs/cgroup/unified/cgroup.stat",
};

int sysinfo_parse_stat(const char *text, struct cpu_ticks *t)
{
	/* user nice system idle iowait irq softirq steal; guest is in user */
	unsigned long long v[8] = { 0 };
	int i, n;

	n = sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0], &v[1], &v[2], &v[3],
		   &v[4], &v[5], &v[6], &v[7]);
	if (n < 8)
		return -EINVAL;
	t->total = 0;
	for (i = 0; i < 8; i++)
		t->total += v[i];
	t->steal = v[7];
	return 0;
}

double sysinfo_steal(const struct cpu_ticks *from, const struct cpu_ticks *to)
{
	/* Ticks of a CPU that went away are no longer in the sum. */
	if (to->total <= from->total || to->steal < from->steal)
		return -1;
	return 100.0 * (to->steal - from->steal) / (to->total - from->total);
}

int sysinfo_parse_loadavg(const char *text, double load[3], long *tasks)
{
	if (sscanf(text, "%lf %lf %lf %*d/%ld", &load[0], &load[1], &load[2], tasks) != 4)
		return -EINVAL;
	return 0;
}

int sysinfo_parse_uptime(const char *text, double *uptime)
{
	return sscanf(text, "%lf", uptime) == 1 ? 0 : -EINVAL;
}

int sysinfo_parse_psi(const char *text, struct psi *p)
{
	const char *full = strstr(text, "full avg10=");

	if (sscanf(text, "some avg10=%lf", &p->some) != 1)
		return -EINVAL;
	if (!full || sscanf(full, "full avg10=%lf", &p->full) != 1)
		p->full = -1;
	return 0;
}

int sysinfo_parse_cpulist(const char *text, int *n)
{
	char *end;
	long a, b;

	*n = 0;
	do {
		a = strtol(text, &end, 10);
		if (end == text || a < 0)
			return -EINVAL;
		b = a;
		if (*end == '-') {
			text = end + 1;
			b = strtol(text, &end, 10);
			if (end == text || b < a)
				return -EINVAL;
		}
		*n += (int)(b - a) + 1;
		text = end + 1;
	} while (*end == ',');
	return *end && *end != '\n' ? -EINVAL : 0;
}

int sysinfo_parse_cgroup_stat(const char *text, long *n)
{
	const char *p = strstr(text, "nr_descendants ");

	if (!p || sscanf(p, "nr_descendants %ld", n) != 1 || *n < 0)
		return -EINVAL;
	(*n)++;
	return 0;
}

int sysinfo_parse_cgroups(const char *text, long *n)
{
	const char *p;
	long num;

	*n = -1;
	for (p = text; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL)
		if (*p != '#' && sscanf(p, "%*s %*d %ld", &num) == 1 && num > *n)
			*n = num;
	return *n < 0 ? -EINVAL : 0;
}

static void update_steal(struct machine *s)
{
	struct cpu_ticks now;
	char buf[512];

	if (textfile_read("/proc/stat", buf, sizeof(buf)) || sysinfo_parse_stat(buf, &now)) {
		s->steal = -1;
		return;
	}
	s->steal = s->ticks.total ? sysinfo_steal(&s->ticks, &now) : -1;
	s->ticks = now;
}

static void update_psi(struct machine *s)
{
	char buf[512];
	int i;

	/* No files or unreadable ones: off at boot or not built in. */
	s->psi_on = false;
	for (i = 0; i < PSI_COUNT; i++) {
		if (!textfile_read(psi_path[i], buf, sizeof(buf)) &&
		    !sysinfo_parse_psi(buf, &s->psi[i]))
			s->psi_on = true;
		else
			s->psi[i] = (struct psi){ -1, -1 };
	}
}

/* v1 hierarchies may hold more groups than the v2 one beside them. */
static void update_cgroups(struct machine *s)
{
	char buf[4096];
	long n;
	size_t i;

	if (textfile_read("/proc/cgroups", buf, sizeof(buf)) ||
	    sysinfo_parse_cgroups(buf, &s->cgroups))
		s->cgroups = -1;
	for (i = 0; i < sizeof(cgroup_stat_path) / sizeof(*cgroup_stat_path); i++)
		if (!textfile_read(cgroup_stat_path[i], buf, sizeof(buf)) &&
		    !sysinfo_parse_cgroup_stat(buf, &n) && n > s->cgroups)
			s->cgroups = n;
}

void sysinfo_init(struct machine *s)
{
	struct utsname u;

	memset(s, 0, sizeof(*s));
	if (!uname(&u)) {
		snprintf(s->host, sizeof(s->host), "%s", u.nodename);
		snprintf(s->release, sizeof(s->release), "%s", u.release);
	}
}

void sysinfo_update(struct machine *s)
{
	char buf[512];

	if (textfile_read("/proc/loadavg", buf, sizeof(buf)) ||
	    sysinfo_parse_loadavg(buf, s->load, &s->tasks)) {
		s->load[0] = -1;
		s->tasks = -1;
	}
	if (textfile_read("/proc/uptime", buf, sizeof(buf)) ||
	    sysinfo_parse_uptime(buf, &s->uptime))
		s->uptime = -1;
	if (textfile_read("/sys/devices/system/cpu/online", buf, sizeof(buf)) ||
	    sysinfo_parse_cpulist(buf, &s->cpus))
		s->cpus = 0;
	update_steal(s);
	update_psi(s);
	update_cgroups(s);
}
