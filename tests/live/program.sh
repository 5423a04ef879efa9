#!/bin/bash
# -- program: traced from its first instruction with its children, and its status.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 21

json() { "$OSTRACE" syscalls --json "$@" >"$work/json" 2>"$work/err"; }
calls() { sum json calls ".name == \"$1\""; }

# ---- what is counted ----

json -- "$CALLS" getppid:100 fork:2:50
is "$?" 0 "status 0"
is "$(calls getppid)" 200 "the program and its children"
is "$(calls execve)" 0 "from its first instruction: its own exec is not part of it"
is "$(calls exit_group) $(sum json untimed '.name == "exit_group"')" "3 3" "to its last"
is "$(jq -s length "$work/json")" 1 "one report, at its end"
json -i 20ms -- "$CALLS" nanosleep:5:20 getppid:100
is "$(calls getppid) $(calls nanosleep)" "100 5" "with an interval: the reports add up"
holds "and there are several" has_lines "$work/json" 2
json -- "$CALLS" procs:4 fork:10:25
is "$(calls getppid)" 1000 "grandchildren"
json --by processes -- "$CALLS" fork:3:10
is "$(jq -c '[.rows[].comm] | unique' "$work/json")" '["calls"]' "by the name it has after the exec"
json --by processes -- sh -c "'$CALLS' getppid:7"
holds "a program that its child executes has its own name" \
	jq -e '[.rows[].comm] | index("calls") != null' "$work/json"

# ---- its status ----

json -- "$CALLS" exit:3
is $? 3 "status 3"
json -- "$CALLS" kill:9
is $? 137 "killed by SIGKILL: 128 + 9"
json -- /nowhere/to/be/found
is "$? $(wc -l <"$work/err")" "127 1" "not found: 127, one line"
json -- "$work"
is "$? $(wc -l <"$work/err")" "126 1" "not executable: 126, one line"
echo 'exit 6' >"$work/script"
chmod +x "$work/script"
json -- "$work/script"
is $? 6 "a script that names no interpreter is the shell's, as with execvp"

# ---- its life and ours ----

json -n 1 -i 20ms -- "$CALLS" nanosleep:1:100 exit:5
is $? 5 "a program that outlives the reports is waited for"

start tracer env --default-signal "$OSTRACE" syscalls --json -- "$CALLS" pid wait
tracer=$pid
until_true has_lines "$work/tracer" 1
program=$(head -n1 "$work/tracer")
untrace "$tracer" TERM
# shellcheck disable=SC2154 # untrace sets it
is "$status" 143 "SIGTERM ends ostrace"
until_true gone "$program"
is $? 0 "and the program with it"
holds "after a last report" jq -se '.[-1].rows | length > 0' <(tail -n +2 "$work/tracer")

start tracer env --default-signal "$OSTRACE" syscalls --json -- "$CALLS" pid wait
tracer=$pid
until_true has_lines "$work/tracer" 1
program=$(head -n1 "$work/tracer")
kill -KILL "$tracer"
wait "$tracer" 2>/dev/null
holds "a program whose ostrace is killed goes on" kill -0 "$program"
open_gates 1
until_true gone "$program"
is $? 0 "to its own end"
