// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "format.h"
#include "json.h"

static void put_char(struct buf *b, uint32_t c, const char *s, int len)
{
	switch (c) {
	case '"':
	case '\\':
		buf_printf(b, "\\%c", (int)c);
		break;
	case '\n':
		buf_puts(b, "\\n");
		break;
	case '\t':
		buf_puts(b, "\\t");
		break;
	default:
		/* Also DEL and C1: valid JSON, but not for a terminal. */
		if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			buf_printf(b, "\\u%04x", (unsigned int)c);
		else
			buf_add(b, s, (size_t)len);
	}
}

static void put_string(struct buf *b, const char *s)
{
	size_t left = strlen(s);

	buf_putc(b, '"');
	while (left) {
		uint32_t c = 0;
		int len = utf8_decode(s, left, &c);

		if (len) {
			put_char(b, c, s, len);
		} else {
			buf_puts(b, "\xef\xbf\xbd"); /* U+FFFD */
			len = 1;
		}
		s += len;
		left -= (size_t)len;
	}
	buf_putc(b, '"');
}

/* What stands before any value. */
static void lead_in(struct json *j, const char *key)
{
	if (j->comma)
		buf_putc(j->out, ',');
	j->comma = true;
	if (key) {
		put_string(j->out, key);
		buf_putc(j->out, ':');
	}
}

void json_object(struct json *j, const char *key)
{
	lead_in(j, key);
	buf_putc(j->out, '{');
	j->comma = false;
}

void json_end_object(struct json *j)
{
	buf_putc(j->out, '}');
	j->comma = true;
}

void json_array(struct json *j, const char *key)
{
	lead_in(j, key);
	buf_putc(j->out, '[');
	j->comma = false;
}

void json_end_array(struct json *j)
{
	buf_putc(j->out, ']');
	j->comma = true;
}

void json_string(struct json *j, const char *key, const char *s)
{
	if (!s) {
		json_null(j, key);
		return;
	}
	lead_in(j, key);
	put_string(j->out, s);
}

void json_u64(struct json *j, const char *key, uint64_t v)
{
	lead_in(j, key);
	buf_printf(j->out, "%llu", (unsigned long long)v);
}

void json_s64(struct json *j, const char *key, int64_t v)
{
	lead_in(j, key);
	buf_printf(j->out, "%lld", (long long)v);
}

void json_double(struct json *j, const char *key, double v, int decimals)
{
	char num[400], *point;

	if (!isfinite(v)) {
		json_null(j, key);
		return;
	}
	lead_in(j, key);
	snprintf(num, sizeof(num), "%.*f", decimals, v);
	/* Some locales have another point, JSON has not. */
	point = strchr(num, ',');
	if (point)
		*point = '.';
	buf_puts(j->out, num);
}

void json_bool(struct json *j, const char *key, bool v)
{
	lead_in(j, key);
	buf_puts(j->out, v ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	lead_in(j, key);
	buf_puts(j->out, "null");
}
