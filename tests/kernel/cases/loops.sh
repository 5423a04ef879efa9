#!/bin/bash
# kernel: debug
# timeout: 900
# named: loops-all does the same more often
# Every module comes and goes ROUNDS times, ostrace_irq IRQ_ROUNDS times and every
# other time in a storm. Those with suites run them, once and once again.
. tests/kernel/debug.sh
mark loops
for file in "/lib/modules/$(uname -r)"/updates/*.ko; do
	module=$(basename "$file" .ko)
	failed=0 rounds=${ROUNDS:-4} come="insmod $file" go="rmmod $module"
	case $module in
	ostrace_irq) rounds=${IRQ_ROUNDS:-$rounds} ;;
	*_kunit) rounds=2 come="modprobe $module" go="modprobe -r $module" ;;
	esac
	start=$SECONDS
	for ((i = 0; i < rounds; i++)); do
		$come || failed=$((failed + 1))
		if [ "$module" = ostrace_irq ]; then
			put rate 2000
			[ $((i % 2)) = 0 ] || put storm_ms 2000
		fi
		$go || failed=$((failed + 1))
	done
	is "$failed" 0 "$module is loaded and unloaded $rounds times"
	echo "# in $((SECONDS - start)) s"
done
! grep -q ostrace /proc/modules /proc/interrupts
ok $? "nothing is left of them"
clean loops
plan
