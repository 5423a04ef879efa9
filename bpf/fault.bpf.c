// SPDX-License-Identifier: GPL-2.0
/*
 * Page faults: of which kind, what each cost, for whom, on which mapping.
 *
 * A fault ends where the kernel itself counts it: in mm_account_fault(), which
 * knows whether it was minor or major, leaves out the attempts that are to be
 * retried, and raises a perf software event for each fault of an exception.
 * Programs of such events run with preemption off, so that none is missed to
 * another task, and there is no second opinion on what one fault is.
 *
 * It begins where this kernel lets us look: at the entry of handle_mm_fault(),
 * which has the mapping at hand, or at the tracepoint of the exception. What
 * happens in between is told by functions or tracepoints that only faults of
 * that sort come by (enum fault_fact); fault_kind_of() concludes the kind.
 *
 * Faults that end in a signal are counted where the signal is sent.
 */
#include "fault_state.bpf.h"
#include "fault_mapping.bpf.h"
#include "fault_stack.bpf.h"
#include "fault_rss.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* ---- accounting ---- */

/* The thread's row for @what, made if there is none; NULL if full. */
static __always_inline struct fault_row *row_of(struct fault_thread *th, u32 slot, u32 what)
{
	u64 key = FAULT_ROW_KEY(slot, what);
	u32 h = (key * 0x9E3779B97F4A7C15ULL) >> 32, i;

	for (i = 0; i < 8; i++) {
		u32 at = (h + i) & settings.row_mask;
		struct fault_row *r = &rows[at];
		u64 k = r->key;

		if (k == key)
			return r;
		/* The reader frees rows: see row_of() in syscall.bpf.c. */
		if (!k && __sync_val_compare_and_swap(&r->key, 0, key) == 0) {
			r->next = th->rows;
			*(volatile u32 *)&th->rows = at + 1;
			return r;
		}
	}
	return NULL;
}

/*
 * In the thread's count and row: @n faults, @ns of a single one (0: not
 * known), @what from FAULT_WHAT().
 */
__noinline int fault_thread_account(u32 slot, u32 what, u64 ns, u64 n)
{
	struct fault_thread *th = &threads[slot & settings.thread_mask];
	u32 epoch = control.epoch, cpu;
	struct fault_row *r;

	r = row_of(th, slot & settings.thread_mask, what);
	if (likely(r)) {
		if (ns) {
			r->total += ns;
			ostrace_max_add(&r->max, epoch, ns);
		} else {
			r->untimed += n;
		}
		WRITE_ONCE(r->faults, r->faults + n); /* the reader looks at it first */
	} else {
		cpu = bpf_get_smp_processor_id();
		th->row_full += n;
		if (cpu < settings.cpu.nr_cpus)
			__sync_fetch_and_add(&cpus[cpu].no_row, n);
	}
	WRITE_ONCE(th->faults, th->faults + n); /* likewise: the row has it by now */
	return 0;
}

/* Does the filter leave faults of this cell on this CPU out? */
static __always_inline bool left_out(u32 cpu, u32 cell)
{
	return (settings.errors_only && !fault_is_error(cell / FAULT_ORIGINS)) ||
	       cpu >= settings.cpu.nr_cpus || !cpu_wanted(&settings.cpu, cpu);
}

/*
 * A fault has ended after @ns (0: not known). @what: FAULT_WHAT(). The cells of a
 * kind have one program that writes them.
 */
__noinline int fault_account(u32 slot, u32 what, u64 ns)
{
	u32 cpu = bpf_get_smp_processor_id(), cell = FAULT_ROW_CELL(what), epoch = control.epoch;
	u32 at = cpu * FAULT_CELLS + cell;
	bool focus;

	if (left_out(cpu, cell) || cell >= FAULT_CELLS || at >= settings.cpu.nr_cpus * FAULT_CELLS)
		return 0;
	focus = slot != SLOT_LACKING &&
		threads[slot & settings.thread_mask].flags & FAULT_THREAD_FOCUS;
	if (likely(ns)) {
		ostrace_cell_add(&cells[at].lat, epoch, ns);
		if (focus)
			ostrace_cell_add(&focus_cells[at].lat, epoch, ns);
	} else {
		cells[at].untimed++;
		if (focus)
			focus_cells[at].untimed++;
	}
	if (unlikely(slot == SLOT_LACKING)) {
		__sync_fetch_and_add(&cpus[cpu].no_thread, 1);
		return 0;
	}
	return fault_thread_account(slot, what, ns, 1);
}

__noinline u32 fault_kind(u32 facts)
{
	return fault_kind_of(facts);
}

static __always_inline void account_unseen(u32 slot, u32 kind, u64 n)
{
	u32 cpu = bpf_get_smp_processor_id(), cell = FAULT_CELL(kind, FAULT_KERNEL);
	u32 at = cpu * FAULT_CELLS + cell;

	if (!n || settings.errors_only || cpu >= settings.cpu.nr_cpus ||
	    at >= settings.cpu.nr_cpus * FAULT_CELLS || !cpu_wanted(&settings.cpu, cpu))
		return;
	/* Several programs come here. */
	__sync_fetch_and_add(&cells[at].untimed, n);
	if (threads[slot & settings.thread_mask].flags & FAULT_THREAD_FOCUS)
		__sync_fetch_and_add(&focus_cells[at].untimed, n);
	fault_thread_account(slot, FAULT_WHAT(FAULT_MAP_UNKNOWN, cell), 0, n);
}

/*
 * The kernel counts faults for each task, those too that are no exception: pages
 * that it faults in itself, for direct I/O or a debugger. What its counters have
 * and we have not seen is accounted here, so that the sums agree. @counted: as
 * for thread_slow(), the fault that is being accounted now.
 */
static __always_inline void unseen(struct task_struct *t, u32 slot, u32 counted)
{
	struct fault_thread *th = &threads[slot & settings.thread_mask];
	u64 min_flt = t->min_flt, maj_flt = t->maj_flt;
	u64 minors = min_flt - th->min_flt - (counted == 1);
	u64 majors = maj_flt - th->maj_flt - (counted == 2);

	th->min_flt = min_flt;
	th->maj_flt = maj_flt;
	if (unlikely(minors))
		account_unseen(slot, FAULT_UNSEEN_MINOR, minors);
	if (unlikely(majors))
		account_unseen(slot, FAULT_UNSEEN_MAJOR, majors);
}

/* ---- the begin ---- */

/* include/linux/mm_types.h, enum fault_flag */
#define FLAG_WRITE 0x1
#define FLAG_USER 0x40
#define FLAG_VMA_LOCK 0x1000

/* arch/x86/include/asm/trap_pf.h */
#define X86_PF_PROT 0x1
#define X86_PF_WRITE 0x2

SEC("fentry/handle_mm_fault")
int BPF_PROG(ostrace_handle, struct vm_area_struct *vma, unsigned long addr, unsigned int flags,
	     struct pt_regs *regs)
{
	struct task_struct *t = bpf_get_current_task_btf();
	u32 slot = thread_slot(t, 0);
	struct fault_thread *th;
	u64 look;

	if (slot == SLOT_NONE || slot == SLOT_LACKING)
		return 0;
	th = &threads[slot & settings.thread_mask];
	if (!regs) {
		unseen(t, slot, 0); /* of those that are no exception, the one before */
		return 0;
	}
	/*
	 * First under the lock of the mapping, then, if that did not do, under
	 * that of the address space, maybe more than once: it is one fault.
	 */
	if (!(flags & FLAG_VMA_LOCK) && th->start_ns && th->addr == addr)
		return 0;
	/* Read back it is a number, not a pointer of the verifier's: fault_ns_pid(). */
	WRITE_ONCE(th->vma, (u64)vma);
	look = fault_mapping_at(slot, addr, *(volatile u64 *)&th->vma);
	th->map = look >> 32;
	th->facts = (u32)look | (flags & FLAG_WRITE ? FAULT_WAS_WRITE : 0);
	th->addr = addr;
	th->start_ns = bpf_ktime_get_ns();
	return 0;
}

static __always_inline void exception(unsigned long addr, unsigned long code)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct fault_thread *th;
	u32 slot;

	if (!t->mm)
		return;
	slot = thread_slot(t, 0);
	if (slot == SLOT_NONE || slot == SLOT_LACKING)
		return;
	th = &threads[slot & settings.thread_mask];
	th->facts = (code & X86_PF_WRITE ? FAULT_WAS_WRITE : 0) |
		    (code & X86_PF_PROT ? FAULT_WAS_PRESENT : 0);
	th->addr = addr;
	th->start_ns = bpf_ktime_get_ns();
}

SEC("tp_btf/page_fault_user")
int BPF_PROG(ostrace_user, unsigned long addr, struct pt_regs *regs, unsigned long code)
{
	exception(addr, code);
	return 0;
}

SEC("tp_btf/page_fault_kernel")
int BPF_PROG(ostrace_kernel, unsigned long addr, struct pt_regs *regs, unsigned long code)
{
	/* copy_from_user_nofault() and the like: they never wait for a page */
	if (!bpf_get_current_task_btf()->pagefault_disabled)
		exception(addr, code);
	return 0;
}

/* ---- meanwhile ---- */

static __always_inline int did(u32 facts)
{
	struct fault_thread *th = thread_known();

	if (th && th->start_ns)
		th->facts |= facts;
	return 0;
}

/*
 * Copied or not: has the entry of the page table another page now? Bits of the
 * page's number on x86-64 and, for all but 52-bit addresses, arm64.
 */
#define PTE_PFN 0x000ffffffffff000ULL

SEC("fexit/do_wp_page")
int BPF_PROG(ostrace_wp, struct vm_fault *vmf, unsigned int ret)
{
	u64 before = 0, now = 0;

	bpf_probe_read_kernel(&before, sizeof(before), &vmf->orig_pte);
	if (bpf_probe_read_kernel(&now, sizeof(now), vmf->pte) || !now)
		return did(FAULT_DID_WP);
	return did(FAULT_DID_WP | ((before ^ now) & PTE_PFN ? FAULT_DID_COPY : FAULT_DID_REUSE));
}

SEC("fentry/do_swap_page")
int BPF_PROG(ostrace_swap)
{
	return did(FAULT_DID_SWAP);
}

#define FAULT_FALLBACK 0x800 /* VM_FAULT_FALLBACK, include/linux/mm_types.h */

SEC("fexit/do_huge_pmd_anonymous_page")
int BPF_PROG(ostrace_thp, struct vm_fault *vmf, unsigned int ret)
{
	return did(ret & FAULT_FALLBACK ? FAULT_DID_THP_FALLBACK : FAULT_DID_THP);
}

SEC("fexit/do_huge_pmd_wp_page")
int BPF_PROG(ostrace_thp_wp, struct vm_fault *vmf, unsigned int ret)
{
	/* Fallback: the huge page was split, and do_wp_page() goes on. */
	return ret & FAULT_FALLBACK ? 0 : did(FAULT_DID_THP_WP);
}

SEC("fentry/task_numa_fault")
int BPF_PROG(ostrace_numa)
{
	return did(FAULT_DID_NUMA);
}

SEC("fentry/handle_userfault")
int BPF_PROG(ostrace_uffd)
{
	return did(FAULT_DID_UFFD);
}

/* Where functions cannot be hooked: what the memory of the process consists of. */
SEC("tp_btf/rss_stat")
int BPF_PROG(ostrace_rss, struct mm_struct *mm, int member)
{
	return member == MM_SWAPENTS ? did(FAULT_DID_SWAP) : 0;
}

SEC("tp_btf/count_memcg_events")
int BPF_PROG(ostrace_memcg, struct mem_cgroup *memcg, int item)
{
	if (item == bpf_core_enum_value(enum vm_event_item, THP_FAULT_ALLOC))
		return did(FAULT_DID_THP);
	if (item == bpf_core_enum_value(enum vm_event_item, THP_FAULT_FALLBACK))
		return did(FAULT_DID_THP_FALLBACK);
	return 0;
}

/* ---- the end ---- */

#ifdef __TARGET_ARCH_x86
static __always_inline bool from_user(struct bpf_perf_event_data *ctx)
{
	/* The verifier wants whole words of it, and the kernel's type has bit fields. */
	return *(volatile u64 *)&ctx->regs.cs & 3;
}
#else
struct user_pt_regs___ostrace {
	u64 pstate;
} __attribute__((preserve_access_index));

static __always_inline bool from_user(struct bpf_perf_event_data *ctx)
{
	return !(((struct user_pt_regs___ostrace *)ctx)->pstate & 0xf); /* PSR_MODE_EL0t */
}
#endif

static __always_inline int fault_ends(struct bpf_perf_event_data *ctx, bool major)
{
	bool filtering = settings.filter_tasks || settings.filter_cgid;
	u64 now = filtering ? 0 : bpf_ktime_get_ns(), start = 0;
	struct task_struct *t = bpf_get_current_task_btf();
	u32 slot = thread_slot(t, major ? 2 : 1), cpu, map = FAULT_MAP_UNKNOWN, facts, cell;
	struct fault_thread *th;

	if (slot == SLOT_NONE) {
		cpu = bpf_get_smp_processor_id();
		if (cpu < settings.cpu.nr_cpus)
			cpus[cpu].skipped++;
		return 0;
	}
	if (filtering)
		now = bpf_ktime_get_ns();
	facts = major ? FAULT_WAS_MAJOR : 0;
	if (likely(slot != SLOT_LACKING)) {
		th = &threads[slot & settings.thread_mask];
		unseen(t, slot, major ? 2 : 1);
		if (likely(th->start_ns && th->addr == ctx->addr)) {
			start = th->start_ns;
			facts |= th->facts;
			map = th->map;
		}
		th->start_ns = 0;
		if (!at_entry || !start) {
			u64 look = fault_mapping_at(slot, ctx->addr, 0);

			facts |= (u32)look;
			map = look >> 32;
		}
	}
	cell = FAULT_CELL(fault_kind(facts), from_user(ctx) ? FAULT_USER : FAULT_KERNEL);
	start = start && now > start ? now - start : 0;
	fault_account(slot, FAULT_WHAT(map, cell), start);
	if (unlikely(control.stacks) && !left_out(bpf_get_smp_processor_id(), cell))
		stack_take(ctx, cell, start);
	return 0;
}

SEC("perf_event")
int ostrace_minor(struct bpf_perf_event_data *ctx)
{
	return fault_ends(ctx, false);
}

SEC("perf_event")
int ostrace_major(struct bpf_perf_event_data *ctx)
{
	return fault_ends(ctx, true);
}

/* include/uapi/asm-generic/siginfo.h */
#define SIGBUS_NR 7
#define SIGSEGV_NR 11
#define CODE_SEGV_MAPERR 1
#define CODE_SEGV_ACCERR 2
#define CODE_SEGV_PKUERR 4
#define CODE_BUS_ADRERR 2
#define CODE_BUS_MCEERR_AR 4
#define CODE_BUS_MCEERR_AO 5

static __always_inline u32 signal_kind(int sig, int code)
{
	if (sig == SIGSEGV_NR)
		return code == CODE_SEGV_MAPERR ? FAULT_SEGV_MAPERR :
		       code == CODE_SEGV_ACCERR ? FAULT_SEGV_ACCERR :
		       code == CODE_SEGV_PKUERR ? FAULT_SEGV_PKUERR :
						  FAULT_KINDS;
	return code == CODE_BUS_ADRERR	  ? FAULT_BUS :
	       code == CODE_BUS_MCEERR_AR ? FAULT_HWPOISON :
					    FAULT_KINDS;
}

/* A fault of the current thread failed; @addr as far as known. */
static __always_inline void failed(void *ctx, u32 kind, u64 addr, bool have_addr)
{
	u64 now = bpf_ktime_get_ns(), start, ns;
	struct task_struct *t = bpf_get_current_task_btf();
	u32 what = FAULT_WHAT(FAULT_MAP_UNKNOWN, FAULT_CELL(kind, FAULT_USER)), map;
	u32 slot = thread_slot(t, 0);
	struct fault_thread *th;

	if (slot == SLOT_NONE)
		return;
	if (slot == SLOT_LACKING) {
		fault_account(slot, what, 0);
		return;
	}
	th = &threads[slot & settings.thread_mask];
	start = th->start_ns;
	if (have_addr && th->addr != addr)
		start = 0;
	th->start_ns = 0;
	map = fault_mapping_at(slot, have_addr ? addr : th->addr, 0) >> 32;
	what = FAULT_WHAT(map, FAULT_CELL(kind, FAULT_USER));
	ns = start && now > start ? now - start : 0;
	fault_account(slot, what, ns);
	if (unlikely(control.stacks) &&
	    !left_out(bpf_get_smp_processor_id(), FAULT_CELL(kind, FAULT_USER)))
		stack_take(ctx, FAULT_CELL(kind, FAULT_USER), ns);
}

SEC("tp_btf/signal_generate")
int BPF_PROG(ostrace_signal, int sig, struct kernel_siginfo *info, struct task_struct *task)
{
	u32 kind;

	if ((sig != SIGSEGV_NR && sig != SIGBUS_NR) || task != bpf_get_current_task_btf())
		return 0;
	if ((u64)info < 4096) /* SEND_SIG_NOINFO, SEND_SIG_PRIV: somebody else's */
		return 0;
	kind = signal_kind(sig, BPF_CORE_READ(info, si_code));
	if (kind < FAULT_KINDS)
		failed(ctx, kind, (u64)BPF_CORE_READ(info, _sifields._sigfault._addr), true);
	return 0;
}

SEC("fentry/pagefault_out_of_memory")
int BPF_PROG(ostrace_oom)
{
	failed(ctx, FAULT_OOM, 0, false);
	return 0;
}

/* ---- tasks come and go ---- */

SEC("tp_btf/sched_process_exit")
int BPF_PROG(ostrace_exit, struct task_struct *p)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct task_state *ts = bpf_task_storage_get(&task_states, t, 0, 0);
	u32 slot;

	if (!ts || !ts->slot)
		return 0;
	slot = ts->slot - 1;
	ts->slot = 0;
	unseen(t, slot, 0);
	set_state(&threads[slot & settings.thread_mask].state, THREAD_DEAD);
	return 0;
}

/* exec: a new name; a program waiting for it becomes traced. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(ostrace_exec, struct task_struct *p)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct task_state *ts;

	if (settings.filter_tasks)
		program_begins(fault_ns_pid(true));
	ts = bpf_task_storage_get(&task_states, t, 0, 0);
	if (!ts)
		return 0;
	ts->skip = 0;
	if (ts->slot)
		threads[(ts->slot - 1) & settings.thread_mask].gen = control.gen - 1;
	return 0;
}
