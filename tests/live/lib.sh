# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by the live tests: TAP, tracing in the background, known calls.
# What is compared is known by construction; nothing waits for a fixed time.
# shellcheck disable=SC2034 # variables are for those who include this
set -uo pipefail

BUILD=${BUILD:-build}
OSTRACE=${OSTRACE:-$BUILD/ostrace}
CALLS=$BUILD/tests/live/calls
CALLS32=$BUILD/tests/live/calls_32
PATH=$PATH:/usr/sbin:/sbin

work=$(mktemp -d "${TMPDIR:-/tmp}/live.XXXXXX")
started=() # processes to end
cgroups=() # directories to remove
test_no=0

# ---- TAP ----

plan() { echo "1..$1"; }

note() {
	local text=$*
	echo "# ${text//$'\n'/$'\n'# }"
}

ok() { echo "ok $((++test_no)) - $1"; }

not_ok() {
	echo "not ok $((++test_no)) - $1"
	shift
	[ $# = 0 ] || note "$@"
}

skip() { echo "ok $((++test_no)) - $1 # SKIP $2"; }

# is GOT WANTED NAME
is() {
	if [ "$1" = "$2" ]; then ok "$3"; else not_ok "$3" "got '$1', expected '$2'"; fi
}

# holds NAME COMMAND...: the command succeeds
holds() {
	local name=$1
	shift
	# In this shell: the command may be a wait.
	if "$@" >"$work/.said" 2>&1; then ok "$name"; else not_ok "$name" "failed: $*: $(<"$work/.said")"; fi
}

# ---- processes ----

# Wait until a command succeeds, for a minute at most; in a machine that is emulated
# beside others, where loading all views alone may take that, for five.
until_true() {
	local end=$((SECONDS + ${OSTRACE_IN_VM:+24}0 + 60))
	until "$@" 2>/dev/null; do
		if ((SECONDS > end)); then
			note "time-out: $*"
			return 1
		fi
		sleep 0.01
	done
}

has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }
gone() { ! kill -0 "$1"; }

# Start known calls in the background, its output in $work/NAME. Sets $pid.
# Its standard input is $gate: opened by `open_gates N`.
mkfifo "$work/gate"
exec {gate}<>"$work/gate"

start() { # start NAME COMMAND...
	local name=$1
	shift
	"$@" <"$work/gate" >"$work/$name" &
	pid=$!
	started+=("$pid")
}

open_gates() { head -c "$1" /dev/zero >&"$gate"; }

# Start tracing in the background, reports in $work/NAME as JSON. Sets $tracer. Those
# that are started one after the other begin at once; `traces` tells when.
begin() { # begin NAME ARGUMENT...
	local name=$1
	shift
	env --default-signal "$OSTRACE" "$@" --json >"$work/$name" 2>"$work/$name.err" &
	tracer=$!
	started+=("$tracer")
}

# The same; returns when it traces.
trace() { # trace NAME ARGUMENT...
	begin "$@"
	until_true traces "$1" "$tracer"
}

# The first report is out, or it gave up.
traces() { [ -s "$work/$1" ] || gone "$2"; }

# End tracing; the last report has what came up to now. Sets $status.
untrace() { # untrace [PID [SIGNAL]]
	kill -s "${2:-INT}" "${1:-$tracer}"
	wait "${1:-$tracer}"
	status=$?
}

# Several background processes; fails if one of them does.
wait_all() {
	local p bad=0
	for p; do wait "$p" || bad=1; done
	return $bad
}

# Sum of a number over all reports: sum NAME COLUMN SELECT, SELECT being a jq
# condition on a row.
sum() {
	jq -s "[.[].rows[] | select($3) | .$2] | add // 0" "$work/$1"
}

# What all reports have as losses, together.
losses() { jq -s '[.[].lost[]] | add // 0' "$work/$1"; }

# ---- cgroups ----

cgroup_mount() {
	local line
	while read -r line; do
		case $line in
		*" - cgroup2 "*)
			cut -d' ' -f5 <<<"$line"
			return
			;;
		esac
	done </proc/self/mountinfo
	return 1
}

# A new cgroup v2 directory: sets $cgroup, and $cgroup_path as ostrace prints it.
new_cgroup() { # new_cgroup NAME, with slashes for nested ones
	local mount
	mount=$(cgroup_mount) || return 1
	cgroup_path=/ostrace-test-$$-$1
	cgroup=$mount$cgroup_path
	mkdir "$cgroup" 2>/dev/null || return 1
	cgroups=("$cgroup" "${cgroups[@]}")
}

cleanup() {
	local p dir
	for p in "${started[@]}"; do kill -KILL "$p" 2>/dev/null; done
	wait 2>/dev/null
	for dir in "${cgroups[@]}"; do [ ! -d "$dir" ] || until_true rmdir "$dir"; done
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP
