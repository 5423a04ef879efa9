/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this kernel offers, found by trying, not by version. (Not features.h: a
 * file of that name would hide the C library's own from -I.)
 */
#ifndef OSTRACE_FEATURE_H
#define OSTRACE_FEATURE_H

#include <stdbool.h>

enum feature_state { FEATURE_NO, FEATURE_YES, FEATURE_UNKNOWN };

struct feature {
	const char *name;    /* "btf", "tp_btf:sys_enter", "psi", "cgroup2", ... */
	const char *summary; /* what it is, one clause */
	/* Try it. @detail: at most n bytes on how it was found or what is wrong. */
	enum feature_state (*probe)(char *detail, int n);
};

/* Ends with name == NULL. */
extern const struct feature features[];
const struct feature *feature_find(const char *name);

#endif /* OSTRACE_FEATURE_H */
