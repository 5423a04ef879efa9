#!/bin/bash
# everyday: 7.3
# timeout: 600
# ostrace sched --compare: measures both, and leaves the machine as it was.
# shellcheck disable=SC2317 # called by name
set -u
. tests/vm/sched.sh
compare() { ostrace sched --compare "$@" >/tmp/out 2>/tmp/err; }
one_line() { [ "$(wc -l </tmp/err)" = 1 ] && grep -q "$1" /tmp/err; }

if [ ! -d $SCX ]; then
	compare 1s -- true
	is $? 3 "without sched_ext: not supported"
	one_line "no sched_ext"
	ok $? "and it says so" || sed 's/^/# /' /tmp/err
	finish
fi

# 20 sleeps are 20 waits and more, whichever scheduler there is.
cat >/tmp/sleeps <<'END'
#!/usr/bin/python3
import sys, time
for i in range(20):
    time.sleep(0.002)
print("output of the command")
END
chmod +x /tmp/sleeps
compare 60s --rounds 2 --json -- /tmp/sleeps
is $? 0 "two rounds"
is "$(jq -c '[.compare, .rounds, .stopped]' /tmp/out)" '[["the kernel'"'"'s own","ostrace"],2,0]' "both schedulers, twice"
jq -e '[.metrics.switches.values[][] > 20] | all' /tmp/out >/dev/null
ok $? "the runs of the command are counted, under both" || jq -c .metrics.switches /tmp/out
jq -e '[.metrics.wall_ns.values[][] > 40000000] | all' /tmp/out >/dev/null
ok $? "and its time" || jq -c .metrics.wall_ns /tmp/out
jq -e '.metrics as $m | [range(2) as $s | range(2) as $r | $m.all_switches.values[$s][$r] >= $m.switches.values[$s][$r]] | all' /tmp/out >/dev/null
ok $? "all tasks run more often than its own"
is "$(grep -c 'output of the command' /tmp/err)" 4 "its output goes to standard error"
is "$(loaded_ops)" "" "the kernel schedules again"

compare 60s -- sh -c 'exit 7'
is $? 7 "a command that fails: its status"
one_line "under the kernel's own: the command ended with status 7"
ok $? "and one line that says so" || sed 's/^/# /' /tmp/err
compare 60s -- /nowhere
is $? 127 "one that is not there: 127"

mkdir -p /tmp/fails
echo "options ostrace_sched test_fail_step=2" >/tmp/fails/fails.conf
MODPROBE_OPTIONS="-C /tmp/fails" compare 60s -- touch /tmp/ran
is $? 1 "a module that cannot be loaded: refused"
is "$(ls /tmp/ran 2>/dev/null)" "" "nothing is run"
one_line "cannot be loaded"
ok $? "and it says so" || sed 's/^/# /' /tmp/err

# Ours was loaded: it is again, as it was.
load slice_us=5000
echo 3000 >$CONTROL/slice_us # as it was turned to, not as it was loaded
echo "process $$ class=interactive weight=300" >$CONTROL/overrides
compare 1s --rounds 1 -- sleep 1000
is $? 0 "a command that does not end is ended"
grep -q 'ended after 1.0s in 2 of 2 runs' /tmp/out
ok $? "and that is said" || sed 's/^/# /' /tmp/out /tmp/err
is "$(loaded_ops) $(cat $CONTROL/slice_us)" "ostrace 3000" "ours is back with its parameters"
is "$(cat $CONTROL/overrides)" "process $$ class=interactive weight=300" "and with what was set by hand"
is "$(pgrep -c sleep)" 0 "nothing of the command is left"

echo S >/proc/sysrq-trigger
wait_for 10 state_is ejected
compare 1s -- true
is $? 1 "ours was ejected: refused"
one_line "'ejected'"
ok $? "with the reason" || sed 's/^/# /' /tmp/err
rmmod ostrace_sched

# Interrupted while ours runs.
ostrace sched --compare 500s -- sh -c "[ -d $CONTROL ] || exit 0; touch /tmp/ours; sleep 1000" >/tmp/out 2>/tmp/err &
pid=$!
wait_for 100 test -e /tmp/ours
kill -INT $pid
wait $pid
is $? 130 "interrupted: 128 + 2"
is "$(loaded_ops)" "" "ours is unloaded"
is "$(pgrep -c sleep)" 0 "nothing of the command is left"

mkdir -p /sys/fs/bpf/simple
bpftool struct_ops register "$SIMPLE" /sys/fs/bpf/simple >/dev/null
compare 1s -- true
is $? 1 "another scheduler runs: refused"
one_line "scheduler 'simple' runs"
ok $? "by its name" || sed 's/^/# /' /tmp/err
is "$(loaded_ops)" simple "and is not harmed"
rm -f /sys/fs/bpf/simple/*
finish
