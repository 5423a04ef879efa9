# shellcheck shell=bash
# What the sched-*.sh cases share. They run inside the test VM, as root.
# shellcheck disable=SC2034 # used by those who source this
CONTROL=/sys/kernel/ostrace_sched
SCX=/sys/kernel/sched_ext
LOAD=build/tests/vm/sched_load
SIMPLE=build/tests/bench-sched/simple.bpf.o
# shellcheck source=tests/vm/tap.sh
. tests/vm/tap.sh

finish() {
	rmmod ostrace_sched 2>/dev/null
	local splat
	splat=$(dmesg | grep -E 'WARNING: .* at |BUG: |Oops: |general protection' | head -n 3)
	is "$splat" "" "the kernel has nothing to complain of"
	plan
	exit 0
}

# A kernel the scheduler cannot run on has one case, in sched-load.sh.
need_sched_ext() {
	[ -d $SCX ] && return
	echo "1..0 # SKIP this kernel has no sched_ext"
	exit 0
}

load() { # [PARAMETER]...
	rmmod ostrace_sched 2>/dev/null
	modprobe ostrace_sched "$@"
}

loaded_ops() { cat $SCX/root/ops 2>/dev/null; }

# All BPF programs and maps of the machine, by number: objects are freed after a
# grace period, so a count is waited for.
bpf_objects() { echo "$(bpftool prog list | grep -c '^[0-9]') $(bpftool map list | grep -c '^[0-9]')"; }

state_is() { [ "$(cat $CONTROL/state)" = "$1" ]; }

# Where time is counted in instructions, CPUs take turns: short ones, please.
steady_turns() {
	local ns
	ns=$(sed -n 's/.*ostrace_instruction_ns=\([1-8]\).*/\1/p' /proc/cmdline)
	if [ -n "$ns" ]; then "$LOAD" turns $((8192 / ns)); fi
}
