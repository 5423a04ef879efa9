// SPDX-License-Identifier: GPL-2.0
/*
 * A storm of memcg OOMs: hogs die and are replaced as fast as they can, beside
 * keepers that are bigger. Usage: oom_storm SECONDS KEEP
 *
 * With KEEP=1, keepers are protected by every set of rules, which is replaced all
 * the time: none may die. With KEEP=0 nobody is protected (the module or policies come
 * and go), but the kernel's own score of keepers is below that of anything which could
 * ask for memory, so none may die of that either. The last line is "K kills, N keepers
 * lost, R sets of rules"; the status is 1 if a keeper was lost or nobody killed.
 */
#include "oom_vm.h"

#define TOP "oomstorm"
#define HOGS 4

static pid_t start_hog(int i)
{
	struct proc p = { .mb = 0 };
	size_t at;
	pid_t pid;
	char *m;

	snprintf(p.name, sizeof(p.name), "hog-%d", i);
	snprintf(p.cgroup, sizeof(p.cgroup), TOP "/hogs");
	p.adj = i * 10;
	pid = fork();
	if (pid)
		return pid;
	proc_become(&p);
	m = map_anon(64 * MB);
	for (at = 0; at < 64 * MB; at += 4096)
		m[at] = 1;
	for (;;)
		pause();
}

/* Sets that differ in all but whom they protect. */
static void swap_rules(unsigned long n)
{
	static const char *const orders[] = { "size", "adj", "youngest", "cgroup size",
					      "over-low adj" };
	char text[512];

	snprintf(text, sizeof(text),
		 "order %s\nprotect comm=keeper*\n%s comm=hog-%lu\nprefer cgroup=/" TOP "/hogs\n",
		 orders[n % 5], n & 1 ? "prefer" : "normal", n % HOGS);
	set_rules(text);
}

int main(int argc, char **argv)
{
	struct proc keeper[2] = { { .name = "keeper-a", .cgroup = TOP "/keep" },
				  { .name = "keeper-b", .cgroup = TOP "/keep" } };
	unsigned long kills, before, lost = 0, sets = 0;
	bool keep = argc == 3 && atoi(argv[2]);
	pid_t hog[HOGS], dead;
	int i, status;
	time_t end, hang;

	if (argc != 3)
		return 2;
	must_write("/proc/self/oom_score_adj", "-1000");
	must_write(CGROUPS "/cgroup.subtree_control", "+memory");
	cg_make_inner(TOP);
	/* Keepers are looked at first: a decision that is cut off would take one. */
	cg_make(TOP "/keep");
	cg_make(TOP "/hogs");
	before = cg_event(TOP, "oom_kill");
	cg_write(TOP, "memory.max", "48M");
	cg_no_swap(TOP);
	for (i = 0; i < 2; i++) {
		keeper[i].mb = keep ? 14 : 1;
		/* Small is not enough: hogs that are dying are no candidates, new ones smaller. */
		keeper[i].adj = keep ? 0 : -900;
		proc_start(&keeper[i]);
	}
	for (i = 0; i < HOGS; i++)
		hog[i] = start_hog(i);
	/* On a machine that is slow beyond measure, until there was a kill at all. */
	end = time(NULL) + atoi(argv[1]);
	hang = end + 120;
	while (time(NULL) < end || (time(NULL) < hang && cg_event(TOP, "oom_kill") == before)) {
		if (keep)
			swap_rules(sets++);
		dead = waitpid(-1, &status, WNOHANG);
		if (dead <= 0) {
			nap_ms(1);
			continue;
		}
		for (i = 0; i < HOGS; i++)
			if (hog[i] == dead)
				hog[i] = start_hog(i);
		for (i = 0; i < 2; i++) {
			if (keeper[i].pid == dead) {
				keeper[i].pid = 0;
				lost++;
			}
		}
	}
	kills = cg_event(TOP, "oom_kill") - before;
	for (i = 0; i < HOGS; i++) {
		kill(hog[i], SIGKILL);
		waitpid(hog[i], NULL, 0);
	}
	for (i = 0; i < 2; i++)
		proc_kill(&keeper[i]);
	printf("%lu kills, %lu keepers lost, %lu sets of rules\n", kills, lost, sets);
	return lost || !kills;
}
