// SPDX-License-Identifier: GPL-2.0
/*
 * Memory by cgroup: what each holds and may hold, what happened to it, and which
 * tasks had to wait for memory.
 *
 * The state of all cgroups is read by an iterator that walks the tree once per
 * interval. It reads the kernel's own counters where they are, without a file to
 * open and a number to print for each; cgroup_mutex is held meanwhile, by the
 * iterator and not by us.
 *
 * Waits are measured where they happen. A task reclaims between two tracepoints.
 * What else the kernel counts as a stall for memory lies between psi_memstall_enter
 * and _leave, which are called whether PSI is on or not: inside
 * mem_cgroup_handle_over_high() it is the sleep that memory.high imposes, after
 * the tracepoint of compaction it is that, and else the wait for an evicted page.
 */
#include "task.bpf.h"
#include "ostrace/memcg.h"

char LICENSE[] SEC("license") = "GPL";

/* Set by the loader. */
const volatile __u32 nr_rows = 1;
const volatile __u64 page_size = 4096;
const volatile __u32 pidns_ino = PROC_PID_INIT_INO;
const volatile bool filter_pids;
const volatile __u64 filter_cgid;
const volatile int filter_cglevel;

/* Mapped by the reader; sized by the loader. */
struct memcg_control control SEC(".bss.control");
struct memcg_row rows[1] SEC(".bss.rows");
struct memcg_birth births[1] SEC(".bss.births");
struct memcg_grave graves[MEMCG_GRAVES] SEC(".bss.graves");
struct memcg_payer payers[MEMCG_PAYERS] SEC(".bss.payers");
__u32 free_ring[MEMCG_PAYERS] SEC(".bss.ring");
__u32 free_head;

/* ---- the tree ---- */

/*
 * Declared here, too, since the types this is built with may be of a kernel that
 * has them not. To flush, a kernel has one of the two ways, or none.
 */
extern void cgroup_rstat_flush(struct cgroup *cgrp) __weak __ksym;
extern void css_rstat_flush(struct cgroup_subsys_state *css) __weak __ksym;
extern struct mem_cgroup *bpf_get_mem_cgroup(struct cgroup_subsys_state *css) __weak __ksym;
extern void bpf_put_mem_cgroup(struct mem_cgroup *memcg) __weak __ksym;
extern unsigned long bpf_mem_cgroup_page_state(struct mem_cgroup *memcg, int idx) __weak __ksym;
extern unsigned long bpf_mem_cgroup_vm_events(struct mem_cgroup *memcg,
					      enum vm_event_item event) __weak __ksym;
/* Where the counters of memory.stat lie in struct memcg_vmstats, by item. */
extern const void mem_cgroup_stats_index __weak __ksym;
extern const void mem_cgroup_events_index __weak __ksym;

/* Up to 6.18 these were events, since then they are states. */
enum vm_event_item___events {
	PGSCAN_DIRECT___events,
	PGSTEAL_DIRECT___events,
};
enum node_stat_item___states {
	PGSCAN_DIRECT___states,
	PGSTEAL_DIRECT___states,
};

#define STATE(item) bpf_core_enum_value(enum node_stat_item, item)
#define SCAN_STATE bpf_core_enum_value(enum node_stat_item___states, PGSCAN_DIRECT___states)
#define STEAL_STATE bpf_core_enum_value(enum node_stat_item___states, PGSTEAL_DIRECT___states)
#define NO_INDEX 0xff

/* For kernels without bpf_mem_cgroup_page_state(): looked up once. */
static __u8 stat_index[MEMCG_STATS];
static bool stat_is_event[MEMCG_STATS];
static bool stat_looked_up;

static __always_inline void look_up(__u32 stat, const void *table, __u32 item, bool event)
{
	__u8 index = NO_INDEX;

	bpf_probe_read_kernel(&index, sizeof(index), table + item);
	stat_index[stat] = index;
	stat_is_event[stat] = event;
}

static __noinline int look_up_stats(void)
{
	const void *states = &mem_cgroup_stats_index, *events = &mem_cgroup_events_index;

	if (!states || !events)
		return 0;
	look_up(STAT_ANON, states, STATE(NR_ANON_MAPPED), false);
	look_up(STAT_FILE, states, STATE(NR_FILE_PAGES), false);
	look_up(STAT_REFAULT_ANON, states, STATE(WORKINGSET_REFAULT_ANON), false);
	look_up(STAT_REFAULT_FILE, states, STATE(WORKINGSET_REFAULT_FILE), false);
	look_up(STAT_ACTIVATE_ANON, states, STATE(WORKINGSET_ACTIVATE_ANON), false);
	look_up(STAT_ACTIVATE_FILE, states, STATE(WORKINGSET_ACTIVATE_FILE), false);
	if (bpf_core_enum_value_exists(enum node_stat_item___states, PGSCAN_DIRECT___states)) {
		look_up(STAT_SCAN_DIRECT, states, SCAN_STATE, false);
		look_up(STAT_STEAL_DIRECT, states, STEAL_STATE, false);
	} else {
		look_up(STAT_SCAN_DIRECT, events,
			bpf_core_enum_value(enum vm_event_item___events, PGSCAN_DIRECT___events),
			true);
		look_up(STAT_STEAL_DIRECT, events,
			bpf_core_enum_value(enum vm_event_item___events, PGSTEAL_DIRECT___events),
			true);
	}
	look_up(STAT_MAJOR_FAULTS, events, bpf_core_enum_value(enum vm_event_item, PGMAJFAULT),
		true);
	stat_looked_up = true;
	return 1;
}

/* A counter by an index that is not known before: the verifier wants constant ones. */
#define COUNTER_AT(vm, of, at) \
	(bpf_core_cast((void *)(vm) + (at) * sizeof((vm)->of[0]), struct memcg_vmstats)->of[0])

static __always_inline bool stats_by_index(struct memcg_row *r, struct mem_cgroup *m)
{
	struct memcg_vmstats *vm = m->vmstats;
	__u32 i;

	if (!stat_looked_up && !look_up_stats())
		return false;
	for (i = 0; i < MEMCG_STATS; i++) {
		__u32 at = stat_index[i];
		__s64 v;

		if (at == NO_INDEX)
			return false;
		v = stat_is_event[i] ? (__s64)COUNTER_AT(vm, events, at) :
				       COUNTER_AT(vm, state, at);
		if (v < 0) /* as the kernel prints what CPUs still owe each other */
			v = 0;
		r->stat[i] = i == STAT_ANON || i == STAT_FILE ? v * page_size : v;
	}
	return true;
}

/* Since 7.0 there are functions for it. */
static __always_inline bool stats_by_call(struct memcg_row *r, struct cgroup *cgrp)
{
	struct mem_cgroup *m = bpf_get_mem_cgroup(&cgrp->self);

	if (!m)
		return false;
	r->stat[STAT_ANON] = bpf_mem_cgroup_page_state(m, STATE(NR_ANON_MAPPED));
	r->stat[STAT_FILE] = bpf_mem_cgroup_page_state(m, STATE(NR_FILE_PAGES));
	r->stat[STAT_REFAULT_ANON] = bpf_mem_cgroup_page_state(m, STATE(WORKINGSET_REFAULT_ANON));
	r->stat[STAT_REFAULT_FILE] = bpf_mem_cgroup_page_state(m, STATE(WORKINGSET_REFAULT_FILE));
	r->stat[STAT_ACTIVATE_ANON] = bpf_mem_cgroup_page_state(m, STATE(WORKINGSET_ACTIVATE_ANON));
	r->stat[STAT_ACTIVATE_FILE] = bpf_mem_cgroup_page_state(m, STATE(WORKINGSET_ACTIVATE_FILE));
	r->stat[STAT_SCAN_DIRECT] = bpf_mem_cgroup_page_state(m, SCAN_STATE);
	r->stat[STAT_STEAL_DIRECT] = bpf_mem_cgroup_page_state(m, STEAL_STATE);
	r->stat[STAT_MAJOR_FAULTS] =
		bpf_mem_cgroup_vm_events(m, bpf_core_enum_value(enum vm_event_item, PGMAJFAULT));
	bpf_put_mem_cgroup(m);
	return true;
}

/* What CPUs have counted on their own is summed up for the whole tree at once. */
static __always_inline void flush(struct cgroup *cgrp)
{
	if (bpf_ksym_exists(bpf_get_mem_cgroup) && bpf_ksym_exists(css_rstat_flush)) {
		struct mem_cgroup *m = bpf_get_mem_cgroup(&cgrp->self);

		if (m) {
			css_rstat_flush(&m->css);
			bpf_put_mem_cgroup(m);
		}
	} else if (bpf_ksym_exists(cgroup_rstat_flush)) {
		cgroup_rstat_flush(cgrp);
	}
}

static __always_inline struct mem_cgroup *memcg_of(struct cgroup *cgrp)
{
	struct cgroup_subsys_state *css;

	css = cgrp->subsys[bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id)];
	if (!css)
		return NULL;
	return bpf_core_cast((void *)css - bpf_core_field_offset(struct mem_cgroup, css),
			     struct mem_cgroup);
}

static __always_inline void fill_psi(struct memcg_row *r, struct cgroup *cgrp)
{
	struct psi_group *g = cgrp->psi;

	if (!g || !g->enabled)
		return;
	/* [PSI_AVGS][state] and [state][10 s, 60 s, 300 s], which BTF has flat */
	r->psi_total[0] = g->total[PSI_MEM_SOME];
	r->psi_total[1] = g->total[PSI_MEM_FULL];
	r->psi_avg10[0] = g->avg[PSI_MEM_SOME * 3];
	r->psi_avg10[1] = g->avg[PSI_MEM_FULL * 3];
	r->flags |= ROW_PSI;
}

/*
 * The events at @offset: loads of their own, which cost a fifth of what a call costs that
 * copies. libbpf must not see that they are of a field whose length differs by kernel.
 */
static __always_inline void copy_events(__u64 *to, struct mem_cgroup *m, __u32 offset)
{
	__u32 size = bpf_core_field_size(m->memory_events), i;
	const __u64 *from = (void *)m + offset;

	barrier_var(from);
#pragma unroll
	for (i = 0; i < MEMCG_EVENTS; i++)
		to[i] = i * sizeof(*to) < size ? from[i] : 0;
}

static __always_inline void fill_row(struct memcg_row *r, struct cgroup *cgrp, struct mem_cgroup *m)
{
	r->id = cgrp->kn->id;
	r->serial = cgrp->self.serial_nr;
	r->flags = 0;
	fill_psi(r, cgrp);
	if (!m)
		return;
	r->flags |= ROW_MEMORY;
	r->current_ = m->memory.usage.counter;
	r->high = m->memory.high;
	r->max = m->memory.max;
	r->swap = m->swap.usage.counter;
	r->swap_max = m->swap.max;
	copy_events(r->event, m, bpf_core_field_offset(m->memory_events));
	copy_events(r->local, m, bpf_core_field_offset(m->memory_events_local));
}

static __always_inline void fill_birth(struct memcg_birth *b, struct cgroup *cgrp)
{
	b->id = cgrp->kn->id;
	b->serial = cgrp->self.serial_nr;
	b->level = cgrp->level;
	b->parent = BPF_CORE_READ(cgrp, self.parent, cgroup, kn, id);
	bpf_probe_read_kernel_str(b->name, sizeof(b->name), cgrp->kn->name);
}

SEC("iter.s/cgroup")
int ostrace_memcg_walk(struct bpf_iter__cgroup *ctx)
{
	struct cgroup *cgrp = ctx->cgroup;
	__u32 at = control.nrows, n = control.nbirths;
	struct mem_cgroup *m;
	struct memcg_row *r;

	if (!cgrp)
		return 0;
	if (!at)
		flush(cgrp);
	if (at >= nr_rows) {
		control.unseen++;
		return 0;
	}
	r = &rows[at];
	m = memcg_of(cgrp);
	fill_row(r, cgrp, m);
	if (m) {
		bool known = bpf_ksym_exists(bpf_mem_cgroup_page_state) ? stats_by_call(r, cgrp) :
									  stats_by_index(r, m);

		if (known)
			r->flags |= ROW_STAT;
	}
	/* The root's is 0. */
	if (r->serial >= control.news_from && n < nr_rows) {
		fill_birth(&births[n], cgrp);
		control.nbirths = n + 1;
	}
	control.nrows = at + 1;
	return 0;
}

/* Under cgroup_mutex, and before the controllers are taken off. */
SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(ostrace_memcg_rmdir, struct cgroup *cgrp, const char *path)
{
	__u64 n = control.graves;
	struct memcg_grave *g = &graves[n & (MEMCG_GRAVES - 1)];

	if (cgrp->root->hierarchy_id) /* one of cgroup v1 */
		return 0;
	if (filter_cgid && !cgroup_below(cgrp, filter_cgid, filter_cglevel))
		return 0;
	g->written = 0;
	fill_row(&g->row, cgrp, memcg_of(cgrp));
	fill_birth(&g->birth, cgrp);
	control.graves = n + 1;
	g->written = n + 1;
	return 0;
}

/* ---- who pays ---- */

/*
 * Tasks that wait now. Preallocated: these are the moments when the kernel has no
 * memory to give. A task changes neither id nor process while it is in here.
 */
struct waiting {
	u64 stall_since, reclaim_since;
	u64 target;
	u32 over_high; /* inside mem_cgroup_handle_over_high() */
	bool reclaimed, compacted;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, u32); /* thread id */
	__type(value, struct waiting);
} waiting_tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MEMCG_PAYERS);
	__type(key, struct memcg_payer_key);
	__type(value, u32);
} payer_slots SEC(".maps");

/* Keys are ids in the reader's pid namespace. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, u32);
} filter_tgids SEC(".maps");

static __always_inline struct waiting *wait_of(struct task_struct *t)
{
	u32 tid = t->pid;

	return bpf_map_lookup_elem(&waiting_tasks, &tid);
}

static __always_inline struct waiting *wait_begins(struct task_struct *t)
{
	static const struct waiting none;
	u32 tid = t->pid;
	struct waiting *w;

	if (t->flags & PF_KTHREAD)
		return NULL;
	w = bpf_map_lookup_elem(&waiting_tasks, &tid);
	if (w)
		return w;
	bpf_map_update_elem(&waiting_tasks, &tid, &none, BPF_ANY);
	w = bpf_map_lookup_elem(&waiting_tasks, &tid);
	if (!w)
		__sync_fetch_and_add(&control.no_state, 1);
	return w;
}

static __always_inline void wait_ends(struct task_struct *t, struct waiting *w)
{
	u32 tid = t->pid;

	if (!w->stall_since && !w->reclaim_since && !w->over_high)
		bpf_map_delete_elem(&waiting_tasks, &tid);
}

static __always_inline u32 site_of(struct task_struct *t)
{
	long nr;
	u32 key;

	if (t->flags & (PF_IO_WORKER | PF_USER_WORKER))
		return SITE_IO_WORKER;
	nr = regs_sys_nr((struct pt_regs *)bpf_task_pt_regs(t));
	if (nr == -1)
		return SITE_FAULT;
	key = sys_key(t, nr);
	return 1 + (key / SYS_NRS << 16 | key % SYS_NRS);
}

/* A slot for a combination met for the first time. */
static __noinline struct memcg_payer *new_payer(struct memcg_payer_key *key)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct memcg_payer *p;
	u32 slot, head, i;

	for (i = 0; i < 8; i++) {
		head = *(volatile u32 *)&free_head;
		if (head == *(volatile u32 *)&control.free_tail)
			return NULL;
		slot = free_ring[head & (MEMCG_PAYERS - 1)];
		if (__sync_val_compare_and_swap(&free_head, head, head + 1) == head)
			break;
	}
	if (i == 8)
		return NULL;
	barrier_var(slot); /* or clang bounds it where the verifier does not look */
	slot &= MEMCG_PAYERS - 1;
	p = &payers[slot];
	p->key = *key;
	p->ns_tgid = task_ns_pid(t, true, pidns_ino);
	BPF_CORE_READ_STR_INTO(&p->comm, t, group_leader, comm);
	if (!bpf_map_update_elem(&payer_slots, key, &slot, BPF_NOEXIST))
		return p;
	p->key.kind = STALL_KINDS; /* another thread was faster; back to the reader */
	return NULL;
}

static __always_inline bool wanted(struct task_struct *t)
{
	u32 tgid;

	if (filter_pids) {
		tgid = task_ns_pid(t, true, pidns_ino);
		if (!bpf_map_lookup_elem(&filter_tgids, &tgid))
			return false;
	}
	return !filter_cgid || task_in_cgroup(t, filter_cgid, filter_cglevel);
}

static __always_inline void account(struct task_struct *t, u32 kind, u64 ns, u64 target, u64 pages)
{
	struct memcg_payer_key key = { .kind = kind, .target = target };
	struct memcg_payer *p = NULL;
	u32 *slot, i;

	if (!wanted(t))
		return;
	key.cgroup = task_cgroup_id(t);
	key.start = BPF_CORE_READ(t, group_leader, start_boottime);
	key.tgid = t->tgid;
	key.site = site_of(t);
	for (i = 0; i < 2 && !p; i++) {
		slot = bpf_map_lookup_elem(&payer_slots, &key);
		p = slot ? &payers[*slot & (MEMCG_PAYERS - 1)] : new_payer(&key);
	}
	if (!p) {
		__sync_fetch_and_add(&control.map_full, 1);
		return;
	}
	shared_cell_add(&p->stall, control.epoch, ns);
	if (pages)
		__sync_fetch_and_add(&p->pages, pages);
}

static __always_inline int reclaim_begins(bool limit)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct waiting *w = wait_begins(t);

	if (!w)
		return 0;
	if (!limit)
		w->target = 0;
	w->reclaimed = true;
	w->reclaim_since = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int reclaim_ends(u32 kind, u64 pages)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct waiting *w = wait_of(t);

	if (!w || !w->reclaim_since)
		return 0;
	account(t, kind, bpf_ktime_get_ns() - w->reclaim_since, w->target, pages);
	w->reclaim_since = 0;
	wait_ends(t, w);
	return 0;
}

/* Their arguments differ between kernels, but for the first one of the ends. */

SEC("tp_btf/mm_vmscan_direct_reclaim_end")
int BPF_PROG(ostrace_direct_end, unsigned long pages)
{
	return reclaim_ends(STALL_DIRECT, pages);
}

SEC("tp_btf/mm_vmscan_memcg_reclaim_end")
int BPF_PROG(ostrace_limit_end, unsigned long pages)
{
	return reclaim_ends(STALL_LIMIT, pages);
}

SEC("tp_btf/mm_vmscan_direct_reclaim_begin")
int BPF_PROG(ostrace_direct_begin)
{
	return reclaim_begins(false);
}

SEC("tp_btf/mm_vmscan_memcg_reclaim_begin")
int BPF_PROG(ostrace_limit_begin)
{
	return reclaim_begins(true);
}

/* Just before it: which cgroup's limit it is. */
SEC("fentry/try_to_free_mem_cgroup_pages")
int BPF_PROG(ostrace_limit_of, struct mem_cgroup *memcg)
{
	struct waiting *w = wait_begins(bpf_get_current_task_btf());

	if (w)
		w->target = BPF_CORE_READ(memcg, css.cgroup, kn, id);
	return 0;
}

SEC("tp_btf/mm_compaction_try_to_compact_pages")
int BPF_PROG(ostrace_compaction)
{
	struct waiting *w = wait_of(bpf_get_current_task_btf());

	if (w)
		w->compacted = true;
	return 0;
}

/* The nearest cgroup above memory.high: the one that the task sleeps for. */
static __always_inline u64 above_high(struct task_struct *t)
{
	struct cgroup *cgrp = BPF_CORE_READ(t, cgroups, dfl_cgrp);
	struct mem_cgroup *m = memcg_of(bpf_core_cast(cgrp, struct cgroup));
	struct page_counter *c;
	u64 id = 0;
	u32 i;

	for (i = 0; m && i < 32; i++) {
		if (m->memory.usage.counter > m->memory.high)
			return BPF_CORE_READ(m, css.cgroup, kn, id);
		c = m->memory.parent;
		if (!c)
			break;
		m = bpf_core_cast((void *)c - bpf_core_field_offset(struct mem_cgroup, memory),
				  struct mem_cgroup);
	}
	return id;
}

/* Up to 6.18 without the underscores; the loader sets the target. */
SEC("fexit/__mem_cgroup_handle_over_high")
int BPF_PROG(ostrace_high_end)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct waiting *w = wait_of(t);

	if (!w || !w->over_high)
		return 0;
	w->over_high = 0;
	wait_ends(t, w);
	return 0;
}

SEC("fentry/__mem_cgroup_handle_over_high")
int BPF_PROG(ostrace_high_begin)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct waiting *w;

	if (!t->memcg_nr_pages_over_high)
		return 0;
	w = wait_begins(t);
	if (w)
		w->over_high = 1;
	return 0;
}

SEC("fentry/psi_memstall_leave")
int BPF_PROG(ostrace_stall_end, unsigned long *flags)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct waiting *w = wait_of(t);
	unsigned long inner = 0;
	u64 ns;

	/* Set by the enter if the task was in a stall already. */
	bpf_probe_read_kernel(&inner, sizeof(inner), flags);
	if (!w || !w->stall_since || inner)
		return 0;
	ns = bpf_ktime_get_ns() - w->stall_since;
	if (w->reclaimed)
		; /* has been accounted when it ended */
	else if (w->over_high)
		account(t, STALL_THROTTLE, ns, w->target, 0);
	else
		account(t, w->compacted ? STALL_COMPACT : STALL_REFAULT, ns, 0, 0);
	w->stall_since = 0;
	wait_ends(t, w);
	return 0;
}

SEC("fentry/psi_memstall_enter")
int BPF_PROG(ostrace_stall_begin, unsigned long *flags)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct waiting *w;

	if (BPF_CORE_READ_BITFIELD(t, in_memstall))
		return 0;
	w = wait_begins(t);
	if (!w)
		return 0;
	w->reclaimed = w->compacted = false;
	if (w->over_high)
		w->target = above_high(t);
	w->stall_since = bpf_ktime_get_ns();
	return 0;
}
