// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "scxinfo.h"

const char *const scx_class_names[OSTRACE_SCHED_CLASSES] = {
	"interactive",
	"normal",
	"batch",
};

/* The counters by name, in the order of struct ostrace_sched_counters. */
static const char *const counter_names[] = {
	"placed_idle", "placed_preempting", "queued", "queued_pinned", "kept",	   "dispatched",
	"stolen",      "out_of_turn",	    "kicks",  "class_changes", "requeued", "placed_next",
};

static ssize_t read_whole(const char *root, const char *name, char *buf, size_t n)
{
	char path[PATH_MAX];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	got = read(fd, buf, n - 1);
	close(fd);
	if (got < 0)
		return -EIO;
	buf[got] = '\0';
	return got;
}

static struct scx_fact *add(struct scxinfo *s, const char *name)
{
	struct scx_fact *f;

	if (s->nfacts == SCX_FACTS)
		return NULL;
	f = &s->fact[s->nfacts++];
	memset(f, 0, sizeof(*f));
	snprintf(f->name, sizeof(f->name), "%s", name);
	return f;
}

static void add_text(struct scxinfo *s, const char *name, const char *text)
{
	struct scx_fact *f = add(s, name);

	if (f)
		snprintf(f->text, sizeof(f->text), "%.*s", (int)strcspn(text, "\n"), text);
}

static void add_number(struct scxinfo *s, const char *name, uint64_t n, bool counts)
{
	struct scx_fact *f = add(s, name);

	if (f) {
		f->number = n;
		f->counts = counts;
	}
}

/* A file with one line. */
static void add_file(struct scxinfo *s, const char *root, const char *file, const char *name)
{
	char buf[256];

	if (read_whole(root, file, buf, sizeof(buf)) > 0)
		add_text(s, name, buf);
}

/* "name value" a line; counters. */
static void add_pairs(struct scxinfo *s, char *text)
{
	char *line, *save, *value;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		value = strchr(line, ' ');
		if (!value)
			continue;
		*value++ = '\0';
		add_number(s, line, strtoull(value, NULL, 10), true);
	}
}

/* Why ours was ejected, of the file's lines the one called @key. */
static void add_line(struct scxinfo *s, const char *text, const char *key, const char *name)
{
	size_t n = strlen(key);

	for (; text && *text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL)
		if (!strncmp(text, key, n) && text[n] == ' ' && text[n + 1] != '\n')
			add_text(s, name, text + n + 1);
}

static void copy_hist(struct hist *to, const struct ostrace_sched_wait *from)
{
	int i;

	to->count = 0;
	to->sum = from->sum;
	to->max = from->max;
	for (i = 0; i < OSTRACE_HIST_SLOTS; i++) {
		to->slot[i] = from->slot[i];
		to->count += from->slot[i];
	}
}

int scxinfo_counters(struct scxinfo *s, const void *data, size_t len)
{
	struct ostrace_sched_header h;
	struct ostrace_sched_counters c;
	const uint64_t *value = (const uint64_t *)&c;
	size_t i;

	_Static_assert(OSTRACE_SCHED_SLOTS == OSTRACE_HIST_SLOTS, "the histograms are alike");
	s->ours = false;
	if (len < sizeof(h))
		return -EPROTO;
	memcpy(&h, data, sizeof(h));
	if (h.abi != OSTRACE_SCHED_ABI || h.size < sizeof(h) || h.counters_size < sizeof(c) ||
	    h.size > len || len - h.size < sizeof(c))
		return -EPROTO;
	if (!h.started)
		return -ENODATA;
	memcpy(&c, (const char *)data + h.size, sizeof(c));
	for (i = 0; i < sizeof(counter_names) / sizeof(counter_names[0]); i++)
		add_number(s, counter_names[i], value[i], true);
	add_number(s, "cgroups_without_place", h.cgroups_full, true);
	add_number(s, "cpu_max_ignored", h.cpu_max_ignored, true);
	for (i = 0; i < OSTRACE_SCHED_CLASSES; i++)
		copy_hist(&s->wait[i], &c.wait[i]);
	s->started = h.started;
	s->ours = true;
	return 0;
}

void scxinfo_read(struct scxinfo *s, const char *root)
{
	char buf[8192];
	ssize_t n;

	s->nfacts = 0;
	s->ours = false;
	add_file(s, root, "sched_ext/root/ops", "scheduler");
	if (!s->nfacts)
		add_text(s, "scheduler", "the kernel's own");
	add_file(s, root, "sched_ext/state", "sched_ext");
	add_file(s, root, "sched_ext/enable_seq", "enabled_times");
	add_file(s, root, "sched_ext/nr_rejected", "rejected_tasks");
	add_file(s, root, "ostrace_sched/state", "ostrace_sched");
	add_file(s, root, "ostrace_sched/exits", "ejections");
	if (read_whole(root, "ostrace_sched/exit", buf, sizeof(buf)) > 0) {
		add_line(s, buf, "reason", "last_ejection");
		add_line(s, buf, "message", "last_message");
	}
	n = read_whole(root, "ostrace_sched/counters", buf, 4096 + 1);
	if (n > 0)
		scxinfo_counters(s, buf, (size_t)n);
	if (read_whole(root, "sched_ext/root/events", buf, sizeof(buf)) > 0)
		add_pairs(s, buf);
}
