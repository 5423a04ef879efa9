#!/bin/bash
# long: QEMU itself may crash when the device goes in the middle of a copy
# timeout: 300
# The device of ostrace_irq is pulled out of its slot in a storm. It does not come
# back, so this comes late.
# shellcheck disable=SC2119,SC2319,SC2320 # the status of a condition is what is asked for
# shellcheck source-path=SCRIPTDIR source=../irq.sh
. "$(dirname "$0")/../irq.sh"
mark unplug

byte() { # CONFIG OFFSET
	od -An -tu1 -j "$2" -N 1 "$1"
}

word() { # CONFIG OFFSET VALUE
	# shellcheck disable=SC2059 # the format is the word
	printf "$(printf '\\x%x' $(($3 & 255)) $(($3 >> 8)))" |
		dd of="$1" bs=2 seek=$(($2 / 2)) conv=notrunc 2>/dev/null
}

# Where the configuration of a port keeps the PCI Express capability (id 0x10).
express() { # CONFIG
	local at
	at=$(($(byte "$1" 0x34)))
	while [ "$at" != 0 ] && [ $(($(byte "$1" "$at"))) != 16 ]; do
		at=$(($(byte "$1" $((at + 1)))))
	done
	echo "$at"
}

# The emulated device is pulled out of the slot below a port when that loses power
# and light, which happens here behind the kernel's back: the port may not report it
# (HPIE) before it has power again, or the kernel would take the slot for one that
# it has emptied itself. Then it reports who is there no more (PDCE), which the
# kernel leaves to the button where there is one. Slot Control: PCI Express 7.5.3.10.
pull() { # CONFIG
	local at control
	local pdce=0x8 hpie=0x20 light_off=0x300 power_off=0x400
	at=$(($(express "$1") + 0x18))
	control=$(($(byte "$1" $at) | $(byte "$1" $((at + 1))) << 8 | light_off))
	word "$1" $at $(((control | power_off) & ~hpie))
	word "$1" $at $((control | pdce | hpie))
}

dev=$(edu) || dev=
port=$(dirname "$(readlink -f "/sys/bus/pci/devices/$dev")")/config
if [ -z "$dev" ] || [ ! -e "$port" ] || [ "$(express "$port")" = 0 ]; then
	skip "surprise removal" "there is no edu device in a slot that can be switched off"
	plan
	exit 0
fi

load
is "$(val source | cut -d' ' -f1,2)" "edu $dev" "the device is in use: $(val source)"
pci=/sys/bus/pci/devices/$dev/ostrace_irq
put rate 1000
put storm_ms 10000
busy() { [ "$(val interrupts)" -gt 200 ]; }
wait_for 60 busy
ok $? "a storm, before"
# Somebody waits for what it copies and computes, all the time.
while echo 7 >"$pci/dma_test" && echo 7 >"$pci/factorial"; do :; done 2>/dev/null &
asks=$!
sleep 0.5
pull "$port"
gone() { [ ! -e "/sys/bus/pci/devices/$dev" ]; }
wait_for 60 gone
ok $? "pulled out of its slot, and the kernel finds out by itself"
dmesg | sed '1,/ostrace-irq-case unplug/d' | grep -q 'pciehp: Slot(7): \(Card not present\|Link Down\)'
ok $? "by its absence, not by a request"
other() { [[ $(val source) == "sim irq "* ]]; }
wait_for 60 other
ok $? "the simulated line takes over: $(val source)"
before=$(val interrupts)
more() { [ "$(val interrupts)" -gt $((before + 100)) ]; }
wait_for 60 more
ok $? "interrupts go on"
told() { ! kill -0 $asks 2>/dev/null; }
wait_for 60 told
ok $? "who waited for the device is told"
put rate 0
put storm_ms 0
settle
ok $? "all that came is accounted for, $(val lost) lost"
unload
ok $? "rmmod"
load
[[ $(val source) == "sim irq "* ]]
ok $? "and insmod, without it"
unload
clean unplug
plan
