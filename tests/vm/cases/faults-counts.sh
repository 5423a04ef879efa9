#!/bin/bash
# long: many loads of the faults view's programs, minutes under emulation
# timeout: 900
# Faults against what the kernel counts elsewhere: of the whole machine, of a cgroup;
# and what explain has to say of those that wait for a slow device.
# shellcheck source-path=SCRIPTDIR source=../../live/lib.sh
. "$(dirname "$0")/../../live/lib.sh"
plan 10
TOUCH=$BUILD/tests/live/touch

ready() { [ "$(grep -c ready "$work/$1")" = "$3" ] && [ "$(cut -d' ' -f1 "/proc/$2/syscall")" = 0 ]; }
vmstat() { awk -v k="$1" '$1 == k { print $2 }' /proc/vmstat; }
stat_of() { awk -v k="$1" '$1 == k { print $2 }' "$cgroup/memory.stat"; }

# ---- the whole machine ----

# What was counted lies between what happened surely within and what happened at most.
start busy "$TOUCH" wait anon:20000 wait
until_true ready busy "$pid" 1
outer=$(vmstat pgfault)
trace machine faults -i 500ms
inner=$(vmstat pgfault)
open_gates 1
until_true ready busy "$pid" 2
open_gates 1
until_true ready busy "$pid" 3
inner=$(($(vmstat pgfault) - inner))
untrace "$tracer"
outer=$(($(vmstat pgfault) - outer))
open_gates 1
wait "$pid"
counted=$(sum machine faults true)
lost=$(losses machine)
note "$counted faults, $lost lost; /proc/vmstat: at least $inner, at most $outer"
holds "not more than /proc/vmstat has of all the time" test "$counted" -le "$outer"
# The kernel faults pages in for other tasks, which have not faulted since: some are still unseen.
holds "not less than it has of a part of it" test $((counted + lost)) -ge $((inner - inner / 100))

# ---- a cgroup ----

echo +memory >"$(cgroup_mount)/cgroup.subtree_control"
new_cgroup counts || exit 1
modprobe null_blk nr_devices=1 gb=1 memory_backed=1 irqmode=2 completion_nsec=5000000
until_true test -b /dev/nullb0
start member "$TOUCH" wait anon:3000 cow:500 device:20:/dev/nullb0 wait
member=$pid
until_true ready member "$member" 1
echo "$member" >"$cgroup/cgroup.procs"
trace group faults -i 500ms -c "$cgroup"
before=$(stat_of pgfault)
for i in 1 2 3 4; do
	open_gates 1
	until_true ready member "$member" $((i + 1))
done
untrace "$tracer"
# The kernel sums up now and then, what is left within some seconds.
settled() { [ "$(stat_of pgfault)" = "$(($(sum group faults '.class != "error"') + before))" ]; }
until_true settled
is "$(stat_of pgfault)" "$(($(sum group faults '.class != "error"') + before))" "memory.stat: pgfault"
is "$(stat_of pgmajfault)" "$(sum group faults '.class == "major"')" "memory.stat: pgmajfault"
is "$(losses group)" 0 "nothing was lost"
open_gates 1
wait "$member"

# ---- explain ----

"$OSTRACE" explain --json -- "$TOUCH" device:100:/dev/nullb0 </dev/zero >"$work/all"
is $? 0 "explain, a program that waits for a slow device"
grep '^{' "$work/all" >"$work/slow"
note "$(jq -c '.findings' "$work/slow")"
holds "finds its major faults" jq -e '[.findings[] | select(.rule == "major_faults" and
	.view == "faults" and .table == "kinds" and (.text | test("file read")))] | length == 1' "$work/slow"
# 100 times 5 ms within the time it looked.
holds "with the time that they took, or more" jq -e '.interval_ns * ([.findings[] |
	select(.rule == "major_faults")][0].lost_ns_per_s) / 1e9 >= 0.5e9 * 0.99' "$work/slow"
# From memory: on a guest's root a program may have to read its own text, by major faults,
# with virtiofsd as it comes even at every start.
cp "$TOUCH" "$work/touch"
"$OSTRACE" explain --json -- "$work/touch" anon:2000 </dev/zero >"$work/all"
is $? 0 "explain, a program that waits for no device"
grep '^{' "$work/all" >"$work/fast"
is "$(jq -c '[.findings[] | select(.rule == "major_faults" and (.whole_machine | not))]' "$work/fast")" "[]" \
	"has nothing of the kind to say"
rmmod null_blk
