// SPDX-License-Identifier: GPL-2.0
/* The description of the failure under way, and how it is printed. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "err.h"
#include "format.h"

#define ERR_MAX 1024

static char err_what[ERR_MAX];

int err_set(int err, const char *fmt, ...)
{
	va_list ap;

	/* Callers further out know less about what went wrong. */
	if (err_what[0])
		return err;
	va_start(ap, fmt);
	vsnprintf(err_what, sizeof(err_what), fmt, ap);
	va_end(ap);
	return err;
}

void err_clear(void)
{
	err_what[0] = '\0';
}

const char *err_text(int err)
{
	return err_what[0] ? err_what : strerror(err < 0 ? -err : err);
}

/*
 * One write(2) a line, so that lines of several processes do not mix, and with
 * what came from outside escaped: a file name must not move the cursor.
 */
static void print_line(const char *prefix, const char *text)
{
	char line[4 * ERR_MAX];
	int len;

	len = snprintf(line, sizeof(line), "ostrace: %s", prefix);
	format_escape(line + len, sizeof(line) - len - 1, text, format_utf8());
	strcat(line, "\n");
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		return; /* nowhere left to say so */
}

void err_print(int err)
{
	print_line("", err_text(err));
	err_clear();
}

void warn_print(const char *fmt, ...)
{
	char text[ERR_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	print_line("warning: ", text);
}

int err_exit_code(int err)
{
	switch (err < 0 ? -err : err) {
	case 0:
		return EXIT_OK;
	case EINVAL:
		return EXIT_USAGE;
	case EPERM:
	case EACCES:
	case EOPNOTSUPP:
	case ENOSYS:
		return EXIT_UNSUPPORTED;
	default:
		return EXIT_FAIL;
	}
}
