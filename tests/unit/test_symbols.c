// SPDX-License-Identifier: GPL-2.0
/* Names of functions: those of this very program are known. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "unit.h"
#include "symbols.h"

/* Where an address of ours is in our file. */
static uint64_t offset_of(const void *address)
{
	unsigned long start, end, offset, at = (unsigned long)address;
	FILE *f = fopen("/proc/self/maps", "re");
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) == 3 && at >= start &&
		    at < end) {
			fclose(f);
			return at - start + offset;
		}
	fail_msg("%p is nowhere", address);
	return 0;
}

static struct symbol_file file(uint32_t id, uint64_t ino, const char *path)
{
	return (struct symbol_file){ .id = id, .ino = ino, .pid = (uint32_t)getpid(), .path = path };
}

static char self[4096];

static struct symbol_file own(uint32_t id)
{
	struct stat st;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	assert_true(n > 0);
	self[n] = '\0';
	assert_int_equal(stat(self, &st), 0);
	return file(id, st.st_ino, self);
}

static void known(void **state)
{
	struct symbol_file f = own(1);
	struct symbols *s;
	struct symbol sym, again;
	uint32_t id;

	assert_int_equal(symbols_open(&s), 0);
	assert_int_equal(symbols_at(s, &f, offset_of(known), &sym), 0);
	assert_string_equal(sym.name, "known");
	assert_int_equal(sym.into, 0);
	assert_int_equal(symbols_at(s, &f, offset_of(known) + 3, &again), 0);
	assert_string_equal(again.name, "known");
	assert_int_equal(again.into, 3);
	assert_true(again.start == sym.start);
	/* More files than are kept open at a time. */
	for (id = 2; id < 200; id++) {
		f.id = id;
		assert_int_equal(symbols_at(s, &f, offset_of(own), &sym), 0);
		assert_string_equal(sym.name, "own");
	}
	f.id = 1;
	assert_int_equal(symbols_at(s, &f, offset_of(offset_of), &sym), 0);
	assert_string_equal(sym.name, "offset_of");
	symbols_close(s);
}

static void unknown(void **state)
{
	char text[] = "/tmp/test_symbols.XXXXXX";
	struct symbol_file f = own(1);
	int fd = mkstemp(text);
	struct symbols *s;
	struct symbol sym;
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(symbols_open(&s), 0);
	/* beyond what is mapped of it */
	assert_int_equal(symbols_at(s, &f, 1ull << 40, &sym), -ENOENT);
	/* another file is there now */
	f.id = 2;
	f.ino++;
	assert_int_equal(symbols_at(s, &f, offset_of(known), &sym), -ENOENT);
	/* nobody knows where it is */
	f = file(3, 0, NULL);
	assert_int_equal(symbols_at(s, &f, 0, &sym), -ENOENT);
	/* no program */
	assert_int_equal(write(fd, "#!/bin/sh\n", 10), 10);
	assert_int_equal(fstat(fd, &st), 0);
	f = file(4, st.st_ino, text);
	assert_int_equal(symbols_at(s, &f, 4, &sym), -ENOENT);
	f = file(5, 1, "/dev/null");
	assert_int_equal(symbols_at(s, &f, 4, &sym), -ENOENT);
	symbols_close(s);
	close(fd);
	unlink(text);
}

/* What a file that was cut short, or that somebody made up, may have. */
static void hostile(void **state)
{
	char text[] = "/tmp/test_symbols.XXXXXX", buf[8192];
	struct symbol_file f = own(1);
	int fd = mkstemp(text);
	struct symbols *s;
	struct symbol sym;
	struct stat st;
	uint32_t id = 1;
	size_t len;
	FILE *from;

	assert_true(fd >= 0);
	from = fopen(f.path, "re");
	assert_non_null(from);
	len = fread(buf, 1, sizeof(buf), from);
	fclose(from);
	assert_int_equal(symbols_open(&s), 0);
	for (; len > 4; len = len * 2 / 3) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, buf, len, 0), (ssize_t)len);
		assert_int_equal(fstat(fd, &st), 0);
		f = file(++id, st.st_ino, text);
		assert_int_equal(symbols_at(s, &f, offset_of(known), &sym), -ENOENT);
		memset(buf + len / 2, 0xff, len / 4);
	}
	symbols_close(s);
	close(fd);
	unlink(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
		cmocka_unit_test(unknown),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
