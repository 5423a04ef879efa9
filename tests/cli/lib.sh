# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the command line tests share: TAP, and running the program under test.
set -u
OSTRACE=${OSTRACE:-build/ostrace}
unset NO_COLOR
export LC_ALL=C.UTF-8
n=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# result NAME STATUS: one line of TAP
result() {
	n=$((n + 1))
	if [ "$2" = 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		sed 's/^/# out: /' "$tmp/out" 2>/dev/null | head -n 20
		sed 's/^/# err: /' "$tmp/err" 2>/dev/null | head -n 20
	fi
}

skip() { # NAME WHY
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

finish() { echo "1..$n"; }

# run ARG...: output in $tmp/out, errors in $tmp/err, exit code in $code
run() {
	timeout 60 "$OSTRACE" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	code=$?
}

# refused CODE WORDS ARG...: that exit code, one line with those words, no output
refused() {
	local want=$1 words=$2 ok=0
	shift 2
	run "$@"
	[ "$code" = "$want" ] || ok=1
	[ "$(wc -l <"$tmp/err")" = 1 ] || ok=1
	grep -qF -- "ostrace: " "$tmp/err" || ok=1
	grep -qF -- "$words" "$tmp/err" || ok=1
	[ ! -s "$tmp/out" ] || ok=1
	[ "$ok" = 0 ] || echo "# exit $code, expected $want and '$words'"
	result "ostrace $*: exit $want, says '$words'" $ok
}

# Can this user trace on this kernel?
can_trace() { "$OSTRACE" features >/dev/null 2>&1; }

# No control characters but newlines in a file.
is_plain() { ! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]' "$1"; }
