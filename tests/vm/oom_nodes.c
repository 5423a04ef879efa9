// SPDX-License-Identifier: GPL-2.0
/*
 * One memory node runs out of memory, not the machine: for a cpuset that may use no
 * other, and for a memory policy. The machine needs two nodes; node 1 is filled.
 * Three processes live in its memory; a fourth, the first to go by every rule, may
 * use node 0 only, and so is no candidate. Usage: oom_nodes cpuset|mempolicy
 */
#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include "oom_vm.h"

#define TOP "oomn"
#define NODE1 "/sys/devices/system/node/node1"
#define HUGEPAGES NODE1 "/hugepages/hugepages-2048kB/nr_hugepages"
#define PROCS 4

static struct proc procs[PROCS];
static bool by_cpuset;
static int record_fd;

/* MiB of a line of node 1's meminfo. */
static unsigned long node_mb(const char *what)
{
	char buf[4096], *p = strstr(file_read(NODE1 "/meminfo", buf, sizeof(buf)), what);

	return p ? strtoul(p + strlen(what), NULL, 10) / 1024 : 0;
}

/* What is forked next may use memory of this node only; -1: of all. */
static void bind_to(int node)
{
	unsigned long mask = node < 0 ? 0 : 1ul << node;

	if (by_cpuset)
		return;
	if (syscall(SYS_set_mempolicy, node < 0 ? MPOL_DEFAULT : MPOL_BIND, node < 0 ? NULL : &mask,
		    node < 0 ? 0 : 8 * sizeof(mask)))
		die("set_mempolicy");
}

static void describe(struct proc *p, const char *name, size_t mb, int node)
{
	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "%s", name);
	snprintf(p->cgroup, sizeof(p->cgroup), TOP "/%s",
		 by_cpuset ? node ? "one" : "zero" : "any");
	p->mb = mb;
}

static void fill_node(void)
{
	unsigned long mb;
	char num[32];

	must_write("/proc/sys/vm/drop_caches", "3");
	mb = node_mb("MemFree:");
	snprintf(num, sizeof(num), "%lu", mb > 600 ? (mb - 400) / 2 : 0);
	must_write(HUGEPAGES, num);
}

static bool among(const struct ostrace_oom_decision *d, pid_t pid)
{
	const struct ostrace_oom_candidate *c = (const void *)((const char *)d + d->header);
	unsigned int i;

	for (i = 0; i < d->candidates; i++)
		if (c[i].pid == pid)
			return true;
	return false;
}

/* Does the record tell what kind of shortage this was, and who could be taken? */
static bool record_right(const struct ostrace_oom_decision *d, int want)
{
	unsigned int constraint = by_cpuset ? OSTRACE_OOM_CPUSET : OSTRACE_OOM_MEMPOLICY;
	unsigned long node_pages = node_mb("MemTotal:") * 256;
	int i;

	if (!d) {
		printf("# no record\n");
		return false;
	}
	if (d->constraint != constraint || d->nvictims != 1 ||
	    d->victim[0].pid != procs[want].pid || d->kernel.pid != procs[0].pid ||
	    d->limit > node_pages * 3 / 2 || d->cgroup || among(d, procs[PROCS - 1].pid)) {
		printf("# constraint %u, %u victims, %s, kernel %s, limit %llu of %lu, node 0's among them: %d\n",
		       d->constraint, d->nvictims, d->victim[0].comm, d->kernel.comm, d->limit,
		       node_pages, among(d, procs[PROCS - 1].pid));
		return false;
	}
	for (i = 0; i < PROCS - 1; i++)
		if (!among(d, procs[i].pid))
			return false;
	return true;
}

static void one_kill(const char *mode, int want)
{
	struct pollfd wait = { .fd = record_fd, .events = POLLIN };
	struct proc trigger = { 0 };
	int i, status = 0, got = -1;
	unsigned long room;
	bool right;
	pid_t dead;

	set_mode(mode);
	describe(&procs[0], "large", 80, 1);
	describe(&procs[1], "small", 40, 1);
	describe(&procs[2], "middle", 60, 1);
	describe(&procs[3], "elsewhere", 120, 0);
	for (i = 0; i < PROCS; i++) {
		bind_to(i < PROCS - 1);
		proc_start(&procs[i]);
	}
	describe(&trigger, "trigger", 0, 1);
	trigger.adj = -900;
	bind_to(1);
	room = node_mb("MemFree:");
	trigger_start(&trigger, TOP, 4096, room > 60 ? room - 60 : 0, 32);
	bind_to(-1);
	dead = wait_death(60000, &status);
	*stop_trigger = 1;
	for (i = 0; i < PROCS; i++)
		if (procs[i].pid == dead)
			got = i;
	/* The victim may be gone before the call that killed it has returned. */
	poll(&wait, 1, 60000);
	right = got == want && record_right(next_record(record_fd), want);
	tap(right, "%s, %s: %s is killed%s", by_cpuset ? "cpuset" : "mempolicy", mode,
	    procs[want].name, got < 0 ? " (nobody of the scene was)" : "");
	proc_kill(&trigger);
	for (i = 0; i < PROCS; i++)
		proc_kill(&procs[i]);
	while (next_record(record_fd))
		;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	if (access(NODE1, F_OK)) {
		printf("1..0 # SKIP this machine has one memory node; NUMA=2 gives make vm two\n");
		return 0;
	}
	by_cpuset = !strcmp(argv[1], "cpuset");
	must_write("/proc/self/oom_score_adj", "-1000");
	mlockall(MCL_CURRENT | MCL_FUTURE);
	must_write(CGROUPS "/cgroup.subtree_control", "+memory +cpuset");
	cg_make(TOP);
	cg_write(TOP, "cgroup.subtree_control", "+memory +cpuset");
	cg_make(TOP "/any");
	cg_make(TOP "/one");
	cg_make(TOP "/zero");
	cg_write(TOP "/one", "cpuset.mems", "1");
	cg_write(TOP "/zero", "cpuset.mems", "0");
	fill_node();
	record_fd = open_records();
	set_rules("prefer comm=elsewhere\nprefer comm=small\nnormal cgroup=/" TOP
		  "\nprotect cgroup=/\n");
	one_kill("enforce", 1);
	one_kill("audit", 0);
	set_rules("prefer comm=elsewhere\norder youngest\nprotect comm=trigger\nnormal cgroup=/" TOP
		  "\nprotect cgroup=/\n");
	one_kill("enforce", 2);
	must_write(HUGEPAGES, "0");
	return tap_end();
}
