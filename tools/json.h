/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON, written as it goes. Commas and colons are put where they belong; what
 * comes out is always one valid value, whatever strings and numbers went in.
 */
#ifndef OSTRACE_JSON_H
#define OSTRACE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include "buf.h"

struct json {
	struct buf *out;
	bool comma; /* something precedes at this level */
};

/* @key names the member of an object; NULL inside an array and at the top. */
void json_object(struct json *j, const char *key);
void json_end_object(struct json *j);
void json_array(struct json *j, const char *key);
void json_end_array(struct json *j);
/** json_string - @s with control characters escaped, invalid UTF-8 as U+FFFD; NULL is null */
void json_string(struct json *j, const char *key, const char *s);
void json_u64(struct json *j, const char *key, uint64_t v);
void json_s64(struct json *j, const char *key, int64_t v);
/** json_double - @decimals digits after the point; what is not finite is null */
void json_double(struct json *j, const char *key, double v, int decimals);
void json_bool(struct json *j, const char *key, bool v);
void json_null(struct json *j, const char *key);

#endif /* OSTRACE_JSON_H */
