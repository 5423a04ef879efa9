/* SPDX-License-Identifier: GPL-2.0 */
/* Word lists that all completion scripts use. */
#ifndef OSTRACE_COMPLETION_H
#define OSTRACE_COMPLETION_H

#include "buf.h"
#include "view.h"

/** completion_commands - all commands, with @sep between them */
void completion_commands(struct buf *b, const char *sep);
/** completion_sort_keys - column keys of a view's top-level tables, each once */
void completion_sort_keys(struct buf *b, const struct view *v);
/** completion_tables - what --by takes */
void completion_tables(struct buf *b, const struct view *v);
/** completion_words - a NULL-terminated list */
void completion_words(struct buf *b, const char *const *words);

#endif /* OSTRACE_COMPLETION_H */
