#!/bin/bash
# long: tasks that fight for memory under emulation
# timeout: 900
# Reclaim under load, with swap: what is shown is what memory.stat and memory.events
# have counted, however many reclaim at once.
# shellcheck source-path=SCRIPTDIR source=../../live/lib.sh
. "$(dirname "$0")/../../live/lib.sh"
plan 11
MEMHOG=$BUILD/tests/live/memhog

swap=0
if modprobe zram num_devices=1 && echo 256M >/sys/block/zram0/disksize &&
	mkswap /dev/zram0 >/dev/null && swapon /dev/zram0; then
	swap=1
fi
echo +memory >"$(cgroup_mount)/cgroup.subtree_control"
new_cgroup load || exit 1
top=$cgroup
echo +memory >"$top/cgroup.subtree_control"

begin tree memory -i 1s -c "$top" --by cgroups
tree=$tracer
begin payers memory -i 1s -c "$top" --by payers
payers=$tracer
until_true traces tree "$tree"
until_true traces payers "$payers"

# Made from here on, so that their counters begin with the tracing.
mkdir "$top/busy" "$top/swapped"
cgroups=("$top/busy" "$top/swapped" "${cgroups[@]}")
echo 8M >"$top/busy/memory.max"
echo 12M >"$top/swapped/memory.max"
echo 0 >"$top/busy/memory.swap.max"

head -c 16M /dev/zero >"$BUILD/.memory-load"
pids=()
for _ in 1 2 3; do
	"$MEMHOG" cgroup "$top/busy" read "$BUILD/.memory-load" 2 &
	pids+=($!)
done
if [ $swap = 1 ]; then
	"$MEMHOG" cgroup "$top/swapped" touch 32 &
	pids+=($!)
fi
started+=("${pids[@]}")
holds "all get what they need in the end" wait_all "${pids[@]}"
rm -f "$BUILD/.memory-load"

count=$(wc -l <"$work/tree")
reports() { [ "$(wc -l <"$work/tree")" -ge "$1" ] && [ "$(wc -l <"$work/payers")" -ge "$1" ]; }
until_true reports $((count + 4))
untrace "$tree"
is "$status" 0 "it ends when it is told to"
untrace "$payers"

of() { jq -s "[.[].rows[] | select(.path | endswith(\"/$1\")) | .$2] | add // 0" "$work/tree"; }
stat_of() { awk -v k="$2" '$1 == k { print $2 }' "$top/$1/memory.stat"; }
event() { awk -v k="$2" '$1 == k { print $2 }' "$top/$1/memory.events"; }
waits() { jq -s "[.[].rows[] | select((.cgroup | endswith(\"/$1\")) and $2) | .waits] | add // 0" "$work/payers"; }

is "$(of busy scanned)" "$(stat_of busy pgscan_direct)" "pages scanned are memory.stat's"
is "$(of busy stolen)" "$(stat_of busy pgsteal_direct)" "pages taken are"
is "$(of busy refaults)" "$(($(stat_of busy workingset_refault_file) + $(stat_of busy workingset_refault_anon)))" "refaults are"
is "$(of busy max_events)" "$(event busy max)" "memory.events: max"
holds "three tasks reclaim at once, in read" test "$(waits busy '.where == "read" and .why == "limit"')" -gt 2
if [ $swap = 1 ]; then
	is "$(of swapped stolen)" "$(stat_of swapped pgsteal_direct)" "pages taken to swap are memory.stat's"
	holds "it reclaims in faults" test "$(waits swapped '.where == "fault"')" -gt 0
else
	for what in "pages taken to swap" "reclaim in faults"; do skip "$what" "no zram"; done
fi
is "$(jq -s '[.[].lost | del(.missed)[]] | add // 0' "$work/tree" "$work/payers")" 0 "nothing was without a place"
holds "nobody was killed" test "$(event busy oom_kill)$(event swapped oom_kill)" = 00
[ $swap = 0 ] || swapoff /dev/zram0
