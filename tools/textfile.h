/* SPDX-License-Identifier: GPL-2.0 */
/* Small files of /proc and /sys as text. */
#ifndef OSTRACE_TEXTFILE_H
#define OSTRACE_TEXTFILE_H

#include <stddef.h>

/**
 * textfile_read - what one read of @path gives, @n - 1 bytes at most, and a NUL
 * Return: 0 or -errno, and then "".
 */
int textfile_read(const char *path, char *out, size_t n);

/** textfile_line - likewise, without the first newline and what follows */
int textfile_line(const char *path, char *out, size_t n);

#endif /* OSTRACE_TEXTFILE_H */
