/* SPDX-License-Identifier: GPL-2.0 */
/* Where a file is: its path, through the mounts. Part of bpf/fault.bpf.c. */
#ifndef OSTRACE_FAULT_PATH_BPF_H
#define OSTRACE_FAULT_PATH_BPF_H

#include "fault_state.bpf.h"

#define MNT_INTERNAL 0x4000 /* include/linux/mount.h */
#define MNT_IN_MOUNT bpf_core_field_offset(struct mount, mnt)
#define NAME_ROOM 256 /* NAME_MAX and its zero byte */

struct path_at {
	u64 dentry, mount;
	u64 root_dentry, root_mnt; /* of the process; 0 when that has been passed */
	u32 to, end; /* names go to paths.text from @to on, not beyond @end; 0: only count */
	u32 bytes;   /* that the names take so far */
};

enum { PATH_ON, PATH_DONE, PATH_NONE };

/* One name, or from a mounted file system to what it is mounted on. */
__noinline int fault_path_step(struct path_at *p)
{
	struct dentry *d, *up;
	struct mount *m, *over;
	u32 size, here;
	bool at_top;

	if (!p)
		return PATH_NONE;
	d = (struct dentry *)p->dentry;
	m = (struct mount *)p->mount;
	over = BPF_CORE_READ(m, mnt_parent);
	at_top = d == BPF_CORE_READ(m, mnt.mnt_root);
	if (at_top && over == m) /* of a mount that only the kernel has: no path */
		return BPF_CORE_READ(m, mnt.mnt_flags) & MNT_INTERNAL ? PATH_NONE : PATH_DONE;
	if ((u64)d == p->root_dentry && (u64)m + MNT_IN_MOUNT == p->root_mnt) {
		p->root_dentry = 0;
		if (p->end) {
			here = p->to + p->bytes;
			if (here + 2 > p->end || here > FAULT_PATHS - NAME_ROOM)
				return PATH_NONE;
			paths.text[here] = '/';
			paths.text[here + 1] = '\0';
		}
		p->bytes += 2;
		return PATH_ON;
	}
	if (at_top) {
		p->dentry = (u64)BPF_CORE_READ(m, mnt_mountpoint);
		p->mount = (u64)over;
		return PATH_ON;
	}
	up = BPF_CORE_READ(d, d_parent);
	size = BPF_CORE_READ(d, d_name.len) + 1;
	if (up == d || size > NAME_ROOM)
		return PATH_NONE;
	if (p->end) {
		here = p->to + p->bytes;
		if (here + size > p->end || here > FAULT_PATHS - NAME_ROOM)
			return PATH_NONE;
		if (bpf_probe_read_kernel_str(&paths.text[here], size,
					      BPF_CORE_READ(d, d_name.name)) < 0)
			return PATH_NONE;
	}
	p->bytes += size;
	p->dentry = (u64)up;
	return PATH_ON;
}

/*
 * Walk from a file to the root of its mount namespace, without locks: names and mounts
 * that change meanwhile give a wrong path, but never one that does not end. Return:
 * bytes that the names take; 0: it is nowhere, or too deep.
 */
__noinline u32 fault_path_walk(u64 file_at, u32 to, u32 end)
{
	struct file *file = (struct file *)file_at;
	struct vfsmount *at = BPF_CORE_READ(file, f_path.mnt);
	struct fs_struct *fs = BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), fs);
	struct path_at p = {
		.root_dentry = (u64)BPF_CORE_READ(fs, root.dentry),
		.root_mnt = (u64)BPF_CORE_READ(fs, root.mnt),
		.dentry = (u64)BPF_CORE_READ(file, f_path.dentry),
		.mount = (u64)at - MNT_IN_MOUNT,
		.to = to,
		.end = end,
	};
	int i, step;

	for (i = 0; i < FAULT_PATH_DEPTH; i++) {
		step = fault_path_step(&p);
		if (step != PATH_ON)
			return step == PATH_DONE ? p.bytes : 0;
	}
	return 0;
}

/* What fault_mapping.path is to be for a file. */
__noinline u32 fault_path_of(u64 file_at)
{
	struct file *file = (struct file *)file_at;
	u32 bytes = fault_path_walk(file_at, 0, 0), at, cpu, deleted;

	if (!bytes)
		return 0;
	bytes++; /* the empty name at its end */
	at = __sync_fetch_and_add(&paths.used, bytes);
	if (at >= FAULT_PATHS - NAME_ROOM || bytes > FAULT_PATHS - NAME_ROOM - at) {
		cpu = bpf_get_smp_processor_id();
		if (cpu < settings.cpu.nr_cpus)
			__sync_fetch_and_add(&cpus[cpu].no_path, 1);
		return 0;
	}
	if (!fault_path_walk(file_at, at, at + bytes))
		return 0;
	deleted = BPF_CORE_READ(file, f_path.dentry, d_hash.pprev) ? 0 : FAULT_PATH_DELETED;
	return (at + 1) | deleted;
}

#endif /* OSTRACE_FAULT_PATH_BPF_H */
