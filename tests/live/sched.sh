#!/bin/bash
# The sched view against what the kernel tells of the same tasks in /proc: its own
# count of switches and its own sum of waits, read before, during and after.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 13

# Two loops that share one CPU: both wait, both are preempted.
for _ in 1 2; do
	taskset -c 0 bash -c 'while :; do :; done' &
	started+=($!)
done
a=${started[0]} b=${started[1]}

# "RUN_NS WAIT_NS RUNS" of a process, by the kernel.
kernel() { cat "/proc/$1/schedstat"; }

kernel "$a" >"$work/k0"
"$OSTRACE" sched --json -i 1 -n 3 -p "$a,$b" >"$work/processes"
is $? 0 "it runs"
kernel "$a" >"$work/k1"

sum() { jq -s "[.[].rows[] | select(.pid == $1) | .$2] | add // 0" "$work/processes"; }
grew() { echo $(($(cut -d' ' -f"$1" "$work/k1") - $(cut -d' ' -f"$1" "$work/k0"))); }

# Tracing lies inside the two readings.
holds "time run is within the kernel's own" test "$(sum "$a" run_ns)" -le "$(grew 1)"
holds "time waited is within the kernel's own" test "$(sum "$a" wait_ns)" -le $(($(grew 2) + $(grew 2) / 20))
holds "runs are within the kernel's own" test "$(sum "$a" switches)" -le "$(grew 3)"
holds "a loop that shares its CPU runs" test "$(sum "$a" run_ns)" -gt 0
holds "and waits" test "$(sum "$a" wait_ns)" -gt 0
holds "and is preempted, again and again" test "$(sum "$a" preempted)" -gt 2
is "$(jq -s '[.[].rows[].pid] | unique | length' "$work/processes")" 2 "the filter lets the two through, no others"

"$OSTRACE" sched --json -n 1 --by state >"$work/state"
want=$(cat /sys/kernel/sched_ext/root/ops 2>/dev/null || echo "the kernel's own")
is "$(jq -r '.rows[] | select(.name == "scheduler").value' "$work/state")" "$want" "it names the scheduler"

# A program is followed with its children and theirs, and nothing else is seen.
"$OSTRACE" sched --json -- bash -c 'for i in 1 2 3; do sleep 0.05; done; bash -c "sleep 0.05; true"' >"$work/program"
is "$(jq -r '[.rows[] | select(.comm != "bash" and .comm != "sleep").comm] | unique | join(" ")' "$work/program")" "" "with -- program, no one else's runs"
is "$(jq '[.rows[] | select(.comm == "sleep")] | length' "$work/program")" 4 "and all children's, by the name they took"
is "$(jq .lost.map_full "$work/program")" 0 "none is lost"
# Nor by those that keep the CPU from exec to their end, as some of a hundred do.
"$OSTRACE" sched --json -- bash -c 'for i in {1..100}; do /bin/true; done' >"$work/program"
is "$(jq '[.rows[] | select(.comm == "true")] | length' "$work/program")" 100 "those that never sleep, too"
