#!/bin/bash
# Durations that are known from below, calls in flight, and none invented.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 18

# ---- 20 x 50 ms ----

"$OSTRACE" syscalls --json -- "$CALLS" nanosleep:20:50 >"$work/sleep"
row() { jq "[.rows[] | select(.name == \"nanosleep\")][0].$1" "$work/sleep"; }
between() { # between NAME VALUE LOW: and no duration is longer than a minute
	holds "$1" test "$2" -ge "$3" -a "$2" -lt 60000000000
}
is "$(row calls)" 20 "20 sleeps"
is "$(row untimed)" 0 "all with a duration"
between "total: at least 20 x 50 ms" "$(row total_ns)" 1000000000
between "mean: at least 50 ms" "$(row avg_ns)" 50000000
between "longest: at least 50 ms" "$(row max_ns)" 50000000
# The slot that holds 50 ms is 41.9 to 50.3 ms wide; 46.1 ms stand for it.
between "median: in the slot of 50 ms or above" "$(row p50_ns)" 46137344
between "99 %: in the slot of 50 ms or above" "$(row p99_ns)" 46137344

# ---- in flight before tracing starts ----

start before "$CALLS" pid wait rare:1 say:next wait say:done wait
p=$pid
until_true has_lines "$work/before" 1
blocked() { [[ $(cat "/proc/$p/syscall") == "0 "* ]]; }
until_true blocked
trace open syscalls -i 50ms -p "$p" --by inflight
open=$tracer
trace calls syscalls -i 50ms -p "$p"
calls=$tracer
shown() { jq -se "[.[-1].rows[] | select($1)] | length > 0" "$work/open" >/dev/null; }
mine=".pid == $p and .name == \"read\""
until_true shown "$mine and .since == \"before\" and .lower_bound == [\"age_ns\"]"
is $? 0 "a call begun before tracing is shown, its age as a lower bound"
is "$(sum calls calls '.name == "read"')" 0 "and is not counted before it ends"
open_gates 1
until_true shown "$mine and .since == \"entry\""
is $? 0 "a call begun since is shown as such"

# ---- in flight across ticks ----

n=$(wc -l <"$work/calls")
until_true has_lines "$work/calls" $((n + 4))
is "$(sum calls calls '.name == "read"')" 1 "in flight across ticks: the next call is not counted yet"
is "$(sum calls untimed '.name == "read"')" 1 "the one begun before tracing has no duration"
is "$(sum calls total_ns '.name == "read"')" 0 "none was invented for it"
holds "the open column of its system call says 1" \
	jq -se '[.[-1].rows[] | select(.name == "read").open] == [1]' "$work/calls"
open_gates 1
until_true has_lines "$work/before" 3
untrace "$calls"
untrace "$open"
is "$(sum calls calls '.name == "read"')" 2 "it is counted when it ends"
is "$(sum calls untimed '.name == "read"')" 1 "with a duration"
# Three whole intervals passed while it was open.
between "of at least the intervals it spanned" "$(sum calls total_ns '.name == "read"')" 100000000
is "$(jq -s '[.[].rows[] | select(.name == "read" and .total_ns != null)] | length' "$work/calls")" 1 \
	"which stands in one interval only"
