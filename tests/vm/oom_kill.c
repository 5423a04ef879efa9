// SPDX-License-Identifier: GPL-2.0
/*
 * OOM kills with a known right victim: random processes, tiers and orders, and
 * a plain computation of who should die beside the kernel's. Usage:
 *
 *	oom_kill memcg|sysrq|global|alone COUNT SEED
 *
 * COUNT kills for each combination of what tiers are given by, order and mode.
 * "alone" is "global" without the module: what the kernel does by itself.
 */
#include "oom_vm.h"

#define TOP "oomt"
#define PROCS_MAX 6

enum kind { BY_COMM, BY_CGROUP, BY_UID };
enum order { ORDER_SIZE, ORDER_ADJ, ORDER_YOUNGEST, ORDER_CGROUP };

static const char *const kind_names[] = { "comm", "cgroup", "uid" };
static const char *const order_lines[] = { "size", "adj size", "youngest", "cgroup" };
static const char *const tier_names[] = { "protect", "normal", "prefer" };

static struct combination {
	enum kind kind;
	enum order order;
	const char *mode;
} combinations[] = {
	{ BY_COMM, ORDER_SIZE, "enforce" },	{ BY_CGROUP, ORDER_ADJ, "enforce" },
	{ BY_UID, ORDER_YOUNGEST, "enforce" },	{ BY_COMM, ORDER_CGROUP, "enforce" },
	{ BY_CGROUP, ORDER_YOUNGEST, "audit" }, { BY_COMM, ORDER_ADJ, "off" },
};

static struct scene {
	struct combination how;
	struct proc p[PROCS_MAX + 1]; /* the last one stands for all others */
	int tier[PROCS_MAX + 1], home[PROCS_MAX + 1];
	int n;
	struct proc trigger;
} scene;

static const char *flavour;
static bool alone;
static int record_fd = -1;
static unsigned long scenes, kills, most_kills; /* by the kernel's count */
static uint64_t first_kill;

static int rnd(int n)
{
	return (int)((unsigned int)rand() / 7 % (unsigned int)n);
}

static bool is(const char *what)
{
	return !strcmp(flavour, what);
}

/* Processes the OOM killer has killed since the machine was started. */
static unsigned long machine_kills(void)
{
	char buf[16384], *p = strstr(file_read("/proc/vmstat", buf, sizeof(buf)), "\noom_kill ");

	return p ? strtoul(p + strlen("\noom_kill "), NULL, 10) : 0;
}

static void write_rules(const struct combination *c)
{
	char text[2048], *p = text;
	int t;

	p += sprintf(p, "# tiers by %s\norder %s\nprotect comm=trigger\n", kind_names[c->kind],
		     order_lines[c->order]);
	for (t = 2; t >= 0; t--) {
		switch (c->kind) {
		case BY_COMM:
			p += sprintf(p, "%s comm=%s-*\n", tier_names[t], tier_names[t]);
			break;
		case BY_CGROUP:
			p += sprintf(p, "%s cgroup=/" TOP "/limit/%s\n", tier_names[t],
				     tier_names[t]);
			break;
		case BY_UID:
			p += sprintf(p, "%s uid=%d\n", tier_names[t], 7000 + t);
			break;
		}
	}
	sprintf(p, "protect cgroup=/\n");
	set_rules(text);
}

static void make_scene(const struct combination *c)
{
	int i, t, base = is("memcg") ? 2 : 24;
	size_t sizes[PROCS_MAX];

	memset(&scene, 0, sizeof(scene));
	scene.how = *c;
	scene.n = 3 + rnd(PROCS_MAX - 2);
	for (i = 0; i < scene.n; i++)
		sizes[i] = (size_t)(base + i * (is("memcg") ? 1 : 3));
	for (i = 0; i < scene.n; i++) {
		struct proc *p = &scene.p[i];
		int other = i + rnd(scene.n - i);
		size_t mb = sizes[other];

		sizes[other] = sizes[i];
		p->mb = mb;
		t = scene.tier[i] = rnd(3);
		scene.home[i] = c->kind == BY_CGROUP ? t : rnd(3);
		p->adj = (rnd(3) - 1) * 300;
		if (c->kind == BY_UID)
			p->uid = 7000 + (uid_t)t;
		snprintf(p->name, sizeof(p->name), "%s-%d", tier_names[t], i);
		snprintf(p->cgroup, sizeof(p->cgroup), TOP "/limit/%s", tier_names[scene.home[i]]);
	}
	/*
	 * The trigger and, if there is no limit, the machine's own processes: all
	 * protected, at home elsewhere, the trigger younger than the scene.
	 */
	scene.p[i].mb = is("memcg") ? 1 : 12;
	scene.home[i] = 3;
	snprintf(scene.trigger.name, sizeof(scene.trigger.name), "trigger");
	snprintf(scene.trigger.cgroup, sizeof(scene.trigger.cgroup), TOP "/limit/trigger");
	scene.trigger.adj = is("memcg") ? 0 : -900;
}

static unsigned long total_pages(void)
{
	char buf[256];

	if (is("memcg"))
		return cg_number(TOP "/limit", "memory.max") / 4096;
	return strtoul(strchr(file_read("/proc/meminfo", buf, sizeof(buf)), ':') + 1, NULL, 10) / 4;
}

static long kernel_points(int i)
{
	return (long)scene.p[i].mb * 256 + scene.p[i].adj * (long)(total_pages() / 1000);
}

static long home_mb(int i)
{
	long sum = 0;
	int j;

	/* What fills the machine has the largest cgroup; the root's processes have none. */
	if (i == scene.n)
		return is("global") ? 1 << 20 : 0;
	for (j = 0; j < scene.n; j++)
		if (scene.home[j] == scene.home[i])
			sum += (long)scene.p[j].mb;
	return sum;
}

/* The plain statement of what oom_rules_judge() and oom_rank() do. */
static long key_of(int i)
{
	switch (scene.how.order) {
	case ORDER_SIZE:
		return kernel_points(i);
	case ORDER_ADJ:
		return scene.p[i].adj * 1000000l + kernel_points(i) / 64;
	case ORDER_YOUNGEST:
		return i * 1000l;
	case ORDER_CGROUP:
		return home_mb(i) * 256000000 + kernel_points(i);
	}
	return 0;
}

/* Do two cgroups use as much? Then what they use besides decides. */
static bool homes_alike(int who)
{
	int i;

	for (i = 0; i < scene.n; i++)
		if (scene.home[i] != scene.home[who] && home_mb(i) == home_mb(who))
			return true;
	return false;
}

/* Who should die; -1: two are too close to tell, or it is none of the scene. */
static int expected(bool policy)
{
	long best = 0, second = 0, v;
	int i, who = -1;

	for (i = 0; i <= scene.n; i++) {
		v = policy ? (scene.tier[i] + 1) * 1000000000000000l + key_of(i) :
			     1000000000l + kernel_points(i);
		if (who < 0 || v > best) {
			second = who < 0 ? v - 10000 : best;
			best = v;
			who = i;
		} else if (v > second) {
			second = v;
		}
	}
	if (policy && scene.how.order == ORDER_CGROUP && homes_alike(who))
		return -1;
	return best - second > 150 && who < scene.n ? who : -1;
}

static unsigned long available_mb(void)
{
	char buf[1024], *p;

	p = strstr(file_read("/proc/meminfo", buf, sizeof(buf)), "MemAvailable:");
	return p ? strtoul(p + 13, NULL, 10) / 1024 : 0;
}

/*
 * Leaves so little memory that a trigger finds the end of it soon: huge pages are
 * taken at once and belong to nobody whom the OOM killer could take.
 */
static void fill_machine(void)
{
	unsigned long mb;
	char num[32];

	/*
	 * What a victim frees would go to its CPU's list, as large as all of it: then the
	 * kernel sees no free memory, and kills on and on.
	 */
	must_write("/proc/sys/vm/percpu_pagelist_high_fraction", "4096");
	must_write("/proc/sys/vm/drop_caches", "3");
	mb = available_mb();
	snprintf(num, sizeof(num), "%lu", mb > 700 ? (mb - 350) / 2 : 0);
	must_write("/proc/sys/vm/nr_hugepages", num);
}

static void end_scene(void)
{
	int i;

	proc_kill(&scene.trigger);
	for (i = 0; i < scene.n; i++)
		proc_kill(&scene.p[i]);
	cg_write(TOP "/limit", "memory.max", "max");
}

static int which(pid_t pid)
{
	int i;

	for (i = 0; i < scene.n; i++)
		if (scene.p[i].pid == pid)
			return i;
	return -1;
}

/*
 * When all of the machine is short of memory, others than the trigger run into
 * it as well, and more may be killed before the first victim has gone: each by
 * the same rules.
 */
static bool more_records_right(bool enforce)
{
	const struct ostrace_oom_decision *d;

	while ((d = next_record(record_fd))) {
		if (!is("global") || d->victim[0].pid != (enforce ? d->policy.pid : d->kernel.pid))
			return false;
		printf("# one more kill, for %s, %llu us later\n", d->trigger_comm,
		       (d->time - first_kill) / 1000);
	}
	return true;
}

/* Does the record tell what happened? */
static bool record_right(int victim)
{
	bool enforce = !strcmp(scene.how.mode, "enforce"), off = !strcmp(scene.how.mode, "off");
	struct pollfd wait = { .fd = record_fd, .events = POLLIN };
	const struct ostrace_oom_decision *d;
	int k = expected(false), p = expected(true);

	/* The victim may be gone before the call that killed it has returned. */
	if (alone)
		return true;
	poll(&wait, 1, off ? 0 : 60000);
	d = next_record(record_fd);
	if (off)
		return !d;
	if (!d) {
		printf("# no record\n");
		return false;
	}
	first_kill = d->time;
	if ((k >= 0 && which(d->kernel.pid) != k) || (p >= 0 && which(d->policy.pid) != p) ||
	    d->nvictims != 1 || which(d->victim[0].pid) != victim ||
	    d->mode != (enforce ? OSTRACE_OOM_ENFORCE : OSTRACE_OOM_AUDIT) ||
	    d->constraint != (is("memcg") ? OSTRACE_OOM_MEMCG : OSTRACE_OOM_GLOBAL) ||
	    (int)d->considered < scene.n) {
		printf("# record: kernel %s (%d) policy %s (%d) victims %u %s mode %u constraint %u considered %u\n",
		       d->kernel.comm, k, d->policy.comm, p, d->nvictims, d->victim[0].comm,
		       d->mode, d->constraint, d->considered);
		return false;
	}
	return more_records_right(enforce);
}

static void drain_records(void)
{
	while (!alone && next_record(record_fd))
		;
}

static void show_scene(int want, int got)
{
	const struct ostrace_oom_decision *d;
	int i;

	while (!alone && (d = next_record(record_fd)))
		printf("# also: %llu by %s: %s, usage %llu of %llu, total %llu us choice %llu us policy %llu us\n",
		       d->time / 1000, d->trigger_comm, d->victim[0].comm, d->usage, d->limit,
		       d->total_ns / 1000, d->choice_ns / 1000, d->policy_ns / 1000);

	printf("# expected %d, died %d, total %lu\n", want, got, total_pages());
	for (i = 0; i < scene.n; i++)
		printf("#   %d %s %zu MB adj %d home %d points %ld\n", i, scene.p[i].name,
		       scene.p[i].mb, scene.p[i].adj, scene.home[i], kernel_points(i));
}

static void pull_trigger(void)
{
	char max[32];

	if (is("memcg")) {
		snprintf(max, sizeof(max), "%lu",
			 cg_number(TOP "/limit", "memory.current") + MB / 2);
		cg_write(TOP "/limit", "memory.max", max);
	}
}

/* 1 right, 0 wrong, -1 no use: the scene does not tell who should die */
static int one_kill(void)
{
	unsigned long before = cg_event(TOP "/limit", "oom_kill"), all = machine_kills();
	int want, got, status = 0, i, right;
	bool policy = !strcmp(scene.how.mode, "enforce");
	pid_t dead;

	for (i = 0; i < scene.n; i++)
		proc_start(&scene.p[i]);
	pull_trigger();
	want = expected(policy);
	if (want < 0)
		return -1;
	if (is("sysrq")) {
		must_write("/proc/sysrq-trigger", "f");
	} else if (is("global")) {
		size_t room = available_mb();

		trigger_start(&scene.trigger, TOP "/limit", 4096, room > 60 ? room - 60 : 0, 32);
	} else {
		trigger_start(&scene.trigger, TOP "/limit", 64, 0, 8);
	}
	dead = wait_death(30000, &status);
	if (stop_trigger)
		*stop_trigger = 1;
	got = which(dead);
	/* A second death would follow at once. */
	nap_ms(10);
	right = got == want && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	if (!is("global") &&
	    (wait_death(4, &status) || cg_event(TOP "/limit", "oom_kill") != before + 1))
		right = 0;
	if (!record_right(got))
		right = 0;
	all = machine_kills() - all;
	scenes++;
	kills += all;
	if (all > most_kills)
		most_kills = all;
	if (!right)
		show_scene(want, got);
	return right;
}

static void run_combination(const struct combination *c, int count)
{
	int done = 0, right = 0, tries = 0, r;

	if (!alone) {
		write_rules(c);
		set_mode(c->mode);
	}
	scenes = kills = most_kills = 0;
	while (done < count && tries++ < count * 10) {
		make_scene(c);
		r = one_kill();
		end_scene();
		drain_records();
		if (r < 0)
			continue;
		done++;
		right += r;
	}
	tap(right == count, "%s: tiers by %s, order %s, %s: %d of %d killed the right one", flavour,
	    kind_names[c->kind], order_lines[c->order], alone ? "without the module" : c->mode,
	    right, count);
	printf("# %lu kills in %lu scenes, %lu at most in one\n", kills, scenes, most_kills);
}

int main(int argc, char **argv)
{
	unsigned int i;
	int count;

	if (argc != 4)
		return 2;
	alone = !strcmp(argv[1], "alone");
	flavour = alone ? "global" : argv[1];
	count = atoi(argv[2]);
	srand((unsigned int)atoi(argv[3]));
	must_write("/proc/self/oom_score_adj", "-1000");
	mlockall(MCL_CURRENT | MCL_FUTURE);
	must_write(CGROUPS "/cgroup.subtree_control", "+memory");
	cg_make_inner(TOP);
	cg_make_inner(TOP "/limit");
	cg_no_swap(TOP "/limit");
	cg_make(TOP "/limit/trigger");
	for (i = 0; i < 3; i++) {
		char cg[64];

		snprintf(cg, sizeof(cg), TOP "/limit/%s", tier_names[i]);
		cg_make(cg);
	}
	if (!alone)
		record_fd = open_records();
	if (is("global"))
		fill_machine();
	/* The last combination is that of the mode "off". */
	i = alone ? sizeof(combinations) / sizeof(combinations[0]) - 1 : 0;
	for (; i < sizeof(combinations) / sizeof(combinations[0]); i++)
		run_combination(&combinations[i], count);
	if (is("global")) {
		must_write("/proc/sys/vm/nr_hugepages", "0");
		must_write("/proc/sys/vm/percpu_pagelist_high_fraction", "0");
	}
	return tap_end();
}
