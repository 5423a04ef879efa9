/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A map from a pair of 64-bit ids to an index, for the reader's tables of
 * processes and cgroups. Pure.
 */
#ifndef OSTRACE_IDMAP_H
#define OSTRACE_IDMAP_H

#include <stdint.h>

struct idmap {
	struct idmap_slot {
		uint64_t a, b;
		uint32_t value; /* 1 + index; 0: empty */
	} *slots;
	uint32_t size, used; /* size is 0 or a power of two */
};

#define IDMAP_NONE UINT32_MAX

/** idmap_get - the index stored for (@a, @b), or IDMAP_NONE. */
uint32_t idmap_get(const struct idmap *m, uint64_t a, uint64_t b);
/** idmap_put - store or replace an index (< IDMAP_NONE). Return: 0 or -ENOMEM. */
int idmap_put(struct idmap *m, uint64_t a, uint64_t b, uint32_t index);
/** idmap_del - forget (@a, @b), if it is there. */
void idmap_del(struct idmap *m, uint64_t a, uint64_t b);
/** idmap_free - release the memory; the map is empty and usable afterwards. */
void idmap_free(struct idmap *m);

#endif /* OSTRACE_IDMAP_H */
