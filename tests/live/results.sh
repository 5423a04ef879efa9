#!/bin/bash
# Errors by errno, restarts apart from errors, and what looks like an error but
# is none.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 16

steps=(enoent:100 ebadf:200 eagain:300 restart:50 sigreturn:40 unknown:7)
"$OSTRACE" syscalls --by results --json -- "$CALLS" "${steps[@]}" >"$work/results"
"$OSTRACE" syscalls --json -- "$CALLS" "${steps[@]}" >"$work/calls"
result() { sum results calls ".name == \"$1\" and .result == \"$2\""; }

is "$(result openat ENOENT)" 100 "100 x ENOENT"
is "$(sum results errno '.name == "openat" and .result == "ENOENT"')" 2 "with its number"
is "$(result close EBADF)" 200 "200 x EBADF"
is "$(result read EAGAIN)" 300 "300 x EAGAIN"
is "$(sum calls errors '.name == "openat"')" 100 "errors by system call"
is "$(result recvfrom ERESTARTSYS) $(result recvfrom ok)" "50 1" \
	"a call that was interrupted and restarted 50 times"
is "$(sum calls restarts '.name == "recvfrom"') $(sum calls errors '.name == "recvfrom"')" "50 0" \
	"restarts are not errors"
is "$(result rt_sigsuspend ERESTARTNOHAND)" 40 "calls interrupted for good"
# The handlers return to a failed call, 50 of them to one that is restarted.
is "$(result rt_sigreturn ok)" 90 "a sigreturn is never an error"
is "$(sum calls errors '.name == "rt_sigreturn"')" 0 "nor counted as one"
is "$(sum results calls '.result == "ENOSYS"')" 7 "a number that does not exist"
is "$(losses results)" 0 "nothing lost"

"$OSTRACE" syscalls --json -- "$CALLS" getppid:5 deny:1:33 getppid:25 >"$work/deny"
row() { sum deny "$1" '.name == "getppid"'; }
is "$(row calls)" 30 "calls that seccomp answers are counted"
is "$(row errors)" 25 "with their result"
is "$(row untimed)" 25 "and without a duration"
"$OSTRACE" syscalls --by results --json -- "$CALLS" deny:1:33 getppid:25 >"$work/deny"
is "$(sum deny calls '.name == "getppid" and .result == "EDOM"')" 25 "by errno"
