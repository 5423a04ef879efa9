/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the JSON Schema are made of; see write_schema() in writer.h. */
#ifndef OSTRACE_SCHEMA_H
#define OSTRACE_SCHEMA_H

#include <stdbool.h>
#include "json.h"

/** schema_member - member @key of @type, inside "properties"; @help or NULL */
void schema_member(struct json *j, const char *key, const char *type, const char *help);
/** schema_member_const - member @key that always is @value */
void schema_member_const(struct json *j, const char *key, const char *value);
/** schema_member_or_null - one that may be unknown; not below 0 unless @negative */
void schema_member_or_null(struct json *j, const char *key, const char *type, const char *help,
			   bool negative);
/**
 * schema_object - begin an object; its members follow
 * @key: of the member that it is, NULL in an array; @title, @help: or NULL
 */
void schema_object(struct json *j, const char *key, const char *title, const char *help);
/** schema_object_end - end it: its members, and then which there always are */
void schema_object_end(struct json *j, const char *const *required);
/** schema_required - which members there always are; @keys ends with NULL */
void schema_required(struct json *j, const char *const *keys);

/** schema_oom - the objects of `ostrace oom --json`, oom rank and oom status */
void schema_oom(struct json *j);

#endif /* OSTRACE_SCHEMA_H */
