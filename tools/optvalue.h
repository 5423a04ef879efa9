/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Values of options. All return 0, or -EINVAL described with err_set(); @what
 * names the option in that description.
 */
#ifndef OSTRACE_OPTVALUE_H
#define OSTRACE_OPTVALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** value_duration - "1", "0.5", "250ms", "2m", in [@min, @max] ns */
int value_duration(const char *what, const char *s, uint64_t min, uint64_t max, uint64_t *ns);
/** value_count - a whole number in [@min, @max], such as 250 or 10k (k, M, G) */
int value_count(const char *what, const char *s, uint64_t min, uint64_t max, uint64_t *n);
/** value_u32 - the same for a smaller variable, set on success only */
int value_u32(const char *what, const char *s, uint32_t min, uint32_t max, uint32_t *n);
/** value_ids - "1,2,3" appended to *@ids (grown with realloc) */
int value_ids(const char *what, const char *s, uint32_t **ids, size_t *n);
/** value_cpus - "0-3,5" into a bitmap of @bits bits */
int value_cpus(const char *what, const char *s, uint64_t *map, unsigned int bits);

/** value_is_number - does @s look like a number rather than a word? */
bool value_is_number(const char *s);

#endif /* OSTRACE_OPTVALUE_H */
