/* SPDX-License-Identifier: GPL-2.0 */
/* BPF policies for ostrace_oom.ko. Failures are described with err_set(). */
#ifndef OSTRACE_OOM_POLICY_H
#define OSTRACE_OOM_POLICY_H

#include <stdbool.h>

/**
 * oom_policy_attach - load the policy @word, the name of one that is installed
 * or a file (ending in .o, or with a slash in it), and pin it, in place of the one
 * attached by ostrace before, without a moment between the two
 * @name: set to its name
 */
int oom_policy_attach(const char *word, bool verbose, const char **name);
/** oom_policy_detach - -ENOENT if ostrace attached none */
int oom_policy_detach(void);

#endif /* OSTRACE_OOM_POLICY_H */
