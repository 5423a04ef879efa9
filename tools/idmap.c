// SPDX-License-Identifier: GPL-2.0
/* Open addressing, linear probing, deletion by shifting back: no tombstones. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "idmap.h"

static uint32_t home(const struct idmap *m, uint64_t a, uint64_t b)
{
	/* the finalizer of MurmurHash3 (A. Appleby) over both ids */
	uint64_t x = a * 0x9E3779B97F4A7C15ULL ^ b;

	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 33;
	return (uint32_t)x & (m->size - 1);
}

/* The slot that holds (@a, @b), or the empty one where it belongs. */
static struct idmap_slot *find(const struct idmap *m, uint64_t a, uint64_t b)
{
	uint32_t i = home(m, a, b);

	while (m->slots[i].value && (m->slots[i].a != a || m->slots[i].b != b))
		i = (i + 1) & (m->size - 1);
	return &m->slots[i];
}

static int grow(struct idmap *m)
{
	struct idmap bigger = { .size = m->size ? m->size * 2 : 64, .used = m->used };
	uint32_t i;

	bigger.slots = calloc(bigger.size, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (i = 0; i < m->size; i++)
		if (m->slots[i].value)
			*find(&bigger, m->slots[i].a, m->slots[i].b) = m->slots[i];
	free(m->slots);
	*m = bigger;
	return 0;
}

uint32_t idmap_get(const struct idmap *m, uint64_t a, uint64_t b)
{
	return m->size ? find(m, a, b)->value - 1 : IDMAP_NONE;
}

int idmap_put(struct idmap *m, uint64_t a, uint64_t b, uint32_t index)
{
	struct idmap_slot *s;

	if (m->used * 4 >= m->size * 3 && grow(m))
		return -ENOMEM;
	s = find(m, a, b);
	m->used += !s->value;
	*s = (struct idmap_slot){ a, b, index + 1 };
	return 0;
}

void idmap_del(struct idmap *m, uint64_t a, uint64_t b)
{
	struct idmap_slot *hole;
	uint32_t i, mask = m->size - 1;

	if (!m->size)
		return;
	hole = find(m, a, b);
	if (!hole->value)
		return;
	/* Move back what would no longer be found behind the hole. */
	for (i = (uint32_t)(hole - m->slots + 1) & mask; m->slots[i].value; i = (i + 1) & mask) {
		uint32_t h = home(m, m->slots[i].a, m->slots[i].b);
		uint32_t at = (uint32_t)(hole - m->slots);

		if (((i - h) & mask) < ((i - at) & mask))
			continue;
		*hole = m->slots[i];
		hole = &m->slots[i];
	}
	hole->value = 0;
	m->used--;
}

void idmap_free(struct idmap *m)
{
	free(m->slots);
	memset(m, 0, sizeof(*m));
}
