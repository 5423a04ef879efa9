# shellcheck shell=bash
# What the irq-*.sh cases share. They run inside the test VM, as root.
# shellcheck disable=SC2034,SC2319 # used by those who source this; conditions are what is asked for
DIR=/sys/class/misc/ostrace_irq
NODE=/dev/ostrace_irq
BOTTOM="irq_work tasklet_hi tasklet bh_highpri bh thread wq_highpri wq wq_unbound"
# shellcheck source=tests/vm/tap.sh
. tests/vm/tap.sh

# A program takes an emulated machine long to start: these start none.
get() { # VARIABLE FILE
	read -r "$1" <"$DIR/$2"
}
val() {
	local line
	read -r line <"$DIR/$1"
	echo "$line"
}
put() { echo "$2" >"$DIR/$1"; }

# Another case may have left it loaded, or failed half way.
load() { # [PARAMETER]...
	rmmod ostrace_irq 2>/dev/null
	modprobe ostrace_irq "$@"
}
unload() { rmmod ostrace_irq; }

edu() { # the address of the edu device, if there is one
	local dev
	for dev in /sys/bus/pci/devices/*; do
		if [ "$(cat "$dev/vendor"):$(cat "$dev/device")" = 0x1234:0x11e8 ]; then
			echo "${dev##*/}"
			return 0
		fi
	done
	return 1
}

# Until nothing is owed and what was raised has been served. The counters are
# read one by one, so a mechanism is done when it stays so.
settle() { # [SECONDS]
	local end=$((SECONDS + ${1:-30})) m busy raised handled dropped
	while [ "$SECONDS" -lt "$end" ]; do
		get busy fire
		for m in $BOTTOM; do
			get raised "$m/raised"
			get handled "$m/handled"
			get dropped "$m/dropped"
			[ "$raised" = $((handled + dropped)) ] || busy=1
		done
		[ "$busy" = 0 ] && return 0
		sleep 0.1
	done
	return 1
}

# Refused, for the right reason, and nothing changed.
refused() { # FILE VALUE ERROR
	local before after why
	before=$(val "$1")
	why=$( (echo "$2" >"$DIR/$1") 2>&1)
	after=$(val "$1")
	[[ $why == *"$3"* && $before == "$after" ]]
	ok $? "$1: '$2' is refused" || echo "# said: $why; before: $before; after: $after"
}

# A helper program, made once. With -m32, as a 32-bit one.
client() { # NAME [-m32]
	local bin=build/tests/vm/$1${2:+_32}
	if [ ! -e "$bin" ] || [ "tests/vm/$1.c" -nt "$bin" ]; then
		mkdir -p build/tests/vm
		# shellcheck disable=SC2086 # the option may be absent
		gcc ${2:-} -static -O1 -g -D_GNU_SOURCE -Iinclude -o "$bin.tmp" "tests/vm/$1.c" >&2 && mv "$bin.tmp" "$bin" || return
	fi
	echo "$bin"
}

mark() { echo "ostrace-irq-case $1" >/dev/kmsg; }

# The log since mark has nothing that a healthy kernel does not say.
clean() { # MARK
	local bad
	bad=$(dmesg | sed "1,/ostrace-irq-case $1/d" |
		grep -E 'WARNING:|BUG:|Oops|Call Trace|nobody cared|lockdep|RCU.*stall|rcu:.*detected|soft lockup|general protection|refcount|use-after-free' | head -n 5)
	[ -z "$bad" ]
	ok $? "the kernel has nothing to complain of" || echo "# ${bad//$'\n'/$'\n'# }"
}
