// SPDX-License-Identifier: GPL-2.0
/*
 * Honours what systemd sets on cgroups by ManagedOOMPreference=: user.oomd_omit
 * is the last resort, user.oomd_avoid goes after everything else that is as
 * large as it. Anyone can set user.* attributes on what he owns, so they are
 * believed, as systemd-oomd does, of a cgroup that root owns, or the owner of
 * the cgroup whose limit was met. Needs the kfunc bpf_cgroup_read_xattr (6.17).
 */
#include "policy.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* An avoided one counts this much less, in pages: below all that is not. */
#define AVOIDED (1LL << 40)

extern int bpf_cgroup_read_xattr(struct cgroup *cgroup, const char *name__str,
				 struct bpf_dynptr *value_p) __ksym;

extern struct cgroup *bpf_cgroup_from_id(u64 cgid) __ksym;
extern void bpf_cgroup_release(struct cgroup *p) __ksym;

/* There is one decision at a time, and one dry run, beside each other. */
char value[8], dry_value[8];

static u32 owner_of(struct cgroup *cgrp)
{
	struct kernfs_iattrs *attrs = BPF_CORE_READ(cgrp, kn, iattr);

	/* No attributes of its own: made by root and not handed over. */
	return attrs ? BPF_CORE_READ(attrs, ia_uid.val) : 0;
}

static bool entitled(struct cgroup *cgrp, struct ostrace_oom_ctx *oc)
{
	u32 owner = owner_of(cgrp), entitled = 0;
	struct cgroup *domain;

	if (!owner || !oc->memcg_id)
		return !owner;
	domain = bpf_cgroup_from_id(oc->memcg_id);
	if (domain) {
		entitled = owner_of(domain);
		bpf_cgroup_release(domain);
	}
	return owner == entitled;
}

static __always_inline bool says_yes(struct cgroup *cgrp, const char *name, int dry)
{
	char *to = dry ? dry_value : value;
	struct bpf_dynptr d;

	if (bpf_dynptr_from_mem(to, sizeof(value), 0, &d))
		return false;
	return bpf_cgroup_read_xattr(cgrp, name, &d) > 0 && to[0] == '1';
}

SEC("struct_ops/badness")
s64 BPF_PROG(badness, struct task_struct *p, s64 points, struct ostrace_oom_ctx *oc,
	     struct cgroup *cgrp, struct mem_cgroup *memcg)
{
	if (!cgrp || !entitled(cgrp, oc))
		return points;
	if (says_yes(cgrp, "user.oomd_omit", oc->dry))
		return OSTRACE_OOM_PROTECT;
	if (says_yes(cgrp, "user.oomd_avoid", oc->dry))
		return points - AVOIDED;
	return points;
}

SEC(".struct_ops.link")
struct ostrace_oom_ops oomd_xattr = {
	.badness = (void *)badness,
	.name = "oomd_xattr",
};
