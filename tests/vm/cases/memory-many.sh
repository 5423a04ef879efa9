#!/bin/bash
# long: ten thousand cgroups are made and removed, minutes under emulation
# timeout: 1800
# machine: CLOCK=instructions INSTRUCTION_NS=8 CPUS=1
# The memory view beside 10,000 cgroups that come and go: none is missing, none stays,
# it stays small. What a tick costs is printed, in instructions where they are the clock,
# whatever the host is doing; with PEERS=1 beside systemd-cgtop's, which takes minutes:
#   make vm CPUS=1 CLOCK=instructions INSTRUCTION_NS=8 VM_TIMEOUT=3600 CMD='env PEERS=1 tests/vm/cases/memory-many.sh'
# shellcheck source-path=SCRIPTDIR source=../../live/lib.sh
. "$(dirname "$0")/../../live/lib.sh"
plan 11
MEMHOG=$BUILD/tests/live/memhog
MANY=${MANY:-10000}
TICKS=10

# CPU time of a process so far, ns: the kernel counts it exactly.
cpu_ns() { cut -d' ' -f1 "/proc/$1/schedstat"; }
kib_of() { awk -v f="$2:" '$1 == f { print $2 }' "/proc/$1/status"; }
reports() { [ "$(wc -l <"$work/$1")" -ge "$2" ]; }

# more NAME COUNT: so many reports more are out
more() {
	local end=$((SECONDS + 300)) want=$(($(wc -l <"$work/$1") + $2))
	until reports "$1" "$want"; do
		((SECONDS < end)) || return 1
		sleep 0.1
	done
}

# An instruction's time, where that is what time is.
instruction_ns=$(sed -n 's/.*ostrace_instruction_ns=\([0-9]*\).*/\1/p' /proc/cmdline)
cost() { # NS
	if [ -n "$instruction_ns" ]; then
		echo "$(($1 / instruction_ns / 1000)) thousand instructions"
	else
		echo "$(($1 / 1000)) us of CPU"
	fi
}

# tick NAME PID WHAT: prints the CPU time of a report, mean of some
tick() {
	local from at
	more "$1" 2
	from=$(cpu_ns "$2") at=$(wc -l <"$work/$1")
	more "$1" $TICKS
	note "$3: $(cost $((($(cpu_ns "$2") - from) / ($(wc -l <"$work/$1") - at)))) a tick, $(kib_of "$2" VmRSS) KiB in memory"
}

# seconds COMMAND...: of CPU, its own and the kernel's for it
seconds() {
	local TIMEFORMAT='%U %S'
	{ time "$@" >/dev/null 2>&1; } 2>&1 | tr ' ' +
}

# A second report of systemd-cgtop's costs what two cost less than one.
cgtop() {
	local one two
	[ -n "${PEERS-}" ] || return
	one=$(seconds systemd-cgtop -b -m -n 1 --depth=9)
	two=$(seconds systemd-cgtop -b -m -n 2 -d 200ms --depth=9)
	note "systemd-cgtop, $1: $(cost "$(awk "BEGIN { printf \"%.0f\", ($two - ($one)) * 1e9 }")") a tick"
}

echo +memory >"$(cgroup_mount)/cgroup.subtree_control"
new_cgroup many || exit 1
top=$cgroup
echo +memory >"$top/cgroup.subtree_control"

trace tree memory -i 1s
"$MEMHOG" mkdirs "$top" 10
tick tree "$tracer" "ostrace memory, 10 cgroups more"
cgtop "10 cgroups more"
"$MEMHOG" rmdirs "$top" 10

made=0
for n in 1000 "$MANY"; do
	for ((; made < n; made += 1000)); do
		mkdir "$top/k$made" || break
		echo +memory >"$top/k$made/cgroup.subtree_control"
		"$MEMHOG" mkdirs "$top/k$made" 999 || break
	done
	is "$(find "$top" -mindepth 1 -type d | wc -l)" "$n" "there are $n cgroups more"
	tick tree "$tracer" "ostrace memory, $n cgroups more, all quiet"
	cgtop "$n cgroups more"
done
# With somebody in one of them who waits for memory all the time.
echo 4M >"$top/k0/c7/memory.max"
echo 0 >"$top/k0/c7/memory.swap.max" 2>/dev/null
head -c 12M /dev/zero >"$BUILD/.memory-many"
"$MEMHOG" cgroup "$top/k0/c7" read "$BUILD/.memory-many" 1000000 &
reader=$!
started+=("$reader")
tick tree "$tracer" "ostrace memory, $MANY cgroups more, one of them at its limit"
kill -KILL $reader
wait $reader 2>/dev/null
rm -f "$BUILD/.memory-many"
holds "it was seen to wait" test "$(sum tree reclaims ".path | endswith(\"/k0/c7\")")" -gt 0

# Each of them, with nobody asked to open any branch; a tracer of its own.
"$OSTRACE" memory --by cgroups --json -n 1 -i 100ms >"$work/all"
is $? 0 "all of them in one report"
is "$(jq "[.rows[] | select(.path | contains(\"$cgroup_path/\"))] | length" "$work/all")" "$MANY" "none is missing"
is "$(jq -s '[.[].lost | del(.missed)[]] | add // 0' "$work/all")" 0 "none was without a place"
note "its JSON: $(wc -c <"$work/all") bytes"

for ((k = 0; k < made; k += 1000)); do
	"$MEMHOG" rmdirs "$top/k$k" 999 || break
	rmdir "$top/k$k"
done
is "$(find "$top" -mindepth 1 -type d | wc -l)" 0 "all are removed again"
# And a thousand that each live for a moment.
for n in {1..50}; do
	"$MEMHOG" mkdirs "$top" 20 || break
	"$MEMHOG" rmdirs "$top" 20 || break
done
is "$n" 50 "a thousand come and go"
more tree 3
holds "it is still there" kill -0 "$tracer"
peak=$(kib_of "$tracer" VmHWM)
tick tree "$tracer" "ostrace memory, all of them gone again"
untrace "$tracer"
is "$status" 0 "it ends when it is told to"
holds "60 MB were enough at all times: $peak KiB" test "$peak" -le $((60 * 1000 * 1000 / 1024))
