#!/bin/bash
# kernel: debug
# timeout: 300
# long: a machine that goes to sleep four times
# ostrace_irq on a machine that goes to sleep, as far as the test levels of suspend
# go: what was fired before is served before, and nothing is fired then. The VM's
# root, a virtio-fs, refuses to sleep, so below its tasks the machine gets no
# further than its devices; but by then the edu device has been put to sleep.
# shellcheck disable=SC2119,SC2319,SC2320 # the status of a condition is what is asked for
. tests/kernel/debug.sh
mark sleep
echo 1 >/sys/module/suspend/parameters/pm_test_delay
echo 1 >/sys/power/pm_print_times
echo 0 >/sys/power/pm_async # one after the other, the last to come first

nap() { # LEVEL NAME [DEVICE]
	local before after slept
	echo "ostrace-irq-nap $2" >/dev/kmsg
	put rate 500
	put burst 4
	before=$(val interrupts)
	echo "$1" >/sys/power/pm_test
	echo freeze 2>/dev/null >/sys/power/state
	slept=$?
	after=$(val interrupts)
	if [ -z "${3:-}" ]; then
		ok $slept "$2: the machine slept ($1) and woke up"
	else
		slept=$(dmesg | sed "1,/ostrace-irq-nap $2/d" |
			grep -cE "$3: PM: calling pci_pm_(suspend|resume)")
		[ "$slept" -ge 2 ]
		ok $? "$2: the device slept and woke up"
	fi
	for ((i = 0; i < 100; i++)); do
		[ "$(val interrupts)" -gt "$after" ] && break
		sleep 0.1
	done
	[ "$(val interrupts)" -gt "$after" ]
	ok $? "$2: interrupts go on ($before, $after, $(val interrupts))"
	put rate 0
	settle
	ok $? "$2: all that came is accounted for"
	is "$(val lost)" 0 "$2: none was lost in its sleep"
}

load source=sim
nap freezer sim
unload
if dev=$(edu); then
	load
	nap devices "edu" "$dev"
	put storm_ms 3000
	nap devices "edu, in a storm" "$dev"
	echo 7 >"/sys/bus/pci/devices/$dev/ostrace_irq/factorial"
	is "$(cat "/sys/bus/pci/devices/$dev/ostrace_irq/factorial")" 5040 "the device computes as before"
	unload
	load msi=0
	nap devices "edu, by wire" "$dev"
	unload
else
	skip "a device that sleeps" "QEMU was started without -device edu"
fi
echo none >/sys/power/pm_test
clean sleep
plan
