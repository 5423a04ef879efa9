// SPDX-License-Identifier: GPL-2.0
/*
 * loop calls|faults COUNT: ns per getppid, or per first write to a page: the fastest
 * part of many in which there are so many of them.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CALLS 2000 /* in a part */
#define FAULTS 500
#define PAGE 4096UL

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* A part: how long it took. */
static double calls(volatile char *pages)
{
	double start = now();
	long i;

	for (i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
	return now() - start;
}

static double faults(volatile char *pages)
{
	double start;
	size_t i;

	madvise((void *)pages, FAULTS * PAGE, MADV_DONTNEED);
	start = now();
	for (i = 0; i < FAULTS * PAGE; i += PAGE)
		pages[i] = 1;
	return now() - start;
}

int main(int argc, char **argv)
{
	bool of_faults = argc > 1 && !strcmp(argv[1], "faults");
	int in_part = of_faults ? FAULTS : CALLS;
	long parts = (argc > 2 ? atol(argv[2]) : 100000) / in_part;
	void *pages = mmap(NULL, FAULTS * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	double best = 1e18, took;

	if (pages == MAP_FAILED || madvise(pages, FAULTS * PAGE, MADV_NOHUGEPAGE))
		return 1;
	while (parts-- > 0) {
		took = of_faults ? faults(pages) : calls(pages);
		if (took < best)
			best = took;
	}
	printf("%.2f\n", best / in_part);
	return 0;
}
