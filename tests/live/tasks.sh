#!/bin/bash
# Tasks that come, go, change their tid, or die in a call.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 25

run() { # run TABLE STEP...: its report is $work/run
	local table=$1
	shift
	"$OSTRACE" syscalls --by "$table" --json -- "$CALLS" "$@" >"$work/run"
}
calls() { sum run calls ".name == \"$1\""; }

# ---- exec by a thread that is not the leader: it takes over the leader's tid ----

run syscalls getppid:10 threadexec getppid:20
is "$(calls getppid)" 30 "threaded exec: calls before and after"
is "$(calls execve)" 1 "threaded exec: the execve itself"
is "$(sum run open true)" 0 "threaded exec: the threads it ended are in no call"
run processes getppid:10 threadexec getppid:20
is "$(jq '.rows | length' "$work/run")" 1 "threaded exec: one process throughout"
run inflight threadexec threadexec threadexec getppid:20
is "$(jq '.rows | length' "$work/run")" 0 "threaded exec: nothing left in flight"

# ---- dying in a call ----

run syscalls block exit:0
is "$(calls recvfrom)" 1 "killed in a call: the call is counted"
is "$(sum run errors '.name == "recvfrom"')" 0 "killed in a call: it is no error"
is "$(calls exit_group) $(sum run untimed '.name == "exit_group"')" "1 1" \
	"exit_group is counted, without a duration"
is "$(sum run open true)" 0 "killed in a call: nothing is open afterwards"

run syscalls threads:8:10000
is "$(calls getpid)" 80000 "8 threads x 10,000"
is "$(calls exit) $(calls exit_group)" "8 1" "threads end by exit, the process by exit_group"
run processes threads:8:10000
is "$(jq -c '[.rows[] | .threads]' "$work/run")" "[9]" "one process with all its threads"

run syscalls vfork:100
is "$(calls vfork) $(calls exit_group)" "100 101" "vfork and its children"

# ---- many short lives ----

# In the VM tids are made to come round soon.
if [ "${OSTRACE_IN_VM:-}" ]; then
	pid_max=$(cat /proc/sys/kernel/pid_max)
	echo 400 >/proc/sys/kernel/pid_max
fi
run syscalls fork:3000:10
is "$(calls getppid)" 30000 "3,000 children x 10"
is "$(calls exit_group)" 3001 "and the end of each"
is "$(losses run)" 0 "nothing lost by it"
run processes fork:3000:10
is "$(jq '.rows | length' "$work/run")" 3001 "each child is a process of its own"

# ---- more threads than there are slots for ----

# The tables have room for twice as many as there were, and for 8192 at least.
if [ -z "${OSTRACE_IN_VM:-}" ]; then
	run syscalls crowd:9000:10
	is "$(calls getpid) $(sum run untimed '.name == "getpid"')" "90000 0" \
		"9,000 threads x 10: all counted and timed, with a full table"
	holds "that it was full is said" test "$(jq -s 'map(.lost.threads_full) | add' "$work/run")" -ge 8000
	run processes crowd:9000:10
	lost=$(jq -s 'map(.lost.threads_full) | add' "$work/run")
	holds "by process: at least what is left of them" test "$(sum run calls true)" -ge $((90000 - lost))
else
	for _ in 1 2 3; do skip "9,000 threads" "the table is filled on the machine itself"; done
fi

# The same calls seen four ways add up to the same.
if new_cgroup churn; then
	start churn "$CALLS" "cgroup:1:$cgroup" say:there wait procs:4 fork:500:10
	churn=$pid
	until_true has_lines "$work/churn" 1
	tracers=()
	for table in syscalls processes cgroups results; do
		trace "$table" syscalls -i 50ms -c "$cgroup" --by $table
		tracers+=("$tracer")
	done
	open_gates 1
	holds "4 x 500 children ran" wait_all "$churn"
	for tracer in "${tracers[@]}"; do untrace "$tracer"; done
	is "$(sum syscalls calls '.name == "getppid"')" 20000 "4 x 500 children x 10"
	all=$(sum syscalls calls true)
	for table in processes cgroups results; do
		is "$(sum $table calls true)" "$all" "by $table: the same sum"
	done
else
	for _ in 1 2 3 4 5; do skip "four ways" "no cgroup v2 directory can be made here"; done
fi
[ -z "${pid_max:-}" ] || echo "$pid_max" >/proc/sys/kernel/pid_max
