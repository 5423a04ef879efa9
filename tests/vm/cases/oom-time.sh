#!/bin/bash
# How long a decision takes beside the kernel alone. OOM_TASKS says for how many
# candidates (default "10 100 1000"), OOM_TIMED how many kills each.
# long: a measurement over thousands of tasks
# timeout: 600
set -u
kills=${OOM_TIMED:-10}
n=0
# The kernel's own report of all tasks to the log is no part of the decision.
echo 0 >/proc/sys/vm/oom_dump_tasks
dmesg -n 1
modprobe ostrace_oom candidates=16
printf 'order adj size\nprotect comm=trigger\nprotect cgroup=/a/b\nprefer uid=1000..2000\n' >/dev/ostrace_oom_rules
for mode in audit enforce; do
	echo $mode >/sys/module/ostrace_oom/parameters/mode
	for tasks in ${OOM_TASKS:-10 100 1000}; do
		said=$(build/tests/vm/oom_time "$tasks" "$kills")
		status=$?
		n=$((n + 1))
		[ $status = 0 ] || printf 'not '
		echo "ok $n - $mode: $said"
	done
done
rmmod ostrace_oom
echo "1..$n"
