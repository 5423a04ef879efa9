#!/bin/bash
# long: shares of CPU time need long windows, on a machine that counts instructions
# machine: CLOCK=instructions
# timeout: 300
# Who gets how much: CPU time over a window, compared with the ideal share.
# shellcheck disable=SC2046 # the ideals are words
set -u
. tests/vm/sched.sh
need_sched_ext
steady_turns
load bound_ms=1000 || { echo "1..1"; echo "not ok 1 - it loads"; exit 1; }

# near NAME TOLERANCE SECONDS IDEAL... -- HOG...: shares in percent of all, tolerance
# in percent of the ideal; 0.5 points are always forgiven: at the beginning and the end
# of the window that is a slice, and one tick a second is what waiting too long earns.
near() {
	local name=$1 tolerance=$2 seconds=$3 ideal=() got
	shift 3
	while [ "$1" != -- ]; do
		ideal+=("$1")
		shift
	done
	shift
	got=$("$LOAD" shares "$seconds" "$@" |
		awk '{ v[NR] = $1; s += $1 } END { for (i = 1; i <= NR; i++) printf "%.2f\n", 100 * v[i] / s }')
	paste <(echo "$got") <(printf '%s\n' "${ideal[@]}") |
		awk -v t="$tolerance" '{ d = $1 - $2; if (d < 0) d = -d; if (d > 0.5 && d > t / 100 * $2) bad = 1 } END { exit bad }'
	ok $? "$name"
	echo "# measured: ${got//$'\n'/ }, ideal: ${ideal[*]}"
}

# Two CPUs are what the ideals are for; of hogs that run anywhere there are K for each
# that two CPUs have, or they could not use the CPUs of a larger machine.
k=$(($(nproc) / 2))
each() { awk -v n=$(($1 * k)) -v v="$2" -v k=$k 'BEGIN { while (n-- > 0) printf "%.3f ", v / k }'; }
pins=()
for ((i = 0; i < k; i++)); do pins+=("n=2,cpu=$i"); done

near "nice 0:5 on one CPU" 2 6 75.35 24.65 -- cpu=0,nice=0 cpu=0,nice=5
near "nice 0,0,5,5 on all" 2 8 $(each 2 37.68) $(each 2 12.32) -- nice=0,n=$((2 * k)) nice=5,n=$((2 * k))
near "nice -20:19" 2 6 99.98 0.02 -- cpu=1,nice=-20 cpu=1,nice=19
near "batch, other, idle policy" 2 6 49.93 49.93 0.15 -- cpu=0,policy=batch cpu=0,policy=other cpu=0,policy=idle
near "three anywhere and two pinned" 2 8 $(each 5 20) -- n=$((3 * k)) "${pins[@]}"
near "one that sleeps briefly gains nothing" 2 6 50 50 -- cpu=0,nice=0 cpu=0,nice=0,run=3000,sleep=100

# Children count as their parent does, one after the other: neither can a row of them keep
# others away, nor does each wait for its turn again. A child more or less is 0.5 points.
near "a hog and a row of children of 2 ms" 6 6 50 50 -- cpu=0 cpu=0,fork=2000
near "a hog and a row of children of 0.3 ms" 6 6 50 50 -- cpu=0 cpu=0,fork=300
near "a hog and a row of threads that not the first one begins" 6 6 50 50 -- cpu=0 cpu=0,thread=3000
near "two hogs and two rows" 6 6 25 25 25 25 -- cpu=0,n=2 cpu=0,fork=2000 cpu=0,fork=20000
# So do tasks of which only one can run at any time, but for what each uses between the
# waking of the next and its sleep: here, where an instruction takes 8 ns, a large part of
# a short turn.
near "a hog and threads that take turns" 6 6 50 50 -- cpu=0 cpu=0,ring=800
near "a hog and threads that take short turns" 20 6 50 50 -- cpu=0 cpu=0,ring=100
near "a hog and a row of nice 19" 6 6 98.56 1.44 -- cpu=0 cpu=0,nice=19,fork=2000

root=/sys/fs/cgroup
echo +cpu >$root/cgroup.subtree_control
mkdir -p $root/a $root/b $root/c
echo 100 >$root/a/cpu.weight
echo 200 >$root/b/cpu.weight
echo 800 >$root/c/cpu.weight
near "cgroups 1:2:8" 3 8 $(each 2 4.55) $(each 3 6.06) $(each 2 36.36) -- \
	cgroup=$root/a,n=$((2 * k)) cgroup=$root/b,n=$((3 * k)) cgroup=$root/c,n=$((2 * k))
echo 800 >$root/a/cpu.weight
echo +cpu >$root/a/cgroup.subtree_control
mkdir -p $root/a/x $root/a/y
echo 300 >$root/a/y/cpu.weight
echo 400 >$root/b/cpu.weight
near "nested cgroups" 3 8 $(each 2 8.33) $(each 2 25) $(each 2 16.67) -- \
	cgroup=$root/a/x,n=$((2 * k)) cgroup=$root/a/y,n=$((2 * k)) cgroup=$root/b,n=$((2 * k))
echo 1 >$root/c/cpu.idle
near "cpu.idle" 2 6 $(each 2 50) $(each 2 0) -- cgroup=$root/b,n=$((2 * k)) cgroup=$root/c,n=$((2 * k))
echo 0 >$root/c/cpu.idle

# Overrides: by hand, read back, in force at once, gone with their subject.
echo 100 >$root/b/cpu.weight
echo 100 >$root/c/cpu.weight
echo "cgroup /c weight=300" >$CONTROL/overrides
near "an override of a cgroup's weight" 3 6 $(each 2 12.5) $(each 2 37.5) -- cgroup=$root/b,n=$((2 * k)) cgroup=$root/c,n=$((2 * k))
is "$(cat $CONTROL/overrides)" "cgroup /c weight=300" "overrides are read back"
sleep 60 &
pid=$!
printf 'process %s class=interactive weight=200\ncgroup /b class=batch\n' $pid >$CONTROL/overrides
is "$(grep -c . $CONTROL/overrides)" 3 "several in one write"
kill $pid
wait $pid 2>/dev/null
is "$(grep -c process $CONTROL/overrides)" 0 "a process takes its override with it"
rmdir $root/a/x $root/a/y $root/a $root/c
is "$(grep -c 'cgroup /c' $CONTROL/overrides)" 0 "so does a cgroup"
for bad in "process 1" "cgroup /nowhere weight=5" "process 999999 class=batch" "weight=5" "cgroup / weight=5"; do
	echo "$bad" >$CONTROL/overrides 2>/dev/null && break
	bad=
done
is "$bad" "" "what makes no sense is refused"
echo clear >$CONTROL/overrides
is "$(cat $CONTROL/overrides)" "" "'clear' drops all"

# Nobody waits for ever: -20 hogs on the one CPU that a nice 19 task may use. The bound
# is that of docs/scheduler.md, for two such tasks on one CPU.
gap=$("$LOAD" gaps 8 cpu=0,nice=-20,n=3 cpu=0,nice=19,n=2 | tail -n 2 | sort -n | tail -n 1)
ok $((gap > 1150000000)) "nice 19 beside three of -20 waits for little more than a second"
echo "# longest gap: $((gap / 1000000)) ms"
echo 100 >$CONTROL/bound_ms
gap=$("$LOAD" gaps 8 cpu=0,nice=-20,n=3 cpu=0,nice=19,n=2 | tail -n 2 | sort -n | tail -n 1)
ok $((gap > 250000000)) "and less with a bound of 100 ms"
echo "# longest gap: $((gap / 1000000)) ms"

# Affinity holds while everything moves.
"$LOAD" churn 4 >/dev/null &
churn=$!
"$LOAD" shares 4 cpu=0 cpu=1 n=3 >/dev/null
wait $churn
is $? 0 "churn beside hogs"
is "$(cat $CONTROL/state) $(cat $CONTROL/exits)" "running 0" "the scheduler was never ejected"
finish
