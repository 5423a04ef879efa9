/* SPDX-License-Identifier: GPL-2.0 */
/* Help, man page and completions, all made from the option, command and view tables. */
#ifndef OSTRACE_GENERATE_H
#define OSTRACE_GENERATE_H

#include "buf.h"
#include "options.h"

/** help_text - --help of @cmd; of ostrace as a whole if NULL */
void help_text(struct buf *b, const struct command *cmd);

/** completion_bash, _zsh, _fish - a completion script */
void completion_bash(struct buf *b);
void completion_zsh(struct buf *b);
void completion_fish(struct buf *b);

/**
 * man_page - the man source @template with its tables filled in
 *
 * A line "@NAME@" of the template is replaced by a table. Return: 0; -EINVAL,
 * described, for a name there is no table for.
 */
int man_page(struct buf *b, const char *template);

/** answer - what @o->ask asks, on standard output. Return: an exit code. */
int answer(const struct options *o);

#endif /* OSTRACE_GENERATE_H */
