#!/bin/bash
# Runs inside the VM: every workload under every scheduler, one after the other and
# again, so that what changes on the host meanwhile meets all alike. Prints
# "SCHEDULER WORKLOAD VALUE..." lines; compare.py makes a table of them.
#
#   guest.sh RUNS SECONDS SCHEDULERS WORKLOADS
set -u
runs=$1 seconds=$2 schedulers=$3 workloads=$4
load=build/tests/vm/sched_load
cpus=$(nproc)

with() { # SCHEDULER
	case $1 in
	eevdf) ;;
	simple)
		mkdir -p /sys/fs/bpf/simple
		bpftool struct_ops register build/tests/bench-sched/simple.bpf.o /sys/fs/bpf/simple >/dev/null
		;;
	ostrace) modprobe ostrace_sched ;;
	esac
}

without() { # SCHEDULER
	case $1 in
	simple) rm -f /sys/fs/bpf/simple/* ;;
	ostrace)
		[ "$(cat /sys/kernel/ostrace_sched/state)" = running ] || echo "ostrace ejected 1"
		rmmod ostrace_sched
		;;
	esac
	until grep -q disabled /sys/kernel/sched_ext/state; do sleep 0.1; done
}

elapsed() { # COMMAND...: seconds it took
	local start=$EPOCHREALTIME
	"$@" >/dev/null 2>&1 || echo "# failed: $*" >&2
	awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}

compile() {
	local i
	for ((i = 0; i < 2 * cpus; i++)); do
		gcc -O1 -D_GNU_SOURCE -o /tmp/compiled.$i tests/vm/sched_load.c &
	done
	wait
}

run() { # WORKLOAD
	case $1 in
	wake) $load wake "$seconds" 10000 100 n=$((2 * cpus)) ;;
	requests) $load requests "$seconds" $((2 * cpus)) 100 n=$((2 * cpus)) ;;
	messaging) elapsed perf bench sched messaging -g 2 -l 60 ;;
	pipe) elapsed perf bench sched pipe -l 4000 ;;
	compile) elapsed compile ;;
	throughput) perf bench mem memset -s 64MB -l 20 2>/dev/null | awk '/GB\/sec|MB\/sec/ { print $1; exit }' ;;
	mix) stress-ng --cpu "$cpus" --switch 1 --pipe 1 -t "${seconds%.*}" --metrics-brief 2>&1 |
		awk '/ cpu / { print $(NF - 1); exit }' ;;
	esac
}

for ((i = 0; i < runs; i++)); do
	for scheduler in $schedulers; do
		with "$scheduler"
		for workload in $workloads; do
			echo "$scheduler $workload $(run "$workload" | tr '\n' ' ')"
		done
		without "$scheduler"
	done
done
dmesg | grep -E 'WARNING: .* at |BUG: |ejected' | sed 's/^/# /'
