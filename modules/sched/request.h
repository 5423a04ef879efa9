/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One line of the file "overrides", parsed. No allocation and no calls: tests
 * include it too.
 *
 *   process PID   [class=interactive|normal|batch|auto] [weight=1..10000|auto]
 *   cgroup  /PATH [class=...] [weight=...]
 *   process PID clear            cgroup /PATH clear             clear
 */
#ifndef _OSTRACE_SCHED_REQUEST_H
#define _OSTRACE_SCHED_REQUEST_H

#include "uapi/ostrace/sched.h"

#define SCHED_PATH_MAX 512

enum sched_subject { SCHED_PROCESS, SCHED_CGROUP, SCHED_ALL };

struct sched_request_line {
	enum sched_subject subject;
	_Bool clear;
	__u32 pid;
	char path[SCHED_PATH_MAX];
	_Bool has_class, has_weight;
	__u32 class;  /* class + 1; 0: as found */
	__u32 weight; /* 0: as found */
};

static const char *const sched_class_names[OSTRACE_SCHED_CLASSES] = {
	"interactive",
	"normal",
	"batch",
};

/* One word of the line, not terminated. */
struct sched_word {
	const char *at;
	unsigned int len;
};

static inline struct sched_word sched_next_word(const char **line)
{
	struct sched_word w;

	while (**line == ' ' || **line == '\t')
		(*line)++;
	w.at = *line;
	while (**line && **line != ' ' && **line != '\t' && **line != '\n')
		(*line)++;
	w.len = (unsigned int)(*line - w.at);
	return w;
}

/* Is the word @text, or (@rest given) does it begin with it? @rest: what follows. */
static inline _Bool sched_word_is(struct sched_word w, const char *text, struct sched_word *rest)
{
	unsigned int i;

	for (i = 0; text[i]; i++)
		if (i >= w.len || w.at[i] != text[i])
			return 0;
	if (!rest)
		return i == w.len;
	rest->at = w.at + i;
	rest->len = w.len - i;
	return 1;
}

/* A decimal number of at most @max; 0 is none. */
static inline __u32 sched_word_number(struct sched_word w, __u32 max)
{
	__u64 n = 0;
	unsigned int i;

	for (i = 0; i < w.len; i++) {
		if (w.at[i] < '0' || w.at[i] > '9')
			return 0;
		n = n * 10 + (__u64)(w.at[i] - '0');
		if (n > max)
			return 0;
	}
	return (__u32)n;
}

static inline _Bool sched_parse_setting(struct sched_word w, struct sched_request_line *r)
{
	struct sched_word value;
	__u32 i;

	if (sched_word_is(w, "weight=", &value)) {
		r->has_weight = 1;
		r->weight = 0;
		if (sched_word_is(value, "auto", (void *)0))
			return 1;
		r->weight = sched_word_number(value, 10000);
		return r->weight != 0;
	}
	if (!sched_word_is(w, "class=", &value))
		return 0;
	r->has_class = 1;
	r->class = 0;
	if (sched_word_is(value, "auto", (void *)0))
		return 1;
	for (i = 0; i < OSTRACE_SCHED_CLASSES; i++)
		if (sched_word_is(value, sched_class_names[i], (void *)0))
			r->class = i + 1;
	return r->class != 0;
}

/**
 * sched_parse_request - take @line apart
 * Return: NULL, or what is wrong with it, in words
 */
static inline const char *sched_parse_request(const char *line, struct sched_request_line *r)
{
	struct sched_word w = sched_next_word(&line);
	unsigned int i;

	__builtin_memset(r, 0, sizeof(*r));
	if (sched_word_is(w, "clear", (void *)0)) {
		r->subject = SCHED_ALL;
		r->clear = 1;
		w = sched_next_word(&line);
		return w.len ? "nothing may follow 'clear'" : (void *)0;
	}
	if (sched_word_is(w, "process", (void *)0)) {
		r->subject = SCHED_PROCESS;
		r->pid = sched_word_number(sched_next_word(&line), 0x7fffffff);
		if (!r->pid)
			return "'process' wants a process id";
	} else if (sched_word_is(w, "cgroup", (void *)0)) {
		r->subject = SCHED_CGROUP;
		w = sched_next_word(&line);
		if (!w.len || *w.at != '/' || w.len >= sizeof(r->path))
			return "'cgroup' wants a path below the cgroup root, beginning with /";
		for (i = 0; i < w.len; i++)
			r->path[i] = w.at[i];
	} else {
		return "a line begins with 'process', 'cgroup' or 'clear'";
	}
	w = sched_next_word(&line);
	if (sched_word_is(w, "clear", (void *)0)) {
		r->clear = 1;
		w = sched_next_word(&line);
		return w.len ? "nothing may follow 'clear'" : (void *)0;
	}
	for (; w.len; w = sched_next_word(&line))
		if (!sched_parse_setting(w, r))
			return "settings are class=interactive|normal|batch|auto and "
			       "weight=1..10000|auto";
	return r->has_class || r->has_weight ? (void *)0 : "no setting and no 'clear'";
}

#endif /* _OSTRACE_SCHED_REQUEST_H */
