/* SPDX-License-Identifier: GPL-2.0 */
/* User stacks of faults, while they are asked for. Part of bpf/fault.bpf.c. */
#ifndef OSTRACE_FAULT_STACK_BPF_H
#define OSTRACE_FAULT_STACK_BPF_H

#include "fault_mapping.bpf.h"

/* Without memory set aside: who does not ask for stacks has none of it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, FAULT_STACKS);
	__type(key, u64);
	__type(value, struct fault_stack);
} stacks SEC(".maps");

/* Which of them the raw stack of a process is: its frames need not be looked up again. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, FAULT_STACK_CACHE);
	__type(key, u64);
	__type(value, u64);
} stack_cache SEC(".maps");

/* Too large for the stack of a program, and programs may be preempted: one a thread. */
struct stack_room {
	u64 raw[FAULT_FRAMES];
	u64 nraw;
	struct fault_stack made;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct stack_room);
} stack_rooms SEC(".maps");

static __always_inline u64 hash_add(u64 h, u64 v)
{
	h = (h ^ v) * 0x9E3779B97F4A7C15ULL; /* Fibonacci hashing, as above */
	return h ^ h >> 32;
}

/* Of the frames and of what makes addresses mean something: this program of this process. */
static __always_inline u64 hash_of_raw(struct stack_room *room, struct task_struct *t)
{
	u64 h = hash_add(t->tgid, BPF_CORE_READ(t, group_leader, start_boottime));
	u32 i;

	h = hash_add(h, t->self_exec_id);
	for (i = 0; i < FAULT_FRAMES && i < room->nraw; i++)
		h = hash_add(h, room->raw[i]);
	return h;
}

/*
 * An address of the current process as a frame. 0: it is a @return_address, and there is
 * no code: what was taken for a frame pointer was something else.
 */
__noinline u64 fault_frame(u64 addr, bool return_address)
{
	struct task_struct *t = (struct task_struct *)bpf_get_current_task();
	u64 vma_at = fault_vma_find((u64)BPF_CORE_READ(t, mm), addr);
	struct vm_area_struct *vma = (struct vm_area_struct *)vma_at;
	u32 map;

	if (return_address) {
		if (!vma_at || !(BPF_CORE_READ(vma, vm_flags) & VM_EXEC))
			return 0;
		addr--; /* it is behind the call, maybe behind its function */
	}
	if (!vma_at)
		return FAULT_FRAME(FAULT_MAP_UNKNOWN, addr);
	map = fault_vma_look(vma_at) >> 32;
	if (map >= FAULT_MAP_FILES)
		addr += (BPF_CORE_READ(vma, vm_pgoff) << page_shift) - BPF_CORE_READ(vma, vm_start);
	return FAULT_FRAME(map, addr);
}

/* Look the frames up and see that they have an entry. Return: its key; 0: no room. */
static __always_inline u64 stack_make(struct stack_room *room)
{
	u64 key = 1, frame;
	long err;
	u32 i;

	__builtin_memset(&room->made, 0, sizeof(room->made));
	for (i = 0; i < FAULT_FRAMES && i < room->nraw; i++) {
		frame = fault_frame(room->raw[i], i);
		if (!frame)
			break;
		room->made.frames[i] = frame;
		key = hash_add(key, frame);
	}
	room->made.nframes = i;
	if (!key)
		key = 1;
	err = bpf_map_update_elem(&stacks, &key, &room->made, BPF_NOEXIST);
	return err && err != -17 /* EEXIST */ ? 0 : key;
}

static __always_inline u64 stack_key(struct stack_room *room, struct task_struct *t)
{
	u64 raw = hash_of_raw(room, t), key, *known = bpf_map_lookup_elem(&stack_cache, &raw);

	if (likely(known))
		return *known;
	key = stack_make(room);
	if (key && bpf_map_update_elem(&stack_cache, &raw, &key, BPF_ANY))
		control.cache_full = 1;
	return key;
}

/* The stack in the thread's room had a fault: FAULT_CELL() @cell, @ns (0: not known). */
__noinline int fault_stack_account(u32 cell, u64 ns)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct stack_room *room = bpf_task_storage_get(&stack_rooms, t, 0, 0);
	u32 cpu = bpf_get_smp_processor_id(), kind = cell / FAULT_ORIGINS;
	struct fault_stack *s = NULL;
	u64 key;

	if (room) {
		key = stack_key(room, t);
		if (key)
			s = bpf_map_lookup_elem(&stacks, &key);
	}
	if (unlikely(!s)) {
		if (cpu < settings.cpu.nr_cpus)
			__sync_fetch_and_add(&cpus[cpu].no_stack, 1);
		return 0;
	}
	/* Threads share it. */
	if (fault_is_error(kind))
		__sync_fetch_and_add(&s->errors, 1);
	else if (fault_is_major(kind))
		__sync_fetch_and_add(&s->majors, 1);
	if (ns) {
		__sync_fetch_and_add(&s->total, ns);
		shared_max_add(&s->max, control.epoch, ns);
	} else {
		__sync_fetch_and_add(&s->untimed, 1);
	}
	__sync_fetch_and_add(&s->faults, 1);
	return 0;
}

/* @ctx: of any program type that bpf_get_stack() serves */
static __always_inline void stack_take(void *ctx, u32 cell, u64 ns)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct stack_room *room;
	long n;

	room = bpf_task_storage_get(&stack_rooms, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (room) {
		n = bpf_get_stack(ctx, room->raw, sizeof(room->raw), BPF_F_USER_STACK);
		room->nraw = n > 0 ? (u64)n / sizeof(room->raw[0]) : 0;
	}
	fault_stack_account(cell, ns);
}

#endif /* OSTRACE_FAULT_STACK_BPF_H */
