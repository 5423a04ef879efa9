// SPDX-License-Identifier: GPL-2.0
/*
 * Uses memory in a known way:
 *
 *	memhog [cgroup DIR] touch MIB		anonymous pages, by page faults
 *	memhog [cgroup DIR] write MIB FILE	pages of FILE, by write(2)
 *	memhog [cgroup DIR] read FILE TIMES	reads FILE over and over
 *	memhog [cgroup DIR] mkdirs DIR N	N cgroups in DIR (and rmdirs: removes them)
 *	memhog [cgroup DIR] cycle MIB TIMES	touches, returns and touches again
 *
 * "cgroup" moves it there first. Ends with 0 when all was done, 1 after an error.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1024 * 1024)

static int fail(const char *what)
{
	fprintf(stderr, "memhog: %s: %s\n", what, strerror(errno));
	return 1;
}

static int join(const char *dir)
{
	char path[4096];
	int fd, err;

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	fd = open(path, O_WRONLY);
	err = fd < 0 || write(fd, "0", 1) != 1;
	if (fd >= 0)
		close(fd);
	return err;
}

static int touch(size_t size, long times)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i;

	if (p == MAP_FAILED)
		return fail("mmap");
	madvise(p, size, MADV_NOHUGEPAGE);
	for (; times > 0; times--) {
		for (i = 0; i < size; i += 4096)
			*(volatile char *)(p + i) = 1;
		if (times > 1)
			madvise(p, size, MADV_DONTNEED);
	}
	return 0;
}

static int write_file(size_t size, const char *file)
{
	static char buf[65536];
	int fd = open(file, O_CREAT | O_WRONLY | O_TRUNC, 0600);

	if (fd < 0)
		return fail(file);
	for (; size; size -= sizeof(buf))
		if (write(fd, buf, sizeof(buf)) != sizeof(buf))
			return fail("write");
	close(fd);
	return 0;
}

static int read_file(const char *file, long times)
{
	static char buf[65536];

	for (; times > 0; times--) {
		int fd = open(file, O_RDONLY);

		if (fd < 0)
			return fail(file);
		while (read(fd, buf, sizeof(buf)) > 0)
			;
		close(fd);
	}
	return 0;
}

static int many(const char *dir, long n, int (*what)(const char *path))
{
	char path[4096];
	long i;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/c%ld", dir, i);
		if (what(path))
			return fail(path);
	}
	return 0;
}

static int make(const char *path)
{
	return mkdir(path, 0755);
}

int main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "cgroup")) {
		if (join(argv[2]))
			return fail(argv[2]);
		argv += 2;
		argc -= 2;
	}
	if (argc == 3 && !strcmp(argv[1], "touch"))
		return touch(strtoul(argv[2], NULL, 0) * MIB, 1);
	if (argc == 4 && !strcmp(argv[1], "cycle"))
		return touch(strtoul(argv[2], NULL, 0) * MIB, atol(argv[3]));
	if (argc == 4 && !strcmp(argv[1], "write"))
		return write_file(strtoul(argv[2], NULL, 0) * MIB, argv[3]);
	if (argc == 4 && !strcmp(argv[1], "read"))
		return read_file(argv[2], atol(argv[3]));
	if (argc == 4 && !strcmp(argv[1], "mkdirs"))
		return many(argv[2], atol(argv[3]), make);
	if (argc == 4 && !strcmp(argv[1], "rmdirs"))
		return many(argv[2], atol(argv[3]), rmdir);
	fprintf(stderr, "memhog: see the top of its source\n");
	return 1;
}
