# shellcheck shell=bash
# What the cases for the debug kernel share. They run inside it, as root.
# shellcheck source=tests/vm/irq.sh
. tests/vm/irq.sh

# Range of kernel addresses of a function, for filters that go by the stack.
text_of() { # FUNCTION
	awk -v f="$1" '
		$2 ~ /[tT]/ && $3 == f { print "0x" $1; found = 1; next }
		found && $2 ~ /[tT]/ { print "0x" $1; exit }' /proc/kallsyms
}

# Have allocations of tasks that ask for it fail, of slabs and of whole pages, where
# FUNCTION called for them; without one, wherever they are. But not those for the files
# of an interrupt below /proc/irq: the kernel does not mind when it cannot make them,
# and warns of it when it comes to remove them.
fail_inside() { # [FUNCTION]
	local at range=(0 0xffffffffffffffff) but
	[ -z "${1:-}" ] || mapfile -t range < <(text_of "$1")
	mapfile -t but < <(text_of register_irq_proc)
	for at in /sys/kernel/debug/failslab /sys/kernel/debug/fail_page_alloc; do
		echo 0 >$at/verbose # or each says so with a call trace
		echo N >$at/ignore-gfp-wait
		echo 32 >$at/stacktrace-depth
		echo "${range[0]}" >$at/require-start
		echo "${range[1]}" >$at/require-end
		echo "${but[0]}" >$at/reject-start
		echo "${but[1]}" >$at/reject-end
	done
}

# As fail_nth says it, renumbered.
fail_nth() { # WHAT ARGUMENT...
	local what=$1 line
	shift
	while read -r line; do
		case $line in
		"ok - "*) ok 0 "$what: ${line#ok - }" ;;
		"not ok - "*) ok 1 "$what: ${line#not ok - }" ;;
		*) echo "$line" ;;
		esac
	done < <(build/tests/vm/fail_nth "$@" 2>&1)
}

# Memory that nobody has a pointer to any more. What is young may have its only
# pointer in a register: it is asked twice.
leaks() { # NAME
	local at=/sys/kernel/debug/kmemleak found
	sleep 6
	echo scan >$at
	sleep 1
	echo scan >$at
	found=$(head -n 60 $at)
	[ -z "$found" ]
	ok $? "$1" || echo "# ${found//$'\n'/$'\n'# }"
}
