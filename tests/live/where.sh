#!/bin/bash
# Where the time of a call goes, against what the kernel itself says of the
# thread: its CPU time and its wait for a CPU. The parts add up to the duration.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 13

where() { # where NAME CALLS-STEP...
	local name=$1
	shift
	"$OSTRACE" syscalls --by where --json -- "$CALLS" "$@" >"$work/$name.all"
	grep '^{' "$work/$name.all" >"$work/$name"
	grep -v '^{' "$work/$name.all" >"$work/$name.said"
}
part() { jq "[.rows[] | select(.name == \"$2\").$3] | add // 0" "$work/$1"; }
# The parts of every row are its total exactly; each of six shares is rounded to 0.001.
adds_up() {
	jq -e '[.rows[] | (.running_ns + .blocked_ns + .throttle_ns + .reclaim_ns + .ready_ns +
			.interrupted_ns - .total_ns) == 0 and
		((.running_percent + .blocked_percent + .throttle_percent + .reclaim_percent +
			.ready_percent + .interrupted_percent - 100) | fabs) < 0.0031 or
			.total_ns == 0] |
		length > 0 and all' "$work/$1"
}
# Within a tenth, and what reading the kernel's numbers takes.
close_to() { test "$(($1 > $2 ? $1 - $2 : $2 - $1))" -le "$(($2 / 10 + 3000000))"; }

# ---- asleep ----

where sleep nanosleep:10:50
is "$(part sleep nanosleep calls)" 10 "10 sleeps"
holds "the parts of every call add up to its duration" adds_up sleep
# A timer is never early; it starts shortly before the thread sleeps.
holds "nine tenths of 10 x 50 ms, or more, were spent asleep" \
	test "$(part sleep nanosleep blocked_ns)" -ge 450000000
is "$(part sleep nanosleep reclaim_ns) $(part sleep nanosleep throttle_ns)" "0 0" \
	"none in reclaim, none throttled"

# ---- running ----

where run zero:40:16
read -r ran waited <"$work/run.said"
busy=$(($(part run pread64 running_ns) + $(part run pread64 interrupted_ns)))
holds "the parts of every call add up to its duration" adds_up run
holds "running, and interrupted meanwhile: what the kernel calls CPU time" \
	close_to "$busy" "$ran"
holds "it did not sleep" test "$(part run pread64 blocked_ns)" -le $((ran / 10 + 3000000))

# ---- ready, but without a CPU ----

cpu=$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')
start hog "$CALLS" cpu:"$cpu" load
where ready cpu:"$cpu" zero:40:16
kill -KILL "$pid"
read -r ran waited <"$work/ready.said"
is "$(part ready pread64 calls)" 40 "40 calls"
holds "the parts of every call add up to its duration" adds_up ready
if [ "$waited" = 0 ]; then
	skip "the wait for a CPU is that of /proc/PID/schedstat, but for what is outside of calls" \
		"this kernel keeps none"
	skip "which is more than a tenth of the time beside a busy loop" "this kernel keeps none"
else
	# The kernel's figure includes waits on the way back to the program, behind the end
	# of the call: a part that is lost to us, and left to chance.
	ready=$(part ready pread64 ready_ns)
	holds "the wait for a CPU is that of /proc/PID/schedstat, but for what is outside of calls" \
		test "$ready" -ge $((waited / 2)) -a "$ready" -le $((waited + waited / 10 + 3000000))
	holds "which is more than a tenth of the time beside a busy loop" \
		test "$(part ready pread64 ready_ns)" -ge "$(($(part ready pread64 total_ns) / 10))"
fi

# ---- only when asked ----

progs() { bpftool prog show 2>/dev/null | grep -c ostrace_where; }
trace plain syscalls -i 50ms
plain=$tracer
if command -v bpftool >/dev/null; then
	is "$(progs)" 0 "nothing watches switches and interrupts unless asked"
else
	skip "nothing watches switches and interrupts unless asked" "no bpftool"
fi
untrace "$plain"
trace asked syscalls -i 50ms --by where
asked=$tracer
untrace "$asked"
holds "at most 20 events were missed" test "$(jq -s "[.[].lost.where_missed] | add" "$work/asked")" -le 20
