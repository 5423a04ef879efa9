// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "textfile.h"

int textfile_read(const char *path, char *out, size_t n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	ssize_t len = fd < 0 ? -1 : read(fd, out, n - 1);

	err = len < 0 ? -errno : 0;
	if (fd >= 0)
		close(fd);
	out[len > 0 ? len : 0] = '\0';
	return err;
}

int textfile_line(const char *path, char *out, size_t n)
{
	int err = textfile_read(path, out, n);

	out[strcspn(out, "\n")] = '\0';
	return err;
}
