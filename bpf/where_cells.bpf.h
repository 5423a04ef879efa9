/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Opening, closing and summing up the accounts of where.bpf.h: the part of them
 * that bpf/syscall.bpf.c does.
 */
#ifndef OSTRACE_WHERE_CELLS_BPF_H
#define OSTRACE_WHERE_CELLS_BPF_H

#include "where.bpf.h"

/* Keys are slots of system calls. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SYS_SLOTS);
	__type(key, u32);
	__type(value, struct where_cell);
} where_cells SEC(".maps");
struct where_cell where_empty SEC(".bss.empty"); /* too large for the stack */

/* Open the account of the call that began at @start. */
static __noinline void where_opens(struct task_struct *t, u64 start)
{
	struct where_task *w =
		bpf_task_storage_get(&where_tasks, t, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	struct where_cpu *c = where_this_cpu();

	if (!c)
		return;
	if (!w) {
		c->lost++;
		return;
	}
	__builtin_memset(w, 0, sizeof(*w));
	w->since = start;
	w->irq_base = c->irq_ns;
	w->start = start; /* from here on the others book */
}

/*
 * Close it, the call having ended at @now, and sum it up. A call without an
 * account began before there were any.
 */
static __noinline void where_closes(u32 sys, u64 start, u64 now)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct where_task *w = bpf_task_storage_get(&where_tasks, t, NULL, 0);
	u32 class = where_class(now - start), i;
	struct where_cpu *c = where_this_cpu();
	struct where_cell *cell;

	if (!c || !w || w->start != start)
		return;
	where_book(w, now);
	w->start = 0;
	cell = bpf_map_lookup_elem(&where_cells, &sys);
	if (!cell) {
		bpf_map_update_elem(&where_cells, &sys, &where_empty, BPF_NOEXIST);
		cell = bpf_map_lookup_elem(&where_cells, &sys);
	}
	if (!cell || class >= WHERE_CLASSES) {
		c->lost++;
		return;
	}
	cell->class[class].calls++;
	for (i = 0; i < WHERE_PARTS; i++)
		cell->class[class].part[i] += w->part[i];
}

#endif /* OSTRACE_WHERE_CELLS_BPF_H */
