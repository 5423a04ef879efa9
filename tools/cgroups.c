// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "array.h"
#include "cgroups.h"
#include "idmap.h"
#include "lookup.h"

#define ROOT_ID 1 /* of the default hierarchy, kernel/cgroup/cgroup.c */

struct name {
	uint64_t id;
	char *path;	/* below the root, with " (gone)" when it is */
	size_t len;	/* without that */
	time_t checked; /* when it was last seen to exist */
	bool gone;
};

struct cgroups {
	char root[PATH_MAX]; /* mount point; empty if there is none */
	struct idmap index;
	struct name *names;
	uint32_t n, cap;
	time_t scanned; /* the whole tree, for ids with no process */
};

static time_t now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

int cgroups_open(struct cgroups **out)
{
	struct cgroups *c = calloc(1, sizeof(*c));

	*out = c;
	if (!c)
		return -ENOMEM;
	if (!lookup_cgroup_mount(c->root, sizeof(c->root)))
		c->root[0] = '\0';
	return 0;
}

void cgroups_close(struct cgroups *c)
{
	uint32_t i;

	if (!c)
		return;
	for (i = 0; i < c->n; i++)
		free(c->names[i].path);
	free(c->names);
	idmap_free(&c->index);
	free(c);
}

/* Does @path below the root have the inode number @id, which is the cgroup id? */
static bool path_is(const struct cgroups *c, const char *path, uint64_t id)
{
	char full[2 * PATH_MAX];
	struct stat st;

	snprintf(full, sizeof(full), "%s%s", c->root, path);
	return !stat(full, &st) && st.st_ino == id;
}

static struct name *add(struct cgroups *c, uint64_t id, const char *path)
{
	struct name *nm;

	if (array_room(&c->names, c->n, &c->cap))
		return NULL;
	nm = &c->names[c->n];
	memset(nm, 0, sizeof(*nm));
	nm->id = id;
	nm->len = strlen(path);
	nm->path = malloc(nm->len + sizeof(" (gone)"));
	if (!nm->path)
		return NULL;
	strcpy(nm->path, path);
	nm->checked = now_s();
	if (idmap_put(&c->index, id, 0, c->n)) {
		free(nm->path);
		return NULL;
	}
	c->n++;
	return nm;
}

/* The "0::" line of /proc/PID/cgroup; it may be of another cgroup by now. */
static struct name *from_process(struct cgroups *c, uint64_t id, pid_t pid)
{
	char file[64], line[PATH_MAX + 8], *nl;
	struct name *nm = NULL;
	FILE *f;

	snprintf(file, sizeof(file), "/proc/%d/cgroup", pid);
	f = fopen(file, "re");
	if (!f)
		return NULL;
	while (!nm && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "0::", 3))
			continue;
		nl = strchr(line, '\n');
		if (nl)
			*nl = '\0';
		if (path_is(c, line + 3, id))
			nm = add(c, id, line + 3);
	}
	fclose(f);
	return nm;
}

/* Name every cgroup below @path that has no name yet. */
static void scan(struct cgroups *c, const char *path, int depth)
{
	char full[2 * PATH_MAX], sub[PATH_MAX];
	struct dirent *e;
	DIR *d;

	snprintf(full, sizeof(full), "%s%s", c->root, path);
	d = opendir(full);
	if (!d)
		return;
	while ((e = readdir(d))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		if (snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name) >= (int)sizeof(sub))
			continue;
		if (idmap_get(&c->index, e->d_ino, 0) == IDMAP_NONE)
			add(c, e->d_ino, sub);
		if (depth < 32)
			scan(c, sub, depth + 1);
	}
	closedir(d);
}

static struct name *unknown(struct cgroups *c, uint64_t id)
{
	char text[64];
	struct name *nm;

	snprintf(text, sizeof(text), "cgroup#%llu", (unsigned long long)id);
	nm = add(c, id, text);
	if (nm && c->root[0]) {
		strcat(nm->path, " (gone)");
		nm->gone = true;
	}
	return nm;
}

const char *cgroups_name(struct cgroups *c, uint64_t id, pid_t pid)
{
	uint32_t i = idmap_get(&c->index, id, 0);
	struct name *nm = i == IDMAP_NONE ? NULL : &c->names[i];
	time_t now = now_s();

	if (!nm && id == ROOT_ID)
		nm = add(c, id, "/");
	if (!nm && c->root[0]) {
		if (pid)
			nm = from_process(c, id, pid);
		/* The whole tree is a lot to read: at most once a second. */
		if (!nm && c->scanned != now) {
			c->scanned = now;
			scan(c, "", 0);
			i = idmap_get(&c->index, id, 0);
			nm = i == IDMAP_NONE ? NULL : &c->names[i];
		} else if (!nm) {
			return "?"; /* asked again next time */
		}
	}
	if (!nm)
		nm = unknown(c, id);
	if (!nm)
		return "?";
	if (!nm->gone && nm->id != ROOT_ID && c->root[0] && nm->checked != now) {
		nm->checked = now;
		if (!path_is(c, nm->path, id)) {
			strcpy(nm->path + nm->len, " (gone)");
			nm->gone = true;
		}
	}
	return nm->path;
}
