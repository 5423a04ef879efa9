// SPDX-License-Identifier: GPL-2.0
/* The feature table, and the probes that only read files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "feature.h"
#include "feature_bpf.h"
#include "lookup.h"
#include "textfile.h"

static enum feature_state say(enum feature_state s, char *detail, int n, const char *what)
{
	snprintf(detail, (size_t)n, "%s", what);
	return s;
}

/* YES: nothing is locked. The file marks the mode in force: "none [integrity] ...". */
static enum feature_state probe_lockdown(char *detail, int n)
{
	char line[128], *mode, *end;
	int err = textfile_line("/sys/kernel/security/lockdown", line, sizeof(line));

	if (err == -ENOENT)
		return say(FEATURE_YES, detail, n, "no lockdown, or securityfs is not mounted");
	if (err)
		return say(FEATURE_UNKNOWN, detail, n,
			   "/sys/kernel/security/lockdown is not readable");
	mode = strchr(line, '[');
	end = mode ? strchr(mode, ']') : NULL;
	if (!end)
		return say(FEATURE_UNKNOWN, detail, n, line);
	*end = '\0';
	snprintf(detail, (size_t)n, "lockdown: %s", mode + 1);
	return strcmp(mode + 1, "confidentiality") ? FEATURE_YES : FEATURE_NO;
}

static enum feature_state probe_jit(char *detail, int n)
{
	char line[16];
	int err = textfile_line("/proc/sys/net/core/bpf_jit_enable", line, sizeof(line));

	if (err == -ENOENT) /* built in and always on, or there is none */
		return say(FEATURE_UNKNOWN, detail, n,
			   "/proc/sys/net/core/bpf_jit_enable is missing");
	if (err)
		return say(FEATURE_UNKNOWN, detail, n, "needs root to read");
	if (line[0] == '0')
		return say(FEATURE_NO, detail, n, "switched off by net.core.bpf_jit_enable=0");
	return FEATURE_YES;
}

static enum feature_state probe_tracefs(char *detail, int n)
{
	if (!access("/sys/kernel/tracing/events", F_OK))
		return say(FEATURE_YES, detail, n, "/sys/kernel/tracing");
	if (errno == EACCES)
		return say(FEATURE_UNKNOWN, detail, n, "/sys/kernel/tracing needs root");
	return say(FEATURE_NO, detail, n,
		   "not mounted: mount -t tracefs tracefs /sys/kernel/tracing");
}

static enum feature_state probe_psi(char *detail, int n)
{
	char line[128];
	int err = textfile_line("/proc/pressure/cpu", line, sizeof(line));

	if (err == -ENOENT)
		return say(FEATURE_NO, detail, n, "the kernel was built without CONFIG_PSI");
	if (err == -EOPNOTSUPP)
		return say(FEATURE_NO, detail, n, "switched off: boot with psi=1");
	if (err)
		return say(FEATURE_UNKNOWN, detail, n, "/proc/pressure is not readable");
	return FEATURE_YES;
}

static enum feature_state probe_cgroup2(char *detail, int n)
{
	char dir[256];

	if (!lookup_cgroup_mount(dir, sizeof(dir)))
		return say(FEATURE_NO, detail, n, "no cgroup v2 hierarchy is mounted");
	return say(FEATURE_YES, detail, n, dir);
}

static enum feature_state probe_memcg2(char *detail, int n)
{
	char path[300], dir[256], line[512], *word, *save = NULL;

	if (!lookup_cgroup_mount(dir, sizeof(dir)))
		return say(FEATURE_NO, detail, n, "no cgroup v2 hierarchy is mounted");
	snprintf(path, sizeof(path), "%s/cgroup.controllers", dir);
	if (textfile_line(path, line, sizeof(line)))
		return say(FEATURE_UNKNOWN, detail, n, "cgroup.controllers is not readable");
	for (word = strtok_r(line, " ", &save); word; word = strtok_r(NULL, " ", &save))
		if (!strcmp(word, "memory"))
			return FEATURE_YES;
	return say(FEATURE_NO, detail, n, "not a v2 controller here (off, or taken by cgroup v1)");
}

static enum feature_state probe_modules(char *detail, int n)
{
	char line[16];

	if (access("/proc/modules", F_OK))
		return say(FEATURE_NO, detail, n, "the kernel was built without CONFIG_MODULES");
	if (!textfile_line("/proc/sys/kernel/modules_disabled", line, sizeof(line)) &&
	    line[0] == '1')
		return say(FEATURE_NO, detail, n, "switched off by kernel.modules_disabled=1");
	if (!textfile_line("/sys/module/module/parameters/sig_enforce", line, sizeof(line)) &&
	    line[0] == 'Y')
		return say(FEATURE_YES, detail, n, "signed ones only");
	return FEATURE_YES;
}

static enum feature_state probe_module(const char *name, const char *without, char *detail, int n)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	if (!access(path, F_OK))
		return say(FEATURE_YES, detail, n, "loaded");
	if (probe_modules(detail, n) == FEATURE_NO)
		snprintf(detail, (size_t)n, "no modules on this kernel: %s", without);
	else
		snprintf(detail, (size_t)n, "not loaded: %s; modprobe %s", without, name);
	return FEATURE_NO;
}

static enum feature_state probe_module_irq(char *detail, int n)
{
	return probe_module("ostrace_irq", "no view irq", detail, n);
}

static enum feature_state probe_module_oom(char *detail, int n)
{
	return probe_module("ostrace_oom", "OOM kills are told, but not why that victim; no policy",
			    detail, n);
}

static enum feature_state probe_module_sched(char *detail, int n)
{
	return probe_module("ostrace_sched", "view sched has no latency classes", detail, n);
}

/* The OOM policy module ranks candidates from return probes on two functions. */
static enum feature_state probe_oom_functions(char *detail, int n)
{
	enum feature_state s = probe_function("out_of_memory", detail, n);

	return s == FEATURE_YES ? probe_function("oom_badness", detail, n) : s;
}

#define TRACEPOINTS(X)                                                            \
	X(sys_enter, "entry of system calls")                                     \
	X(sys_exit, "exit of system calls")                                       \
	X(softirq_entry, "start of softirq handlers")                             \
	X(softirq_exit, "end of softirq handlers")                                \
	X(softirq_raise, "raising of softirqs")                                   \
	X(irq_handler_entry, "start of interrupt handlers")                       \
	X(irq_handler_exit, "end of interrupt handlers")                          \
	X(local_timer_entry, "start of local timer interrupts")                   \
	X(local_timer_exit, "end of local timer interrupts")                      \
	X(reschedule_entry, "start of reschedule interrupts")                     \
	X(reschedule_exit, "end of reschedule interrupts")                        \
	X(call_function_entry, "start of function call interrupts")               \
	X(call_function_exit, "end of function call interrupts")                  \
	X(call_function_single_entry, "start of single function call interrupts") \
	X(call_function_single_exit, "end of single function call interrupts")    \
	X(irq_work_entry, "start of irq work interrupts")                         \
	X(irq_work_exit, "end of irq work interrupts")                            \
	X(tasklet_entry, "start of tasklets")                                     \
	X(tasklet_exit, "end of tasklets")                                        \
	X(workqueue_queue_work, "queueing of work items")                         \
	X(workqueue_execute_start, "start of work items")                         \
	X(workqueue_execute_end, "end of work items")                             \
	X(sched_switch, "context switches")                                       \
	X(sched_wakeup, "wakeups")                                                \
	X(sched_process_fork, "births of tasks")                                  \
	X(sched_process_exec, "exec")                                             \
	X(sched_process_exit, "deaths of tasks")                                  \
	X(sched_process_free, "release of dead tasks")                            \
	X(cgroup_attach_task, "moves between cgroups")                            \
	X(cgroup_mkdir, "births of cgroups")                                      \
	X(cgroup_rmdir, "deaths of cgroups")                                      \
	X(mark_victim, "victims of the OOM killer")                               \
	X(mm_vmscan_direct_reclaim_begin, "start of reclaim by tasks")            \
	X(mm_vmscan_memcg_reclaim_begin, "start of reclaim for a cgroup's limit") \
	X(page_fault_user, "page faults of programs (x86)")                       \
	X(page_fault_kernel, "page faults of the kernel (x86)")                   \
	X(count_memcg_events, "memory events of cgroups")                         \
	X(signal_generate, "sending of signals")                                  \
	X(tlb_flush, "flushes of the TLB (x86)")                                  \
	X(start_task_reaping, "start of the OOM reaper on a victim")              \
	X(finish_task_reaping, "end of the OOM reaper on a victim")               \
	X(exit_mmap, "end of a process's memory")

#define TRACEPOINT_PROBE(name, what)                                   \
	static enum feature_state probe_tp_##name(char *detail, int n) \
	{                                                              \
		return probe_tracepoint(#name, detail, n);             \
	}
TRACEPOINTS(TRACEPOINT_PROBE)

#define TRACEPOINT_ROW(name, what) { "tp_btf:" #name, "tracepoint: " what, probe_tp_##name },

const struct feature features[] = {
	{ "btf", "type information of the kernel, for portable BPF programs", probe_btf },
	{ "bpf", "loading BPF tracing programs, with our privileges", probe_bpf },
	{ "bpf_jit", "BPF programs run as machine code", probe_jit },
	{ "lockdown", "kernel lockdown leaves tracing alone", probe_lockdown },
	{ "task_storage", "memory attached to tasks", probe_task_storage },
	{ "mmapable", "counters that the reader maps", probe_mmapable },
	{ "arena", "memory shared between BPF and the reader", probe_arena },
	{ "fentry", "probes at the start and end of functions", probe_fentry },
	{ "fsession", "start and end of a function in one probe", probe_fsession },
	{ "iter:task", "listing tasks from BPF", probe_iter_task },
	{ "iter:cgroup", "walking cgroups from BPF", probe_iter_cgroup },
	{ "kprobe", "probes at any instruction", probe_kprobe },
	{ "bpf_stats", "run time statistics of BPF programs", probe_stats },
	/* clang-format off */
	TRACEPOINTS(TRACEPOINT_ROW)
	/* clang-format on */
	{ "tracefs", "the kernel's tracing directory", probe_tracefs },
	{ "psi", "pressure stall information", probe_psi },
	{ "cgroup2", "cgroup v2", probe_cgroup2 },
	{ "memcg2", "memory controller of cgroup v2", probe_memcg2 },
	{ "modules", "loading kernel modules", probe_modules },
	{ "sched_ext", "schedulers written in BPF", probe_sched_ext },
	{ "oom_functions", "functions that the OOM policy module hooks", probe_oom_functions },
	{ "module:ostrace_irq", "our interrupt demo driver", probe_module_irq },
	{ "module:ostrace_oom", "our policy for the OOM killer, and its record of why",
	  probe_module_oom },
	{ "module:ostrace_sched", "our scheduler", probe_module_sched },
	{ NULL, NULL, NULL },
};

const struct feature *feature_find(const char *name)
{
	const struct feature *f;

	for (f = features; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}
