#!/bin/bash
# timeout: 900
# long: makes and removes 10,000 cgroups
# What an interval costs with 10, 1,000 and 10,000 cgroups, and that no cgroup is
# missed or left behind. Costs are printed, not judged: this machine may be slow.
# shellcheck source-path=SCRIPTDIR source=../../live/lib.sh
. "$(dirname "$0")/../../live/lib.sh"
MEMHOG=$BUILD/tests/live/memhog
plan 10
mount=$(cgroup_mount)
echo +memory >"$mount/cgroup.subtree_control"
new_cgroup many && top=$cgroup top_path=$cgroup_path
echo +memory >"$top/cgroup.subtree_control"
have=0


for n in 10 1000 10000; do
	mkdir "$top/g$n" && cgroups=("$top/g$n" "${cgroups[@]}")
	"$MEMHOG" mkdirs "$top/g$n" $((n - have - 1))
	have=$n
	"$OSTRACE" memory --json -i 2s -n 4 >"$work/n$n" 2>"$work/err$n" &
	pid=$!
	started+=("$pid")
	until_true has_lines "$work/n$n" 3
	rss=$(awk '/VmHWM/ { print $2 }' /proc/$pid/status)
	now=$(awk '/VmRSS/ { print $2 }' /proc/$pid/status)
	wait $pid
	is "$? $(wc -l <"$work/err$n")" "0 0" "$n cgroups: it runs"
	holds "$n cgroups: in at most 60 MB" test "$now" -le 60000
	note "$n cgroups: $(jq -s '[.[1:][] | .overhead.cpu_percent * 20] | sort | .[(length / 2 | floor)]' "$work/n$n") ms of CPU per interval, now $now kB, at most $rss kB"
	is "$(jq -s 'map(.lost | add) | add' "$work/n$n")" 0 "$n cgroups: nothing lost"
done
trace all memory --by cgroups -i 2s -c "$top"
"$MEMHOG" rmdirs "$top/g10000" 8999
n=$(wc -l <"$work/all")
until_true has_lines "$work/all" $((n + 2))
untrace "$tracer"
is "$(tail -n1 "$work/all" | jq "[.rows[] | select(.path | startswith(\"$top_path/g10000/\"))] | length")" 0 "those removed are gone"
for n in 10 1000; do "$MEMHOG" rmdirs "$top/g$n" $((n == 10 ? 9 : 989)); done
