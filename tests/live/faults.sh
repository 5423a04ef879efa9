#!/bin/bash
# timeout: 300
# Faults of known number and kind, and in sum what the kernel itself counts for
# the same process: no tolerance is needed.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 31

TOUCH=$BUILD/tests/live/touch
pages=1000

# "MINOR MAJOR" of a process with its threads, by the kernel.
kernel() { cut -d' ' -f10,12 "/proc/$1/stat"; }

# The process NAME has said so often that it waits for the next byte, and does.
ready() { [ "$(grep -c ready "$work/$1")" = "$3" ] && [ "$(cut -d' ' -f1 "/proc/$2/syscall")" = 0 ]; }

# run NAME STEP [ARGUMENT]...: one step, traced from before it to after it.
# Sets $minor and $major: what the kernel counted meanwhile.
run() {
	local name=$1 step=$2 touch
	shift 2
	start "$name.pid" "$TOUCH" "$step" wait
	touch=$pid
	until_true ready "$name.pid" "$touch" 1
	trace "$name" faults -i 100ms -p "$touch" "$@"
	kernel "$touch" >"$work/k0"
	open_gates 1
	until_true ready "$name.pid" "$touch" 2
	kernel "$touch" >"$work/k1"
	untrace "$tracer"
	open_gates 1
	wait "$touch"
	read -r a b c d < <(paste -d' ' "$work/k0" "$work/k1")
	minor=$((c - a)) major=$((d - b))
	: "$minor" "$major"
}

faults() { sum "$1" faults "${2:-true}"; }

# Does this kernel let functions be hooked? If not, the view says what it cannot tell.
functions=1
"$OSTRACE" faults -n 1 -i 10ms >"$work/notes" 2>&1
grep -q 'functions cannot be hooked' "$work/notes" && functions=0

# kind NAME STEP KIND COUNT: that many of the kind, and in sum the kernel's.
kind() {
	local name=$1 step=$2 kind=$3 count=$4 got
	run "$name" "$step"
	# A page of a file just written may still be on its way: then it is a major one.
	got=$(faults "$name" "(.kind == \"$kind\" or .kind == \"file read\") and .origin == \"${5:-user}\"")
	# A page or two of its own: the stack of a call, a counter of libc.
	if [ "$got" -ge "$count" ] && [ "$got" -le $((count + 4)) ]; then
		ok "$name: $count times $kind"
	else
		not_ok "$name: $count times $kind" "got $got: $(jq -c '.rows[]' "$work/$name")"
	fi
	is "$(faults "$name" '.class == "minor"') $(faults "$name" '.class == "major"')" \
		"$minor $major" "$name: what the kernel counted, minor and major"
}

kind anon anon:$pages anon $pages
is "$(jq -s '[.[].rows[] | select(.kind == "anon") | .avg_ns > 0 and .avg_ns <= .max_ns and .total_ns >= .max_ns] | all' "$work/anon")" \
	true "faults take time"
kind zero zero:$pages "zero page" $pages
kind kernel kernel:$pages anon $pages kernel
# Files of a tmpfs are shared memory.
of_file="file map"
[ "$(stat -f -c %T "$work")" = tmpfs ] && of_file=shmem
kind file "file:200:$work/data" "$of_file" 200
kind filecow "filecow:$pages:$work/copied" cow $pages
kind shmem shmem:$pages shmem $pages
if [ "$functions" = 1 ]; then
	kind cow cow:$pages cow $pages
	kind reuse reuse:$pages reuse $pages
else
	kind cow cow:$pages "cow or reuse" $pages
	kind reuse reuse:$pages "cow or reuse" $pages
fi

if [ "$(stat -f -c %T "$work")" = tmpfs ]; then
	skip "major: 50 times file read" "the temporary directory is no file on a device"
	skip "major: what the kernel counted, minor and major" "likewise"
else
	kind major "major:50:$work/data" "file read" 50
fi

# ---- mappings ----

run mappings "file:200:$work/mapped" --by mappings
is "$(faults mappings '.mapping == "mapped"')" 200 "--by mappings: the file by its name"
is "$(jq -s '[.[].rows[] | select(.mapping == "mapped") | .inode] | unique | .[0]' "$work/mappings")" \
	"$(stat -c %i "$work/mapped")" "and its inode"
is "$(faults mappings)" "$((minor + major))" "--by mappings: all faults are in it"

# ---- errors ----

errors() { # errors NAME KIND MAPPING
	run "$1" "$1:100" --by errors -e
	is "$(faults "$1" ".kind == \"$2\" and .mapping == \"$3\"")" 100 "$1: 100 times $2 in $3"
}
errors maperr SEGV_MAPERR "[none]"
errors accerr SEGV_ACCERR "[anon]"
errors bus SIGBUS "memfd:short"

# ---- processes, cgroups, filters, programs ----

run processes anon:$pages --by processes
is "$(faults processes)" "$((minor + major))" "--by processes: the sum"
is "$(jq -s '[.[].rows[].pid] | unique | length' "$work/processes")" 1 "-p: no other process"

if new_cgroup faults; then
	start other.pid "$TOUCH" wait anon:$pages wait
	other=$pid
	until_true ready other.pid "$other" 1
	echo "$other" >"$cgroup/cgroup.procs"
	trace groups faults -i 100ms --by cgroups -c "$cgroup"
	groups=$tracer
	open_gates 1
	until_true ready other.pid "$other" 2
	open_gates 1
	until_true ready other.pid "$other" 3
	untrace "$groups"
	open_gates 1
	wait "$other"
	holds "-c: its faults" test "$(faults groups ".cgroup == \"$cgroup_path\"")" -ge $pages
	is "$(jq -s '[.[].rows[].cgroup] | unique | length' "$work/groups")" 1 "-c: no other cgroup"
else
	skip "-c: its faults" "no cgroup v2 that can be written"
	skip "-c: no other cgroup" "likewise"
fi

"$OSTRACE" faults --json -- "$TOUCH" anon:$pages </dev/zero >"$work/program" 2>"$work/err"
holds "-- program: its faults" test "$(jq -s '[.[] | .rows? // [] | .[] | select(.kind == "anon") | .faults] | add // 0' \
	<(grep '^{' "$work/program"))" -ge $pages

# ---- huge pages ----

if grep -q '\[never\]' /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null; then
	skip "huge: as many as were asked for" "transparent huge pages are off"
else
	run huge huge:8
	is "$(faults huge '.kind == "huge" or .kind == "huge fallback"')" 8 \
		"huge: as many as were asked for, or a reason why not"
fi
