// SPDX-License-Identifier: GPL-2.0
/* ostrace oom: kills as they happen, with the module and without. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "cgroups.h"
#include "cmd_oom.h"
#include "err.h"
#include "format.h"
#include "json.h"
#include "lookup.h"
#include "loop.h"
#include "oom_device.h"
#include "oom_plain.h"
#include "oom_story.h"
#include "writer.h"

/* How long the end of a victim is waited for. */
#define GONE_MS 3000
#define STORY_ROWS 12

/* Text of a file of a cgroup; false if there is none. */
static bool cgroup_file(const char *path, const char *file, char *out, size_t n)
{
	char mount[512], full[1800];
	ssize_t len = -1;
	int fd;

	if (!lookup_cgroup_mount(mount, sizeof(mount)))
		return false;
	snprintf(full, sizeof(full), "%s%s/%s", mount, path, file);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		len = read(fd, out, n - 1);
		close(fd);
	}
	out[len > 0 ? len : 0] = '\0';
	return len > 0;
}

static long long number_after(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p ? strtoll(p + strlen(key), NULL, 10) : -1;
}

static double pressure_of(const char *path)
{
	char text[256], *p;

	if (!cgroup_file(path, "memory.pressure", text, sizeof(text)))
		return -1;
	p = strstr(text, "some avg10=");
	return p ? strtod(p + 11, NULL) : -1;
}

/* Milliseconds until the victim was gone; -1 if it is not. */
static double wait_gone(const struct ostrace_oom_decision *d)
{
	struct pollfd p = { .fd = (int)syscall(SYS_pidfd_open, d->victim[0].pid, 0),
			    .events = POLLIN };
	struct timespec now;
	int gone = 1;

	if (p.fd >= 0) {
		gone = poll(&p, 1, GONE_MS);
		close(p.fd);
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	return gone > 0 ? ((double)now.tv_sec * 1e9 + (double)now.tv_nsec -
			   (double)(d->time + d->victim[0].ns)) /
				  1e6 :
			  -1;
}

static void tell(struct buf *b, const struct ostrace_oom_decision *d, struct cgroups *names,
		 const struct options *o, const struct text_style *style)
{
	struct oom_story s = {
		.d = d,
		.cgroup = oom_cgroup_path,
		.data = names,
		.pressure = -1,
		.gone_ms = -1,
		.usage_after = -1,
		.kills = -1,
		.rows = o->top > 0 ? (size_t)o->top : STORY_ROWS,
	};
	char text[512], home[1100];

	/* Before the wait: names are kept, cgroups are not. */
	snprintf(home, sizeof(home), "%s", cgroups_name(names, d->victim[0].cgroup, 0));
	s.pressure = pressure_of(d->cgroup ? cgroups_name(names, d->cgroup, 0) : home);
	s.gone_ms = wait_gone(d);
	if (cgroup_file(d->cgroup ? cgroups_name(names, d->cgroup, 0) : home, "memory.current",
			text, sizeof(text)))
		s.usage_after = strtoll(text, NULL, 10);
	if (cgroup_file(home, "memory.events", text, sizeof(text)))
		s.kills = number_after(text, "oom_kill ");
	if (o->json)
		oom_story_json(b, &s);
	else
		oom_story_text(b, &s, style);
}

/* Write what there is to read; 0, an exit code, or -errno. */
static int tell_all(int fd, struct cgroups *names, const struct options *o,
		    const struct text_style *style, uint64_t *last)
{
	static char room[OSTRACE_OOM_RECORD_MAX];
	const struct ostrace_oom_decision *d;
	struct buf b = { 0 };
	ssize_t n, at;

	while ((n = read(fd, room, sizeof(room))) > 0) {
		for (at = 0; at < n; at += d->size) {
			d = (const void *)(room + at);
			if (*last && d->seq > *last + 1)
				warn_print("%llu decisions were too fast to be shown",
					   (unsigned long long)(d->seq - *last - 1));
			*last = d->seq;
			tell(&b, d, names, o, style);
			if (buf_flush(&b, STDOUT_FILENO))
				return -EPIPE;
		}
	}
	buf_free(&b);
	return n < 0 && errno != EAGAIN ? -errno : 0;
}

static int watch(int fd, struct cgroups *names, const struct options *o)
{
	struct text_style style = text_style_of(STDOUT_FILENO, (int)o->color);
	int err, signo = 0, ev;
	uint64_t last = 0;
	struct loop *l;

	err = loop_open(&l, fd, 0);
	if (err)
		return err;
	if (!o->json && isatty(STDOUT_FILENO))
		warn_print("waiting for the OOM killer; Ctrl-C ends");
	for (;;) {
		err = tell_all(fd, names, o, &style, &last);
		if (err)
			break;
		ev = loop_wait(l, &signo);
		if (ev == LOOP_SIGNAL || ev == LOOP_HANGUP || ev < 0) {
			err = ev < 0 ? ev : 0;
			break;
		}
	}
	loop_close(l);
	return err;
}

static void plain_text(struct buf *b, const struct oom_plain_kill *k,
		       const struct text_style *style)
{
	uint64_t kb = k->anon_kb + k->file_kb + k->shmem_kb;
	char when[32], name[128], size[40];
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(when, sizeof(when), "%H:%M:%S", &tm);
	format_escape(name, sizeof(name), k->comm, style->utf8);
	format_bytes(size, sizeof(size), kb * 1024);
	buf_printf(b, "%s  killed %s (%d), uid %u, oom_score_adj %d, %s of memory\n", when, name,
		   k->pid, k->uid, k->oom_score_adj, size);
}

static void plain_json(struct buf *b, const struct oom_plain_kill *k)
{
	struct json j = { .out = b };

	json_object(&j, NULL);
	json_string(&j, "view", "oom");
	json_double(&j, "uptime", k->uptime, 6);
	json_bool(&j, "module", false);
	json_array(&j, "victims");
	json_object(&j, NULL);
	json_u64(&j, "pid", (uint64_t)k->pid);
	json_string(&j, "comm", k->comm);
	json_u64(&j, "uid", k->uid);
	json_double(&j, "oom_score_adj", k->oom_score_adj, 0);
	json_u64(&j, "anon_bytes", k->anon_kb * 1024);
	json_u64(&j, "file_bytes", k->file_kb * 1024);
	json_u64(&j, "shmem_bytes", k->shmem_kb * 1024);
	json_end_object(&j);
	json_end_array(&j);
	json_end_object(&j);
	buf_putc(b, '\n');
}

/* One read of the pipe is whole lines. */
static int plain_tell(int fd, const struct options *o, const struct text_style *style)
{
	char text[4096], *line, *next;
	struct oom_plain_kill k;
	struct buf b = { 0 };
	int err = 0;
	ssize_t n;

	while (!err && (n = read(fd, text, sizeof(text) - 1)) > 0) {
		text[n] = '\0';
		for (line = strtok_r(text, "\n", &next); line; line = strtok_r(NULL, "\n", &next)) {
			if (oom_plain_parse(line, &k))
				continue;
			if (o->json)
				plain_json(&b, &k);
			else
				plain_text(&b, &k, style);
		}
		err = buf_flush(&b, STDOUT_FILENO);
	}
	buf_free(&b);
	return err;
}

/* Without the module: what the kernel tells by itself. */
static int watch_plain(const struct options *o)
{
	struct text_style style = text_style_of(STDOUT_FILENO, (int)o->color);
	int fd, err, ev, signo;
	struct loop *l;

	err_clear();
	fd = oom_plain_open();
	if (fd < 0)
		return fd;
	warn_print("the module ostrace_oom is not loaded: it would add who ran out of memory, the "
		   "limit, the ranking of all candidates and the time it took");
	err = loop_open(&l, -1, 0);
	if (!err) {
		/* trace_pipe wakes its readers late: a few looks a second do. */
		err = loop_set_interval(l, 200000000);
		while (!err) {
			ev = loop_wait(l, &signo);
			if (ev == LOOP_SIGNAL || ev == LOOP_HANGUP || ev < 0)
				break;
			err = plain_tell(fd, o, &style);
		}
		loop_close(l);
	}
	oom_plain_close(fd);
	return err;
}

int oom_watch(const struct options *o)
{
	struct cgroups *names = NULL;
	int fd = oom_device_open(), err = fd;

	if (fd == -EOPNOTSUPP) {
		err = watch_plain(o);
		return err == -EPIPE ? 128 + SIGPIPE : err ? oom_fail(err) : EXIT_OK;
	}

	if (fd >= 0)
		err = cgroups_open(&names);
	if (!err)
		err = watch(fd, names, o);
	if (fd >= 0)
		close(fd);
	cgroups_close(names);
	if (err == -EPIPE)
		return 128 + SIGPIPE;
	return err < 0 ? oom_fail(err) : EXIT_OK;
}
