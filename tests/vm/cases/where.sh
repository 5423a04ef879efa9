#!/bin/bash
# timeout: 250
# Where the time of a call goes when its cgroup is above memory.high: the parts
# are those that the kernel's own account of memory stalls has.
# shellcheck source-path=SCRIPTDIR source=../../live/lib.sh
. "$(dirname "$0")/../../live/lib.sh"
plan 7

new_cgroup where || { echo "Bail out! no cgroup"; exit 1; }
echo +memory >"$(cgroup_mount)/cgroup.subtree_control" 2>/dev/null
echo 16M >"$cgroup/memory.high"
echo 0 >"$cgroup/memory.swap.max" 2>/dev/null
stalled() { sed -n 's/^some.*total=//p' "$cgroup/memory.pressure"; }
mkdir "$work/tmpfs"
mount -t tmpfs tmpfs "$work/tmpfs" || { echo "Bail out! no tmpfs"; exit 1; }
before=$(stalled)
# On one CPU: over several, pressure is an average weighted by how busy each was.
"$OSTRACE" syscalls --by where --json -- taskset -c 0 "$CALLS" cgroup:1:"$cgroup" put:18:"$work/tmpfs/file" >"$work/all" 2>"$work/err"
is $? 0 "a call wrote 18 MiB to tmpfs, with 16 MiB allowed"
grep '^{' "$work/all" >"$work/json"
note "$(jq -c '.rows[] | select(.name == "pwrite64")' "$work/json")"
note "$(cat "$cgroup/memory.events" "$cgroup/memory.pressure" 2>/dev/null)"
part() { jq "[.rows[] | select(.name == \"pwrite64\").$1] | add // 0" "$work/json"; }
holds "the parts of every call add up to its duration" jq -e '[.rows[] | .running_ns + .blocked_ns +
	.throttle_ns + .reclaim_ns + .ready_ns + .interrupted_ns == .total_ns] | all' "$work/json"
holds "the kernel says that memory.high was exceeded" \
	test "$(sed -n 's/^high //p' "$cgroup/memory.events")" -gt 0
holds "so part of the call was reclaim" test "$(part reclaim_ns)" -gt 0
holds "and part the penalty" test "$(part throttle_ns)" -gt 0
if [ -n "$before" ]; then
	# Pressure also has the way back from the call. It is up to 2 s behind.
	seen=$(($(part reclaim_ns) + $(part throttle_ns)))
	pressure() { echo $((($(stalled) - before) * 1000)); }
	covers() { [ "$seen" -le $(($(pressure) * 11 / 10)) ]; }
	until_true covers
	is $? 0 "both are no more than the pressure of the cgroup ($seen of $(pressure) ns)"
	holds "and much of it" test "$seen" -ge $(($(pressure) / 4))
else
	skip "both are no more than the pressure of the cgroup" "this kernel keeps none"
	skip "and much of it" "this kernel keeps none"
fi
umount "$work/tmpfs"
