#!/bin/bash
# everyday: 7.3
# timeout: 120
# Major faults that wait for devices: a slow one of known latency, and swap; and
# in sum what the kernel counts for the same process.
# shellcheck source-path=SCRIPTDIR source=../../live/lib.sh
. "$(dirname "$0")/../../live/lib.sh"
plan 6

TOUCH=$BUILD/tests/live/touch
said() { [ "$(grep -c ready "$work/$1")" = "$2" ]; }
kernel() { cut -d' ' -f10,12 "/proc/$1/stat"; }

# run NAME STEP: as in live/faults.sh. Sets $minor and $major.
run() {
	start "$1.pid" "$TOUCH" "$2" wait
	local touch=$pid
	until_true said "$1.pid" 1
	trace "$1" faults -i 200ms -p "$touch"
	kernel "$touch" >"$work/k0"
	open_gates 1
	until_true said "$1.pid" 2
	kernel "$touch" >"$work/k1"
	untrace "$tracer"
	open_gates 1
	wait "$touch"
	read -r a b c d < <(paste -d' ' "$work/k0" "$work/k1")
	minor=$((c - a)) major=$((d - b))
}

# Every request takes 5 ms: completion by a timer.
if modprobe null_blk nr_devices=1 gb=1 memory_backed=1 irqmode=2 completion_nsec=5000000; then
	until_true test -b /dev/nullb0
	run device device:20:/dev/nullb0
	is "$(sum device faults '.kind == "file read"')" 20 "20 pages read from a slow device"
	holds "each waited for the device: 5 ms at least" test "$(jq -s \
		'[.[].rows[] | select(.kind == "file read") | .total_ns] | add' "$work/device")" -ge 100000000
	is "$(sum device faults '.class == "major"') $(sum device faults '.class == "minor"')" \
		"$major $minor" "what the kernel counted, major and minor"
	rmmod null_blk
else
	for i in 1 2 3; do skip "slow device $i" "no null_blk"; done
fi

if modprobe zram num_devices=1 && echo 256M >/sys/block/zram0/disksize &&
	mkswap /dev/zram0 >/dev/null && swapon /dev/zram0; then
	run swap swap:500
	swapped=$(sum swap faults '.kind == "swap in" or .kind == "swap cache"')
	# Those that the kernel would not let go of were never out.
	holds "pages come back from swap" test "$swapped" -gt 250 -a "$swapped" -le 500
	holds "as swap in" test "$(sum swap faults '.kind == "swap in"')" -gt 0
	is "$(sum swap faults '.class == "major"') $(sum swap faults '.class == "minor"')" \
		"$major $minor" "what the kernel counted, major and minor"
	swapoff /dev/zram0
else
	for i in 1 2 3; do skip "swap $i" "no zram"; done
fi
