#!/bin/bash
# everyday: 7.3
# timeout: 480
# Ejected in every way there is: noticed, said, shown; and started again if asked.
# shellcheck disable=SC2317 # called by name
set -u
. tests/vm/sched.sh
need_sched_ext
"$LOAD" hogs 1000 n=3 &
hogs=$!

modprobe ostrace_sched bound_ms=600 timeout_ms=1000 2>/dev/null
dmesg | grep -q 'ostrace_sched: bound_ms is 600'
is "$? $(loaded_ops)" "0 " "a bound that the watchdog would not wait for is refused"

load restart=0 || { echo "1..1"; echo "not ok 1 - it loads"; exit 1; }
dmesg -C
echo S >/proc/sysrq-trigger
wait_for 10 state_is ejected
ok $? "sysrq-S is noticed"
is "$(cat $SCX/state)" disabled "the kernel schedules"
is "$(cat $CONTROL/exits)" 1 "it was ejected once"
grep -q '^reason .*[sS]ys' $CONTROL/exit
ok $? "the reason is shown" || sed 's/^/# /' $CONTROL/exit
dmesg | grep -q 'ostrace_sched: the scheduler was ejected'
ok $? "the reason is logged"
is "$(dd if=$CONTROL/counters bs=8 skip=2 count=1 2>/dev/null | od -An -tu8 | tr -d ' ')" 0 "the counters say that it does not run"
sleep 3
is "$(cat $CONTROL/state)" ejected "it stays so"

echo "cgroup /nowhere" >$CONTROL/overrides 2>/dev/null
for weight in {1001..1400}; do echo "process $hogs weight=$weight"; done >/tmp/overrides
cat /tmp/overrides >$CONTROL/overrides
is "$? $(cat $CONTROL/overrides)" "0 process $hogs weight=1400" "more lines than a page holds"
sh -c 'sleep 0 & exec sleep 1000' &
parent=$!
dead() { zombie=$(pgrep -r Z -P "$parent"); }
wait_for 20 dead
if echo "process $zombie weight=60" 2>/dev/null >$CONTROL/overrides; then false; fi
is "$? $(wc -l <$CONTROL/overrides)" "0 1" "a process that ended has no override any more"
kill $parent
echo "process $hogs weight=50" >$CONTROL/overrides
echo 1 >$CONTROL/restart
wait_for 20 state_is running
ok $? "'restart' brings it back"
is "$(loaded_ops)" ostrace "it is the scheduler again"
is "$(cat $CONTROL/overrides)" "process $hogs weight=50" "overrides survive"

link=$(bpftool link list | awk '/struct_ops/ { sub(":", "", $1); print $1; exit }')
bpftool link detach id "$link"
twice() { [ "$(cat "$CONTROL"/exits)" = 2 ]; }
wait_for 10 twice
ok $? "bpftool link detach is noticed"
wait_for 20 state_is running
ok $? "and it comes back"

# Lost tasks: the watchdog's case.
sleep 1000 &
victim=$!
load timeout_ms=2000 test_stall_pid=$victim
kill $victim
wait_for 30 state_is ejected
ok $? "the watchdog ejects it for a lost task"
grep -q 'stall' $CONTROL/exit
ok $? "and says what for" || sed 's/^/# /' $CONTROL/exit
rmmod ostrace_sched
is $? 0 "an ejected one is removed"
load
is "$(loaded_ops)" ostrace "and loaded again"
echo S >/proc/sysrq-trigger
rmmod ostrace_sched
is $? 0 "removed while it is being ejected"
kill $hogs
finish
