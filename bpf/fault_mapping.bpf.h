/* SPDX-License-Identifier: GPL-2.0 */
/* What an address is in: the file, heap, stack, ... Part of bpf/fault.bpf.c. */
#ifndef OSTRACE_FAULT_MAPPING_BPF_H
#define OSTRACE_FAULT_MAPPING_BPF_H

#include "fault_state.bpf.h"

/* include/linux/mm.h */
#define VM_SHARED 0x00000008
#define VM_PFNMAP 0x00000400
#define VM_HUGETLB 0x00400000
#define VM_MIXEDMAP 0x10000000
#define TMPFS_MAGIC 0x01021994 /* include/uapi/linux/magic.h */

/* The file's entry in mappings[], made if there is none. */
static __noinline u32 mapping_of(struct file *file)
{
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
		set_state(&m->state, MAPPING_USED);
		return at;
	}
	cpu = bpf_get_smp_processor_id();
	if (cpu < nr_cpus)
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

/* What a mapping is: facts, and its number. @vma may be any pointer. */
static __noinline u32 vma_look(struct vm_area_struct *vma, u32 *map)
{
	u64 flags = BPF_CORE_READ(vma, vm_flags);
	struct file *file = BPF_CORE_READ(vma, vm_file);
	u32 facts = flags & VM_SHARED ? FAULT_IN_SHARED : 0;
	struct mm_struct *mm;
	u64 start, end;

	if (!map)
		return 0;
	if (!BPF_CORE_READ(vma, vm_ops)) {
		mm = BPF_CORE_READ(vma, vm_mm);
		start = BPF_CORE_READ(vma, vm_start);
		end = BPF_CORE_READ(vma, vm_end);
		*map = FAULT_MAP_ANON;
		/* As /proc/PID/maps does, include/linux/mm.h. */
		if (start < BPF_CORE_READ(mm, brk) && end > BPF_CORE_READ(mm, start_brk))
			*map = FAULT_MAP_HEAP;
		else if (start <= BPF_CORE_READ(mm, start_stack) &&
			 end >= BPF_CORE_READ(mm, start_stack))
			*map = FAULT_MAP_STACK;
		return facts | FAULT_IN_ANON;
	}
	if (!file) {
		*map = FAULT_MAP_SPECIAL;
		return facts | FAULT_IN_SPECIAL;
	}
	if (flags & VM_HUGETLB) {
		facts |= FAULT_IN_HUGETLB;
	} else if (flags & (VM_PFNMAP | VM_MIXEDMAP)) {
		facts |= FAULT_IN_SPECIAL;
	} else if (BPF_CORE_READ(file, f_inode, i_sb, s_magic) == TMPFS_MAGIC) {
		facts |= FAULT_IN_SHMEM;
		if (is_shared_anon(file)) {
			*map = FAULT_MAP_SHARED;
			return facts;
		}
	} else {
		facts |= FAULT_IN_FILE;
	}
	*map = mapping_of(file);
	return facts;
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

/*
 * The mapping at @addr, found without its locks: we may not wait for them, and
 * taking them would slow the program. Nodes are freed by RCU, under which BPF
 * programs run; a change meanwhile is noticed by mm_seq(), or by a mapping
 * that is not where it was looked for. NULL: none found.
 */
static __noinline struct vm_area_struct *vma_find(struct mm_struct *mm, u64 addr)
{
	u64 entry = (u64)BPF_CORE_READ(mm, mm_mt.ma_root);
	u64 pivots[MT_PIVOTS], slots;
	struct vm_area_struct *vma;
	int depth, i;

	for (depth = 0; depth < 8; depth++) {
		u64 type = entry >> 3 & 15;
		struct maple_node *node = (void *)(entry & ~0xffULL);
		u32 n = type == MT_ARANGE ? MT_APIVOTS : MT_PIVOTS;

		/* xa_is_node(); without nodes there is one mapping at most */
		if (!depth && (entry & 3) != 2)
			return NULL;
		if (entry <= 4096 || type < MT_LEAF || type > MT_ARANGE)
			return NULL;
		if (type == MT_ARANGE) {
			slots = (u64)__builtin_preserve_access_index(&node->ma64.slot[0]);
			if (bpf_probe_read_kernel(
				    pivots, sizeof(u64) * MT_APIVOTS,
				    __builtin_preserve_access_index(&node->ma64.pivot[0])))
				return NULL;
		} else {
			slots = (u64)__builtin_preserve_access_index(&node->mr64.slot[0]);
			if (bpf_probe_read_kernel(
				    pivots, sizeof(u64) * MT_PIVOTS,
				    __builtin_preserve_access_index(&node->mr64.pivot[0])))
				return NULL;
		}
		for (i = 0; i < MT_PIVOTS; i++) {
			if (i >= n || pivots[i] >= addr || (i && !pivots[i]))
				break;
		}
		if (bpf_probe_read_kernel(&entry, sizeof(entry), (void *)(slots + i * sizeof(u64))))
			return NULL;
		if (type != MT_LEAF)
			continue;
		vma = (void *)entry;
		if (!vma || BPF_CORE_READ(vma, vm_mm) != mm ||
		    BPF_CORE_READ(vma, vm_start) > addr || BPF_CORE_READ(vma, vm_end) <= addr)
			return NULL;
		return vma;
	}
	return NULL;
}

/*
 * What @addr of the current process is in. @vma: where that is known already.
 * Most faults are in the mapping that the one before was in: that is remembered
 * for as long as the address space has not changed.
 */
static __noinline u32 mapping_at(struct fault_thread *th, u64 addr, struct vm_area_struct *vma,
				 u32 *map)
{
	struct mm_struct *mm = bpf_get_current_task_btf()->mm;
	u32 seq, facts;

	if (!th || !map)
		return 0;
	*map = FAULT_MAP_UNKNOWN;
	if (!mm)
		return 0;
	seq = mm_seq(mm);
	if (likely(th->vma_mm == (u64)mm && th->vma_seq == seq && addr >= th->vma_start &&
		   addr < th->vma_end)) {
		*map = th->vma_map;
		return th->vma_facts;
	}
	if (!vma) {
		vma = vma_find(mm, addr);
		if (!vma) {
			*map = seq & 1 ? FAULT_MAP_UNKNOWN : FAULT_MAP_NONE;
			return 0;
		}
	}
	facts = vma_look(vma, map);
	if (seq & 1)
		return facts;
	th->vma_start = BPF_CORE_READ(vma, vm_start);
	th->vma_end = BPF_CORE_READ(vma, vm_end);
	th->vma_mm = (u64)mm;
	th->vma_facts = facts;
	th->vma_map = *map;
	th->vma_seq = seq;
	return facts;
}

#endif /* OSTRACE_FAULT_MAPPING_BPF_H */
