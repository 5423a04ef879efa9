#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The life of a reporting command: how often it reports, what JSON it writes,
# and how it ends. Needs to be able to trace.
# timeout: 600
# A test's condition is its result.
# shellcheck disable=SC2319,SC2181,SC2216,SC2217
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

if ! can_trace; then
	echo "1..0 # SKIP cannot trace here"
	exit 0
fi

lines() { wc -l <"$tmp/out"; }

run syscalls --json 0.1 3
[ "$code" = 0 ] && [ "$(lines)" = 3 ]
result "0.1 3: three reports, exit 0" $?
jq -es 'map(.interval_ns) | add >= 295e6 and add < 1e9' "$tmp/out" >/dev/null
result "intervals are as long as asked" $?
jq -es '.[0].time < .[1].time and .[1].time < .[2].time' "$tmp/out" >/dev/null
result "time goes on" $?
run syscalls --json -d 0.25 0.1
[ "$code" = 0 ] && jq -es 'map(.interval_ns) | add >= 249e6 and add < 1e9' "$tmp/out" >/dev/null
result "-d 0.25: the last interval ends with it" $?
start=$EPOCHREALTIME
run softirqs 0.1 2
[ "$code" = 0 ] && awk "BEGIN { exit !($EPOCHREALTIME - $start < 30) }" && is_plain "$tmp/out"
result "softirqs as text: plain" $?
run top --json 0.1 2
[ "$code" = 0 ] && jq -es 'map(.view) | unique | length > 1' "$tmp/out" >/dev/null
result "top --json: every view" $?

"$OSTRACE" --json-schema >"$tmp/schema"
for args in syscalls "syscalls --by processes" "syscalls --by cgroups" softirqs; do
	# shellcheck disable=SC2086
	run $args --json 0.2 2
	if [ "$code" != 0 ]; then
		result "$args --json" 1
	elif python3 -c 'import jsonschema' 2>/dev/null; then
		python3 - "$tmp/schema" "$tmp/out" <<'END' >"$tmp/err" 2>&1
import json, sys, jsonschema
v = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
for line in open(sys.argv[2]):
    v.validate(json.loads(line))
END
		result "$args --json is as the schema says" $?
	else
		jq -e .view "$tmp/out" >/dev/null
		result "$args --json is JSON" $?
	fi
done

run syscalls --json -N 3 --sort calls 0.2 1
jq -e '(.rows | length <= 3) and ([.rows[].calls] | . == (sort | reverse))' "$tmp/out" >/dev/null
result "-N 3 --sort calls: at most three rows, in order" $?
run syscalls --json -r --sort name 0.2 1
jq -e '[.rows[].name] | . == (sort | reverse)' "$tmp/out" >/dev/null
result "-r --sort name: names backwards" $?
run syscalls --json -f epoll 0.2 1
jq -e '[.rows[].name | contains("epoll")] | all' "$tmp/out" >/dev/null
result "--filter: only rows with that name" $?

# -- program
run syscalls --json -- sh -c 'exit 7'
[ "$code" = 7 ] && [ "$(lines)" = 1 ]
result "-- program: one report, its exit status" $?
run syscalls --json -- sh -c 'kill -9 $$'
[ "$code" = 137 ]
result "-- program killed by a signal: 128 + n" $?
run syscalls --json 0.1 -- sleep 0.35
[ "$code" = 0 ] && [ "$(lines)" -ge 3 ]
result "-- program with an interval: periodic reports and the last one" $?
run syscalls --json -d 0.2 -- sh -c 'sleep 0.6; exit 5'
[ "$code" = 5 ] && [ "$(lines)" = 1 ]
result "-- program that outlives -d: waited for" $?
run syscalls -- sh -c 'echo from the program; exit 0'
grep -qx 'from the program' "$tmp/out"
result "the program's own output is left alone" $?

# Signals. The interval is long: whatever is reported is the last, partial one.
begin() { # ARG...
	"$OSTRACE" "$@" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	# Its signals are blocked, and so safe to send, once it waits for them. The
	# shell blocks them too around its fork: ask for the name as well.
	local end=$((SECONDS + 30))
	until { [ "$(cat "/proc/$pid/comm")" = ostrace ] &&
		[ "$((0x$(awk '/^SigBlk/ { print $2 }' "/proc/$pid/status") & 0x4002))" = $((0x4002)) ]; } ||
		[ "$SECONDS" -gt "$end" ]; do sleep 0.02; done
}
for sig in INT:0 TERM:143 HUP:129 QUIT:131; do
	(
		# Job control would keep SIGINT from a background child otherwise.
		set -m
		begin syscalls --json 600
		kill -"${sig%:*}" "$pid"
		wait "$pid"
		echo $? >"$tmp/code"
	) 2>/dev/null
	[ "$(cat "$tmp/code")" = "${sig#*:}" ] && [ "$(lines)" = 1 ]
	result "SIG${sig%:*}: the interval so far, exit ${sig#*:}" $?
done
(
	set -m
	begin syscalls --json 600 -- sleep 654
	child=$(pgrep -P "$pid" -x sleep)
	kill -TERM "$pid"
	wait "$pid"
	echo $? >"$tmp/code"
	kill -0 "$child" 2>/dev/null && echo "alive" >"$tmp/code"
) 2>/dev/null
[ "$(cat "$tmp/code")" = 143 ]
result "SIGTERM is passed on to the program" $?

# Output that goes nowhere
"$OSTRACE" syscalls 0.1 1 >/dev/full 2>"$tmp/err"
[ $? = 1 ] && grep -qx 'ostrace: cannot write to standard output: No space left on device' "$tmp/err"
result "a full disk: exit 1, one line" $?
{ timeout 60 "$OSTRACE" syscalls --json 0.1 2>"$tmp/err"; echo $? >"$tmp/code"; } | head -n 1 >"$tmp/out"
[ "$(cat "$tmp/code")" = 141 ] && [ ! -s "$tmp/err" ] && [ "$(lines)" = 1 ]
result "a pipe closed between reports: exit 141, no word" $?
start=$SECONDS
{ timeout 60 "$OSTRACE" syscalls 600 2>"$tmp/err"; echo $? >"$tmp/code"; } | sleep 0.5
[ "$(cat "$tmp/code")" = 141 ] && [ $((SECONDS - start)) -lt 30 ]
result "a pipe closed during a long interval is noticed" $?

# A reader that has stopped reading: the pipe is full after a second or so.
mkfifo "$tmp/fifo"
sleep 300 <"$tmp/fifo" &
reader=$!
(
	set -m
	"$OSTRACE" syscalls --json --by inflight 0.01 >"$tmp/fifo" 2>"$tmp/err" &
	pid=$!
	sleep 3
	kill -TERM "$pid"
	sleep 20 && kill -KILL "$pid" &
	wait "$pid"
	echo $? >"$tmp/code"
	kill %2
) 2>/dev/null
kill "$reader"
wait "$reader" 2>/dev/null
: >"$tmp/out"
[ "$(cat "$tmp/code")" = 143 ]
result "SIGTERM while the reader does not read: exit 143" $?

# Two at once
"$OSTRACE" syscalls --json 0.2 3 >"$tmp/one" &
run syscalls --json 0.2 3
wait $!
[ $? = 0 ] && [ "$code" = 0 ] && [ "$(wc -l <"$tmp/one")" = 3 ] && [ "$(lines)" = 3 ]
result "two at once do not disturb each other" $?
finish
