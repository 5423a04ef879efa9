// SPDX-License-Identifier: GPL-2.0
/* What ostrace tells about itself. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "err.h"
#include "generate.h"
#include "version.h"
#include "writer.h"

/* The man page's text comes on standard input, its tables from here. */
static int read_all(int fd, struct buf *b)
{
	char part[4096];
	ssize_t n;

	if (isatty(fd))
		return err_set(
			-EINVAL,
			"--generate man: give the man source as standard input: < docs/ostrace.1.in");
	while ((n = read(fd, part, sizeof(part))) > 0)
		buf_add(b, part, (size_t)n);
	if (n < 0)
		return err_set(-errno, "--generate man: cannot read the man source: %s",
			       strerror(errno));
	return b->len ? 0 : err_set(-EINVAL, "--generate man: the man source is empty");
}

static int generate_man(struct buf *b)
{
	struct buf template = { 0 };
	int err = read_all(STDIN_FILENO, &template);

	if (!err)
		err = man_page(b, template.s);
	buf_free(&template);
	return err;
}

static int generate(struct buf *b, const char *kind)
{
	if (!strcmp(kind, "man"))
		return generate_man(b);
	if (!strcmp(kind, "bash"))
		completion_bash(b);
	else if (!strcmp(kind, "zsh"))
		completion_zsh(b);
	else if (!strcmp(kind, "fish"))
		completion_fish(b);
	else
		write_schema(b);
	return 0;
}

int answer(const struct options *o)
{
	struct buf b = { 0 };
	int err = 0;

	switch (o->ask) {
	case ASK_HELP:
		help_text(&b, o->cmd);
		break;
	case ASK_VERSION:
		buf_puts(&b, "ostrace " OSTRACE_VERSION "\n");
		break;
	case ASK_JSON_SCHEMA:
		write_schema(&b);
		break;
	case ASK_GENERATE:
		err = generate(&b, o->generate);
		break;
	case ASK_NONE:
		break;
	}
	if (!err)
		err = buf_flush(&b, STDOUT_FILENO);
	buf_free(&b);
	if (err == -EPIPE)
		return 128 + SIGPIPE;
	if (err)
		err_print(err);
	return err_exit_code(err);
}
