// SPDX-License-Identifier: GPL-2.0
/* ostrace oom: kills as they happen, with the module and without. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "cgroups.h"
#include "clock.h"
#include "cmd_oom.h"
#include "err.h"
#include "lookup.h"
#include "loop.h"
#include "oom_device.h"
#include "oom_kills.h"
#include "oom_story.h"
#include "session.h"
#include "textfile.h"
#include "writer.h"

/* How long the end of a victim is waited for: the reaper comes after 2 s. */
#define GONE_NS 3000000000ull
#define LOOK_NS 100000000 /* between looks: kills are rare, and told when over */
#define STORY_ROWS 12

/* One kill at a time is in hand until its victim is gone. */
struct watch {
	const struct options *o;
	struct text_style style;
	struct cgroups *names;
	struct oom_kills *kills; /* NULL: this kernel does not let us see them */
	int fd;			 /* of the module's records; -1 without it */
	char *room;		 /* what was read of them, */
	ssize_t have, at;	 /* and how much of that is told */
	uint64_t last;		 /* number of the last record */
	uint64_t told;		 /* victims taken from the tracepoints */
	uint64_t missed;
	const struct ostrace_oom_decision *d;
	struct oom_kill kill;
	bool in_hand, have_kill;
	double pressure;
	char home[1100], limited[1100]; /* cgroups of the victim and of the limit */
};

/* Text of a file of a cgroup; false if there is none. */
static bool cgroup_file(const char *path, const char *file, char *out, size_t n)
{
	char mount[512], full[1800];

	if (!lookup_cgroup_mount(mount, sizeof(mount)))
		return false;
	snprintf(full, sizeof(full), "%s%s/%s", mount, path, file);
	return !textfile_read(full, out, n) && *out;
}

static long long number_after(const char *text, const char *key)
{
	const char *p = strstr(text, key);

	return p ? strtoll(p + strlen(key), NULL, 10) : -1;
}

/* Of a cgroup, or "": of the machine. */
static double pressure_of(const char *path)
{
	char text[256], *p;

	if (!(*path ? cgroup_file(path, "memory.pressure", text, sizeof(text)) :
		      !textfile_read("/proc/pressure/memory", text, sizeof(text))))
		return -1;
	p = strstr(text, "some avg10=");
	return p ? strtod(p + 11, NULL) : -1;
}

/* The module's next record; 0: none yet, 1, -errno. */
static int next_decision(struct watch *w)
{
	if (w->at == w->have) {
		w->at = 0;
		w->have = read(w->fd, w->room, OSTRACE_OOM_RECORD_MAX);
		if (w->have <= 0) {
			w->have = 0;
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		}
	}
	w->d = (const void *)(w->room + w->at);
	w->at += w->d->size;
	if (w->last && w->d->seq > w->last + 1)
		warn_print("%llu decisions were too fast to be shown",
			   (unsigned long long)(w->d->seq - w->last - 1));
	w->last = w->d->seq;
	return 1;
}

/* The next victim of the tracepoints, for want of records. */
static int next_kill(struct watch *w)
{
	uint64_t lost = 0;
	bool have = false;

	while (!have && w->told < oom_kills_count(w->kills)) {
		have = oom_kills_get(w->kills, ++w->told, &w->kill);
		lost += !have;
	}
	if (lost)
		warn_print("%llu kills were too fast to be shown", (unsigned long long)lost);
	return have;
}

/* What is known at once: later the cgroup may be gone, and the pressure another. */
static void take_in_hand(struct watch *w)
{
	uint64_t home = w->d ? w->d->victim[0].cgroup : w->kill.cgroup;
	/* Without the module the victim's is the best guess. */
	uint64_t limited = w->d ? w->d->cgroup : home;

	snprintf(w->home, sizeof(w->home), "%s", cgroups_name(w->names, home, 0));
	snprintf(w->limited, sizeof(w->limited), "%s",
		 limited ? cgroups_name(w->names, limited, 0) : "");
	w->pressure = pressure_of(w->limited);
	w->in_hand = true;
}

/* Look at the victim again: is there no more to come? */
static bool is_over(struct watch *w)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	if (!w->kills)
		return true;
	if (w->d) {
		/* Not of an older process of that number, nor from before we came. */
		w->have_kill = w->d->nvictims &&
			       oom_kills_find(w->kills, (uint32_t)w->d->victim[0].pid, &w->kill) &&
			       w->kill.time >= w->d->time;
		if (!w->have_kill)
			return true;
	} else {
		w->have_kill = true;
		oom_kills_get(w->kills, w->told, &w->kill);
	}
	return w->kill.end || now - w->kill.time > GONE_NS;
}

static int tell(struct watch *w)
{
	struct oom_story s = {
		.d = w->d,
		.kill = w->have_kill ? &w->kill : NULL,
		.home = w->home,
		.cgroup = oom_cgroup_path,
		.data = w->names,
		.pressure = w->pressure,
		.usage_after = -1,
		.kills = -1,
		.rows = w->o->top > 0 ? (size_t)w->o->top : STORY_ROWS,
	};
	struct buf b = { 0 };
	char text[512];
	int err;

	if (w->have_kill)
		s.wall = (double)(clock_ns(CLOCK_REALTIME) -
				  (clock_ns(CLOCK_MONOTONIC) - w->kill.time)) /
			 1e9;
	if (*w->limited && cgroup_file(w->limited, "memory.current", text, sizeof(text)))
		s.usage_after = strtoll(text, NULL, 10);
	if (cgroup_file(w->home, "memory.events", text, sizeof(text)))
		s.kills = number_after(text, "oom_kill ");
	if (w->o->json)
		oom_story_json(&b, &s);
	else
		oom_story_text(&b, &s, &w->style);
	err = buf_flush(&b, STDOUT_FILENO);
	buf_free(&b);
	return err;
}

/* Tell what is over; @all: also what is not. 0 or -errno. */
static int tell_all(struct watch *w, bool all)
{
	int more, err = 0;

	while (!err) {
		if (!w->in_hand) {
			more = w->fd >= 0 ? next_decision(w) : next_kill(w);
			if (more <= 0)
				return more;
			take_in_hand(w);
		}
		if (!is_over(w) && !all)
			return 0;
		err = tell(w);
		w->in_hand = false;
	}
	return err;
}

static void tell_missed(struct watch *w)
{
	uint64_t missed = w->kills ? oom_kills_missed(w->kills) : 0;

	if (missed > w->missed)
		warn_print("%llu events of the OOM killer were not seen",
			   (unsigned long long)(missed - w->missed));
	w->missed = missed;
}

static int follow(struct watch *w, struct loop *l)
{
	int err = loop_set_interval(l, LOOK_NS), signo = 0, ev = LOOP_TICK;

	if (!err && !w->o->json && isatty(STDOUT_FILENO))
		warn_print("waiting for the OOM killer; Ctrl-C ends");
	while (!err && ev != LOOP_SIGNAL && ev != LOOP_HANGUP) {
		ev = loop_wait(l, &signo);
		err = ev < 0 ? ev : tell_all(w, ev == LOOP_SIGNAL);
		if (!err)
			tell_missed(w);
	}
	return err;
}

/* Either of the two sources suffices, but each tells what the other does not. */
static int open_sources(struct watch *w, struct session **s)
{
	char without[256] = "";
	int err;

	w->fd = oom_device_open();
	if (w->fd < 0 && w->fd != -EOPNOTSUPP)
		return w->fd;
	if (w->fd < 0)
		snprintf(without, sizeof(without), "%s", err_text(w->fd));
	err_clear();
	err = session_open(s, true, w->o->verbose);
	if (!err)
		err = oom_kills_open(*s, &w->kills);
	if (err && w->fd < 0)
		return err;
	if (err)
		warn_print("what victims free, and when, cannot be told: %s", err_text(err));
	else if (w->fd < 0)
		warn_print("%s: it would add the limit, the ranking of all candidates and the "
			   "time the decision took",
			   without);
	err_clear();
	return 0;
}

int oom_watch(const struct options *o)
{
	struct watch w = {
		.o = o,
		.style = text_style_of(STDOUT_FILENO, (int)o->color),
		.fd = -1,
	};
	struct session *s = NULL;
	struct loop *l = NULL;
	int err = open_sources(&w, &s);

	if (!err)
		err = cgroups_open(&w.names);
	if (!err && !(w.room = malloc(OSTRACE_OOM_RECORD_MAX)))
		err = -ENOMEM;
	if (!err)
		err = loop_open(&l, -1, 0);
	if (!err)
		err = follow(&w, l);
	free(w.room);
	cgroups_close(w.names);
	oom_kills_close(w.kills);
	session_close(s);
	if (w.fd >= 0)
		close(w.fd);
	/* Last: a second Ctrl-C must not end us on the way out. */
	loop_close(l);
	if (err == -EPIPE)
		return 128 + SIGPIPE;
	return err < 0 ? oom_fail(err) : EXIT_OK;
}
