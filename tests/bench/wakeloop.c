// SPDX-License-Identifier: GPL-2.0
/*
 * wakeloop COUNT: ns per wake-up and the switch it causes, the fastest part of 1,000
 * pairs of them: two processes on one CPU wake each other in turn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PART 1000

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

int main(int argc, char **argv)
{
	long parts = (argc > 1 ? atol(argv[1]) : 100000) / PART, i;
	int to[2], from[2];
	double best = 1e18;
	char byte = 0;
	pid_t pid;
	long part;

	if (pipe(to) || pipe(from))
		return 1;
	pid = fork();
	if (pid < 0)
		return 1;
	if (!pid) {
		close(to[1]);
		while (read(to[0], &byte, 1) == 1 && write(from[1], &byte, 1) == 1)
			;
		_exit(0);
	}
	for (part = 0; part < parts; part++) {
		double start = now(), each;

		for (i = 0; i < PART / 2; i++) /* there and back are two */
			if (write(to[1], &byte, 1) != 1 || read(from[0], &byte, 1) != 1)
				return 1;
		each = (now() - start) / PART;
		if (each < best)
			best = each;
	}
	close(to[1]);
	waitpid(pid, NULL, 0);
	printf("%.2f\n", best);
	return 0;
}
