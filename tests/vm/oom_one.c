// SPDX-License-Identifier: GPL-2.0
/*
 * One OOM among processes named on the command line; prints who was killed first.
 *
 *	oom_one CGROUP HOOK NAME:CGROUP:MB[:MORE]...
 *
 * Cgroups are below the mount and exist; the limit is that of CGROUP, which has
 * a cgroup "trigger". HOOK is a shell command run when all have their MB of
 * memory, before those with MORE take that much more.
 */
#include "oom_vm.h"

#define MOST 16

static volatile sig_atomic_t told;

static void on_usr1(int sig)
{
	told = 1;
}

static void start(struct proc *p, size_t more)
{
	int ready[2];
	sigset_t set, old;
	char c, *m;

	if (pipe(ready))
		die("pipe");
	signal(SIGUSR1, on_usr1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &old);
	p->pid = fork();
	if (!p->pid) {
		run_on_cpu0(SCHED_FIFO);
		proc_become(p);
		m = map_anon((p->mb + more) * MB + 1);
		memset(m, 1, p->mb * MB);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		while (!told)
			sigsuspend(&old);
		memset(m, 1, (p->mb + more) * MB);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (read(ready[0], &c, 1) != 1)
		die("a process did not start");
}

int main(int argc, char **argv)
{
	struct proc p[MOST] = { 0 }, trigger = { .name = "trigger" };
	size_t more[MOST] = { 0 };
	int n = argc - 3, i, status;
	char max[32];
	pid_t dead;

	if (n < 1 || n > MOST)
		return 2;
	must_write("/proc/self/oom_score_adj", "-1000");
	snprintf(trigger.cgroup, sizeof(trigger.cgroup), "%s/trigger", argv[1]);
	cg_write(argv[1], "memory.max", "max");
	cg_no_swap(argv[1]);
	for (i = 0; i < n; i++) {
		if (sscanf(argv[i + 3], "%15[^:]:%127[^:]:%zu:%zu", p[i].name, p[i].cgroup,
			   &p[i].mb, &more[i]) < 3)
			return 2;
		start(&p[i], more[i]);
	}
	fflush(stdout);
	if (system(argv[2]))
		die("the hook");
	for (i = 0; i < n; i++)
		kill(p[i].pid, SIGUSR1);
	nap_ms(300);
	snprintf(max, sizeof(max), "%lu", cg_number(argv[1], "memory.current") + MB / 2);
	cg_write(argv[1], "memory.max", max);
	trigger_start(&trigger, argv[1], 64, 0, 8);
	dead = wait_death(20000, &status);
	*stop_trigger = 1;
	nap_ms(20);
	for (i = 0; i < n; i++)
		if (p[i].pid == dead)
			puts(p[i].name);
	if (dead == trigger.pid)
		puts("trigger");
	proc_kill(&trigger);
	for (i = 0; i < n; i++)
		proc_kill(&p[i]);
	return 0;
}
