// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "cgname.h"

#define CONTAINER_ID 64 /* SHA-256 in hex: docker, containerd, cri-o, podman */
#define SHORT_ID 12	/* as `docker ps` and `crictl ps` cut it, nearly */
#define SHORT_POD 8
#define UUID_LEN 36

static bool all_hex(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isxdigit((unsigned char)s[i]))
			return false;
	return true;
}

/* Does @s (of @n bytes) end in @end? Then @n becomes less by that. */
static bool cut_end(const char *s, size_t *n, const char *end)
{
	size_t len = strlen(end);

	if (*n < len || memcmp(s + *n - len, end, len))
		return false;
	*n -= len;
	return true;
}

static bool starts(const char *s, size_t n, const char *with)
{
	return n >= strlen(with) && !memcmp(s, with, strlen(with));
}

static bool is(const char *s, size_t n, const char *what)
{
	return n == strlen(what) && !memcmp(s, what, n);
}

/* systemd.unit(5), "String escaping": what is no letter, digit, ':', '_' or '.' */
static void unescape(const char *s, size_t n, char *out, size_t size)
{
	size_t i, len = 0;

	for (i = 0; i < n && len + 1 < size; i++) {
		unsigned int c;

		if (s[i] == '\\' && i + 3 < n && s[i + 1] == 'x' && all_hex(s + i + 2, 2) &&
		    sscanf(s + i + 2, "%2x", &c) == 1 && c) {
			out[len++] = (char)c;
			i += 3;
		} else {
			out[len++] = s[i];
		}
	}
	if (size)
		out[len] = '\0';
}

/* "kind NAME", with the name unescaped. */
static bool named(const char *kind, const char *s, size_t n, char *out, size_t size)
{
	int len = snprintf(out, size, "%s ", kind);

	if (!n)
		return false;
	if (len > 0 && (size_t)len < size)
		unescape(s, n, out + len, size - (size_t)len);
	return true;
}

/* What runtimes call themselves in cgroup names, and what people call them. */
static const char *runtime(const char *s, size_t n, char *buf, size_t size)
{
	static const char *const names[][2] = {
		{ "cri-containerd", "containerd" },    { "crio", "cri-o" },
		{ "crio-conmon", "cri-o monitor" },    { "libpod", "podman" },
		{ "libpod-conmon", "podman monitor" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is(s, n, names[i][0]))
			return names[i][1];
	snprintf(buf, size, "%.*s", (int)n, s);
	return buf;
}

/* RUNTIME-ID.scope, SLICE:RUNTIME:ID, ID: all end in 64 digits. */
static bool container(const char *s, size_t n, const char *up, size_t nup, char *out, size_t size)
{
	const char *id, *from = s;
	char buf[64];
	size_t len;

	cut_end(s, &n, ".scope");
	if (n < CONTAINER_ID || !all_hex(s + n - CONTAINER_ID, CONTAINER_ID))
		return false;
	id = s + n - CONTAINER_ID;
	len = (size_t)(id - s);
	if (!len) {
		const char *by = is(up, nup, "docker") ? "docker" : "container";

		snprintf(out, size, "%s %.*s", by, SHORT_ID, id);
		return true;
	}
	len--;
	if (s[len] != '-' && s[len] != ':')
		return false;
	if (s[len] == ':') {
		const char *colon = memrchr(s, ':', len);

		from = colon ? colon + 1 : s;
		len -= (size_t)(from - s);
	}
	snprintf(out, size, "%s %.*s", runtime(from, len, buf, sizeof(buf)), SHORT_ID, id);
	return true;
}

/* podUID in Kubernetes; systemd's slices have '_' for '-' in it. */
static bool pod(const char *s, size_t n, char *out, size_t size)
{
	const char *p = s;
	bool slice = cut_end(s, &n, ".slice");
	size_t i;

	if (slice) {
		p = memmem(s, n, "-pod", 4);
		if (!p || !memmem(s, n, "kubepods", 8))
			return false;
		p++;
	}
	n -= (size_t)(p - s);
	if (!starts(p, n, "pod"))
		return false;
	p += 3;
	n -= 3;
	/* A static pod has the hash of its manifest, 32 digits, instead. */
	if (n != UUID_LEN && n != 32)
		return false;
	for (i = 0; i < n; i++)
		if (!isxdigit((unsigned char)p[i]) && p[i] != '-' && p[i] != '_')
			return false;
	snprintf(out, size, "pod %.*s", SHORT_POD, p);
	return true;
}

static bool kubepods(const char *s, size_t n, const char *up, size_t nup, char *out, size_t size)
{
	static const char *const qos[] = { "burstable", "besteffort", "guaranteed" };
	const char *rest;
	size_t i;

	if (pod(s, n, out, size))
		return true;
	cut_end(s, &n, ".slice");
	for (i = 0; i < sizeof(qos) / sizeof(qos[0]); i++) {
		rest = s + n - strlen(qos[i]);
		if ((is(s, n, qos[i]) && is(up, nup, "kubepods")) ||
		    (n >= 9 + strlen(qos[i]) && !strncmp(rest, qos[i], strlen(qos[i])) &&
		     !memcmp(rest - 9, "kubepods-", 9))) {
			snprintf(out, size, "kubepods %s", qos[i]);
			return true;
		}
	}
	return false;
}

/* Machines of systemd-machined, LXC's and Garden's containers. */
static bool machine(const char *s, size_t n, const char *up, size_t nup, char *out, size_t size)
{
	size_t scope = n;

	if (starts(s, n, "lxc.payload."))
		return named("lxc", s + 12, n - 12, out, size);
	if (starts(s, n, "lxc.monitor."))
		return named("lxc monitor", s + 12, n - 12, out, size);
	if (is(up, nup, "lxc"))
		return named("lxc", s, n, out, size);
	if (is(up, nup, "garden"))
		return named("garden", s, n, out, size);
	if (starts(s, n, "machine-libpod_pod_") && cut_end(s, &scope, ".slice") &&
	    scope == 19 + CONTAINER_ID)
		return named("podman pod", s + 19, SHORT_ID, out, size);
	scope = n;
	if (starts(s, n, "machine-") && cut_end(s, &scope, ".scope"))
		return named("machine", s + 8, scope - 8, out, size);
	if (starts(s, n, "systemd-nspawn@") && cut_end(s, &n, ".service"))
		return named("machine", s + 15, n - 15, out, size);
	return false;
}

static bool login(const char *s, size_t n, char *out, size_t size)
{
	size_t len = n;

	if (starts(s, n, "user-") && cut_end(s, &len, ".slice"))
		return named("user", s + 5, len - 5, out, size);
	if (starts(s, n, "user@") && cut_end(s, &len, ".service"))
		return named("user manager", s + 5, len - 5, out, size);
	if (starts(s, n, "session-") && cut_end(s, &len, ".scope"))
		return named("session", s + 8, len - 8, out, size);
	return false;
}

void cgname(const char *path, char *out, size_t size)
{
	const char *end = path + strlen(path), *s, *up = path;
	size_t n, nup = 0;

	while (end > path && end[-1] == '/')
		end--;
	if (end == path) {
		snprintf(out, size, "/");
		return;
	}
	for (s = end; s > path && s[-1] != '/'; s--)
		;
	n = (size_t)(end - s);
	if (s > path) {
		for (up = s - 1; up > path && up[-1] != '/'; up--)
			;
		nup = (size_t)(s - 1 - up);
	}
	if (!container(s, n, up, nup, out, size) && !kubepods(s, n, up, nup, out, size) &&
	    !machine(s, n, up, nup, out, size) && !login(s, n, out, size))
		unescape(s, n, out, size);
}
