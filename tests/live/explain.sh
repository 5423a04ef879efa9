#!/bin/bash
# `ostrace explain` finds what is made to go wrong, and nothing where nothing does.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 10

findings() { jq -c '[.findings[] | select(.whole_machine | not)]' "$work/$1"; }

# ---- a busy loop on the same CPU ----

cpu=$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')
start hog "$CALLS" cpu:"$cpu" load
"$OSTRACE" explain --json -- "$CALLS" cpu:"$cpu" zero:40:16 >"$work/all"
is $? 0 "a program beside a busy loop"
grep '^{' "$work/all" >"$work/beside"
note "$(findings beside)"
holds "its calls have no CPU" jq -e '[.findings[] |
	select(.rule == "call_no_cpu" and .who == "pread64" and .lost_ns_per_s >= 20000000 and
		(.text | test("run-queue wait")))] | length == 1' "$work/beside"
holds "worst first" jq -e '[.findings[].lost_ns_per_s] | . == (sort | reverse)' "$work/beside"
holds "each names the table that shows it" \
	jq -e '[.findings[] | .view != "" and .table != ""] | all' "$work/beside"
"$OSTRACE" explain -- "$CALLS" cpu:"$cpu" zero:40:16 >"$work/text"
holds "as text as well" grep -q "p99 of pread64 is .*run-queue wait" "$work/text"
kill -KILL "$pid"

# ---- a process that sleeps ----

start idle "$CALLS" pid wait
until_true has_lines "$work/idle" 1
"$OSTRACE" explain -d 300ms --json -p "$pid" >"$work/quiet"
is $? 0 "a process that does nothing"
is "$(findings quiet)" "[]" "nothing stands out about it"
holds "it says what it looked at" jq -e '.of == "process '"$pid"'" and
	([.examined[].rule] | index("call_throttled") != null and index("task_no_cpu") != null)' "$work/quiet"

# ---- ends ----

"$OSTRACE" explain -p 4194304 >"$work/out" 2>&1
is $? 2 "a process that is not there"
env --default-signal "$OSTRACE" explain -d 1h --json >"$work/cut" &
tracer=$!
holds_int() { # it waits for signals: SIGINT is blocked, to be read
	local mask
	mask=$(sed -n 's/^SigBlk:\t//p' "/proc/$tracer/status") && [ -n "$mask" ] && ((0x$mask & 2))
}
until_true holds_int
kill -INT "$tracer"
wait "$tracer"
is "$? $(jq -r .command "$work/cut")" "0 explain" "a signal ends it, and it tells what it has seen"
