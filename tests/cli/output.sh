#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where output goes and what it may contain, whoever reads it.
# A test's condition is its result.
# shellcheck disable=SC2319,SC2181,SC2216
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# on_tty COMMAND: run it on a terminal, what it wrote is in $tmp/out
on_tty() {
	script -qec "$1" "$tmp/typescript" >/dev/null 2>&1 </dev/null
	code=$?
	sed '1{/^Script started/d}; /^Script done/d' "$tmp/typescript" | tr -d '\r' >"$tmp/out"
	: >"$tmp/err"
}
has_color() { grep -q $'\e\[' "$tmp/out"; }

run features
is_plain "$tmp/out" && [ -s "$tmp/out" ]
result "piped output has no control characters" $?
awk '/^Kernel/ { next } /^$/ { exit } $2 !~ /^(yes|no|unknown)$/ { print > "/dev/stderr"; bad = 1 }
	END { exit bad || NR < 10 }' "$tmp/out"
result "features: no name runs into its answer" $?
run features --color=always
has_color
result "--color=always colours a pipe as well" $?
NO_COLOR=1 run features --color=always
has_color
result "NO_COLOR does not overrule --color=always" $?

if command -v script >/dev/null; then
	TERM=xterm on_tty "$OSTRACE features"
	has_color
	result "a terminal gets colours" $?
	NO_COLOR=1 TERM=xterm on_tty "$OSTRACE features"
	! has_color
	result "NO_COLOR: no colours" $?
	NO_COLOR='' TERM=xterm on_tty "$OSTRACE features"
	has_color
	result "an empty NO_COLOR means nothing" $?
	TERM=xterm on_tty "$OSTRACE features --color=never"
	! has_color
	result "--color=never: no colours" $?
	TERM=dumb on_tty "$OSTRACE features"
	! has_color
	result "TERM=dumb: no colours" $?
	on_tty "env -u TERM $OSTRACE features"
	! has_color
	result "no TERM: no colours" $?
	TERM=no-such-terminal on_tty "$OSTRACE features"
	[ -s "$tmp/out" ]
	result "an unknown TERM: output all the same" $?
else
	skip "colours on a terminal" "no script(1)"
fi

LC_ALL=C run features
! LC_ALL=C grep -qP '[^\x00-\x7f]' "$tmp/out"
result "LC_ALL=C: nothing but ASCII" $?

for args in --help --version --json-schema "--generate bash" features "features --json"; do
	# shellcheck disable=SC2086
	timeout 60 "$OSTRACE" $args >/dev/full 2>"$tmp/err"
	code=$?
	: >"$tmp/out"
	[ "$code" = 1 ] && grep -qx 'ostrace: cannot write to standard output: No space left on device' "$tmp/err"
	result "$args to a full disk: exit 1, one line" $?
	# shellcheck disable=SC2086
	timeout 60 "$OSTRACE" $args >&- 2>"$tmp/err"
	code=$?
	[ "$code" = 1 ] && grep -q 'cannot write to standard output' "$tmp/err"
	result "$args with standard output closed: exit 1, one line" $?
	# shellcheck disable=SC2086
	{ sleep 0.2; timeout 60 "$OSTRACE" $args 2>"$tmp/err"; echo $? >"$tmp/code"; } | true
	[ "$(cat "$tmp/code")" = 141 ] && [ ! -s "$tmp/err" ]
	result "$args to a closed pipe: exit 141, no word" $?
done
"$OSTRACE" --bad 2>&-
[ $? = 2 ]
result "standard error closed: the exit code is right" $?
"$OSTRACE" --version <&- >"$tmp/out" 2>"$tmp/err"
result "standard input closed: no matter" $?

if setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	# The build directory may be out of nobody's reach.
	install -m 755 "$OSTRACE" "$tmp/ostrace" && chmod 755 "$tmp"
	nobody() {
		chmod 755 "$tmp"
		timeout 60 setpriv --reuid 65534 --regid 65534 --clear-groups "$tmp/ostrace" "$@" \
			>"$tmp/out" 2>"$tmp/err" </dev/null
		code=$?
	}
	nobody syscalls 1 1
	[ "$code" = 3 ] && [ "$(wc -l <"$tmp/err")" = 1 ] && grep -q CAP_BPF "$tmp/err" && [ ! -s "$tmp/out" ]
	result "without privilege: exit 3, one line that names what is needed" $?
	nobody softirqs --json 1 1
	[ "$code" = 3 ] && [ ! -s "$tmp/out" ]
	result "without privilege, --json: exit 3, no half line" $?
	nobody syscalls -- true
	[ "$code" = 3 ]
	result "without privilege, -- program: exit 3" $?
	nobody features
	[ "$code" = 3 ] && grep -q '^bpf  *\(unknown\|no\)' "$tmp/out"
	result "features without privilege: exit 3, says what it cannot know" $?
	nobody --help
	[ "$code" = 0 ]
	result "help needs no privilege" $?
else
	skip "without privilege" "cannot become nobody here"
fi
finish
