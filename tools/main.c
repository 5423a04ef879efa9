// SPDX-License-Identifier: GPL-2.0
/* ostrace: the command line from argv to exit code. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "err.h"
#include "generate.h"
#include "lookup.h"
#include "report.h"

/*
 * Were 0, 1 or 2 closed, the next file opened (a BPF map, say) would get that
 * number and be written to. A read-only stand-in keeps writing an error.
 */
static void keep_standard_fds(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0)
			abort();
}

/* Some file systems tell only now that what was written did not fit. */
static int close_output(int code)
{
	if (!close(STDOUT_FILENO) || errno == EBADF)
		return code;
	err_print(err_set(-errno, "cannot write to standard output: %s", strerror(errno)));
	return code ? code : EXIT_FAIL;
}

static int run_command(const struct options *o)
{
	int err;

	if (o->program) {
		err = lookup_program(o->program[0]);
		if (err) {
			err_print(err);
			return report_exec_code(err);
		}
	}
	return o->cmd->run(o);
}

int main(int argc, char **argv)
{
	struct options o;
	int err, code;

	keep_standard_fds();
	setlocale(LC_CTYPE, "");
	err = options_parse(argc, argv, &o);
	if (err < 0) {
		err_print(err);
		code = err_exit_code(err);
	} else {
		code = err ? answer(&o) : run_command(&o);
	}
	options_free(&o);
	return close_output(code);
}
