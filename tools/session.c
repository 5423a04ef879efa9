// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <cap-ng.h>
#include "err.h"
#include "session.h"
#include "textfile.h"
#include "cgroup.skel.h"

#define VMLINUX_BTF "/sys/kernel/btf/vmlinux"
#define LOCKDOWN "/sys/kernel/security/lockdown"

struct session {
	bool bpf, verbose;
	int ncpus;
	/*
	 * Names of all BTF-typed tracepoints, each followed by a newline. The
	 * type information itself is large, and libbpf reads it once more.
	 */
	char *tracepoints;
};

/*
 * libbpf's print hook has no argument of ours, so what it said last is kept
 * here: the end of the verifier's log, for err_set().
 */
static char last_words[4096];

static int keep_last_words(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	size_t len, have = strlen(last_words), room = sizeof(last_words) - 1, drop;
	char *text, *end;

	if (level == LIBBPF_DEBUG || vasprintf(&text, fmt, ap) < 0)
		return 0;
	/* A whole verifier log comes as one text: keep its end. */
	len = strlen(text);
	end = text;
	if (len > room) {
		end += len - room;
		len = room;
	}
	drop = have + len > room ? have + len - room : 0;
	memmove(last_words, last_words + drop, have - drop);
	memcpy(last_words + have - drop, end, len + 1);
	free(text);
	return 0;
}

/* The last @lines lines of what libbpf and the verifier said. */
static const char *log_tail(int lines)
{
	size_t end = strlen(last_words);
	const char *p;

	while (end && last_words[end - 1] == '\n')
		last_words[--end] = '\0';
	for (p = last_words + end; p > last_words; p--)
		if (*p == '\n' && !--lines)
			return p + 1;
	return last_words;
}

static bool locked_down(void)
{
	char buf[128];

	return !textfile_read(LOCKDOWN, buf, sizeof(buf)) && strstr(buf, "[confidentiality]");
}

static int check_privileges(void)
{
	bool bpf, perfmon;

	if (capng_get_caps_process())
		return 0; /* cannot tell: let the kernel decide */
	bpf = capng_have_capability(CAPNG_EFFECTIVE, CAP_BPF) ||
	      capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN);
	perfmon = capng_have_capability(CAPNG_EFFECTIVE, CAP_PERFMON) ||
		  capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN);
	if (bpf && perfmon)
		return 0;
	return err_set(-EPERM,
		       "tracing needs root, or the capabilities CAP_BPF and CAP_PERFMON "
		       "(%s missing); try: sudo ostrace",
		       bpf     ? "CAP_PERFMON is" :
		       perfmon ? "CAP_BPF is" :
				 "both are");
}

static int check_kernel(void)
{
	if (locked_down())
		return err_set(-EPERM,
			       "the kernel is locked down (confidentiality): BPF may not read "
			       "kernel memory; boot with lockdown=integrity or none");
	if (access(VMLINUX_BTF, R_OK))
		return err_set(-EOPNOTSUPP,
			       "%s: %s; this kernel has no type information (it needs "
			       "CONFIG_DEBUG_INFO_BTF=y)",
			       VMLINUX_BTF, strerror(errno));
	return 0;
}

/* What BPF needs, and how many CPUs its memory is for. */
static int check_bpf(struct session *s)
{
	int err = check_privileges();

	if (!err)
		err = check_kernel();
	if (err)
		return err;
	libbpf_set_print(keep_last_words);
	s->ncpus = libbpf_num_possible_cpus();
	if (s->ncpus < 0)
		return err_set(s->ncpus, "cannot read the number of possible CPUs from /sys");
	return 0;
}

int session_open(struct session **out, bool bpf, bool verbose)
{
	struct session *s = calloc(1, sizeof(*s));
	int err = 0;

	*out = NULL;
	if (!s)
		return -ENOMEM;
	s->bpf = bpf;
	s->verbose = verbose;
	if (bpf)
		err = check_bpf(s);
	if (err) {
		free(s);
		return err;
	}
	*out = s;
	return 0;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	free(s->tracepoints);
	free(s);
}

int session_seal(struct session *s)
{
	static const unsigned int keep[] = { CAP_BPF, CAP_PERFMON };
	bool have[2];
	unsigned int i;

	/* An exec of ours could not win back what is dropped here. */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (capng_get_caps_process())
		return 0;
	for (i = 0; i < 2; i++)
		have[i] = capng_have_capability(CAPNG_PERMITTED, keep[i]);
	capng_clear(CAPNG_SELECT_CAPS);
	for (i = 0; i < 2; i++)
		if (have[i] && s->bpf)
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, keep[i]);
	if (capng_apply(CAPNG_SELECT_CAPS))
		return err_set(-EPERM, "cannot drop capabilities");
	return 0;
}

/* The kernel describes each tracepoint's arguments by a typedef btf_trace_NAME. */
static char *list_tracepoints(void)
{
	static const char prefix[] = "btf_trace_";
	struct btf *btf = btf__load_vmlinux_btf();
	__u32 i, n = btf ? btf__type_cnt(btf) : 0;
	size_t size = 0;
	char *list = NULL;
	FILE *f = open_memstream(&list, &size);

	if (!f)
		goto out;
	fputc('\n', f);
	for (i = 1; i < n; i++) {
		const struct btf_type *t = btf__type_by_id(btf, i);
		const char *name;

		if (!btf_is_typedef(t))
			continue;
		name = btf__name_by_offset(btf, t->name_off);
		if (name && !strncmp(name, prefix, sizeof(prefix) - 1))
			fprintf(f, "%s\n", name + sizeof(prefix) - 1);
	}
	fclose(f);
out:
	btf__free(btf);
	return list;
}

bool session_has_tracepoint(struct session *s, const char *name)
{
	char line[128];

	if (!s->tracepoints)
		s->tracepoints = list_tracepoints();
	snprintf(line, sizeof(line), "\n%s\n", name);
	return s->tracepoints && strstr(s->tracepoints, line);
}

void session_find_functions(const char *const *names, bool *have, int n)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int i;

	for (i = 0; i < n; i++)
		have[i] = btf && btf__find_by_name_kind(btf, names[i], BTF_KIND_FUNC) > 0;
	btf__free(btf);
}

int session_enum_names(const char *type, char **names, int n)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int id = btf ? btf__find_by_name_kind(btf, type, BTF_KIND_ENUM) : -1, i, count = 0;
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;

	memset(names, 0, sizeof(*names) * (size_t)n);
	for (i = 0; t && i < btf_vlen(t); i++) {
		const struct btf_enum *e = &btf_enum(t)[i];

		if (e->val < 0 || e->val >= n || names[e->val])
			continue;
		names[e->val] = strdup(btf__name_by_offset(btf, e->name_off));
		if (e->val >= count)
			count = e->val + 1;
	}
	btf__free(btf);
	return count;
}

/* Load "return 0" for the entry of a function, and @attach it; is that allowed? */
static bool try_hook(int id, bool attach)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY,
		    .attach_btf_id = (__u32)id);
	int fd, link = 0;

	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "ostrace_probe", "GPL", insns, 2, &opts);
	if (fd < 0)
		return false;
	if (attach) {
		link = bpf_link_create(fd, 0, BPF_TRACE_FENTRY, NULL);
		if (link >= 0)
			close(link);
	}
	close(fd);
	return link >= 0;
}

uint32_t session_hookable(struct session *s, const char *const *names, int n)
{
	struct btf *btf = btf__load_vmlinux_btf();
	uint32_t can = 0;
	int i, id;

	for (i = 0; btf && i < n; i++) {
		id = btf__find_by_name_kind(btf, names[i], BTF_KIND_FUNC);
		if (id > 0 && try_hook(id, !i))
			can |= 1u << i;
		else if (!i)
			break; /* if that is forbidden, all of it is */
	}
	btf__free(btf);
	return can;
}

static int load_error(struct session *s, int err, const char *view, const char *what)
{
	if (s->verbose)
		return err_set(err, "%s: %s: %s\n%s", view, what, strerror(-err), log_tail(12));
	switch (err) {
	case -EPERM:
	case -EACCES:
		return err_set(err,
			       "%s: the kernel refused %s (%s); run as root, see ostrace features",
			       view, what, strerror(-err));
	case -ENOMEM:
		return err_set(err, "%s: not enough memory for %s", view, what);
	default:
		return err_set(err,
			       "%s: %s failed (%s); -v shows the verifier's last lines, "
			       "ostrace features what this kernel has",
			       view, what, strerror(-err));
	}
}

int session_sizes(const char *view, const struct map_size *sizes, int n)
{
	int i, err;

	for (i = 0; i < n; i++) {
		err = bpf_map__set_value_size(sizes[i].map,
					      (uint32_t)(sizes[i].entry * sizes[i].n));
		if (err)
			return err_set(err, "%s: cannot give the table %s room for %zu entries: %s",
				       view, bpf_map__name(sizes[i].map), sizes[i].n,
				       strerror(-err));
	}
	return 0;
}

int session_load(struct session *s, struct bpf_object_skeleton *sk, const char *view)
{
	int err;

	last_words[0] = '\0';
	err = bpf_object__load_skeleton(sk);
	return err ? load_error(s, err, view, "loading its BPF programs") : 0;
}

int session_attach(struct session *s, struct bpf_object_skeleton *sk, const char *view)
{
	int err;

	last_words[0] = '\0';
	err = bpf_object__attach_skeleton(sk);
	return err ? load_error(s, err, view, "attaching its BPF programs") : 0;
}

int session_cgroup_level(struct session *s, uint64_t id, int guess)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &id, .ctx_size_in = sizeof(id));
	struct cgroup_bpf *skel = cgroup_bpf__open();

	if (skel && !session_load(s, skel->skeleton, "--cgroup") &&
	    !bpf_prog_test_run_opts(bpf_program__fd(skel->progs.cgroup_level), &opts) &&
	    (int)opts.retval >= 0)
		guess = (int)opts.retval;
	cgroup_bpf__destroy(skel);
	err_clear();
	return guess;
}

int session_read_iterator(struct bpf_program *p, size_t size,
			  int (*each)(void *arg, const void *record), void *arg)
{
	struct bpf_link *link;
	size_t have = 0, at;
	int fd, err = 0;
	char buf[8192];
	ssize_t n;

	link = bpf_program__attach_iter(p, NULL);
	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0) {
		bpf_link__destroy(link);
		return fd;
	}
	do {
		n = read(fd, buf + have, sizeof(buf) - have);
		have += n > 0 ? (size_t)n : 0;
		for (at = 0; !err && size && have - at >= size; at += size)
			err = each(arg, buf + at);
		/* A record may come in two parts. */
		have = size ? have - at : 0;
		memmove(buf, buf + at, have);
	} while (!err && (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR))));
	if (!err && n < 0)
		err = -errno;
	close(fd);
	bpf_link__destroy(link);
	return err;
}

int session_run_iterator(struct bpf_program *p)
{
	return session_read_iterator(p, 0, NULL, NULL);
}

int session_ncpus(const struct session *s)
{
	return s->ncpus;
}

void session_prog_stats(const struct bpf_object *o, struct prog_stats *st)
{
	struct bpf_program *p;

	memset(st, 0, sizeof(*st));
	bpf_object__for_each_program(p, o) {
		struct bpf_prog_info info = {};
		__u32 len = sizeof(info);

		if (bpf_program__fd(p) < 0 ||
		    bpf_prog_get_info_by_fd(bpf_program__fd(p), &info, &len))
			continue;
		st->run_ns += info.run_time_ns;
		st->run_cnt += info.run_cnt;
		st->missed += info.recursion_misses;
	}
}

int session_stats_on(void)
{
	return bpf_enable_stats(BPF_STATS_RUN_TIME);
}
