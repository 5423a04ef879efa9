// SPDX-License-Identifier: GPL-2.0
/*
 * Loads a BPF policy for the OOM module. It stays attached by a pinned link;
 * bpftool of today cannot handle struct_ops of a module.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "err.h"
#include "oom_policy.h"
#include "paths.h"
#include "uapi/ostrace/oom.h"

#define PIN "/sys/fs/bpf/ostrace_oom_policy"

static char last_words[512];

/* The line that ends at @end. */
static const char *line_before(const char *log, const char *end)
{
	const char *line = end;

	while (line > log && line[-1] != '\n')
		line--;
	return line;
}

/*
 * The verifier's reason is the last line of its log before what it adds: on Linux 7.3
 * an explanation of a page, on all the statistics, and to endless loops the states.
 */
static void keep_reason(const char *log)
{
	const char *end = strstr(log, "\n\nVerification failed: "), *line;

	if (!end)
		end = strstr(log, "\nprocessed ");
	if (!end)
		return;
	line = line_before(log, end);
	while (line > log &&
	       (!strncmp(line, "old state:", 10) || !strncmp(line, "cur state:", 10))) {
		end = line - 1;
		line = line_before(log, end);
	}
	snprintf(last_words, sizeof(last_words), "refused by the verifier: %.*s%s",
		 (int)(end - line), line,
		 /* The module's only reasons to say so: see policy_check_member(). */
		 strncmp(line, "attach to unsupported member", 28) ?
			 "" :
			 ": it may neither sleep nor use bpf_for, other iterators, may_goto or "
			 "global functions (make them static)");
}

/* The first complaint is the cause, unless the verifier has one. */
static int keep_words(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	static char log[65536];
	char *end;

	if (level != LIBBPF_WARN)
		return 0;
	if (strstr(fmt, "BEGIN PROG LOAD LOG")) {
		vsnprintf(log, sizeof(log), fmt, ap);
		keep_reason(log);
	} else if (!last_words[0]) {
		vsnprintf(last_words, sizeof(last_words), fmt, ap);
	}
	end = strchr(last_words, '\n');
	if (end)
		*end = '\0';
	return 0;
}

static struct bpf_map *find_policy(struct bpf_object *obj)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj)
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			return map;
	return NULL;
}

/*
 * Put @map in the place of the policy attached by @link. The attempt to attach
 * it gives the kernel its contents, and fails because the place is taken.
 */
static int swap(int link, struct bpf_map *map)
{
	struct bpf_link *mine = bpf_map__attach_struct_ops(map);

	if (mine) {
		bpf_link__destroy(mine);
		return -EAGAIN;
	}
	return bpf_link_update(link, bpf_map__fd(map), NULL);
}

static int attach_first(struct bpf_map *map)
{
	struct bpf_link *link = bpf_map__attach_struct_ops(map);
	int err = link ? 0 : -errno;

	if (err == -EBUSY)
		return err_set(err, "another policy is attached, and not by ostrace");
	if (err)
		return err_set(err, "cannot attach the policy: %s",
			       last_words[0] ? last_words : strerror(-err));
	err = bpf_link__pin(link, PIN);
	bpf_link__destroy(link);
	/* libbpf's answer to a directory of another file system. */
	if (err == -EINVAL || err == -ENOENT)
		return err_set(-EOPNOTSUPP,
			       "cannot pin the policy at " PIN ": no BPF file system is "
			       "mounted there (mount -t bpf bpf /sys/fs/bpf)");
	return err ? err_set(err, "cannot pin the policy at " PIN ": %s", strerror(-err)) : 0;
}

static int attach(struct bpf_map *map)
{
	int link = bpf_obj_get(PIN), err;

	if (link < 0)
		return attach_first(map);
	err = swap(link, map);
	close(link);
	/* A link whose module has gone. */
	if (err == -ENOLINK || err == -EAGAIN) {
		unlink(PIN);
		return attach_first(map);
	}
	return err ? err_set(err, "cannot replace the policy attached: %s", strerror(-err)) : 0;
}

/* A bare name is that of a policy installed with us. */
static int find_file(const char *word, char *file, size_t n)
{
	size_t len = strlen(word);

	if (strchr(word, '/') || (len > 2 && !strcmp(word + len - 2, ".o"))) {
		snprintf(file, n, "%s", word);
		return 0;
	}
	snprintf(file, n, OSTRACE_POLICY_DIR "/%s.bpf.o", word);
	if (!access(file, F_OK))
		return 0;
	return err_set(-ENOENT,
		       "no policy '%s' is installed: there is no %s; a file is given with its path",
		       word, file);
}

int oom_policy_attach(const char *word, bool verbose, const char **name)
{
	static char policy[OSTRACE_OOM_POLICY_NAME];
	char file[1100];
	struct bpf_object *obj;
	struct bpf_map *map;
	int err;

	err = find_file(word, file, sizeof(file));
	if (err)
		return err;
	last_words[0] = '\0';
	if (!verbose)
		libbpf_set_print(keep_words);
	obj = bpf_object__open_file(file, NULL);
	if (!obj)
		return err_set(-errno, "%s: %s", file,
			       last_words[0] ? last_words : strerror(errno));
	map = find_policy(obj);
	if (!map) {
		err = err_set(-EINVAL, "%s: no OOM policy in it (section .struct_ops.link)", file);
		goto close;
	}
	err = bpf_object__load(obj);
	if (err) {
		err_set(err, "%s: %s", file, last_words[0] ? last_words : strerror(-err));
		goto close;
	}
	snprintf(policy, sizeof(policy), "%s", bpf_map__name(map));
	*name = policy;
	err = attach(map);
close:
	bpf_object__close(obj);
	return err;
}

/*
 * Detached first, and then unpinned: to unpin alone leaves it to the kernel when the
 * policy goes, and who attaches the next one meanwhile finds the place taken.
 */
int oom_policy_detach(void)
{
	int link = bpf_obj_get(PIN);

	if (link >= 0) {
		/* It may have lost its policy already: the pin is to go all the same. */
		bpf_link_detach(link);
		close(link);
	}
	if (!unlink(PIN))
		return 0;
	return errno == ENOENT ? err_set(-ENOENT, "no policy is attached") :
				 err_set(-errno, "cannot remove " PIN ": %s", strerror(errno));
}
