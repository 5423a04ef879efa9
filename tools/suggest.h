/* SPDX-License-Identifier: GPL-2.0 */
/* "Did you mean ...?" Pure. */
#ifndef OSTRACE_SUGGEST_H
#define OSTRACE_SUGGEST_H

#include <stddef.h>

/** edit_distance - insertions, deletions, changes and swaps of neighbours from @a to @b */
int edit_distance(const char *a, const char *b);

/* Words collected one by one: the nearest to a wrong one, and a list of all. */
struct suggest {
	const char *wrong;
	const char *best; /* NULL: none is near */
	int distance;
	char list[1024]; /* "a, b, c" */
	size_t len;
};

void suggest_init(struct suggest *s, const char *wrong);
void suggest_add(struct suggest *s, const char *word);
/** suggest_hint - ": did you mean calls?", or "" */
const char *suggest_hint(struct suggest *s, char *out, size_t n);

#endif /* OSTRACE_SUGGEST_H */
