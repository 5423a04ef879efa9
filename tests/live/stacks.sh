#!/bin/bash
# timeout: 200
# Who faults: functions and stacks by their names; where mappings are; how memory
# grew; and why TLBs were flushed.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 21

# In directories of its own, so that its path is known.
mkdir -p "$work/a b/ü"
TOUCH=$(realpath "$work")/"a b/ü/touch"
cp "$BUILD/tests/live/touch" "$TOUCH"
pages=1000

ready() { [ "$(grep -c ready "$work/$1")" = "$3" ] && [ "$(cut -d' ' -f1 "/proc/$2/syscall")" = 0 ]; }

# run NAME STEP ARGUMENT...: one step, traced from before it to after it. Sets $touch.
run() {
	local name=$1 step=$2
	shift 2
	start "$name.pid" "$TOUCH" "$step" wait
	touch=$pid
	until_true ready "$name.pid" "$touch" 1
	trace "$name" faults -i 200ms "$@" -p "$touch"
	open_gates 1
	until_true ready "$name.pid" "$touch" 2
	untrace "$tracer"
	open_gates 1
	wait "$touch"
}

about() { # about NAME GOT COUNT: a page or two of its own are not told apart
	holds "$1" test "$2" -ge "$3" -a "$2" -le $(($3 + 4))
}

# ---- stacks ----

run stacks anon:$pages --stacks
is "$status" 0 "--stacks: it ends when it is told to"
about "the function that touches the pages is on top, by name" \
	"$(sum stacks faults '.function == "step_anon"')" $pages
about "and main calls it" "$(sum stacks faults '.stack | test("^step_anon\\+0x[0-9a-f]+;main(;|$)")')" $pages
is "$(jq -s '[.[].rows[] | select(.function == "step_anon") | .path] | unique | .[]' "$work/stacks")" \
	"\"$TOUCH\"" "it says in which file"
is "$(jq -s '[.[].rows[] | select(.function == "step_anon") | .avg_ns > 0 and .max_ns >= .avg_ns and .total_ns >= .max_ns] | all' "$work/stacks")" \
	true "with the time of its faults"
is "$(losses stacks)" 0 "nothing was lost"

run functions "major:20:$work/data" --by functions
is "$(sum functions faults '.function == "step_major"')" \
	"$(sum functions faults '.function == "step_major" and .object == "touch"')" "--by functions: of that program"
holds "20 pages read and more for the pages themselves" test "$(sum functions faults '.function == "step_major"')" -ge 20
if [ "$(stat -f -c %T "$work")" = tmpfs ]; then
	skip "major ones are told" "the temporary directory is no file on a device"
else
	about "major ones are told" "$(sum functions major '.function == "step_major"')" 20
fi
run errors maperr:100 --by functions -e
is "$(sum errors faults '.function == "fault_all"') $(sum errors errors true)" "100 100" \
	"-e: who causes faults that cannot be resolved"

# The symbols of a program that has ended, and is not there any more, are not needed: it is known where it was.
start ended "$TOUCH" anon:$pages
until_true ready ended "$pid" 1
trace gone faults -i 200ms --by functions -p "$pid"
open_gates 1
wait "$pid"
untrace "$tracer"
about "a process that has ended" "$(sum gone faults '.function == "step_anon"')" $pages

# A file that is no longer there: its place instead of a name.
start removed "$TOUCH" wait anon:$pages wait
removed=$pid
until_true ready removed "$removed" 1
mv "$TOUCH" "$work/other" && cp "$work/other" "$TOUCH" && rm "$work/other"
trace nofile faults -i 200ms --by functions -p "$removed"
open_gates 1
until_true ready removed "$removed" 2
open_gates 1
until_true ready removed "$removed" 3
untrace "$tracer"
open_gates 1
wait "$removed"
about "without its file: the place in it, not a name out of another one" \
	"$(sum nofile faults '.function | test("^[a-z]+\\+0x[0-9a-f]+$")')" $pages
is "$(jq -s '[.[].rows[] | .path | endswith(" (deleted)")] | any' "$work/nofile")" true "and it is said that it is gone"

"$OSTRACE" faults --stacks --json -- "$TOUCH" anon:$pages </dev/zero >"$work/out" 2>"$work/err"
grep '^{' "$work/out" >"$work/program"
about "-- program" "$(sum program faults '.function == "step_anon"')" $pages

# ---- paths ----

run paths "file:200:$work/a b/dätä" --by mappings
is "$(jq -s '[.[].rows[] | select(.mapping == "dätä") | .path] | unique | .[]' "$work/paths")" \
	"\"$(realpath "$work/a b/dätä")\"" "--by mappings: the whole path"
is "$(jq -s '[.[].rows[] | select(.mapping == "[anon]") | .path] | unique | .[]' "$work/paths")" \
	"" "and none of what is no file"

# ---- growth ----

run growth anon:$pages --by rss
grew=$(sum growth anon_grew_bytes true)
holds "--by rss: anonymous memory grew by the pages that were touched" \
	test "$grew" -ge $((pages * 4096)) -a "$grew" -le $(((pages + 16) * 4096))
is "$(jq -s '[.[].rows[].pid] | unique | .[]' "$work/growth")" "$touch" "-p: of no other process"
run shared shmem:$pages --by rss
holds "shared memory is told from it" test "$(sum shared shmem_grew_bytes true)" -ge $((pages * 4096))

# ---- TLB flushes ----

if "$OSTRACE" faults --by tlb -n 1 -i 10ms >"$work/tlb" 2>&1; then
	"$OSTRACE" faults --by tlb --json -- "$TOUCH" cow:$pages </dev/zero >"$work/out" 2>/dev/null
	grep '^{' "$work/out" >"$work/flushes"
	# Where it has moved to another CPU meanwhile, one flush of all may do for some of them.
	holds "--by tlb: each page copied at the first write has to leave the TLB" \
		test "$(sum flushes flushes '.reason | test("local")')" -ge $((pages * 9 / 10))
	is "$(jq -s '[.[].rows[] | .full <= .flushes] | all' "$work/flushes")" true "full ones are part of all"
else
	grep -q 'no tracepoint tlb_flush' "$work/tlb"
	is $? 0 "it says that flushes cannot be seen here"
	skip "full ones are part of all" "no tracepoint tlb_flush"
fi
