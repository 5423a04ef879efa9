// SPDX-License-Identifier: GPL-2.0
/* faultloop COUNT: ns per first write to a page, the fastest part of 500 faults of it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define PART 500
#define PAGE 4096UL

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

int main(int argc, char **argv)
{
	long parts = (argc > 1 ? atol(argv[1]) : 100000) / PART, part;
	size_t len = PART * PAGE, i;
	volatile char *p =
		mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	double best = 1e18;

	if (p == MAP_FAILED || madvise((void *)p, len, MADV_NOHUGEPAGE))
		return 1;
	for (part = 0; part < parts; part++) {
		double start, each;

		madvise((void *)p, len, MADV_DONTNEED);
		start = now();
		for (i = 0; i < len; i += PAGE)
			p[i] = 1;
		each = (now() - start) / PART;
		if (each < best)
			best = each;
	}
	printf("%.2f\n", best);
	return 0;
}
