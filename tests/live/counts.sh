#!/bin/bash
# Every call is counted once, for the right process and cgroup, on a busy machine
# and with several tracers at once.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 20

# ---- 16 processes x 62,500 getpid, with two others keeping the machine busy ----

start load1 "$CALLS" load
start load2 "$CALLS" load

if new_cgroup all; then
	all=$cgroup
	new_cgroup all/a && a=$cgroup path_a=$cgroup_path
	new_cgroup all/b && b=$cgroup path_b=$cgroup_path
	step_a=cgroup:1:$a step_b=cgroup:1:$b
else
	all='' step_a=exit:0 step_b=exit:0
fi
start pids.a "$CALLS" "$step_a" procs:8 pid wait getpid:62500
parents=("$pid")
start pids.b "$CALLS" "$step_b" procs:8 pid wait getpid:62500
parents+=("$pid")
until_true has_lines "$work/pids.a" 8
until_true has_lines "$work/pids.b" 8
pids=$(sort -n "$work/pids.a" "$work/pids.b" | paste -sd,)

tracers=()
trace by-process syscalls -i 100ms --by processes && tracers+=("$tracer")
trace by-pid syscalls -i 100ms -p "$pids" && tracers+=("$tracer")
if [ "$all" ]; then
	trace in-cgroup syscalls -i 100ms -c "$all" && tracers+=("$tracer")
	trace only-a syscalls -i 100ms -c "$a" && tracers+=("$tracer")
	trace only-b syscalls -i 100ms -c "$b" && tracers+=("$tracer")
	trace by-cgroup syscalls -i 100ms --by cgroups && tracers+=("$tracer")
fi
open_gates 16
holds "16 processes x 62,500 getpid ran" wait_all "${parents[@]}"
codes=''
for tracer in "${tracers[@]}"; do
	untrace "$tracer"
	codes+="$status "
done
is "${codes// /}" "${codes//[^0]/}" "tracers ended with 0"

is "$(sum by-pid calls '.name == "getpid"')" 1000000 "all of 1,000,000 getpid, and no more (-p)"
# Of each process: the read it was in at the start, 62,500 getpid, exit_group.
cat "$work"/pids.[ab] | sort >"$work/want"
jq -r '.rows[] | "\(.pid) \(.calls)"' "$work/by-process" |
	awk 'FNR == NR { mine[$1]; next } $1 in mine { n[$1] += $2 }
		END { for (p in n) if (n[p] == 62502) print p }' "$work/want" - | sort >"$work/got"
holds "each of the 16 processes has exactly its own" cmp "$work/want" "$work/got"
is "$(losses by-process)" 0 "nothing lost, all processes"
is "$(losses by-pid)" 0 "nothing lost, 16 processes"
if [ "$all" ]; then
	is "$(sum in-cgroup calls '.name == "getpid"')" 1000000 \
		"all of 1,000,000 getpid, and no more (-c, of a cgroup above them)"
	for g in a b; do
		is "$(sum only-$g calls '.name == "getpid"')" 500000 "500,000 getpid in cgroup $g (-c)"
	done
	# By cgroup they include the wait4, write and so on of the parent.
	for path in "$path_a" "$path_b"; do
		n=$(sum by-cgroup calls ".cgroup == \"$path\"")
		note "$path: $n calls"
		rest=$((n - 8 * 62502))
		holds "cgroup ${path##*/} has its 8 processes' calls and at most its parent's" \
			test "$rest" -ge 0 -a "$rest" -le 20
	done
	is "$(losses by-cgroup)" 0 "nothing lost, by cgroup"
else
	for _ in 1 2 3 4 5 6; do skip "per cgroup" "no cgroup v2 directory can be made here"; done
fi

# ---- a call that nobody else makes, seen without any filter ----

start rare "$CALLS" wait rare:5000
rare=$pid
trace everything syscalls -i 100ms
open_gates 1
holds "5,000 rare calls ran" wait_all "$rare"
untrace
is "$(sum everything calls '.name == "sched_get_priority_min"')" 5000 "counted without a filter"

# ---- a process that is moved while it runs ----

if [ "$all" ]; then
	start moved.pid "$CALLS" "cgroup:1:$a" pid wait getpid:1000 say:half wait getpid:300 say:end wait
	moved=$pid
	until_true has_lines "$work/moved.pid" 1
	trace in-a syscalls -i 100ms -c "$a"
	in_a=$tracer
	trace in-b syscalls -i 100ms -c "$b"
	in_b=$tracer
	open_gates 1
	until_true has_lines "$work/moved.pid" 2
	echo "$moved" >"$b/cgroup.procs"
	open_gates 1
	until_true has_lines "$work/moved.pid" 3
	untrace "$in_a"
	untrace "$in_b"
	is "$(sum in-a calls '.name == "getpid"')" 1000 "before the move: in the first cgroup"
	is "$(sum in-b calls '.name == "getpid"')" 300 "after the move: in the second cgroup"
	is "$(sum in-b calls '.name == "read"') $(sum in-b untimed '.name == "read"')" "1 1" \
		"the call that the move fell into counts where it ends, without a duration"
	open_gates 1

	start moving "$CALLS" "cgroup:1:$a" wait getpid:400000
	moving=$pid
	trace moves syscalls -i 100ms -c "$all"
	trace_all=$tracer
	open_gates 1
	n=0
	while echo "$moving" >"$b/cgroup.procs" && echo "$moving" >"$a/cgroup.procs"; do
		((++n))
	done 2>/dev/null
	wait "$moving"
	untrace "$trace_all"
	note "moved $n times there and back"
	is "$(sum moves calls '.name == "getpid"')" 400000 "no call is lost or doubled by being moved"
	holds "it was moved" test "$n" -ge 1
	is "$(losses moves)" 0 "nothing lost by moving"
else
	for _ in 1 2 3 4 5 6; do skip "moved" "no cgroup v2 directory can be made here"; done
fi
