#!/bin/bash
# Number spaces are kept apart: native, i386, x32.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
if [ "$(uname -m)" != x86_64 ]; then
	echo "1..0 # SKIP x86-64 only"
	exit
fi
plan 8

run() { "$OSTRACE" syscalls --json -- "$@" >"$work/run"; }
calls() { sum run calls ".name == \"$1\""; }

if "$CALLS32" exit:0 2>/dev/null; then
	run "$CALLS32" getpid:300 ebadf:20
	is "$(calls 'getpid[i386]')" 300 "a 32-bit program's calls by their i386 names"
	is "$(jq -c '[.rows[].abi] | unique' "$work/run")" '["i386"]' "all its calls are of that ABI"
	is "$(sum run number '.name == "getpid[i386]"')" 20 "with the number they have there"
	is "$(sum run errors '.name == "close[i386]"')" 20 "and their results"
	run "$CALLS" getpid:500 int80:300
	is "$(calls getpid) $(calls 'getpid[i386]')" "501 300" "both ABIs from one program"
else
	for _ in 1 2 3 4 5; do skip "i386" "this kernel runs no 32-bit programs"; done
fi

# Where the kernel has no x32, the numbers are refused, and still seen.
run "$CALLS" getpid:500 x32:200
is "$(calls getpid) $(calls 'getpid[x32]')" "500 200" "x32 numbers by their name"
errors=$(sum run errors '.name == "getpid[x32]"')
holds "x32: all of them served, or all refused" test "$errors" = 0 -o "$errors" = 200
is "$(sum run number '.name == "getpid[x32]"')" 39 "x32: the number is without the ABI's bit"
