/* SPDX-License-Identifier: GPL-2.0 */
/* Loading and unloading ostrace_sched.ko, and leaving things as they were. */
#ifndef OSTRACE_SCXMODULE_H
#define OSTRACE_SCXMODULE_H

#include <stdbool.h>

#define SCXMODULE_PARAMETERS 8

/* What was found, to be restored. */
struct scxmodule {
	bool was_loaded;
	bool loaded;				  /* now */
	char parameter[SCXMODULE_PARAMETERS][64]; /* "name=value", as they were in force */
	int nparameters;
	char *overrides;     /* lines of its file, NULL: none */
	unsigned long exits; /* how often it had been ejected when it was last seen to run */
};

/**
 * scxmodule_open - look at what runs, and whether ours could
 *
 * Changes nothing. Return: 0; described with err_set(): -EOPNOTSUPP without
 * sched_ext, -EBUSY when another sched_ext scheduler runs, or ours was ejected,
 * -EPERM without the privilege, -ENOENT when modprobe does not find the module.
 */
int scxmodule_open(struct scxmodule *m);

/** scxmodule_set - load it, or unload it; 0 if it is as wanted already */
int scxmodule_set(struct scxmodule *m, bool loaded);

/**
 * scxmodule_check - was it the wanted scheduler all the time?
 *
 * -EIO with the reason if ours was ejected, be it that it runs again; -EBUSY if
 * another one runs in the place of the kernel's own.
 */
int scxmodule_check(const struct scxmodule *m);

/** scxmodule_restore - as scxmodule_open() found it */
int scxmodule_restore(struct scxmodule *m);

/** scxmodule_close - forget what was found */
void scxmodule_close(struct scxmodule *m);

#endif /* OSTRACE_SCXMODULE_H */
