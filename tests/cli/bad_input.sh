#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Everything that can be wrong on a command line is named, in one line, with
# what to do about it. None of this needs a privilege.
# A test's condition is its result.
# shellcheck disable=SC2319,SC2181,SC2216
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

refused 2 "no command given"
refused 2 "unknown command 'sycalls': did you mean syscalls?" sycalls
refused 2 "(top, syscalls, softirqs, sched," xyzzy
refused 2 "unknown option --intervall: did you mean --interval?" syscalls --intervall 1
refused 2 "unknown option -z" syscalls -z
refused 2 "--sort needs an argument" syscalls --sort
refused 2 "-s needs an argument" syscalls -s
refused 2 "--errors takes no argument" syscalls --errors=1
refused 2 "unknown sort key 'p98_ns': did you mean p9" syscalls -s p98_ns
refused 2 "total_ns, avg_ns" syscalls -s xyzzy
refused 2 "unknown table 'proceses': did you mean processes?" syscalls --by proceses
refused 2 "(syscalls, processes, cgroups" syscalls --by xyzzy

refused 2 "--interval: '0' is out of range" syscalls 0
refused 2 "--interval: '-1' is out of range" syscalls -1
refused 2 "--interval: '-1' is out of range" syscalls --interval=-1
refused 2 "--interval: '1000000000' is out of range" syscalls 1000000000
refused 2 "--interval: '99999999999999999999999' is out of range" syscalls 99999999999999999999999
refused 2 "--interval: '1us' is out of range" syscalls 1us
refused 2 "'nan'" syscalls nan
refused 2 "'nan' is not a duration" syscalls -i nan
refused 2 "'inf' is not a duration" syscalls -i inf
refused 2 "'1x' is not a duration" syscalls 1x
refused 2 "'1,5' is not a duration" syscalls 1,5
refused 2 "'' is not a duration" syscalls -i ''
refused 2 "--iterations: '0' is out of range" syscalls 1 0
refused 2 "--iterations: 'x' is not a whole number" syscalls 1 x
refused 2 "--iterations: '1.5' is not a whole number" syscalls 1 1.5
refused 2 "--compare needs a program" sched --compare 3s
refused 2 "--compare does not go with a filter" sched --compare 3s -C 0 -- true
refused 2 "--compare does not go with an interval" sched --compare 3s 1 -- true
refused 2 "--compare: 'x' is not a duration" sched --compare x -- true
refused 2 "--compare does not apply" syscalls --compare 3s -- true
refused 2 "--rounds goes with --compare" sched --rounds 3
refused 2 "--rounds: '0' is out of range" sched --compare 3s --rounds 0 -- true
refused 2 "one argument too many: '3'" syscalls 1 2 3
refused 2 "--duration: '-5' is out of range" syscalls -d -5
refused 2 "--top: 'all' is not a whole number" syscalls -N all

refused 2 "'abc' is not a list of positive numbers" syscalls -p abc
refused 2 "'0' is not a list of positive numbers" syscalls -p 0
refused 2 "'-3' is not a list of positive numbers" syscalls -p -3
refused 2 "'1,,2' is not a list" syscalls -p 1,,2
refused 2 "no process 4194305" syscalls -p 4194305
refused 2 "no thread 4194305" syscalls -t 4194305
refused 2 "no process 4194305" syscalls --pid "$$,4194305"
refused 2 "--cpu: '0-' is not a list of CPUs" syscalls -C 0-
refused 2 "no CPU 4000" syscalls -C 4000
if grep -q ' - cgroup2 ' /proc/self/mountinfo; then
	refused 2 "no cgroup 'no/such' under /" syscalls -c no/such
	refused 2 "'/etc' is not a cgroup v2 directory" syscalls -c /etc
	refused 2 "no cgroup '' under" syscalls -c ''
else
	refused 3 "no cgroup v2 hierarchy is mounted" syscalls -c /
fi
refused 2 "softirqs: --pid does not apply: this command takes --cpu" softirqs -p "$$"
refused 2 "softirqs: -- program does not apply" softirqs -- true
refused 2 "oom: no such word 'statu'" oom statu
refused 2 "oom test takes a file of rules" oom test
refused 2 "oom status: one argument too many: 'x'" oom status x
refused 2 "oom status shows no table" oom status -n 1
refused 2 "count, duration, table and order" oom status -d 1
refused 2 "one argument too many: '3'" oom 1 2 3
refused 2 "oom runs no program" oom 1 -- true
refused 2 "features: --pid does not apply" features -p "$$"
refused 2 "features takes no argument" features 1
refused 2 "syscalls: --rate does not apply" syscalls --rate 10
refused 2 "--rate: '50k' is out of range: give 0 to 20000" irq --rate 50k
refused 2 "--storm: '1m' is out of range" irq --storm 1m
[ -e /sys/module/ostrace_irq ] || refused 3 "the module ostrace_irq is not" irq
refused 2 "syscalls: --batch does not apply" syscalls -b
refused 2 "--color: unknown value 'blue' (auto, always, never)" syscalls --color=blue
refused 2 "--generate: unknown value 'html'" --generate html
refused 2 "the man source is empty" --generate man

refused 2 "-- needs a program" syscalls --
refused 127 "no-such-program: program not found" syscalls -- no-such-program
refused 127 "/no/such: program not found" syscalls -- /no/such
refused 126 "/etc/passwd: cannot be executed" syscalls -- /etc/passwd
refused 126 "/: cannot be executed" syscalls -- /

# A message must not carry the user's control characters to a terminal.
run $'\e[31mred\a'
is_plain "$tmp/err" && grep -qF '\x1b[31mred\x07' "$tmp/err"
result "control characters in an error message are escaped" $?

# Words of any length and kind are looked at, not copied.
long=$(printf 'x%.0s' {1..100000})
for opt in "" --sort= --by= -p -C -i --cgroup=; do
	run syscalls "$opt$long"
	[ "$code" = 2 ] && [ "$(wc -l <"$tmp/err")" = 1 ]
	result "100,000 letters after syscalls $opt: exit 2, one line" $?
done
finish
