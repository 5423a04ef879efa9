#!/bin/bash
# long: 100 loads and unloads under load
# timeout: 1800
# Loaded and removed again and again, with everything else moving.
# shellcheck disable=SC2317 # called by name
set -u
. tests/vm/sched.sh
need_sched_ext
before=$(bpf_objects)
"$LOAD" hogs 1800 n=2 nice=10 cpu=0 run=500,sleep=1500,n=2 &
hogs=$!
"$LOAD" churn 1800 >/dev/null &
churn=$!

loops=${SCHED_LOOPS:-100} # each takes seconds on an emulated machine under load
failed=0 # nice: so that loading gets its share of the CPU
for ((i = 0; i < loops; i++)); do
	nice -n -20 modprobe ostrace_sched || failed=$((failed + 1))
	nice -n -20 rmmod ostrace_sched || failed=$((failed + 1))
done
is $failed 0 "$loops times loaded and removed under load"

load
# CPUs come and go.
gone=0
for i in 1 2 3; do
	for cpu in /sys/devices/system/cpu/cpu[1-9]*; do
		echo 0 >"$cpu/online" || gone=$((gone + 1))
		sleep 0.3
		[ "$(cat $CONTROL/state)" = running ] || gone=$((gone + 1))
		echo 1 >"$cpu/online" || gone=$((gone + 1))
	done
done
is $gone 0 "CPUs taken away and given back"
echo 0 >/sys/devices/system/cpu/cpu1/online
rmmod ostrace_sched && load
is "$(loaded_ops)" ostrace "loaded with a CPU away"
echo 1 >/sys/devices/system/cpu/cpu1/online
sleep 1
is "$(cat $CONTROL/state) $(cat $CONTROL/exits)" "running 0" "which then comes back"

# Cgroups come and go with tasks in them.
root=/sys/fs/cgroup
echo +cpu >$root/cgroup.subtree_control
bad=0
for i in 1 2 3 4 5 6 7 8; do
	mkdir $root/t$i
	"$LOAD" hogs 1 cgroup=$root/t$i,n=2 &
	echo $((i * 100)) >$root/t$i/cpu.weight || bad=$((bad + 1))
	echo $((i % 2)) >$root/t$i/cpu.idle
	echo "50000 100000" >$root/t$i/cpu.max
done
wait_empty() { ! grep -q . "$root/t$1"/cgroup.procs; }
for i in 1 2 3 4 5 6 7 8; do
	wait_for 60 wait_empty $i
	rmdir $root/t$i || bad=$((bad + 1))
done
is $bad 0 "cgroups made, weighed and removed"

# More domains than this machine has.
load test_domains=2
"$LOAD" shares 4 n=3 | awk '{ s += $1 } END { exit s < 1 }'
is "$? $(cat $CONTROL/state)" "0 running" "two cache domains"
dmesg | grep 'ostrace_sched: ' | tail -n 3 | sed 's/^/# /'
is "$(cat $CONTROL/exits)" 0 "it was never ejected"

kill $hogs $churn
rmmod ostrace_sched
is $? 0 "removed"
same() { [ "$(bpf_objects)" = "$before" ]; }
wait_for 10 same
ok $? "no BPF object is left" || echo "# $(bpf_objects), before: $before"
finish
