/* SPDX-License-Identifier: GPL-2.0 */
/* Text under construction, and the way it leaves the process. */
#ifndef OSTRACE_BUF_H
#define OSTRACE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *s; /* terminated; NULL while empty */
	size_t len, cap;
	bool failed; /* out of memory: what followed is missing */
};

void buf_add(struct buf *b, const char *s, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** buf_pad - @n blanks, none if negative */
void buf_pad(struct buf *b, int n);

/**
 * buf_flush - write everything to @fd and empty the buffer
 * Return: 0; -EPIPE when there is no reader any more; -ECANCELED when the reader
 * does not read and a blocked signal asks us to end; other -errno described
 * with err_set().
 */
int buf_flush(struct buf *b, int fd);
void buf_free(struct buf *b);

#endif /* OSTRACE_BUF_H */
