#!/bin/bash
# timeout: 900
# The kernel's semantic checker over the modules: address spaces, locks, byte
# orders. Only a complete kernel tree can run it, and the test kernel's is one.
set -u
name="sparse finds nothing in the modules"
if ! tests/kernel/kernel.sh cached kunit 2>/dev/null; then
	echo "1..0 # SKIP no kernel tree in the cache: make kunit builds one"
	exit
fi
if make -s lint KDIR="$(tests/kernel/kernel.sh path kunit)" >"$TMPDIR/log" 2>&1 &&
	! grep -E 'error:|warning:' "$TMPDIR/log"; then
	echo "ok 1 - $name"
else
	echo "not ok 1 - $name"
	sed 's/^/# /' "$TMPDIR/log"
fi
echo 1..1
