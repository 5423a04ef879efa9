#!/bin/bash
# everyday: 7.3
# timeout: 300
# ostrace_irq: the ioctls' rules, and the stream of records.
# shellcheck disable=SC2119,SC2319,SC2320 # the status of a condition is what is asked for
. tests/vm/irq.sh
mark stream
client=$(client irq_client)
load source=sim

# The program speaks TAP itself; its lines are renumbered.
run() { # NAME ARGUMENT...
	local name=$1 line
	shift
	while read -r line; do
		case $line in
		"ok "*) ok 0 "$name: ${line#*- }" ;;
		"not ok "*) ok 1 "$name: ${line#*- }" ;;
		"#"*) echo "$line" ;;
		1..0) ok 1 "$name ran" ;;
		esac
	done < <("$client" "$@" 2>&1)
}
run abi abi
if small=$(client irq_client -m32 2>/dev/null) && "$small" stream 1 >/dev/null 2>&1; then
	native=$client client=$small
	run "abi, 32 bits" abi
	run "stream, 32 bits" stream 100
	client=$native
else
	skip "32-bit programs" "none can be built or run here"
fi
run stream stream 300
run "slow reader" slow 1200
run "two readers" readers 200

# A blocking read waits, and a signal ends it.
timeout 1 dd if=$NODE of=/dev/null bs=56 count=1 2>/dev/null
is $? 124 "a read waits while there is nothing"
# One record a mechanism, until the reader that came to wait has had enough.
records=$(mktemp)
dd if=$NODE of="$records" bs=56 count=10 2>/dev/null &
reader=$!
full() { ! kill -0 $reader 2>/dev/null || ! put fire 1; }
wait_for 60 full
wait $reader
is "$(stat -c %s "$records")" 560 "and wakes for records"

exec 9<$NODE
rmmod ostrace_irq 2>/dev/null
ok $((!$?)) "an open node keeps the module"
exec 9<&-
unload
ok $? "a closed one does not"
clean stream
plan
