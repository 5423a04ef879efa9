/* SPDX-License-Identifier: GPL-2.0 */
/* Arrays that grow by doubling. */
#ifndef OSTRACE_ARRAY_H
#define OSTRACE_ARRAY_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define ARRAY_FIRST 64 /* elements at first */

/* What array_room() is. */
static inline int array_room_of(void **v, uint32_t n, uint32_t *cap, size_t size)
{
	uint32_t more = *cap ? 2 * *cap : ARRAY_FIRST;
	void *p;

	if (n < *cap)
		return 0;
	p = more > *cap ? reallocarray(*v, more, size) : NULL;
	if (!p)
		return -ENOMEM;
	*v = p;
	*cap = more;
	return 0;
}

/**
 * array_room - make room for one element behind the @n that are in use
 * @v: address of the pointer to the elements, which are free()d together
 * @cap: address of how many there is room for, a uint32_t, 0 at first
 *
 * The elements may move; after a failure they are where they were.
 * Return: 0 or -ENOMEM.
 */
#define array_room(v, n, cap) array_room_of((void **)(v), n, cap, sizeof(**(v)))

#endif /* OSTRACE_ARRAY_H */
