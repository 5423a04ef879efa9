#!/bin/bash
# kernel: debug
# timeout: 300
# After all other cases, and with the modules gone: what memory has been lost.
. tests/kernel/debug.sh
for module in /lib/modules/"$(uname -r)"/updates/*.ko; do
	rmmod "$(basename "$module" .ko)" 2>/dev/null
done
! grep ostrace /proc/modules
ok $? "no module is left"
leaks "no memory is lost"
plan
