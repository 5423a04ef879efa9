/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One place for errors. Library code returns -errno and may describe what was
 * wrong and what to do with err_set(); only commands print, with err_print(),
 * one line: "ostrace: <description>".
 */
#ifndef OSTRACE_ERR_H
#define OSTRACE_ERR_H

#include <stdarg.h>

/* Exit codes of the command. */
enum {
	EXIT_OK = 0,
	EXIT_FAIL = 1,	      /* it was tried and did not work */
	EXIT_USAGE = 2,	      /* the command line is wrong */
	EXIT_UNSUPPORTED = 3, /* this kernel or privilege cannot do it */
};

/**
 * err_set - describe the failure being returned; the innermost (first)
 * description since err_clear() is kept, later ones are dropped.
 * Return: @err, so that one can write `return err_set(-ENOENT, "...")`.
 */
int err_set(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void err_clear(void);
/** err_text - the description, or strerror of @err if there is none. */
const char *err_text(int err);
/** err_print - print it to standard error, one line, and clear it. */
void err_print(int err);
/** warn_print - "ostrace: warning: ..." on standard error (commands only). */
void warn_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** err_exit_code - the exit code for -errno (-EPERM, -EOPNOTSUPP: 3, -EINVAL: 2, else 1). */
int err_exit_code(int err);

#endif /* OSTRACE_ERR_H */
