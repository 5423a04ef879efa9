#!/bin/bash
# How long a decision takes beside the kernel alone. OOM_TASKS says for how many
# candidates (default "10 100 1000"), OOM_TIMED how many kills of each kind. On a machine
# whose time is counted in instructions, a nanosecond each, whatever the host is doing.
# machine: CLOCK=instructions INSTRUCTION_NS=1 CPUS=1
# long: a measurement over thousands of tasks
# timeout: 1800
set -u
n=0
rules=/run/oom-time.rules
printf 'order adj size\nprotect comm=trigger\nprotect cgroup=/a/b\nprefer uid=1000..2000\n' >$rules
# The kernel's own report of all tasks to the log is no part of the decision.
echo 0 >/proc/sys/vm/oom_dump_tasks
dmesg -n 1
for tasks in ${OOM_TASKS:-10 100 1000}; do
	said=$(build/tests/vm/oom_time "$tasks" "${OOM_TIMED:-10}" $rules \
		alone off audit enforce build/modules/oom/policies/leaker.bpf.o)
	status=$?
	n=$((n + 1))
	[ $status = 0 ] || printf 'not '
	echo "ok $n - $tasks tasks, decisions were made in each way"
	echo "# ${said//$'\n'/$'\n# '}"
done
echo "1..$n"
