#!/bin/bash
# timeout: 600
# The memory view against the kernel's own counters of cgroups that are made while
# it runs: all that they ever counted is what it must have reported.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
MEMHOG=$BUILD/tests/live/memhog

has_memory() { grep -qw memory "$(cgroup_mount)/cgroup.controllers"; }

# ---- a machine without cgroup v2's memory controller: one row, and why ----

if ! has_memory 2>/dev/null; then
	plan 6
	"$OSTRACE" memory --json -n 2 -i 300ms >"$work/machine"
	is $? 0 "it runs"
	is "$(jq -s '[.[].rows | length] | unique | .[]' "$work/machine")" 1 "one row: the machine"
	total=$(($(awk '/^MemTotal/ { print $2 }' /proc/meminfo) * 1024))
	is "$(jq -s '.[0].rows[0].max_bytes' "$work/machine")" $total "which has what /proc/meminfo says"
	holds "and uses some of it" test "$(jq -s '.[0].rows[0].current_bytes' "$work/machine")" -gt 0
	holds "it says that cgroups cannot be seen" grep -q 'only the machine is shown' "$work/machine"
	if cat /proc/pressure/memory >/dev/null 2>&1; then
		is "$(jq -s '[.[].rows[0].some_ns | type] | unique | .[]' "$work/machine")" '"number"' "pressure is known"
	else
		holds "PSI is off, and it says so" grep -q 'pressure (PSI) is off' "$work/machine"
	fi
	exit
fi

plan 24
mount=$(cgroup_mount)
echo +memory >"$mount/cgroup.subtree_control"
new_cgroup m || exit 1
top=$cgroup top_path=$cgroup_path
echo +memory >"$top/cgroup.subtree_control"

# Both at once: a start takes long where the machine is emulated.
begin tree memory -i 1s -c "$top" --by cgroups
tree=$tracer
begin payers memory -i 1s -c "$top" --by payers
payers=$tracer
until_true traces tree "$tree"
until_true traces payers "$payers"

# Made from here on, so that their counters begin with the tracing.
sub() { # sub NAME: sets $cgroup and $cgroup_path
	cgroup=$top/$1 cgroup_path=$top_path/$1
	mkdir "$cgroup" && cgroups=("$cgroup" "${cgroups[@]}")
}
sub high && high=$cgroup high_path=$cgroup_path
sub cache && cache=$cgroup cache_path=$cgroup_path
sub over && over=$cgroup over_path=$cgroup_path
echo +memory >"$over/cgroup.subtree_control"
sub over/kill && kill=$cgroup kill_path=$cgroup_path
sub gone && gone=$cgroup gone_path=$cgroup_path
echo 8M >"$high/memory.high"
echo 4M >"$cache/memory.max"
echo 4M >"$kill/memory.max"
echo 4M >"$gone/memory.max"
for dir in "$high" "$cache" "$kill" "$gone"; do echo 0 >"$dir/memory.swap.max" 2>/dev/null; done

# A little above memory.high, by faults and by write(2): it has to sleep.
holds "memory.high lets it through, slowly" "$MEMHOG" cgroup "$high" touch 9
file=$(mktemp /dev/shm/ostrace.XXXXXX)
holds "so it does when it writes" "$MEMHOG" cgroup "$high" write 9 "$file"
rm -f "$file"
# Twice a file that does not fit: reclaim, and refaults.
head -c 12M /dev/zero >"$BUILD/.memory-test"
holds "a cache larger than its limit" "$MEMHOG" cgroup "$cache" read "$BUILD/.memory-test" 2
rm -f "$BUILD/.memory-test"
"$MEMHOG" cgroup "$kill" touch 32
is $? 137 "memory.max kills"
"$MEMHOG" cgroup "$gone" touch 32
is $? 137 "and in the cgroup that is removed at once"
until_true rmdir "$gone"
is "$(mv "$kill" "$over/other" 2>&1 | grep -c 'not permitted')" 1 "a cgroup v2 has one name all its life"

# All that has happened, the kernel's late sums included, has been reported when
# the last average is back at rest or two more intervals are over.
reports() { [ "$(wc -l <"$work/tree")" -ge "$1" ] && [ "$(wc -l <"$work/payers")" -ge "$1" ]; }
count=$(wc -l <"$work/tree")
until_true reports $((count + 4))
untrace "$tree"
is "$status" 0 "it ends when it is told to"
untrace "$payers"

# All sums in one go: "PATH COLUMN SUM", and of the payers "CGROUP LIMIT WHY WHERE WAITS".
jq -s -r '[.[].rows[]] | group_by(.path)[] | .[0].path as $p | (map(to_entries[]) | group_by(.key)[]
	| select(.[0].value | type == "number") | [$p, .[0].key, (map(.value) | add)]) | @tsv' \
	"$work/tree" >"$work/sums"
jq -s -r '.[].rows[] | [.cgroup, .limit, .why, .where, .waits] | @tsv' "$work/payers" >"$work/waits"
of() { awk -F'\t' -v p="$1" -v c="$2" '$1 == p && $2 == c { printf "%.0f", $3; n = 1 } END { if (!n) printf "0" }' "$work/sums"; }
waits() { # waits CGROUP LIMIT WHY WHERE
	awk -F'\t' -v c="$1" -v l="$2" -v y="$3" -v e="$4" \
		'$1 == c && $2 == l && $3 == y && $4 == e { n += $5 } END { print n + 0 }' "$work/waits"
}
event() { awk -v e="$2" '$1 == e { print $2 }' "$1"; }

for e in high max; do
	is "$(of "$high_path" "${e}_events")" "$(event "$high/memory.events" $e)" "memory.events: $e of the throttled one"
	is "$(of "$cache_path" "${e}_events")" "$(event "$cache/memory.events" $e)" "memory.events: $e of the cache"
done
is "$(of "$kill_path" oom_kills) $(of "$kill_path" own_oom_kills)" "1 1" "a kill is its cgroup's own"
is "$(of "$over_path" oom_kills) $(of "$over_path" own_oom_kills)" "1 0" "and seen, not owned, by the one above"
is "$(($(of "$gone_path" oom_kills) + $(of "$gone_path (gone)" oom_kills)))" 1 \
	"the kill in a cgroup that is gone"
refaults=$(($(event "$cache/memory.stat" workingset_refault_file) + $(event "$cache/memory.stat" workingset_refault_anon)))
is "$(of "$cache_path" refaults)" "$refaults" "refaults are memory.stat's"
is "$(of "$cache_path" scanned)" "$(event "$cache/memory.stat" pgscan_direct)" "pages scanned are"
is "$(of "$cache_path" stolen)" "$(event "$cache/memory.stat" pgsteal_direct)" "pages taken are"
holds "it reclaimed for its limit, in read" \
	test "$(waits "$cache_path" "$cache_path" limit read)" -gt 0
holds "that took time" test "$(of "$cache_path" reclaim_ns)" -gt 0

sleeps() { waits "$high_path" "$high_path" sleep "$1"; }
if grep -q 'watch no function' "$work/tree"; then
	for what in "a fault" "write" "as many"; do skip "sleeps: $what" "no probes of functions here"; done
else
	holds "sleeps above memory.high: in a fault" test "$(sleeps fault)" -gt 0
	holds "and in write" test "$(sleeps write)" -gt 0
	all=$(($(sleeps fault) + $(sleeps write) + $(sleeps exit_group)))
	# Each tracer may have missed some, and says so.
	holds "as many as the cgroup has" \
		test "$(($(of "$high_path" sleeps) + $(losses tree) + $(losses payers)))" -ge "$all"
fi
if cat "$high/memory.pressure" >"$work/psi" 2>/dev/null; then
	us=$(sed -n 's/^some.*total=//p' "$work/psi")
	is $(($(of "$high_path" some_ns) / 1000)) "$us" "pressure adds up to the kernel's total"
else
	skip "pressure adds up to the kernel's total" "PSI is off"
fi
lost() { jq -s '[.[].lost | del(.missed)[]] | add // 0' "$work/$1"; }
is "$(lost tree) $(lost payers)" "0 0" "no cgroup, grave or wait was without a place"
note "sleeps: $(of "$high_path" sleeps), $(of "$high_path" sleep_ns) ns; reclaims: $(of "$cache_path" reclaims), $(of "$cache_path" reclaim_ns) ns; refaults: $refaults"
