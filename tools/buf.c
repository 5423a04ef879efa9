// SPDX-License-Identifier: GPL-2.0
/* A string that grows. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "buf.h"
#include "err.h"

/* Make room for @n more bytes and the terminator. */
static bool reserve(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 4096;
	char *s;

	if (b->failed)
		return false;
	while (cap - b->len <= n)
		cap *= 2;
	if (cap == b->cap)
		return true;
	s = realloc(b->s, cap);
	if (!s) {
		b->failed = true;
		return false;
	}
	b->s = s;
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, const char *s, size_t n)
{
	if (!reserve(b, n))
		return;
	memcpy(b->s + b->len, s, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !reserve(b, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(b->s + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void buf_pad(struct buf *b, int n)
{
	while (n-- > 0)
		buf_putc(b, ' ');
}

static int write_failed(int err)
{
	if (err == EPIPE)
		return -EPIPE;
	return err_set(-err, "cannot write to standard output: %s", strerror(err));
}

static bool asked_to_stop(void)
{
	sigset_t pending;

	return !sigpending(&pending) &&
	       (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM) ||
		sigismember(&pending, SIGHUP) || sigismember(&pending, SIGQUIT));
}

/*
 * Signals are blocked while a command runs (loop.h), so a reader that does not
 * read would make it immortal if write() were what waits for the reader.
 */
static int wait_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	while (poll(&p, 1, 100) <= 0)
		if (asked_to_stop())
			return -ECANCELED;
	return 0;
}

int buf_flush(struct buf *b, int fd)
{
	size_t at = 0;
	int err = 0;

	if (b->failed)
		err = err_set(-ENOMEM, "out of memory");
	while (!err && at < b->len) {
		/* No pipe that is writable blocks on so little. */
		size_t part = b->len - at < PIPE_BUF ? b->len - at : PIPE_BUF;
		ssize_t n;

		err = wait_writable(fd);
		if (err)
			break;
		n = write(fd, b->s + at, part);
		if (n >= 0)
			at += (size_t)n;
		else if (errno != EINTR && errno != EAGAIN)
			err = write_failed(errno);
	}
	b->failed = false;
	b->len = 0;
	return err;
}

void buf_free(struct buf *b)
{
	free(b->s);
	*b = (struct buf){ 0 };
}
