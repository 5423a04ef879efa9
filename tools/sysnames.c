// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include "sysnames.h"
#include "syscall_table.h" /* generated from the kernel's headers */

struct table {
	const char *abi;
	const char *const *names;
	unsigned int n;
};

#define TABLE(abi, t) { abi, t, sizeof(t) / sizeof((t)[0]) }

static const struct table tables[SYS_ABIS] = {
#ifdef __x86_64__
	[SYS_NATIVE] = TABLE("x86_64", ostrace_syscalls_native),
#else
	[SYS_NATIVE] = TABLE("arm64", ostrace_syscalls_native),
#endif
#ifdef OSTRACE_HAVE_COMPAT
#ifdef __x86_64__
	[SYS_COMPAT] = TABLE("i386", ostrace_syscalls_compat),
#else
	[SYS_COMPAT] = TABLE("arm", ostrace_syscalls_compat),
#endif
#else
	[SYS_COMPAT] = { "compat", NULL, 0 },
#endif
#ifdef OSTRACE_HAVE_X32
	[SYS_X32] = TABLE("x32", ostrace_syscalls_x32),
#else
	[SYS_X32] = { "x32", NULL, 0 },
#endif
};

static const struct table *table_of(uint32_t what, uint32_t *nr)
{
	uint32_t abi = (what - 1) >> 16;

	*nr = (what - 1) & 0xffff;
	return what && abi < SYS_ABIS ? &tables[abi] : NULL;
}

void sysname(uint32_t what, char *buf, int n)
{
	uint32_t nr;
	const struct table *t = table_of(what, &nr);
	const char *name = t && nr < t->n ? t->names[nr] : NULL;
	char number[32];

	if (!t) {
		snprintf(buf, (size_t)n, "other");
		return;
	}
	if (!name && nr == SYS_NR_INVALID)
		name = "invalid";
	if (!name) {
		snprintf(number, sizeof(number), "syscall_%u", nr);
		name = number;
	}
	if (t == &tables[SYS_NATIVE])
		snprintf(buf, (size_t)n, "%s", name);
	else
		snprintf(buf, (size_t)n, "%s[%s]", name, t->abi);
}

const char *sysname_abi(uint32_t what)
{
	uint32_t nr;
	const struct table *t = table_of(what, &nr);

	return t ? t->abi : "";
}

void sysname_sigreturns(enum sys_abi abi, int nr[2])
{
	unsigned int i;

	nr[0] = nr[1] = -1;
	for (i = 0; i < tables[abi].n; i++) {
		const char *name = tables[abi].names[i];

		if (name && !strcmp(name, "sigreturn"))
			nr[0] = (int)i;
		if (name && !strcmp(name, "rt_sigreturn"))
			nr[1] = (int)i;
	}
}

const char *sysname_result(uint32_t result, char *buf, int n)
{
	/* include/linux/errno.h: the kernel's own, never seen by a program */
	static const char *const restarts[] = {
		"ERESTARTSYS", "ERESTARTNOINTR",	"ERESTARTNOHAND",
		"ENOIOCTLCMD", "ERESTART_RESTARTBLOCK",
	};
	const char *name;

	if (!result)
		return "ok";
	if (result >= 512 && result < 512 + sizeof(restarts) / sizeof(restarts[0]))
		return restarts[result - 512];
	name = strerrorname_np((int)result);
	if (name)
		return name;
	snprintf(buf, (size_t)n, "E%u", result);
	return buf;
}
