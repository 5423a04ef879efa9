/* SPDX-License-Identifier: GPL-2.0 */
/* What an address is in: the file, heap, stack, ... Part of bpf/fault.bpf.c. */
#ifndef OSTRACE_FAULT_MAPPING_BPF_H
#define OSTRACE_FAULT_MAPPING_BPF_H

#include "fault_path.bpf.h"
#include "fault_state.bpf.h"

/* include/linux/mm.h */
#define VM_EXEC 0x00000004
#define VM_SHARED 0x00000008
#define VM_PFNMAP 0x00000400
#define VM_HUGETLB 0x00400000
#define VM_MIXEDMAP 0x10000000
#define TMPFS_MAGIC 0x01021994 /* include/uapi/linux/magic.h */

/* The file's entry in mappings[], made if there is none. */
__noinline u32 fault_mapping_of(u64 file_at)
{
	struct file *file = (struct file *)file_at;
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	u64 ino = BPF_CORE_READ(inode, i_ino);
	u32 dev = BPF_CORE_READ(inode, i_sb, s_dev), i, h, cpu;
	const unsigned char *name;

	/* Fibonacci hashing, Knuth, TAOCP vol. 3, 6.4 */
	h = ((ino ^ (u64)dev << 40) * 0x9E3779B97F4A7C15ULL) >> 32;
	for (i = 0; i < 16; i++) {
		u32 at = (h + i) & (FAULT_MAPPINGS - 1);
		struct fault_mapping *m = &mappings[at];

		if (at < FAULT_MAP_FILES)
			continue;
		if (m->state == MAPPING_USED && m->ino == ino && m->dev == dev)
			return at;
		/* Who loses this race makes a second entry; the reader adds them up. */
		if (m->state != MAPPING_FREE ||
		    __sync_val_compare_and_swap(&m->state, MAPPING_FREE, MAPPING_BUSY) !=
			    MAPPING_FREE)
			continue;
		m->ino = ino;
		m->dev = dev;
		m->tgid = bpf_get_current_pid_tgid() >> 32;
		name = BPF_CORE_READ(file, f_path.dentry, d_name.name);
		bpf_probe_read_kernel_str(m->name, sizeof(m->name), name);
		m->path = fault_path_of(file_at);
		set_state(&m->state, MAPPING_USED);
		return at;
	}
	cpu = bpf_get_smp_processor_id();
	if (cpu < settings.cpu.nr_cpus)
		__sync_fetch_and_add(&cpus[cpu].no_mapping, 1);
	return FAULT_MAP_OTHER;
}

static __always_inline bool is_shared_anon(struct file *file)
{
	const unsigned char *name = BPF_CORE_READ(file, f_path.dentry, d_name.name);
	char s[10] = {};

	/* A name with a slash: shmem_zero_setup() gives it, no file can have it. */
	bpf_probe_read_kernel_str(s, sizeof(s), name);
	return s[0] == 'd' && s[3] == '/' && s[4] == 'z';
}

#define LOOK(facts, map) ((u64)(map) << 32 | (facts))

/* What a mapping is: LOOK() of facts and its number. */
__noinline u64 fault_vma_look(u64 vma_at)
{
	struct vm_area_struct *vma = (struct vm_area_struct *)vma_at;
	u64 flags = BPF_CORE_READ(vma, vm_flags);
	struct file *file = BPF_CORE_READ(vma, vm_file);
	u32 facts = flags & VM_SHARED ? FAULT_IN_SHARED : 0;
	struct mm_struct *mm;
	u64 start, end;
	u32 map;

	if (!BPF_CORE_READ(vma, vm_ops)) {
		mm = BPF_CORE_READ(vma, vm_mm);
		start = BPF_CORE_READ(vma, vm_start);
		end = BPF_CORE_READ(vma, vm_end);
		map = FAULT_MAP_ANON;
		/* As /proc/PID/maps does, include/linux/mm.h. */
		if (start < BPF_CORE_READ(mm, brk) && end > BPF_CORE_READ(mm, start_brk))
			map = FAULT_MAP_HEAP;
		else if (start <= BPF_CORE_READ(mm, start_stack) &&
			 end >= BPF_CORE_READ(mm, start_stack))
			map = FAULT_MAP_STACK;
		return LOOK(facts | FAULT_IN_ANON, map);
	}
	if (!file)
		return LOOK(facts | FAULT_IN_SPECIAL, FAULT_MAP_SPECIAL);
	if (flags & VM_HUGETLB) {
		facts |= FAULT_IN_HUGETLB;
	} else if (flags & (VM_PFNMAP | VM_MIXEDMAP)) {
		facts |= FAULT_IN_SPECIAL;
	} else if (BPF_CORE_READ(file, f_mapping, host, i_sb, s_magic) == TMPFS_MAGIC) {
		/* Of the pages, not of the name: that of a device is in a tmpfs, too. */
		facts |= FAULT_IN_SHMEM;
		if (is_shared_anon(file))
			return LOOK(facts, FAULT_MAP_SHARED);
	} else {
		facts |= FAULT_IN_FILE;
	}
	return LOOK(facts, fault_mapping_of((u64)file));
}

/*
 * Changes with every change of the address space, is odd meanwhile
 * (mm_lock_seqcount_begin()). 1 where the kernel does not count.
 */
static __always_inline u32 mm_seq(struct mm_struct *mm)
{
	if (!bpf_core_field_exists(mm->mm_lock_seq.sequence))
		return 1;
	return BPF_CORE_READ(mm, mm_lock_seq.sequence);
}

/* Nodes of the tree of mappings, lib/maple_tree.c. */
#define MT_LEAF 1
#define MT_RANGE 2
#define MT_ARANGE 3
#define MT_PIVOTS 15 /* MAPLE_RANGE64_SLOTS - 1 */
#define MT_APIVOTS 9
#define MT_DEPTH 8 /* MAPLE_HEIGHT_MAX is 31, of nodes with 2 of 10 slots used */

/* What the node @entry points at has for @addr: another node, or a mapping; 0: nothing. */
__noinline u64 fault_tree_step(u64 entry, u64 addr)
{
	struct maple_node *node = (struct maple_node *)(entry & ~0xffULL);
	bool arange = (entry >> 3 & 15) == MT_ARANGE;
	u64 pivots[MT_PIVOTS] = {}, next;
	const void *from, *slots;
	u32 i;

	if (arange) {
		from = __builtin_preserve_access_index(&node->ma64.pivot[0]);
		slots = __builtin_preserve_access_index(&node->ma64.slot[0]);
	} else {
		from = __builtin_preserve_access_index(&node->mr64.pivot[0]);
		slots = __builtin_preserve_access_index(&node->mr64.slot[0]);
	}
	if (bpf_probe_read_kernel(pivots, arange ? MT_APIVOTS * sizeof(u64) : sizeof(pivots), from))
		return 0;
	/* Unused ones at the end are 0, as are those that a node of gaps has not. */
	for (i = 0; i < MT_PIVOTS; i++)
		if (pivots[i] >= addr || (i && !pivots[i]))
			break;
	if (bpf_probe_read_kernel(&next, sizeof(next), slots + i * sizeof(u64)))
		return 0;
	return next;
}

/*
 * The mapping at @addr, found without its locks: we may not wait for them, and
 * taking them would slow the program. Nodes are freed by RCU, under which BPF
 * programs run; a change meanwhile is noticed by mm_seq(), or by a mapping
 * that is not where it was looked for. 0: none found.
 */
__noinline u64 fault_vma_find(u64 mm_at, u64 addr)
{
	struct mm_struct *mm = (struct mm_struct *)mm_at;
	u64 entry = (u64)BPF_CORE_READ(mm, mm_mt.ma_root);
	struct vm_area_struct *vma;
	int depth;

	if ((entry & 3) != 2) /* xa_is_node(); without nodes there is one mapping at most */
		return 0;
	for (depth = 0; depth < MT_DEPTH; depth++) {
		u64 type = entry >> 3 & 15;

		if (entry <= 4096 || type < MT_LEAF || type > MT_ARANGE)
			return 0;
		entry = fault_tree_step(entry, addr);
		if (type != MT_LEAF)
			continue;
		vma = (struct vm_area_struct *)entry;
		if (!vma || BPF_CORE_READ(vma, vm_mm) != mm ||
		    BPF_CORE_READ(vma, vm_start) > addr || BPF_CORE_READ(vma, vm_end) <= addr)
			return 0;
		return entry;
	}
	return 0;
}

/*
 * What @addr of the current process is in: LOOK() of facts and a mapping. @vma:
 * where that is known already, else 0. Most faults are in the mapping that the
 * one before was in: that is remembered, as long as the address space stays.
 */
__noinline u64 fault_mapping_at(u32 slot, u64 addr, u64 vma_at)
{
	struct fault_thread *th = &threads[slot & settings.thread_mask];
	struct task_struct *t = (struct task_struct *)bpf_get_current_task();
	struct mm_struct *mm = BPF_CORE_READ(t, mm);
	struct vm_area_struct *vma;
	u64 look;
	u32 seq;

	if (!mm)
		return LOOK(0, FAULT_MAP_UNKNOWN);
	seq = mm_seq(mm);
	if (likely(th->vma_mm == (u64)mm && th->vma_seq == seq && addr >= th->vma_start &&
		   addr < th->vma_end))
		return LOOK(th->vma_facts, th->vma_map);
	if (!vma_at)
		vma_at = fault_vma_find((u64)mm, addr);
	if (!vma_at)
		return LOOK(0, seq & 1 ? FAULT_MAP_UNKNOWN : FAULT_MAP_NONE);
	look = fault_vma_look(vma_at);
	if (seq & 1)
		return look;
	vma = (struct vm_area_struct *)vma_at;
	th->vma_start = BPF_CORE_READ(vma, vm_start);
	th->vma_end = BPF_CORE_READ(vma, vm_end);
	th->vma_mm = (u64)mm;
	th->vma_facts = (u32)look;
	th->vma_map = look >> 32;
	th->vma_seq = seq;
	return look;
}

#endif /* OSTRACE_FAULT_MAPPING_BPF_H */
