#!/bin/bash
# One memory node runs out: for a cpuset, and for a memory policy.
# long: a machine with two memory nodes
# machine: NUMA=2
# timeout: 300
set -u
# shellcheck source=tests/vm/tap.sh
. tests/vm/tap.sh
modprobe ostrace_oom
ok $? "the module loads"
for kind in cpuset mempolicy; do
	ran=0
	while IFS= read -r line; do
		case $line in
		'1..0 '*) skip "$kind" "${line#*SKIP }" && ran=1 ;;
		'ok '*) ok 0 "${line#*- }" ;;
		'not ok '*) ok 1 "${line#*- }" ;;
		1..*) ran=1 ;;
		*) echo "# $line" ;;
		esac
	done < <(build/tests/vm/oom_nodes $kind)
	[ $ran = 1 ]
	ok $? "$kind: the helper ran to its end"
done
rmmod ostrace_oom
ok $? "the module unloads"
plan
