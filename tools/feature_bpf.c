// SPDX-License-Identifier: GPL-2.0
/* Asking the BPF system call and the kernel's type information. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <cap-ng.h>
#include "feature_bpf.h"

/* Of kernels newer than the headers that the build may have. */
#define ATTACH_FSESSION "BPF_TRACE_FSESSION"
#define MAP_TYPE_ARENA 33
#define NEEDS_PRIVILEGE "needs CAP_BPF and CAP_PERFMON"

/*
 * The kernel's own BTF, parsed at the first question: many features are asked
 * for, one after the other, and parsing it takes longer than the rest.
 */
static struct btf *vmlinux(void)
{
	static struct btf *btf;
	static bool tried;

	if (!tried) {
		libbpf_set_print(NULL); /* what is missing is said by us */
		btf = btf__load_vmlinux_btf();
	}
	tried = true;
	return btf;
}

static enum feature_state no(char *detail, int n, const char *why)
{
	snprintf(detail, (size_t)n, "%s", why);
	return FEATURE_NO;
}

static enum feature_state unknown(char *detail, int n, const char *why)
{
	snprintf(detail, (size_t)n, "%s", why);
	return FEATURE_UNKNOWN;
}

enum feature_state probe_btf(char *detail, int n)
{
	static const char path[] = "/sys/kernel/btf/vmlinux";

	if (vmlinux()) {
		snprintf(detail, (size_t)n, "%s", path);
		return FEATURE_YES;
	}
	if (access(path, R_OK) && errno == EACCES)
		return unknown(detail, n, "/sys/kernel/btf/vmlinux is not readable");
	return no(detail, n, "the kernel was built without CONFIG_DEBUG_INFO_BTF");
}

static bool has_type(const char *name, unsigned int kind)
{
	return vmlinux() && btf__find_by_name_kind(vmlinux(), name, kind) > 0;
}

/* Is @name a value of the enum @type of the kernel's user API? */
static int enum_value(const char *type, const char *name)
{
	const struct btf_type *t;
	const struct btf_enum *e;
	int id, i;

	id = vmlinux() ? btf__find_by_name_kind(vmlinux(), type, BTF_KIND_ENUM) : -1;
	if (id < 0)
		return -1;
	t = btf__type_by_id(vmlinux(), (unsigned int)id);
	e = btf_enum(t);
	for (i = 0; i < btf_vlen(t); i++)
		if (!strcmp(btf__name_by_offset(vmlinux(), e[i].name_off), name))
			return e[i].val;
	return -1;
}

static enum feature_state no_btf(char *detail, int n)
{
	enum feature_state s = probe_btf(detail, n);

	if (s != FEATURE_UNKNOWN)
		snprintf(detail, (size_t)n, "needs btf");
	return s;
}

enum feature_state probe_tracepoint(const char *name, char *detail, int n)
{
	char type[128];

	if (!vmlinux())
		return no_btf(detail, n);
	snprintf(type, sizeof(type), "btf_trace_%s", name);
	if (has_type(type, BTF_KIND_TYPEDEF))
		return FEATURE_YES;
	return no(detail, n, "this kernel has no such tracepoint");
}

enum feature_state probe_function(const char *name, char *detail, int n)
{
	if (!vmlinux())
		return no_btf(detail, n);
	if (has_type(name, BTF_KIND_FUNC))
		return FEATURE_YES;
	return no(detail, n, "this kernel has no such function");
}

static bool privileged(void)
{
	return capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN) ||
	       (capng_have_capability(CAPNG_EFFECTIVE, CAP_BPF) &&
		capng_have_capability(CAPNG_EFFECTIVE, CAP_PERFMON));
}

/* What a failed bpf() says about a feature. */
static enum feature_state refused(int err, char *detail, int n)
{
	if ((err == EPERM || err == EACCES) && !privileged())
		return unknown(detail, n, NEEDS_PRIVILEGE);
	if (err == ENOSYS)
		return no(detail, n, "the kernel was built without CONFIG_BPF_SYSCALL");
	snprintf(detail, (size_t)n, "refused: %s", strerror(err));
	return FEATURE_NO;
}

/* Load "return 0" as @type; fd or -errno. */
static int load_nothing(enum bpf_prog_type type, enum bpf_attach_type attach, const char *target)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach);
	int fd, id;

	if (target) {
		id = vmlinux() ? btf__find_by_name_kind(vmlinux(), target, BTF_KIND_FUNC) : -ENOENT;
		if (id < 0)
			return -ENOENT;
		opts.attach_btf_id = (unsigned int)id;
	}
	fd = bpf_prog_load(type, "ostrace_probe", "GPL", insns, 2, &opts);
	return fd < 0 ? -errno : fd;
}

static enum feature_state loaded(int fd, char *detail, int n)
{
	if (fd < 0)
		return refused(-fd, detail, n);
	close(fd);
	return FEATURE_YES;
}

enum feature_state probe_bpf(char *detail, int n)
{
	return loaded(load_nothing(BPF_PROG_TYPE_RAW_TRACEPOINT, 0, NULL), detail, n);
}

/* Attach to a function that the kernel has for this purpose and rarely calls. */
static enum feature_state attached(enum bpf_attach_type attach, char *detail, int n)
{
	int fd = load_nothing(BPF_PROG_TYPE_TRACING, attach, "bpf_fentry_test1"), link;

	if (fd == -ENOENT)
		return unknown(detail, n, "no function to try it on: bpf_fentry_test1");
	if (fd < 0)
		return refused(-fd, detail, n);
	link = bpf_link_create(fd, 0, attach, NULL);
	if (link < 0)
		link = -errno;
	close(fd);
	return loaded(link, detail, n);
}

enum feature_state probe_fentry(char *detail, int n)
{
	if (!vmlinux())
		return no_btf(detail, n);
	return attached(BPF_TRACE_FENTRY, detail, n);
}

enum feature_state probe_fsession(char *detail, int n)
{
	int attach;

	if (!vmlinux())
		return no_btf(detail, n);
	attach = enum_value("bpf_attach_type", ATTACH_FSESSION);
	if (attach < 0)
		return no(detail, n, "this kernel is older than 7.0");
	return attached((enum bpf_attach_type)attach, detail, n);
}

enum feature_state probe_iter_task(char *detail, int n)
{
	return probe_function("bpf_iter_task", detail, n);
}

enum feature_state probe_iter_cgroup(char *detail, int n)
{
	return probe_function("bpf_iter_cgroup", detail, n);
}

enum feature_state probe_kprobe(char *detail, int n)
{
	if (access("/sys/bus/event_source/devices/kprobe", F_OK))
		return no(detail, n, "the kernel was built without CONFIG_KPROBE_EVENTS");
	return loaded(load_nothing(BPF_PROG_TYPE_KPROBE, 0, NULL), detail, n);
}

enum feature_state probe_mmapable(char *detail, int n)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	long page = sysconf(_SC_PAGESIZE);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "ostrace_probe", 4, 8, 1, &opts);
	void *p;

	if (fd < 0)
		return refused(errno, detail, n);
	p = mmap(NULL, (size_t)page, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return refused(errno, detail, n);
	munmap(p, (size_t)page);
	return FEATURE_YES;
}

enum feature_state probe_arena(char *detail, int n)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	int fd;

	if (vmlinux() && enum_value("bpf_map_type", "BPF_MAP_TYPE_ARENA") < 0)
		return no(detail, n, "this kernel is older than 6.9");
	fd = bpf_map_create((enum bpf_map_type)MAP_TYPE_ARENA, "ostrace_probe", 0, 0, 1, &opts);
	return loaded(fd < 0 ? -errno : fd, detail, n);
}

/* A storage map needs the type of its values: one u32 is enough. */
static int u32_btf(unsigned int *type)
{
	struct btf *btf = btf__new_empty();
	const void *data;
	__u32 size;
	int id, fd;

	if (!btf)
		return -errno;
	id = btf__add_int(btf, "unsigned int", 4, 0);
	data = btf__raw_data(btf, &size);
	fd = id > 0 && data ? bpf_btf_load(data, size, NULL) : -EINVAL;
	if (fd == -1)
		fd = -errno;
	btf__free(btf);
	*type = (unsigned int)id;
	return fd;
}

enum feature_state probe_task_storage(char *detail, int n)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	unsigned int type = 0;
	int btf, fd;

	btf = u32_btf(&type);
	if (btf < 0)
		return refused(-btf, detail, n);
	opts.btf_fd = (unsigned int)btf;
	opts.btf_key_type_id = opts.btf_value_type_id = type;
	fd = bpf_map_create(BPF_MAP_TYPE_TASK_STORAGE, "ostrace_probe", 4, 4, 0, &opts);
	if (fd < 0)
		fd = -errno;
	close(btf);
	return loaded(fd, detail, n);
}

enum feature_state probe_stats(char *detail, int n)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	return loaded(fd < 0 ? -errno : fd, detail, n);
}

enum feature_state probe_sched_ext(char *detail, int n)
{
	if (!access("/sys/kernel/sched_ext", F_OK))
		return FEATURE_YES;
	if (!vmlinux())
		return no_btf(detail, n);
	return no(detail, n, "the kernel was built without CONFIG_SCHED_CLASS_EXT");
}
