#!/bin/bash
# Filters: what they let through is exact, and the rest is not there.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 24

getpids() { sum "$1" calls '.name == "getpid"'; }

# ---- processes and threads ----

start p1 "$CALLS" pid wait threads:2:500 getpid:70
p1=$pid
start p2 "$CALLS" pid wait getpid:300
p2=$pid
start p3 "$CALLS" pid wait getpid:1000
p3=$pid
for f in p1 p2 p3; do until_true has_lines "$work/$f" 1; done
tracers=()
for filter in "-p $p1" "-p $p1,$p2" "-t $p1" "-t $p1,$p2 -p $p3" "-C 0-$(($(nproc) - 1)) -p $p2"; do
	# shellcheck disable=SC2086 # words are meant
	trace "with${#tracers[@]}" syscalls -i 50ms $filter
	tracers+=("$tracer")
done
trace processes syscalls -i 50ms --by processes -p "$p1,$p3"
tracers+=("$tracer")
open_gates 3
holds "three processes ran" wait_all "$p1" "$p2" "$p3"
for tracer in "${tracers[@]}"; do untrace "$tracer"; done
is "$(getpids with0)" 1070 "-p: one process with all its threads"
is "$(getpids with1)" 1370 "-p: two processes"
is "$(getpids with2)" 70 "-t: one thread of it"
is "$(getpids with3)" 1370 "-t and -p: what either lets through"
is "$(getpids with4)" 300 "-C: all CPUs"
is "$(jq -s "[.[].rows[].pid] | unique == ([$p1, $p3] | sort)" "$work/processes")" true \
	"only those processes have rows"

# ---- CPUs ----

if [ -e /sys/devices/system/cpu/cpu1 ]; then
	start cpus "$CALLS" wait cpu:0 getpid:1000 cpu:1 getpid:300
	p=$pid
	tracers=()
	for cpu in 0 1; do
		trace "cpu$cpu" syscalls -i 50ms -C $cpu -p "$p"
		tracers+=("$tracer")
	done
	open_gates 1
	holds "a process ran on two CPUs" wait_all "$p"
	for tracer in "${tracers[@]}"; do untrace "$tracer"; done
	is "$(getpids cpu0) $(getpids cpu1)" "1000 300" "-C: what ended on each"
else
	for _ in 1 2; do skip "CPUs" "there is only one"; done
fi

# ---- errors ----

steps=(getpid:100 ebadf:50 enoent:20)
"$OSTRACE" syscalls -e --json -- "$CALLS" "${steps[@]}" >"$work/errors"
is "$(jq -c '[.rows[] | [.name, .calls, .errors]] | sort' "$work/errors")" \
	'[["close",50,50],["openat",20,20]]' "-e: failed calls and nothing else"
"$OSTRACE" syscalls -e --by processes --json -- "$CALLS" "${steps[@]}" >"$work/errors"
is "$(jq -c '[.rows[] | [.calls, .errors]]' "$work/errors")" '[[70,70]]' "-e: by process too"

# ---- cgroups: the subtree ----

if new_cgroup top; then
	top=$cgroup
	new_cgroup top/in
	in=$cgroup
	new_cgroup top/in/deep
	deep=$cgroup
	new_cgroup other
	tracers=()
	for at in "$top" "$in" "$deep" "$cgroup"; do
		start at "$CALLS" "cgroup:1:$at" say:there wait getpid:10
		until_true has_lines "$work/at" 1
		tracers+=("$pid")
	done
	helpers=("${tracers[@]}")
	tracers=()
	for at in top in deep; do
		trace "c-$at" syscalls -i 50ms -c "${!at}"
		tracers+=("$tracer")
	done
	# Also by the path that ostrace itself prints.
	trace c-path syscalls -i 50ms -c "${in#"$(cgroup_mount)"}"
	tracers+=("$tracer")
	open_gates 4
	holds "processes in four cgroups ran" wait_all "${helpers[@]}"
	for tracer in "${tracers[@]}"; do untrace "$tracer"; done
	is "$(getpids c-top) $(getpids c-in) $(getpids c-deep)" "30 20 10" "-c: a cgroup and all below"
	is "$(getpids c-path)" 20 "-c: by its path in the hierarchy"

	# In a cgroup namespace the tree begins where the namespace does.
	cat >"$work/inside" <<-IN
		echo 0 >"$top/cgroup.procs"
		exec unshare --cgroup --mount bash -c 'umount --recursive /sys/fs/cgroup &&
			mount -t cgroup2 none /sys/fs/cgroup &&
			exec "$OSTRACE" syscalls --json -c /in -- "$CALLS" "cgroup:1:/sys/fs/cgroup/in" getpid:10 "cgroup:1:/sys/fs/cgroup" getpid:5'
	IN
	bash "$work/inside" >"$work/c-ns"
	is "$(getpids c-ns)" 10 "-c: in a cgroup namespace, by the path there"
else
	for _ in 1 2 3 4; do skip "cgroups" "no cgroup v2 directory can be made here"; done
fi

# ---- nothing at all ----

start asleep "$CALLS" pid wait
p=$pid
until_true has_lines "$work/asleep" 1
nothing=(-C 0 -p "$p")
new_cgroup empty && nothing=(-c "$cgroup")
for by in syscalls processes cgroups results inflight; do
	"$OSTRACE" syscalls "${nothing[@]}" --by $by -i 20ms -n 3 --json >"$work/nothing"
	# A sleeping process still is in its call.
	is "$? $(jq -sc '[length, [.[].rows[] | select(.calls != 0 and .name != "read")]]' "$work/nothing")" \
		'0 [3,[]]' "a filter that lets nothing through: three empty reports, $by"
done
"$OSTRACE" syscalls "${nothing[@]}" -i 20ms -n 3 >"$work/nothing"
is $? 0 "the same as text"
holds "which says so" grep -q . "$work/nothing"
"$OSTRACE" syscalls -e -p "$p" -i 20ms -n 3 --json >"$work/nothing"
is "$? $(sum nothing calls true)" "0 0" "no errors of a process that sleeps"
"$OSTRACE" softirqs -p "$p" -n 1 2>"$work/refused"
is "$? $(wc -l <"$work/refused")" "2 1" "a filter that a view does not have is refused"
