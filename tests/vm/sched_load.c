// SPDX-License-Identifier: GPL-2.0
/*
 * Loads for the scheduler's tests, and what they measure. Times are CPU time and
 * gaps in it, never how long a thing took: a slow machine does not change them.
 *
 *   sched_load shares SECONDS HOG...      CPU time of each hog over the window, in ns
 *   sched_load gaps SECONDS HOG...        longest time each hog went without running
 *   sched_load wake SECONDS PERIOD_US RUN_US HOG...
 *                                         wake-up latency of a sleeper beside hogs
 *   sched_load requests SECONDS WORKERS RUN_US HOG...
 *                                         the same of workers that a pipe wakes
 *   sched_load hogs SECONDS HOG...        nothing but the load
 *   sched_load mix SECONDS WORKERS        work a second done by hogs beside pairs that
 *                                         wake each other and one that forks, and of
 *                                         those the exchanges and the children
 *   sched_load turns HZ                   let the machine's clock tick, for nobody
 *   sched_load churn SECONDS              forks, pipes, affinity, nice and class changes
 *
 * A HOG is a comma-separated list: nice=N cpu=N (only there) cpus=FIRST-LAST
 * cgroup=DIR policy=other|batch|idle run=US,sleep=US (alternately), fork=US (children,
 * one after the other, each for that long), thread=US (likewise, threads that another
 * than the first begins), ring=US (threads that take turns, each for that long),
 * n=COUNT; "-" for none of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <sys/io.h>
#endif
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_HOGS 512
#define MAX_WAKES (1 << 20)
#define RING 32 /* threads that take turns */

struct hog {
	int nice, policy, first, last, count;
	long run_us, sleep_us, fork_us, thread_us, ring_us;
	char cgroup[256];
};

/* Shared with the hogs. */
struct board {
	volatile int go;
	volatile int ready;
	volatile uint64_t gap[MAX_HOGS];
	volatile uint64_t work[MAX_HOGS];
};

static struct board *board;
static pid_t pids[MAX_HOGS];
static int npids;

static void die(const char *what)
{
	fprintf(stderr, "sched_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	struct timespec t = { .tv_sec = (time_t)(ns / 1000000000u),
			      .tv_nsec = (long)(ns % 1000000000u) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static void spin(uint64_t ns)
{
	uint64_t end = now_ns(CLOCK_MONOTONIC) + ns;

	while (now_ns(CLOCK_MONOTONIC) < end)
		;
}

static void parse_hog(char *spec, struct hog *h)
{
	char *word, *save;

	*h = (struct hog){ .first = -1, .count = 1 };
	for (word = strtok_r(spec, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
		if (sscanf(word, "nice=%d", &h->nice) == 1 ||
		    sscanf(word, "n=%d", &h->count) == 1 ||
		    sscanf(word, "run=%ld", &h->run_us) == 1 ||
		    sscanf(word, "sleep=%ld", &h->sleep_us) == 1 ||
		    sscanf(word, "fork=%ld", &h->fork_us) == 1 ||
		    sscanf(word, "thread=%ld", &h->thread_us) == 1 ||
		    sscanf(word, "ring=%ld", &h->ring_us) == 1 ||
		    sscanf(word, "cpus=%d-%d", &h->first, &h->last) == 2 ||
		    sscanf(word, "cgroup=%255s", h->cgroup) == 1 || !strcmp(word, "-"))
			continue;
		if (sscanf(word, "cpu=%d", &h->first) == 1) {
			h->last = h->first;
			continue;
		}
		if (!strcmp(word, "policy=batch"))
			h->policy = SCHED_BATCH;
		else if (!strcmp(word, "policy=idle"))
			h->policy = SCHED_IDLE;
		else if (strcmp(word, "policy=other")) {
			fprintf(stderr, "sched_load: what is '%s'?\n", word);
			exit(2);
		}
	}
}

static void become(const struct hog *h)
{
	struct sched_param none = { 0 };
	char path[300], pid[16];
	cpu_set_t set;
	int cpu, fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (*h->cgroup) {
		snprintf(path, sizeof(path), "%s/cgroup.procs", h->cgroup);
		snprintf(pid, sizeof(pid), "%d", getpid());
		fd = open(path, O_WRONLY);
		if (fd < 0 || write(fd, pid, strlen(pid)) < 0)
			die(path);
		close(fd);
	}
	if (h->first >= 0) {
		CPU_ZERO(&set);
		for (cpu = h->first; cpu <= h->last; cpu++)
			CPU_SET(cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set))
			die("sched_setaffinity");
	}
	if (h->policy && sched_setscheduler(0, h->policy, &none))
		die("sched_setscheduler");
	if (setpriority(PRIO_PROCESS, 0, h->nice))
		die("setpriority");
}

/* Have a child use the CPU for a while; what all of them used. */
static uint64_t one_child(long run_us)
{
	struct rusage used;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < (uint64_t)run_us * 1000)
			;
		_exit(0);
	}
	if (waitpid(pid, NULL, 0) < 0 || getrusage(RUSAGE_CHILDREN, &used))
		die("wait");
	return (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000000u +
	       (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000;
}

static void *one_thread(void *us)
{
	while (now_ns(CLOCK_THREAD_CPUTIME_ID) < (uint64_t)(uintptr_t)us * 1000)
		;
	return NULL;
}

static void *row_of_threads(void *us)
{
	pthread_t thread;

	for (;;)
		if (pthread_create(&thread, NULL, one_thread, us) || pthread_join(thread, NULL))
			die("thread");
	return NULL;
}

/* A thread of a ring: waits for the one before it, uses the CPU, wakes the one after. */
static void *member(void *first)
{
	static int ends[RING][2], members;
	static long ring_us;
	int self = __atomic_fetch_add(&members, 1, __ATOMIC_SEQ_CST);
	uint64_t end;
	char token = 0;

	if (first) { /* before there are others */
		ring_us = *(long *)first;
		for (int i = 0; i < RING; i++)
			if (pipe(ends[i]))
				die("pipe");
		if (write(ends[0][1], &token, 1) != 1)
			die("pipe");
		for (int i = 1; i < RING; i++) {
			pthread_t next;

			if (pthread_create(&next, NULL, member, NULL))
				die("thread");
		}
	}
	while (read(ends[self][0], &token, 1) == 1) {
		end = now_ns(CLOCK_THREAD_CPUTIME_ID) + (uint64_t)ring_us * 1000;
		while (now_ns(CLOCK_THREAD_CPUTIME_ID) < end)
			;
		if (write(ends[(self + 1) % RING][1], &token, 1) != 1)
			break;
	}
	return NULL;
}

/* Run, and remember the longest time between two looks at the clock. */
static void hog(const struct hog *h, int index)
{
	uint64_t last, now, gap;

	become(h);
	__atomic_add_fetch(&board->ready, 1, __ATOMIC_SEQ_CST);
	while (!board->go)
		usleep(2000);
	if (h->thread_us) {
		pthread_t row;

		if (pthread_create(&row, NULL, row_of_threads, (void *)(uintptr_t)h->thread_us) ||
		    pthread_join(row, NULL))
			die("thread");
	}
	if (h->ring_us)
		member((void *)(uintptr_t)&h->ring_us);
	last = now_ns(CLOCK_MONOTONIC);
	for (;;) {
		if (h->fork_us) {
			board->work[index] = one_child(h->fork_us);
			continue;
		}
		if (h->sleep_us) {
			spin((uint64_t)h->run_us * 1000);
			usleep((useconds_t)h->sleep_us);
			continue;
		}
		now = now_ns(CLOCK_MONOTONIC);
		gap = now - last;
		if (gap > board->gap[index])
			board->gap[index] = gap;
		last = now;
	}
}

static void start_hogs(int argc, char **argv)
{
	struct hog h;
	int i, n;

	for (i = 0; i < argc; i++) {
		parse_hog(argv[i], &h);
		for (n = 0; n < h.count && npids < MAX_HOGS; n++) {
			pid_t pid = fork();

			if (pid < 0)
				die("fork");
			if (!pid)
				hog(&h, npids);
			pids[npids++] = pid;
		}
	}
	while (board->ready < npids)
		usleep(2000);
	board->go = 1;
}

static void stop_hogs(void)
{
	int i;

	for (i = 0; i < npids; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
}

static uint64_t cpu_time(pid_t pid)
{
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock))
		die("clock_getcpuclockid");
	return now_ns(clock);
}

static void be_realtime(void)
{
	struct sched_param p = { .sched_priority = 50 };

	if (sched_setscheduler(0, SCHED_FIFO, &p))
		die("SCHED_FIFO");
}

/* Of a hog and its children. */
static uint64_t time_of(int i)
{
	return cpu_time(pids[i]) + board->work[i];
}

static void shares(double seconds)
{
	static uint64_t before[MAX_HOGS], after[MAX_HOGS];
	int i;

	be_realtime();
	sleep_until(now_ns(CLOCK_MONOTONIC) + 1000000000u); /* settle */
	for (i = 0; i < npids; i++)
		before[i] = time_of(i);
	sleep_until(now_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9));
	for (i = 0; i < npids; i++)
		after[i] = time_of(i);
	for (i = 0; i < npids; i++)
		printf("%llu\n", (unsigned long long)(after[i] - before[i]));
}

static void gaps(double seconds)
{
	int i;

	be_realtime();
	sleep_until(now_ns(CLOCK_MONOTONIC) + 1000000000u);
	for (i = 0; i < npids; i++)
		board->gap[i] = 0;
	sleep_until(now_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9));
	for (i = 0; i < npids; i++)
		printf("%llu\n", (unsigned long long)board->gap[i]);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Absolute times, so that a late wake-up does not put off the next one. */
static void wake(double seconds, long period_us, long run_us)
{
	static uint64_t late[MAX_WAKES];
	uint64_t next = now_ns(CLOCK_MONOTONIC) + 200000000u,
		 end = next + (uint64_t)(seconds * 1e9);
	uint64_t now;
	size_t n = 0;

	while (n < MAX_WAKES && next < end) {
		sleep_until(next);
		now = now_ns(CLOCK_MONOTONIC);
		late[n++] = now - next;
		if (run_us)
			spin((uint64_t)run_us * 1000);
		next += (uint64_t)period_us * 1000;
		now = now_ns(CLOCK_MONOTONIC);
		if (next < now)
			next = now + (uint64_t)period_us * 1000;
	}
	qsort(late, n, sizeof(late[0]), compare);
	printf("%zu %llu %llu %llu\n", n, (unsigned long long)late[n / 2],
	       (unsigned long long)late[n * 99 / 100], (unsigned long long)late[n - 1]);
}

/* A worker: waits for requests, and for each remembers how long it was under way. */
static void work(int in, int out, long run_us)
{
	uint64_t sent, late;

	while (read(in, &sent, sizeof(sent)) == sizeof(sent)) {
		late = now_ns(CLOCK_MONOTONIC) - sent;
		spin((uint64_t)run_us * 1000);
		if (write(out, &late, sizeof(late)) != sizeof(late))
			break;
	}
	_exit(0);
}

/* Send every worker a request, wait for all answers, and again after 10 ms. */
static void requests(double seconds, int workers, long run_us)
{
	static uint64_t late[MAX_WAKES];
	uint64_t warm = now_ns(CLOCK_MONOTONIC) + 200000000u;
	uint64_t end = warm + (uint64_t)(seconds * 1e9), sent;
	int to[64], back[2], i, fd[2];
	size_t n = 0;

	if (workers > 64)
		workers = 64;
	if (pipe(back))
		die("pipe");
	for (i = 0; i < workers; i++) {
		if (pipe(fd))
			die("pipe");
		pids[npids] = fork();
		if (!pids[npids]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			work(fd[0], back[1], run_us);
		}
		npids++;
		to[i] = fd[1];
	}
	while (now_ns(CLOCK_MONOTONIC) < end && n + (size_t)workers <= MAX_WAKES) {
		if (now_ns(CLOCK_MONOTONIC) < warm)
			n = 0; /* new tasks are not yet what they will be */
		for (i = 0; i < workers; i++) {
			sent = now_ns(CLOCK_MONOTONIC);
			if (write(to[i], &sent, sizeof(sent)) != sizeof(sent))
				die("write");
		}
		for (i = 0; i < workers; i++)
			if (read(back[0], &late[n++], sizeof(late[0])) != sizeof(late[0]))
				die("read");
		usleep(10000);
	}
	qsort(late, n, sizeof(late[0]), compare);
	printf("%zu %llu %llu %llu\n", n, (unsigned long long)late[n / 2],
	       (unsigned long long)late[n * 99 / 100], (unsigned long long)late[n - 1]);
}

static pid_t start(void (*run)(int arg), int arg)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run(arg);
		_exit(0);
	}
	pids[npids++] = pid;
	return pid;
}

static void compute(int index)
{
	uint64_t x = 1;
	int i;

	for (;; board->work[index]++)
		for (i = 0; i < 10000; i++) {
			x = x * 6364136223846793005u + 1;
			__asm__ volatile("" : "+r"(x)); /* compute it, every time */
		}
}

/*
 * A question and its answer every millisecond, and a child every five: at times that
 * do not depend on when the last was done, or a scheduler would be given more to do
 * for doing it sooner.
 */
static void talk(int index)
{
	uint64_t next = now_ns(CLOCK_MONOTONIC);
	int to[2], from[2];
	char byte = 0;
	pid_t pid;

	if (pipe(to) || pipe(from))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (read(to[0], &byte, 1) == 1) {
			spin(50000);
			if (write(from[1], &byte, 1) != 1)
				break;
		}
		_exit(0);
	}
	for (;; next += 1000000) {
		sleep_until(next);
		if (write(to[1], &byte, 1) != 1 || read(from[0], &byte, 1) != 1)
			return;
		spin(50000);
		board->work[index]++;
	}
}

static void breed(int index)
{
	uint64_t next = now_ns(CLOCK_MONOTONIC);
	pid_t pid;

	for (;; next += 5000000) {
		sleep_until(next);
		pid = fork();
		if (!pid) {
			spin(100000);
			_exit(0);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
		board->work[index]++;
	}
}

/* The sum of a few counters from @first on. */
static uint64_t work_done(int first, int n)
{
	uint64_t sum = 0;

	while (n--)
		sum += board->work[first + n];
	return sum;
}

static void mix(double seconds, int workers)
{
	enum { TALKS = MAX_HOGS / 2, BREEDS = TALKS + 2 };
	const struct {
		int first, n;
	} parts[] = { { 0, workers < TALKS ? workers : TALKS }, { TALKS, 2 }, { BREEDS, 1 } };
	uint64_t before[3], from, to;
	int i;

	for (i = 0; i < parts[0].n; i++)
		start(compute, i);
	start(talk, TALKS);
	start(talk, TALKS + 1);
	start(breed, BREEDS);
	be_realtime();
	sleep_until(now_ns(CLOCK_MONOTONIC) + 200000000u);
	from = now_ns(CLOCK_MONOTONIC);
	for (i = 0; i < 3; i++)
		before[i] = work_done(parts[i].first, parts[i].n);
	sleep_until(from + (uint64_t)(seconds * 1e9));
	to = now_ns(CLOCK_MONOTONIC);
	for (i = 0; i < 3; i++)
		printf("%.1f%c",
		       (double)(work_done(parts[i].first, parts[i].n) - before[i]) * 1e9 /
			       (double)(to - from),
		       i < 2 ? ' ' : '\n');
}

/*
 * Where CPUs take turns at being emulated, the machine's timers end a turn: with the
 * clock's, set to this rate, none lasts for half a tick while another's interrupt waits.
 * The device is told directly, because the kernel would not use its timer but one of a
 * CPU, which in turn waits for that CPU's turn. Nobody gets the interrupts: the
 * HPET has taken their line.
 */
static void turns(unsigned long hz)
{
#ifdef __x86_64__
	enum { INDEX = 0x70, DATA = 0x71, REG_A = 10, REG_B = 11, PERIODIC = 0x40 };
	unsigned char rate = 1, control;

	if (ioperm(INDEX, 2, 1))
		die("ioperm");
	while (rate < 15 && 32768UL >> (rate - 1) > hz)
		rate++;
	outb(REG_A, INDEX);
	outb(0x20 | rate, DATA); /* 0x20: the oscillator runs */
	outb(REG_B, INDEX);
	control = inb(DATA);
	outb(REG_B, INDEX);
	outb(control | PERIODIC, DATA);
#else
	(void)hz;
	errno = ENOSYS;
	die("turns");
#endif
}

/* Everything that moves tasks between classes, queues and CPUs. */
static void churn(double seconds)
{
	uint64_t end = now_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9);
	long ncpus = sysconf(_SC_NPROCESSORS_CONF), rounds = 0;
	struct sched_param rt = { .sched_priority = 10 }, none = { 0 };
	cpu_set_t one, all;
	int fd[2], cpu;
	char byte = 0;
	pid_t pid;

	sched_getaffinity(0, sizeof(all), &all);
	while (now_ns(CLOCK_MONOTONIC) < end) {
		if (pipe(fd))
			die("pipe");
		pid = fork();
		if (pid < 0)
			die("fork");
		if (!pid) {
			setpriority(PRIO_PROCESS, 0, (int)(rounds % 40) - 20);
			while (read(fd[0], &byte, 1) == 1 && byte != 'q') {
				CPU_ZERO(&one);
				CPU_SET((int)(rounds % ncpus), &one);
				sched_setaffinity(0, sizeof(one), &one);
				sched_yield();
				sched_setscheduler(0, SCHED_FIFO, &rt);
				sched_setscheduler(0, rounds & 1 ? SCHED_BATCH : SCHED_OTHER,
						   &none);
				sched_setaffinity(0, sizeof(all), &all);
			}
			_exit(0);
		}
		for (cpu = 0; cpu < 8; cpu++)
			if (write(fd[1], "x", 1) != 1)
				die("write");
		if (write(fd[1], "q", 1) != 1)
			die("write");
		waitpid(pid, NULL, 0);
		close(fd[0]);
		close(fd[1]);
		rounds++;
	}
	printf("%ld\n", rounds);
}

int main(int argc, char **argv)
{
	double seconds = argc > 2 ? atof(argv[2]) : 0;

	if (seconds <= 0) {
		fprintf(stderr,
			"usage: sched_load shares|gaps|wake|requests|mix|hogs|churn SECONDS ..., or turns HZ\n");
		return 2;
	}
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (board == MAP_FAILED)
		die("mmap");
	if (!strcmp(argv[1], "churn")) {
		churn(seconds);
		return 0;
	}
	if (!strcmp(argv[1], "turns")) {
		turns((unsigned long)seconds);
		return 0;
	}
	if (!strcmp(argv[1], "wake") && argc > 4) {
		start_hogs(argc - 5, argv + 5);
		wake(seconds, atol(argv[3]), atol(argv[4]));
	} else if (!strcmp(argv[1], "mix") && argc > 3) {
		mix(seconds, atoi(argv[3]));
	} else if (!strcmp(argv[1], "requests") && argc > 4) {
		start_hogs(argc - 5, argv + 5);
		requests(seconds, atoi(argv[3]), atol(argv[4]));
	} else {
		start_hogs(argc - 3, argv + 3);
		if (!strcmp(argv[1], "shares"))
			shares(seconds);
		else if (!strcmp(argv[1], "gaps"))
			gaps(seconds);
		else
			sleep_until(now_ns(CLOCK_MONOTONIC) + (uint64_t)(seconds * 1e9));
	}
	fflush(stdout);
	stop_hogs();
	return 0;
}
