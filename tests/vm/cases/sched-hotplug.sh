#!/bin/bash
# long: waits for as long as sched_ext's watchdog would
# machine: CPUS=4
# kernel: 7.3
# timeout: 300
# Queues that nobody comes to any more, beside hogs that leave no CPU idle: what waits
# there is found all the same, or the watchdog would eject the scheduler.
# shellcheck disable=SC2317 # called by name
set -u
# shellcheck source=tests/vm/sched.sh
. tests/vm/sched.sh
need_sched_ext

online() { # 0|1 CPU...
	local cpu to=$1
	shift
	for cpu; do echo "$to" >"/sys/devices/system/cpu/cpu$cpu/online"; done
}

stays() { # NAME CPUS-TO-TAKE PARAMETERS -- HOGS...
	local name=$1 cpus=$2 hogs seen parameters=()
	shift 2
	while [ "$1" != -- ]; do parameters+=("$1") && shift; done
	shift
	load bound_ms=500 timeout_ms=8000 "${parameters[@]}"
	"$LOAD" hogs 60 "$@" >/dev/null &
	hogs=$!
	wait_for 30 pgrep -P $hogs >/dev/null
	sleep 1
	# shellcheck disable=SC2086 # a list
	online 0 $cpus
	# The watchdog looks every four seconds.
	for _ in $(seq 16); do
		sleep 1
		state_is running || break
	done
	seen="$(cat $CONTROL/state) $(cat $CONTROL/exits)"
	is "$seen" "running 0" "$name"
	sed 's/^/# /' $CONTROL/exit
	# shellcheck disable=SC2086
	online 1 $cpus
	kill $hogs
	wait $hogs 2>/dev/null
}

stays "CPUs are taken from tasks of limited affinity" 2 -- cpus=1-2,n=8 cpu=0,n=2 cpu=3,n=2 cpu=1,n=2
stays "all CPUs of a cache domain go" "1 3" test_domains=2 -- n=6
stays "and of one to which tasks were limited" "1 3" test_domains=2 -- cpus=1-2,n=6 cpu=0,n=2
rmmod ostrace_sched
finish
