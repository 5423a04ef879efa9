#!/bin/bash
# everyday: 7.3
# timeout: 300
# ostrace_irq where it hurts: storms, and CPUs and devices that go away.
# shellcheck disable=SC2119,SC2319,SC2320 # the status of a condition is what is asked for
. tests/vm/irq.sh
mark storm

storm() { # SOURCE
	local before after start left
	get before tasklet/in_ksoftirqd
	put storm_ms 10000
	(put storm_ms 100) 2>/dev/null
	ok $((!$?)) "$1: a second one is refused"
	get left storm_ms
	[ "$left" -gt 0 ] && [ "$left" -le 10000 ]
	ok $? "$1: a storm tells how long it lasts: $left ms"
	# A shell still gets to do things.
	start=$EPOCHREALTIME
	for ((i = 0; i < 1000; i++)); do :; done
	ok $? "$1: tasks run meanwhile (${start%.*} to ${EPOCHREALTIME%.*})"
	moved() { [ "$(val tasklet/in_ksoftirqd)" -gt "$before" ]; }
	wait_for 9 moved
	get after tasklet/in_ksoftirqd
	[ $((after - before)) -gt 0 ]
	ok $? "$1: softirqs moved to ksoftirqd: $((after - before)) of $(val tasklet/handled) tasklet runs"
	put storm_ms 0
	get left storm_ms
	is "$left" 0 "$1: it can be ended"
	put storm_ms 300
	over() { [ "$(val storm_ms)" = 0 ]; }
	wait_for 30 over
	ok $? "$1: it stops by itself"
	settle
	ok $? "$1: all that came is accounted for"
	before=$(val interrupts)
	sleep 0.3
	is "$(val interrupts)" "$before" "$1: it is quiet afterwards"
}

load source=sim
storm sim
put mechanisms "tasklet"
put work_ns "tasklet=50us"
storm "sim, one busy tasklet"
unload

if [ -w /sys/devices/system/cpu/cpu1/online ]; then
	load source=sim
	put cpu 1
	put rate 500
	sleep 0.5
	is "$(val cpu_effective)" 1 "interrupts are pinned to CPU 1"
	echo 0 >/sys/devices/system/cpu/cpu1/online
	ok $? "CPU 1 goes offline"
	is "$(val cpu) $(val cpu_effective)" "1 -1" "the knob stays, the pinning is given up"
	dmesg | tail -n 20 | grep -q 'ostrace_irq: CPU 1 goes offline'
	ok $? "and the log says so"
	before=$(val interrupts)
	sleep 0.5
	[ "$(val interrupts)" -gt "$before" ]
	ok $? "interrupts go on"
	refused cpu 1 "No such device or address"
	echo 1 >/sys/devices/system/cpu/cpu1/online
	is "$(val cpu_effective)" 1 "CPU 1 is back, and pinned to"
	put storm_ms 2000
	for i in 1 2 3; do
		echo 0 >/sys/devices/system/cpu/cpu1/online
		echo 1 >/sys/devices/system/cpu/cpu1/online
	done
	ok $? "CPU 1 goes and comes $i times in a storm"
	put rate 0
	sleep 2
	settle
	ok $? "all that came is accounted for"
	unload
else
	skip "CPU hotplug" "CPU 1 cannot be taken offline here"
fi

if dev=$(edu); then
	load
	storm edu
	put rate 1000
	put storm_ms 2000
	sleep 0.2
	echo 1 >"/sys/bus/pci/devices/$dev/remove"
	ok $? "the device is pulled out in a storm"
	[[ $(val source) == "sim irq "* ]]
	ok $? "the simulated line takes over"
	before=$(val interrupts)
	sleep 0.5
	[ "$(val interrupts)" -gt "$before" ]
	ok $? "interrupts go on"
	echo 1 >/sys/bus/pci/rescan
	[[ $(val source) == "edu $dev "* ]]
	ok $? "the device is back, and in use"
	for ((i = 0; i < 10; i++)); do
		echo "$dev" >/sys/bus/pci/drivers/ostrace_irq/unbind
		echo "$dev" >/sys/bus/pci/drivers/ostrace_irq/bind
	done
	[[ $(val source) == "edu $dev "* ]]
	ok $? "unbound and bound 10 times under load"
	put rate 0
	sleep 2
	settle
	ok $? "all that came is accounted for"
	# As when it is pulled out of its slot: nobody has been told, and nothing answers.
	put rate 1000
	put storm_ms 5000
	printf '\0\0' | dd of="/sys/bus/pci/devices/$dev/config" bs=1 seek=4 conv=notrunc 2>/dev/null
	lost() { [ "$(val lost)" -gt 0 ]; }
	wait_for 30 lost
	ok $? "a device that does not answer any more: interrupts are lost, and counted"
	before=$(val interrupts)
	echo 1 >"/sys/bus/pci/devices/$dev/remove"
	[[ $(val source) == "sim irq "* ]]
	ok $? "it is taken away, and the simulated line takes over"
	more() { [ "$(val interrupts)" -gt "$before" ]; }
	wait_for 30 more
	ok $? "interrupts go on"
	put rate 0
	put storm_ms 0
	settle
	ok $? "all that came is accounted for"
	echo 1 >/sys/bus/pci/rescan
	[[ $(val source) == "edu $dev "* ]]
	ok $? "the device is back, and in use"
	load source=edu
	echo 1 >"/sys/bus/pci/devices/$dev/remove"
	is "$(val source)" none "source=edu has nothing to fall back on"
	refused fire 10 "No such device"
	refused storm_ms 10 "No such device"
	put rate 100
	echo 1 >/sys/bus/pci/rescan
	sleep 0.5
	[ "$(val interrupts)" -gt 10 ]
	ok $? "and goes on when the device is back"
	unload
else
	skip "surprise removal" "QEMU was started without -device edu"
fi

clean storm
plan
