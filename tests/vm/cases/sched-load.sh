#!/bin/bash
# timeout: 480
# The loader: starts, stops, refuses, and leaves nothing behind when a step fails.
# shellcheck disable=SC2317 # called by name
set -u
. tests/vm/sched.sh

if [ ! -d $SCX ]; then
	said=$(modprobe ostrace_sched 2>&1)
	ok $((! $?)) "without sched_ext it is not loaded"
	grep -q "Operation not supported" <<<"$said"
	ok $? "that is -EOPNOTSUPP" || echo "# $said"
	is "$(dmesg | grep -c 'ostrace_sched: this kernel is built without sched_ext')" 1 "one line says why"
	finish
fi

before=$(bpf_objects)
(exec modprobe ostrace_sched)
is $? 0 "modprobe loads it"
is "$(loaded_ops)" ostrace "it is the scheduler, and modprobe has ended"
is "$(cat $CONTROL/state)" running "its state is 'running'"
is "$(cat $CONTROL/exits)" 0 "it was never ejected"
is "$(wc -c <$CONTROL/counters)" \
	"$((40 + 4040 * ($(nproc --all) + 1)))" "its counters can be read"
modprobe -r ostrace_sched
is $? 0 "modprobe -r removes it"
is "$(cat $SCX/state)" disabled "and the kernel schedules again"
same() { [ "$(bpf_objects)" = "$before" ]; }
wait_for 5 same
ok $? "no BPF object is left" || echo "# $(bpf_objects), before: $before"

# Only the capability that loading modules takes.
setpriv --bounding-set -all,+sys_module --inh-caps -all,+sys_module -- modprobe ostrace_sched
is $? 0 "CAP_SYS_MODULE suffices"
rmmod ostrace_sched
(ulimit -n 12; insmod "$(modinfo -n ostrace_sched)" 2>/dev/null)
ok $((! $?)) "too few file descriptors: it is not loaded"
(exec 0<&-; insmod "$(modinfo -n ostrace_sched)")
is $? 0 "file descriptor 0 closed: it is loaded"
rmmod ostrace_sched
wait_for 5 same
ok $? "no BPF object is left" || echo "# $(bpf_objects), before: $before"

# Every step of loading made to fail once.
step=1
left=0
silent=0
while [ $step -le 30 ]; do
	dmesg -C
	load test_fail_step=$step 2>/dev/null && break
	dmesg | grep -q 'ostrace_sched: cannot ' || silent=$((silent + 1))
	[ "$(cat $SCX/state)" = disabled ] || left=$((left + 1))
	wait_for 5 same || left=$((left + 1))
	step=$((step + 1))
done
ok $((step < 8 || step > 30)) "each of $((step - 1)) steps was made to fail"
is $left 0 "nothing is left of any attempt"
is $silent 0 "each failure is named in the kernel log"
is "$(loaded_ops)" ostrace "with no step failing, it loads"
rmmod ostrace_sched
dmesg -C
load test_fail_step=100 2>/dev/null
ok $((! $?)) "its files in sysfs cannot be made: it is not loaded"
dmesg | grep -q 'ostrace_sched: cannot create'
ok $? "the kernel log says so"
wait_for 5 same
is "$? $(cat $SCX/state)" "0 disabled" "the scheduler that ran by then is gone"

dmesg -C
load test_fail_init=-12 2>/dev/null
ok $((! $?)) "the scheduler's own init fails: it is not loaded"
dmesg | grep -q 'ejected at once'
ok $? "the kernel log says so"
is "$(cat $SCX/state)" disabled "the kernel schedules"
load slice_us=1 2>/dev/null
ok $((! $?)) "a parameter out of range is refused"
wait_for 5 same
ok $? "no BPF object is left" || echo "# $(bpf_objects), before: $before"

# Another scheduler has the machine.
mkdir -p /sys/fs/bpf/simple
bpftool struct_ops register "$SIMPLE" /sys/fs/bpf/simple >/dev/null
is "$(loaded_ops)" simple "another scheduler runs"
dmesg -C
said=$(load 2>&1)
grep -q "resource busy" <<<"$said"
ok $? "it is not loaded beside it: -EBUSY" || echo "# $said"
dmesg | grep -q 'another scheduler is active: simple'
ok $? "the kernel log names the other one"
is "$(loaded_ops)" simple "which is not harmed"
rm -f /sys/fs/bpf/simple/*
wait_for 5 grep -q disabled $SCX/state
load
is "$(loaded_ops)" ostrace "once that is gone, it loads"
finish
