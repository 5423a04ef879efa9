#!/bin/bash
# kernel: debug
# timeout: 900
# long: a load takes seconds on an emulated machine with KASAN
# Every module comes and goes ROUNDS times.
. tests/kernel/debug.sh
mark loops
rounds=${ROUNDS:-4}
for file in "/lib/modules/$(uname -r)"/updates/*.ko; do
	module=$(basename "$file" .ko)
	failed=0
	for ((i = 0; i < rounds; i++)); do
		modprobe "$module" || failed=$((failed + 1))
		case $module in
		ostrace_irq)
			put rate 2000
			[ $((i % 2)) = 0 ] || put storm_ms 2000
			;;
		esac
		modprobe -r "$module" || failed=$((failed + 1))
	done
	is "$failed" 0 "$module is loaded and unloaded $rounds times"
done
! grep -q ostrace /proc/modules /proc/interrupts
ok $? "nothing is left of them"
clean loops
plan
