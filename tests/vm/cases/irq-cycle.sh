#!/bin/bash
# long: 200 loads and unloads
# timeout: 1500
# ostrace_irq comes and goes 200 times (ROUNDS), half of them in a storm.
# shellcheck disable=SC2119,SC2319,SC2320 # the status of a condition is what is asked for
. tests/vm/irq.sh
mark cycle
load
unload
slab() { awk '/^Slab:/ { print $2 }' /proc/meminfo; }
before=$(slab)
rounds=${ROUNDS:-200}
failed=0
module=$(modinfo -n ostrace_irq)
for ((i = 0; i < rounds; i++)); do
	insmod "$module" || failed=$((failed + 1))
	if [ $((i % 2)) = 1 ]; then
		put rate 5000
		put burst 16
		put work_ns "tasklet=20us wq=1ms"
		put sleep_ns "wq_unbound=10ms"
		put storm_ms 5000
	fi
	rmmod ostrace_irq || failed=$((failed + 1))
	# It takes minutes, and somebody may be watching.
	[ $(((i + 1) % 20)) != 0 ] || echo "# $((i + 1)) rounds, $SECONDS s"
done
is "$failed" 0 "loaded and unloaded $rounds times, half of them in a storm"
[ ! -e $DIR ] && [ ! -e $NODE ] && ! grep -q ostrace_irq /proc/interrupts && ! grep -q ostrace_irq /proc/modules
ok $? "nothing is left of it"
grown=$(($(slab) - before))
[ $grown -lt 4096 ]
ok $? "and the kernel's memory has not grown with it ($grown KiB)"
clean cycle
plan
