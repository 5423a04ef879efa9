#!/bin/bash
# Runs inside the VM: every workload under every scheduler, one after the other and
# again, so that what changes on the host meanwhile meets all alike. Prints
# "SCHEDULER WORKLOAD VALUE..." lines; compare.py makes a table of them.
#
#   guest.sh RUNS SECONDS SCHEDULERS WORKLOADS
#
# What is timed reads no file: with guest time counted in instructions, a wait for the
# file server outside takes no time, or an arbitrary one.
set -u
runs=$1 seconds=$2 schedulers=$3 workloads=$4
load=build/tests/vm/sched_load
cpus=$(nproc)
# shellcheck source=tests/vm/sched.sh
. tests/vm/sched.sh
steady_turns

# A compiler and something to compile, in memory.
mkdir -p /tmp/cc
gcc -E -D_GNU_SOURCE tests/vm/sched_load.c -o /tmp/cc/in.i
cp "$(gcc -print-prog-name=cc1)" /tmp/cc/cc1
ldd /tmp/cc/cc1 | awk '$3 ~ "^/" { print $3 }' | xargs -I{} cp -L {} /tmp/cc/

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

compile() { # seconds that a compiler on each CPU takes
	local i start=$EPOCHREALTIME
	for ((i = 0; i < cpus; i++)); do
		LD_LIBRARY_PATH=/tmp/cc /tmp/cc/cc1 -quiet -O0 -fpreprocessed /tmp/cc/in.i -o "/tmp/cc/out.$i" &
	done
	wait
	awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}

# Operations a second of computing, of pairs that talk through pipes and futexes, of one
# that forks and of one that maps memory, all at once.
stress() {
	(cd /tmp && stress-ng --no-rand-seed --temp-path /tmp --cpu "$cpus" --cpu-method int64 \
		--pipe "$cpus" --futex "$cpus" --fork 1 --vm 1 --vm-bytes 8M --vm-method incdec --timeout 1 \
		--metrics --log-brief 2>&1) | awk '
		$1 ~ /^(cpu|pipe|futex|fork|vm)$/ && NF == 9 { print $6; n++; log_of_all += log($6) }
		END { if (n) print exp(log_of_all / n) }'
}

run() { # WORKLOAD
	case $1 in
	wake) $load wake "$seconds" 5000 100 n=$((2 * cpus)) ;;
	requests) $load requests "$seconds" $((2 * cpus)) 100 n=$((2 * cpus)) ;;
	messaging) perf bench sched messaging -g 2 -l 60 2>/dev/null | awk '/Total time/ { print $3 }' ;;
	hackbench) hackbench -g 2 -l 60 -p -T | awk '/^Time/ { print $2 }' ;;
	pipe) perf bench sched pipe -l 4000 2>/dev/null | awk '/Total time/ { print $3 }' ;;
	compile) compile ;;
	mix) $load mix "$seconds" $((2 * cpus)) ;;
	stress) stress ;;
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
