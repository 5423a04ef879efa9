// SPDX-License-Identifier: GPL-2.0
/*
 * System calls: what each costs, for whom, with which result.
 *
 * sys_enter stamps the thread's slot, sys_exit accounts the call: in this
 * CPU's cell of the system call (histogram), in the thread's totals, and in
 * the thread's row for this call and result. All three are memory that the
 * reader has mapped; see ostrace/syscall.h for who writes what.
 *
 * A thread finds its slot through pidx[], a direct-mapped cache indexed by tid.
 * Behind it stands task storage, which survives a changed tid (threaded exec)
 * and dies with the task; it is asked only when the cache misses. That saves
 * two helper calls per system call.
 */
#include "ostrace.bpf.h"
#include "ostrace/syscall.h"

struct sys_control control SEC(".bss.control");

#include "threads.bpf.h"
#include "where_cells.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* Set by the loader, as are the settings. */
const volatile __u64 attach_boot_ns; /* CLOCK_BOOTTIME, before attaching */
const volatile __u64 attach_ns;	     /* CLOCK_MONOTONIC, likewise */
const volatile int sigreturn_nr[SYS_ABIS][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };

/* Mapped by the reader; sized by the loader. */
struct sys_cpu cpus[1] SEC(".bss.cpus");
struct sys_cell cells[SYS_SLOTS] SEC(".bss.cells");
struct sys_cell focus_cells[SYS_SLOTS] SEC(".bss.focus");
struct sys_thread threads[THREAD_SLOTS_MIN] SEC(".bss.threads");
struct sys_row rows[THREAD_ROWS_MIN] SEC(".bss.rows");

/*
 * Slot of each system call, assigned at its first use, and what it is:
 * 1 + (abi << 16 | number). Slot 0 is SYS_OTHER.
 */
__u32 sys_slot[SYS_ABIS * SYS_NRS];
__u32 sys_what[SYS_SLOTS];
__u32 sys_next;
__u8 sys_noresult[SYS_SLOTS]; /* sigreturn: returns the interrupted register */

/*
 * tid -> (tid << 32 | slot), or (tid << 32 | PIDX_SKIP | low bits of gen) for
 * a thread that is not traced. One word, so that two tids that share an entry
 * never see half of each other's.
 */
#define PIDX_SIZE 32768
#define PIDX_SKIP (1U << 31)
__u64 pidx[PIDX_SIZE];

struct task_state {
	u32 slot; /* 1 + slot; 0: none */
	u32 sys;  /* open call while there is no slot */
	u64 enter_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_state);
} task_states SEC(".maps");

/* First use of a system call on this machine: give it a slot. */
static __noinline u32 sys_slot_new(u32 key)
{
	u32 abi = key / SYS_NRS, nr = key % SYS_NRS, slot;

	if (key >= SYS_ABIS * SYS_NRS || abi >= SYS_ABIS || sys_next >= SYS_SLOTS - 1)
		return SYS_OTHER;
	slot = __sync_fetch_and_add(&sys_next, 1) + 1;
	if (slot >= SYS_SLOTS)
		return SYS_OTHER;
	if ((s32)nr == sigreturn_nr[abi][0] || (s32)nr == sigreturn_nr[abi][1])
		sys_noresult[slot] = 1;
	sys_what[slot] = 1 + (abi << 16 | nr);
	/* Who loses this race wastes a slot, a handful per boot at worst. */
	if (__sync_val_compare_and_swap(&sys_slot[key], 0, slot)) {
		sys_what[slot] = 0;
		return sys_slot[key];
	}
	return slot;
}

static __always_inline u32 sys_slot_of(u32 key)
{
	u32 slot = key < SYS_ABIS * SYS_NRS ? sys_slot[key] : 0;

	return likely(slot) ? slot : sys_slot_new(key);
}

static __always_inline bool task_wanted(struct task_struct *t)
{
	return wanted(t, task_ns_pid(t, true, settings.pidns_ino),
		      task_ns_pid(t, false, settings.pidns_ino));
}

/* THREAD_FOCUS and THREAD_WHERE as they should be now. */
#define THREAD_ATTENTION (THREAD_FOCUS | THREAD_WHERE)

static __always_inline u32 attention(struct sys_thread *th)
{
	bool all = !control.focus_tgid && !control.focus_cgid, in;

	in = (control.focus_tgid && control.focus_tgid == th->tgid &&
	      control.focus_start == th->proc_start) ||
	     (control.focus_cgid && control.focus_cgid == th->cgid);
	return (in ? THREAD_FOCUS : 0) | (control.where && (in || all) ? THREAD_WHERE : 0);
}

static __always_inline void thread_names(struct sys_thread *th, struct task_struct *t)
{
	struct task_struct *leader = BPF_CORE_READ(t, group_leader);

	th->tid = t->pid;
	th->tgid = t->tgid;
	th->ns_tid = task_ns_pid(t, false, settings.pidns_ino);
	th->ns_tgid = task_ns_pid(t, true, settings.pidns_ino);
	th->proc_start = BPF_CORE_READ(leader, start_boottime);
	bpf_probe_read_kernel(th->comm, sizeof(th->comm), t->comm);
	bpf_probe_read_kernel(th->pcomm, sizeof(th->pcomm), leader->comm);
}

/*
 * Fill a slot just taken. The state is written last: from then on the reader
 * counts it.
 */
static __noinline void thread_init(u32 slot, struct task_struct *t, u64 enter_ns, u32 sys,
				   u32 flags)
{
	struct sys_thread *th = &threads[slot & settings.thread_mask];

	th->task_start = t->start_boottime;
	th->gen = control.gen;
	th->cgid = task_cgroup_id(t);
	th->sys = sys;
	thread_names(th, t);
	th->flags = flags | attention(th);
	th->enter_ns = enter_ns;
	set_state(&th->state, THREAD_LIVE);
}

/*
 * The way to the current thread's slot when pidx[] does not know it, or when
 * something about it may have changed (control.gen): its cgroup, the focus.
 */
static __noinline u32 thread_slow(struct task_struct *t)
{
	u32 gen = control.gen, pid = t->pid, have, slot, old, sys = 0, flags = 0;
	struct task_state *ts;
	struct sys_thread *th;
	u64 enter_ns = 0;

	ts = bpf_task_storage_get(&task_states, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!ts) {
		u32 cpu = bpf_get_smp_processor_id();

		if (cpu < settings.cpu.nr_cpus)
			cpus[cpu].no_state++;
		return SLOT_NONE;
	}
	have = ts->slot;
	slot = have - 1;
	th = &threads[slot & settings.thread_mask]; /* meaningless unless have */
	if (have && th->gen == gen)
		goto out; /* another tid has our place in pidx[] */
	if (!task_wanted(t)) {
		if (have) {
			set_state(&th->state, THREAD_DEAD);
			ts->slot = 0;
		}
		pidx[pid % PIDX_SIZE] = (u64)pid << 32 | PIDX_SKIP | (gen & ~PIDX_SKIP);
		return SLOT_NONE;
	}
	if (have) {
		if (th->cgid == task_cgroup_id(t)) {
			thread_names(th, t);
			th->flags = (th->flags & ~THREAD_ATTENTION) | attention(th);
			th->gen = gen;
			goto out;
		}
		/* Moved to another cgroup: what it did so far stays with the old one. */
		enter_ns = th->enter_ns;
		sys = th->sys;
		flags = th->flags & THREAD_OPENED;
		th->enter_ns = 0;
		set_state(&th->state, THREAD_DEAD);
		ts->slot = 0;
	} else {
		enter_ns = ts->enter_ns; /* was without a slot */
		sys = ts->sys;
		ts->enter_ns = 0;
		/*
		 * A new task first shows itself returning from a call of its
		 * parent; so does the reader when it begins to calibrate.
		 */
		if (t->start_boottime >= attach_boot_ns || control.calibrating ||
		    settings.filter_tasks)
			flags = THREAD_FRESH;
	}
	slot = slot_alloc();
	if (slot == SLOT_LACKING) {
		ts->enter_ns = enter_ns;
		ts->sys = sys;
		return slot;
	}
	thread_init(slot, t, enter_ns, sys, flags);
	/* The iterator may have been here at the same time; the first one wins. */
	old = __sync_val_compare_and_swap(&ts->slot, 0, slot + 1);
	if (old) {
		set_state(&threads[slot & settings.thread_mask].state, THREAD_DEAD);
		slot = old - 1;
	}
out:
	pidx[pid % PIDX_SIZE] = (u64)pid << 32 | slot;
	return slot;
}

static __always_inline u32 thread_slot(struct task_struct *t)
{
	u32 pid = t->pid, slot;
	u64 px = pidx[pid % PIDX_SIZE];
	struct sys_thread *th;

	slot = (u32)px;
	if (unlikely((u32)(px >> 32) != pid))
		return thread_slow(t);
	if (slot & PIDX_SKIP)
		return likely(slot == (PIDX_SKIP | (control.gen & ~PIDX_SKIP))) ? SLOT_NONE :
										  thread_slow(t);
	th = &threads[slot & settings.thread_mask];
	if (unlikely(th->gen != control.gen || th->task_start != t->start_boottime))
		return thread_slow(t);
	return slot;
}

static __always_inline int call_begins(long nr)
{
	struct task_struct *t = bpf_get_current_task_btf();
	u32 slot = thread_slot(t);
	struct sys_thread *th;

	if (slot == SLOT_NONE)
		return 0;
	if (unlikely(slot == SLOT_LACKING)) {
		struct task_state *ts = bpf_task_storage_get(&task_states, t, 0, 0);

		if (ts) {
			ts->sys = sys_slot_of(sys_key(t, nr));
			ts->enter_ns = bpf_ktime_get_ns();
		}
		return 0;
	}
	th = &threads[slot & settings.thread_mask];
	th->sys = sys_slot_of(sys_key(t, nr));
	if (unlikely(th->flags & THREAD_WHERE)) {
		u64 now = bpf_ktime_get_ns();

		th->enter_ns = now;
		where_opens(t, now);
		return 0;
	}
	th->enter_ns = bpf_ktime_get_ns(); /* last: our own cost is not the call's */
	return 0;
}

/* The thread's row for (@sys, @result), made if there is none; NULL if full. */
static __always_inline struct sys_row *row_of(struct sys_thread *th, u32 slot, u32 sys, u32 result)
{
	u64 key = SYS_ROW_KEY(slot, sys, result);
	/* Fibonacci hashing, Knuth, TAOCP vol. 3, 6.4 */
	u32 h = (key * 0x9E3779B97F4A7C15ULL) >> 32, i;

	for (i = 0; i < 8; i++) {
		u32 at = (h + i) & settings.row_mask;
		struct sys_row *r = &rows[at];
		u64 k = r->key;

		if (k == key)
			return r;
		/*
		 * The reader frees rows, so a hole may lie before our own one.
		 * Then we get a second row with the same key; both count.
		 */
		if (!k && __sync_val_compare_and_swap(&r->key, 0, key) == 0) {
			r->next = th->rows;
			*(volatile u32 *)&th->rows = at + 1;
			return r;
		}
	}
	return NULL;
}

static __always_inline void cell_account(struct sys_cell *c, u32 epoch, bool timed, u64 ns,
					 bool error, bool restart)
{
	if (likely(timed))
		ostrace_cell_add(&c->lat, epoch, ns);
	else
		c->untimed++;
	if (error)
		c->errors++;
	if (restart)
		c->restarts++;
}

/* One call has ended. @th may be NULL: then only the system call is accounted. */
static __always_inline void account(struct sys_thread *th, u32 slot, u32 cpu, u32 sys, bool timed,
				    u64 start, u64 ns, long ret)
{
	bool error = false, restart = false;
	struct sys_row *r;
	u32 result = 0, epoch = control.epoch, at;

	if (sys >= SYS_SLOTS)
		return;
	if (ret < 0 && ret >= -4095 && !sys_noresult[sys]) {
		result = -ret;
		/* ERESTARTSYS .. ERESTART_RESTARTBLOCK, include/linux/errno.h */
		restart = result >= 512 && result <= 516;
		error = !restart;
	}
	if (settings.errors_only && !error)
		return;
	if (!cpu_wanted(&settings.cpu, cpu))
		return;
	at = cpu * SYS_SLOTS + sys;
	if (at >= settings.cpu.nr_cpus * SYS_SLOTS)
		return;
	cell_account(&cells[at], epoch, timed, ns, error, restart);
	if (unlikely(!th)) {
		cpus[cpu].no_thread++;
		return;
	}
	if (unlikely(th->flags & THREAD_ATTENTION)) {
		if (th->flags & THREAD_FOCUS)
			cell_account(&focus_cells[at], epoch, timed, ns, error, restart);
		if (th->flags & THREAD_WHERE && timed)
			where_closes(sys, start, start + ns);
	}

	th->calls++;
	if (unlikely(error))
		th->errors++;
	if (likely(timed)) {
		th->total += ns;
		ostrace_max_add(&th->max, epoch, ns);
	} else {
		th->untimed++;
	}
	r = row_of(th, slot, sys, result);
	if (unlikely(!r)) {
		cpus[cpu].no_row++;
		return;
	}
	r->calls++;
	if (likely(timed))
		r->total += ns;
	else
		r->untimed++;
}

/* No slot for this thread: its open call is in task storage. */
static __noinline void exit_storage(struct task_struct *t, u32 cpu, u64 now, long ret)
{
	struct task_state *ts = bpf_task_storage_get(&task_states, t, 0, 0);
	u64 start;

	if (!ts || !ts->enter_ns)
		return;
	start = ts->enter_ns;
	ts->enter_ns = 0;
	account(NULL, 0, cpu, ts->sys, true, start, now - start, ret);
}

static __always_inline int call_ends(long nr, long ret)
{
	bool filtering = settings.filter_tasks || settings.filter_cgid;
	u64 now = 0, start;
	struct task_struct *t = bpf_get_current_task_btf();
	u32 cpu = bpf_get_smp_processor_id(), slot, sys, flags;
	struct sys_thread *th;
	bool timed;

	/*
	 * First, so that our own cost is not the call's; but with a filter most
	 * tasks should not have to pay for a clock that nobody reads.
	 */
	if (!filtering)
		now = bpf_ktime_get_ns();
	if (cpu >= settings.cpu.nr_cpus)
		return 0;
	slot = thread_slot(t);
	if (slot == SLOT_NONE) {
		cpus[cpu].skipped++;
		return 0;
	}
	if (filtering)
		now = bpf_ktime_get_ns();
	if (unlikely(slot == SLOT_LACKING)) {
		exit_storage(t, cpu, now, ret);
		return 0;
	}
	th = &threads[slot & settings.thread_mask];
	start = th->enter_ns;
	flags = th->flags;
	sys = th->sys;
	timed = start && !(flags & THREAD_OPENED);
	th->enter_ns = 0;
	if (unlikely(flags & (THREAD_OPENED | THREAD_FRESH)))
		th->flags = flags & ~(THREAD_OPENED | THREAD_FRESH);
	if (unlikely(!timed)) {
		if (start) {
			cpus[cpu].opened++;
		} else {
			/*
			 * seccomp answers a call before sys_enter. Such a call
			 * is counted with its result but has no duration.
			 */
			if (flags & THREAD_FRESH)
				return 0;
			if (nr < 0) {
				cpus[cpu].unmatched++;
				return 0;
			}
			sys = sys_slot_of(sys_key(t, nr));
			th->sys = sys;
		}
	}
	account(th, slot, cpu, sys, timed, start, now - start, ret);
	return 0;
}

/*
 * A call that never returns (exit, exit_group) is counted here, without a
 * duration. The task runs this itself, so it is the slot's writer.
 */
static __always_inline int task_exits(void)
{
	struct task_struct *t = bpf_get_current_task_btf();
	u32 cpu = bpf_get_smp_processor_id(), pid = t->pid, slot;
	struct task_state *ts;
	struct sys_thread *th;

	if (pidx[pid % PIDX_SIZE] >> 32 == pid)
		pidx[pid % PIDX_SIZE] = 0;
	ts = bpf_task_storage_get(&task_states, t, 0, 0);
	if (!ts || cpu >= settings.cpu.nr_cpus)
		return 0;
	if (!ts->slot) {
		if (ts->enter_ns)
			account(NULL, 0, cpu, ts->sys, false, 0, 0, 0);
		return 0;
	}
	slot = ts->slot - 1;
	ts->slot = 0;
	th = &threads[slot & settings.thread_mask];
	if (th->enter_ns) {
		th->enter_ns = 0;
		account(th, slot, cpu, th->sys, false, 0, 0, 0);
	}
	set_state(&th->state, THREAD_DEAD);
	return 0;
}

/* exec: a new name, maybe a new tid; a program waiting for it becomes traced. */
static __always_inline int task_execs(void)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct task_state *ts;
	u32 pid = t->pid;

	if (settings.filter_tasks)
		program_begins(task_ns_pid(t, true, settings.pidns_ino));
	pidx[pid % PIDX_SIZE] = 0;
	ts = bpf_task_storage_get(&task_states, t, 0, 0);
	if (ts && ts->slot)
		threads[(ts->slot - 1) & settings.thread_mask].gen = control.gen - 1;
	return 0;
}

/*
 * The kernel skips a program that already runs on the same CPU. Before 7.0
 * preemption is off in programs of tracepoints, so that means recursion. Since
 * then a task may be preempted inside of one, and until it runs again the
 * program is skipped for all other tasks on that CPU: on a busy machine, for
 * half of all calls. Programs of classic tracepoints still run with preemption
 * off. They are slower, so the loader takes one set or the other.
 */
SEC("tp_btf/sys_enter")
int BPF_PROG(ostrace_sys_enter, struct pt_regs *regs, long nr)
{
	return call_begins(nr);
}

SEC("tp/raw_syscalls/sys_enter")
int ostrace_tp_enter(struct trace_event_raw_sys_enter *ctx)
{
	return call_begins(ctx->id);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(ostrace_sys_exit, struct pt_regs *regs, long ret)
{
	return call_ends(regs_sys_nr(regs), ret);
}

SEC("tp/raw_syscalls/sys_exit")
int ostrace_tp_leave(struct trace_event_raw_sys_exit *ctx)
{
	return call_ends(ctx->id, ctx->ret);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(ostrace_exit, struct task_struct *p)
{
	return task_exits();
}

SEC("tp/sched/sched_process_exit")
int ostrace_tp_exit(void *ctx)
{
	return task_exits();
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(ostrace_exec, struct task_struct *p)
{
	return task_execs();
}

SEC("tp/sched/sched_process_exec")
int ostrace_tp_exec(void *ctx)
{
	return task_execs();
}

/*
 * Run once by the reader after attaching: the calls open right now. A thread
 * that sleeps with a system call number in its saved registers is in that
 * call, since attach_ns at the latest. Running threads are left to themselves:
 * they are about to return, or not in a call at all.
 */
SEC("iter/task")
int ostrace_open_calls(struct bpf_iter__task *ctx)
{
	struct task_struct *t = ctx->task;
	struct task_state *ts;
	struct pt_regs *regs;
	u32 slot;
	long nr;

	if (!t || t->flags & (PF_KTHREAD | PF_IO_WORKER | PF_USER_WORKER | PF_EXITING))
		return 0;
	if (!(t->__state & 3)) /* TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE */
		return 0;
	regs = (struct pt_regs *)bpf_task_pt_regs(t);
	nr = regs_sys_nr(regs);
	if (nr < 0 || !task_wanted(t))
		return 0;
	ts = bpf_task_storage_get(&task_states, t, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!ts || ts->slot)
		return 0;
	slot = slot_alloc();
	if (slot == SLOT_LACKING)
		return 0;
	thread_init(slot, t, attach_ns, sys_slot_of(sys_key(t, nr)), THREAD_OPENED);
	if (__sync_val_compare_and_swap(&ts->slot, 0, slot + 1))
		set_state(&threads[slot & settings.thread_mask].state, THREAD_DEAD);
	return 0;
}
