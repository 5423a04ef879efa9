/* SPDX-License-Identifier: GPL-2.0 */
/* Views as a stream of reports on standard output: what is not a screen. */
#ifndef OSTRACE_REPORT_H
#define OSTRACE_REPORT_H

#include <stdbool.h>
#include "options.h"
#include "view.h"

/**
 * report_run - open @list (NULL-terminated), report every interval as text or
 * NDJSON until what @o says is reached, close. @all: every view has to open.
 * Return: the command's exit code; errors have been printed.
 */
int report_run(const struct options *o, const struct view *const *list, bool all);

/** report_exec_code - exit code for a program that could not be executed */
int report_exec_code(int err);

#endif /* OSTRACE_REPORT_H */
