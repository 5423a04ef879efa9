// SPDX-License-Identifier: GPL-2.0
/* The nearest of some words to a wrong one. */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "suggest.h"

#define WORD_MAX 48

static int min3(int a, int b, int c)
{
	int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Damerau-Levenshtein, restricted: three rows of the usual table. */
int edit_distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), i, j;
	int rows[3][WORD_MAX + 1];

	if (na > WORD_MAX || nb > WORD_MAX)
		return INT_MAX;
	for (j = 0; j <= nb; j++)
		rows[0][j] = (int)j;
	for (i = 1; i <= na; i++) {
		int *row = rows[i % 3], *up = rows[(i + 2) % 3];
		const int *up2 = rows[(i + 1) % 3];

		row[0] = (int)i;
		for (j = 1; j <= nb; j++) {
			row[j] =
				min3(up[j] + 1, row[j - 1] + 1, up[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    up2[j - 2] + 1 < row[j])
				row[j] = up2[j - 2] + 1;
		}
	}
	return rows[na % 3][nb];
}

void suggest_init(struct suggest *s, const char *wrong)
{
	*s = (struct suggest){ .wrong = wrong, .distance = INT_MAX };
}

/* A beginning is near however much is missing: "procs" means "processes". */
static int nearness(const char *wrong, const char *word)
{
	int d = edit_distance(wrong, word), same = 0;

	while (wrong[same] && wrong[same] == word[same])
		same++;
	if (!wrong[same] && same >= 2)
		return 0;
	if (same >= 3 && (int)strlen(wrong) - same < d)
		d = (int)strlen(wrong) - same;
	return d;
}

static bool listed(const struct suggest *s, const char *word)
{
	size_t n = strlen(word);
	const char *p = s->list;

	for (; (p = strstr(p, word)); p++)
		if ((p == s->list || p[-1] == ' ') && (!p[n] || p[n] == ','))
			return true;
	return false;
}

void suggest_add(struct suggest *s, const char *word)
{
	int d = nearness(s->wrong, word);
	size_t left = sizeof(s->list) - s->len, most = strlen(s->wrong);

	/* A third of the letters wrong: no more is a likely slip. */
	if (d < s->distance && d <= (int)(most + 2) / 3) {
		s->distance = d;
		s->best = word;
	}
	if (strlen(word) + 3 < left && !listed(s, word))
		s->len += snprintf(s->list + s->len, left, "%s%s", s->len ? ", " : "", word);
}

const char *suggest_hint(struct suggest *s, char *out, size_t n)
{
	if (s->best)
		snprintf(out, n, ": did you mean %s?", s->best);
	else if (n)
		out[0] = '\0';
	return out;
}
