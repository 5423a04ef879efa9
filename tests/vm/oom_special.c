// SPDX-License-Identifier: GPL-2.0
/*
 * The OOM module's cases that are one of a kind, in memory cgroups: groups,
 * shared memory, vfork, nesting, everybody protected, cgroups made anew, rules
 * that are wrong, permissions, several readers, the dry run.
 */
#include <sched.h>
#include <sys/syscall.h>
#include "oom_vm.h"

#define TOP "ooms"
#define LIMIT TOP "/limit"

static int record_fd;
static struct proc trigger = { .name = "trigger", .cgroup = LIMIT "/trigger" };

static struct proc proc_in(const char *name, const char *cg, size_t mb)
{
	struct proc p = { .mb = mb };

	snprintf(p.name, sizeof(p.name), "%s", name);
	snprintf(p.cgroup, sizeof(p.cgroup), "%s", cg);
	return p;
}

/* Run out of memory in LIMIT; the first to die, and no second kill decision. */
static pid_t one_kill(const struct ostrace_oom_decision **record)
{
	struct pollfd wait = { .fd = record_fd, .events = POLLIN };
	const struct ostrace_oom_decision *d;
	int status = 0;
	char max[32];
	pid_t dead;

	while (next_record(record_fd))
		;
	snprintf(max, sizeof(max), "%lu", cg_number(LIMIT, "memory.current") + MB / 2);
	cg_write(LIMIT, "memory.max", max);
	trigger_start(&trigger, LIMIT, 64, 0, 8);
	dead = wait_death(20000, &status);
	*stop_trigger = 1;
	poll(&wait, 1, 60000);
	nap_ms(20);
	proc_kill(&trigger);
	cg_write(LIMIT, "memory.max", "max");
	d = next_record(record_fd);
	if (record)
		*record = d;
	return dead;
}

static void end(struct proc *p, int n)
{
	while (n--)
		proc_kill(p++);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void test_everybody_protected(void)
{
	struct proc p[] = {
		proc_in("small", LIMIT "/a", 2),
		proc_in("biggest", LIMIT "/b", 6),
		proc_in("middle", LIMIT "/a", 4),
	};
	const struct ostrace_oom_decision *d;
	pid_t dead;
	int i;

	set_rules("order youngest\nprotect cgroup=/\n");
	for (i = 0; i < 3; i++)
		proc_start(&p[i]);
	one_kill(&d);
	tap(d && !strcmp(d->victim[0].comm, "trigger"),
	    "everybody protected, order youngest: the youngest dies all the same (%s)",
	    d ? d->victim[0].comm : "");
	end(p, 3);
	set_rules("protect cgroup=/\n");
	for (i = 0; i < 3; i++)
		proc_start(&p[i]);
	dead = one_kill(&d);
	tap(dead == p[1].pid && d && d->kernel.pid == dead,
	    "everybody protected: the kernel's choice");
	end(p, 3);
}

static void test_untouchable(void)
{
	struct proc p[] = {
		proc_in("never", LIMIT "/a", 6),
		proc_in("other", LIMIT "/b", 2),
	};
	const struct ostrace_oom_decision *d;
	pid_t dead;

	p[0].adj = -1000;
	set_rules("prefer comm=never\nprotect comm=other\nprotect comm=trigger\n");
	proc_start(&p[0]);
	proc_start(&p[1]);
	dead = one_kill(&d);
	tap(dead == p[1].pid && d && d->considered == 2,
	    "oom_score_adj -1000 is no candidate, however preferred");
	end(p, 2);
}

static void test_group(void)
{
	struct proc p[] = {
		proc_in("one", LIMIT "/g/x", 2),
		proc_in("two", LIMIT "/g/y", 2),
		proc_in("lone", LIMIT "/a", 3),
	};
	const struct ostrace_oom_decision *d;
	unsigned int i, gone = 0;

	cg_make_inner(LIMIT "/g");
	cg_make(LIMIT "/g/x");
	cg_make(LIMIT "/g/y");
	cg_write(LIMIT "/g", "memory.oom.group", "1");
	set_rules("order cgroup\nprotect comm=trigger\n");
	for (i = 0; i < 3; i++)
		proc_start(&p[i]);
	one_kill(&d);
	for (i = 0; i < 2; i++)
		gone += kill(p[i].pid, 0) || waitpid(p[i].pid, NULL, WNOHANG) == p[i].pid;
	tap(d && d->nvictims == 2 && !kill(p[2].pid, 0) &&
		    (d->policy.flags & OSTRACE_OOM_CAND_GROUP) &&
		    cg_event(LIMIT "/g", "oom_group_kill") == 1,
	    "memory.oom.group: weighed and killed as one (%u victims)", d ? d->nvictims : 0);
	end(p, 3);

	/* The group would take a protected cgroup with it. */
	set_rules("prefer cgroup=/" LIMIT "/g/x\nprotect cgroup=/" LIMIT
		  "/g/y\nprotect comm=trigger\n");
	p[0].mb = 6;
	for (i = 0; i < 3; i++)
		proc_start(&p[i]);
	tap(one_kill(&d) == p[2].pid && d && d->nvictims == 1,
	    "memory.oom.group: one protected cgroup in it protects the group");
	end(p, 3);
	cg_write(LIMIT "/g", "memory.oom.group", "0");
}

/* Processes that share their memory, without being threads of one. */
static int sharer(void *arg)
{
	const struct proc *p = arg;

	prctl(PR_SET_NAME, p->name);
	for (;;)
		pause();
	return 0;
}

static void test_shared_mm(void)
{
	static char stack[65536];
	struct proc p[] = {
		proc_in("owner", LIMIT "/a", 5),
		proc_in("sharer", LIMIT "/a", 0),
		proc_in("lone", LIMIT "/b", 3),
	};
	const struct ostrace_oom_decision *d;
	int ready[2], status;
	pid_t dead;
	char c, *m;

	set_rules("prefer comm=sharer\nprotect comm=trigger\n");
	proc_start(&p[2]);
	if (pipe(ready))
		die("pipe");
	p[0].pid = fork();
	if (!p[0].pid) {
		run_on_cpu0(SCHED_FIFO);
		proc_become(&p[0]);
		m = map_anon(p[0].mb * MB);
		memset(m, 1, p[0].mb * MB);
		p[1].pid = clone(sharer, stack + sizeof(stack), CLONE_VM | SIGCHLD, &p[1]);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &c, 1) != 1)
		die("read");
	close(ready[0]);
	close(ready[1]);
	nap_ms(20);
	dead = one_kill(&d);
	tap(dead == p[0].pid && d && !strcmp(d->policy.comm, "sharer") && !kill(p[2].pid, 0),
	    "a preferred process dies with all that share its memory");
	waitpid(p[2].pid, &status, WNOHANG);
	end(p, 3);
}

static void test_vfork(void)
{
	struct proc p[] = {
		proc_in("parent", LIMIT "/a", 5),
		proc_in("lone", LIMIT "/b", 3),
	};
	const struct ostrace_oom_decision *d;
	int ready[2];
	char c, *m;

	set_rules("prefer comm=child\nprotect comm=parent\nprotect comm=trigger\n");
	proc_start(&p[1]);
	if (pipe(ready))
		die("pipe");
	p[0].pid = fork();
	if (!p[0].pid) {
		run_on_cpu0(SCHED_FIFO);
		proc_become(&p[0]);
		m = map_anon(p[0].mb * MB);
		memset(m, 1, p[0].mb * MB);
		if (!vfork()) {
			prctl(PR_SET_NAME, "child");
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (write(ready[1], "", 1) != 1)
				_exit(1);
			for (;;)
				pause();
		}
		_exit(0);
	}
	if (read(ready[0], &c, 1) != 1)
		die("read");
	close(ready[0]);
	close(ready[1]);
	tap(one_kill(&d) == p[1].pid && d, "a child between vfork and exec is no candidate");
	end(p, 2);
}

static void test_nested(void)
{
	struct proc p[] = {
		proc_in("outside", TOP "/out", 12),
		proc_in("deep", LIMIT "/n/m/leaf", 4),
		proc_in("near", LIMIT "/a", 3),
	};
	const struct ostrace_oom_decision *d;
	pid_t dead;
	int i;

	cg_make(TOP "/out");
	cg_make_inner(LIMIT "/n");
	cg_make_inner(LIMIT "/n/m");
	cg_make(LIMIT "/n/m/leaf");
	set_rules("prefer comm=outside\nprotect cgroup=/" LIMIT "/n\nprotect comm=trigger\n");
	for (i = 0; i < 3; i++)
		proc_start(&p[i]);
	dead = one_kill(&d);
	tap(dead == p[2].pid && d && d->kernel.pid == p[1].pid && d->considered == 3,
	    "nested: a subtree is protected, who is outside of the limit is no candidate (%s, kernel %s of %u)",
	    d ? d->victim[0].comm : "", d ? d->kernel.comm : "", d ? d->considered : 0);
	end(p, 3);
}

static void test_recreated(void)
{
	struct proc p[] = {
		proc_in("inside", LIMIT "/again", 5),
		proc_in("beside", LIMIT "/b", 3),
	};
	const struct ostrace_oom_decision *d;
	int right = 0, round, err;
	pid_t dead;

	set_rules("protect cgroup=/" LIMIT "/again\nprotect comm=trigger\n");
	for (round = 0; round < 3; round++) {
		err = rmdir(CGROUPS "/" LIMIT "/again") ? errno : 0;
		cg_make(LIMIT "/again");
		proc_start(&p[0]);
		proc_start(&p[1]);
		dead = one_kill(&d);
		if (dead == p[1].pid && d && d->kernel.pid == p[0].pid)
			right++;
		else
			printf("# round %d, rmdir %d: %d died of %d and %d; %u marked, %s first; kernel %s, policy %s of %u\n",
			       round, err, dead, p[0].pid, p[1].pid, d ? d->nvictims : 0,
			       d ? d->victim[0].comm : "?", d ? d->kernel.comm : "?",
			       d ? d->policy.comm : "?", d ? d->considered : 0);
		end(p, 2);
	}
	tap(right == 3, "a rule by path holds for a cgroup made after it, and made again");
}

static void test_swap(void)
{
	struct proc p[] = {
		proc_in("swapped", LIMIT "/a", 6),
		proc_in("beside", LIMIT "/b", 3),
	};
	const struct ostrace_oom_decision *d;
	char buf[256];
	pid_t dead;

	if (!strchr(file_read("/proc/swaps", buf, sizeof(buf)), '/')) {
		printf("ok %d - swap # SKIP no swap device\n", ++tap_count);
		return;
	}
	set_rules("protect comm=trigger\n");
	cg_write(LIMIT, "memory.swap.max", "4M");
	proc_start(&p[0]);
	file_write(CGROUPS "/" LIMIT "/a/memory.reclaim", "3M");
	proc_start(&p[1]);
	dead = one_kill(&d);
	tap(dead == p[0].pid && d && d->kernel.kernel_points > 5 * 256,
	    "what is in swap counts (%lld pages, %lu MB swapped)", d ? d->kernel.kernel_points : -1,
	    cg_number(LIMIT, "memory.swap.peak") / MB);
	end(p, 2);
	cg_no_swap(LIMIT);
}

static void test_rules_file(void)
{
	static const char good[] = "# mine\norder adj size\nprotect comm=a\\x20b uid=0..5\n";
	char buf[512], huge[OSTRACE_OOM_TEXT_MAX + 2];
	int err, fd;

	set_rules(good);
	tap(!strcmp(file_read(RULES, buf, sizeof(buf)), good),
	    "rules read back as they were written");
	err = file_write(RULES, "order size\n\nprotect com=x\n");
	file_read(RULES_ERROR, buf, sizeof(buf));
	tap(err == -EINVAL && !strncmp(buf, "line 3: ", 8), "a wrong line is named: %.*s",
	    (int)strcspn(buf, "\n"), buf);
	tap(!strcmp(file_read(RULES, buf, sizeof(buf)), good), "and the rules in force stay");
	memset(huge, '#', sizeof(huge));
	huge[sizeof(huge) - 1] = '\0';
	tap(file_write(RULES, huge) == -E2BIG, "a text that is too long is refused");
	tap(file_write(MODE, "sometimes") == -EINVAL, "a mode that there is not is refused");
	fd = open(RULES, O_RDWR);
	err = write(fd, good, sizeof(good) - 1) > 0 && write(fd, "order adj\n", 10) < 0 ? errno : 0;
	tap(err == EINVAL && !strcmp(file_read(RULES, buf, sizeof(buf)), good),
	    "a set is one write: more by the same file is refused");
	lseek(fd, 0, SEEK_SET);
	if (fork() == 0) {
		int bad = setresuid(65534, 65534, 65534) ? 1 : 0;

		bad |= open(RULES, O_RDONLY) >= 0 ? 2 : 0;
		bad |= open("/dev/ostrace_oom", O_RDONLY) >= 0 ? 4 : 0;
		bad |= open(MODE, O_WRONLY) >= 0 ? 8 : 0;
		bad |= write(fd, "order adj\n", 10) >= 0 ? 16 : 0;
		_exit(bad);
	}
	wait(&err);
	tap(err == 0, "no access for others, not even by an inherited file (%#x)", err);
	close(fd);
	set_rules("");
	tap(!file_read(RULES, buf, sizeof(buf))[0], "no rules is a set as well");
}

static void test_readers(void)
{
	struct proc p = proc_in("victim", LIMIT "/a", 3);
	struct pollfd late = { .fd = open("/dev/ostrace_oom", O_RDONLY | O_NONBLOCK),
			       .events = POLLIN };
	struct ostrace_oom_info info;
	char small[64], big[8192];
	ssize_t n;

	set_rules("protect comm=trigger\n");
	while (read(late.fd, big, sizeof(big)) > 0)
		;
	tap(poll(&late, 1, 0) == 0, "no record: poll waits");
	proc_start(&p);
	one_kill(NULL);
	end(&p, 1);
	tap(poll(&late, 1, 0) == 1 && read(late.fd, small, sizeof(small)) < 0 && errno == ENOSPC,
	    "a second reader has the record too, and needs room for it");
	n = read(late.fd, big, sizeof(big));
	tap(n == ((struct ostrace_oom_decision *)big)->size, "a whole record is read");
	if (ioctl(late.fd, OSTRACE_OOM_IOC_INFO, &info))
		die("OSTRACE_OOM_IOC_INFO");
	tap(info.version == OSTRACE_OOM_VERSION && info.recorded > 0 && !info.no_candidates &&
		    !info.missed && info.nrules == 1,
	    "counters: %llu recorded, %llu candidates, %llu missed", info.recorded,
	    info.candidates_seen, info.missed);
	close(late.fd);
}

static void test_dryrun(void)
{
	struct proc p[] = {
		proc_in("aa", LIMIT "/a", 5),
		proc_in("bb", LIMIT "/b", 3),
	};
	static struct {
		struct ostrace_oom_decision d;
		struct ostrace_oom_candidate c[64];
	} out;
	struct ostrace_oom_rank ask = { .capacity = 64, .buffer = (uintptr_t)&out };
	bool ok;

	set_rules("order size\nprefer comm=bb\n");
	proc_start(&p[0]);
	proc_start(&p[1]);
	ask.cgroup_fd = open(CGROUPS "/" LIMIT, O_RDONLY | O_DIRECTORY);
	ok = !ioctl(record_fd, OSTRACE_OOM_IOC_RANK, &ask);
	tap(ok && out.d.considered == 2 && out.d.kernel.pid == p[0].pid &&
		    out.d.policy.pid == p[1].pid &&
		    labs((long)out.c[0].kernel_points - (out.c[0].pid == p[0].pid ? 1280 : 768)) <
			    200,
	    "dry run in a cgroup: kernel %s, policy %s", out.d.kernel.comm, out.d.policy.comm);
	close(ask.cgroup_fd);
	ask.cgroup_fd = -1;
	ask.capacity = 1;
	ok = !ioctl(record_fd, OSTRACE_OOM_IOC_RANK, &ask);
	tap(ok && out.d.candidates == 1 && out.d.considered > 3 && out.d.policy.pid == p[1].pid,
	    "dry run of the machine: %u candidates, policy %s", out.d.considered,
	    out.d.policy.comm);
	/* This program is one of those in the root. */
	set_rules("order cgroup\n");
	ok = !ioctl(record_fd, OSTRACE_OOM_IOC_RANK, &ask);
	tap(ok && out.d.policy.pid == p[0].pid && out.d.policy.key[0] >= 5 * 256,
	    "dry run of the machine: %s goes first by its cgroup, not who is in the root",
	    out.d.policy.comm);
	tap(!kill(p[0].pid, 0) && !kill(p[1].pid, 0) && !wait_death(4, &(int){ 0 }),
	    "nobody died of it");
	end(p, 2);
}

int main(void)
{
	static const char *const leaves[] = { LIMIT "/a", LIMIT "/b", LIMIT "/trigger" };
	unsigned int i;

	must_write("/proc/self/oom_score_adj", "-1000");
	must_write(CGROUPS "/cgroup.subtree_control", "+memory");
	cg_make_inner(TOP);
	cg_make_inner(LIMIT);
	for (i = 0; i < 3; i++)
		cg_make(leaves[i]);
	cg_no_swap(LIMIT);
	record_fd = open_records();
	set_mode("enforce");
	test_rules_file();
	test_dryrun();
	test_everybody_protected();
	test_untouchable();
	test_group();
	test_shared_mm();
	test_vfork();
	test_nested();
	test_recreated();
	test_swap();
	test_readers();
	return tap_end();
}
