#!/bin/bash
# everyday: 7.3
# timeout: 300
# The time that interrupts take from a process: the demo driver notes whom each of
# them interrupted and for how long, and what it notes lies inside of what the view
# brackets. So the view must show at least as much, and no tolerance is needed.
# shellcheck disable=SC2119,SC2319,SC2320 # the status of a condition is what is asked for
. tests/vm/irq.sh
. tests/vm/trace.sh
mark stolen

N=200 TASKLET=3 SOFT=1 # enum ostrace_irq_mech, enum ostrace_irq_ctx
load source=sim
put cpu 0
put mechanisms tasklet
put work_ns "hardirq=50us tasklet=200us"
client=$(client irq_client)

# The victim, in a cgroup of its own.
cgroup=/sys/fs/cgroup/ostrace-victim
mkdir "$cgroup"
nice -n -15 taskset -c 0 bash -c 'while :; do :; done' &
victim=$!
tracers[victim]=$victim # ended with them
echo $victim >$cgroup/cgroup.procs

trace processes softirqs --by processes
trace cgroups softirqs --by cgroups
trace sources softirqs --by sources
taskset -c 1 "$client" victims "$N" >"$work/driver"
ok $? "$N interrupts are served"
untrace processes
untrace cgroups
untrace sources
sed 's/^/# driver: /' "$work/driver"

driver() { # COLUMN CONDITION: its sum
	awk "$2 { n += \$$1 } END { print n + 0 }" "$work/driver"
}
note "$(jq -c '.notes // empty' "$work/processes" | head -n 1) losses: $(losses processes) $(losses cgroups) $(losses sources)"
is "$(losses processes) $(losses cgroups) $(losses sources)" "0 0 0" "nothing lost"

at_least() { # NAME GOT LEAST
	[ "$2" -ge "$3" ]
	ok $? "$1: $2, the driver says at least $3"
}
hards=$(driver 4 "\$1 == $victim && \$2 == 0") softs=$(driver 4 "\$1 == $victim && \$2 == $TASKLET && \$3 == $SOFT")
[ "$softs" -gt 0 ] && [ "$hards" -gt 0 ]
ok $? "the victim was interrupted: $hards hard interrupts, $softs tasklets"
at_least "process: stolen" "$(sum processes stolen_ns ".pid == $victim")" \
	"$(driver 5 "\$1 == $victim && (\$2 == 0 || \$2 == $TASKLET && \$3 == $SOFT)")"
at_least "process: hard interrupts" "$(sum processes hard_count ".pid == $victim")" "$hards"
at_least "process: time in them" "$(sum processes hard_ns ".pid == $victim")" "$(driver 5 "\$1 == $victim && \$2 == 0")"
at_least "cgroup: stolen" "$(sum cgroups stolen_ns '.cgroup == "/ostrace-victim"')" \
	"$(driver 5 "\$1 == $victim && (\$2 == 0 || \$2 == $TASKLET && \$3 == $SOFT)")"
# Softirqs on the exit of an interrupt, and none of this from local_bh_enable.
exits=$(sum processes irq_exit_ns ".pid == $victim") enables=$(sum processes bh_enable_ns ".pid == $victim")
[ "$exits" -gt "$enables" ]
ok $? "a loop without system calls: on the exit of interrupts ($exits ns), not at local_bh_enable ($enables ns)"
at_least "all tasklets, however they came to run" "$(sum sources count '.source == "TASKLET"')" \
	"$(driver 4 "\$2 == $TASKLET")"
at_least "the line" "$(sum sources count '.how == "hard" and (.source | endswith("ostrace_irq"))')" "$(driver 4 "\$2 == 0")"

# Packets over loopback are received when the sender enables bottom halves again.
packets=300
trace packets softirqs --by sources
taskset -c 1 build/tests/live/calls pid "udp:$packets:127.0.0.1" >/dev/null
ok $? "$packets packets are sent"
untrace packets
at_least "they come at local_bh_enable" \
	"$(sum packets count '.source == "NET_RX" and .how == "bh enable"')" "$packets"

# A storm: the kernel hands softirqs to ksoftirqd, which takes them from nobody.
put work_ns "tasklet=50us"
trace storm softirqs --by processes
before=$(val tasklet/in_ksoftirqd)
put storm_ms 1000
until [ "$(val storm_ms)" = 0 ]; do sleep 0.2; done
settle
after=$(val tasklet/in_ksoftirqd)
untrace storm
served=$(sum storm ksoftirqd_count '.comm == "ksoftirqd/0"')
note "the driver saw ksoftirqd serve $((after - before)), the view $served softirqs"
[ "$served" -gt 0 ]
ok $? "ksoftirqd's are its own work"
is "$(sum storm ksoftirqd_count '.comm | startswith("ksoftirqd") | not')" 0 "and nobody else's"

kill -KILL $victim
wait $victim 2>/dev/null
until rmdir "$cgroup" 2>/dev/null; do sleep 0.1; done
unload
clean stolen
plan
