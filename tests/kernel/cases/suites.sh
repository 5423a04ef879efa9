#!/bin/bash
# timeout: 600
# Loads every module's KUnit suites. What they say goes to the kernel's log, and
# is read from there when the machine has gone.
tests=0
ok() { # STATUS NAME
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then echo "ok $tests - $2"; else echo "not ok $tests - $2"; fi
}
for file in "/lib/modules/$(uname -r)"/updates/*_kunit.ko; do
	module=$(basename "$file" .ko)
	modprobe "$module"
	ok $? "$module is loaded"
	modprobe -r "$module"
	ok $? "$module is unloaded"
done
[ "$tests" -gt 0 ]
ok $? "there are modules with suites"
echo "1..$tests"
