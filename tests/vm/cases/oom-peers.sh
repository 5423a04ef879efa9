#!/bin/bash
# Beside earlyoom and systemd-oomd, in the same scene: tests/vm/oom_peers.c. Who dies
# first is asserted of our ways alone; the rest is said as it was measured. Time is
# counted in instructions, so what else the host does changes nothing: the machine does a
# thousand million a second, and the daemons' intervals are of that time too.
# Their programs lie in memory that is never reclaimed: what the host's files take to read
# would be no instructions, but any time at all.
# OOM_SCENES: machine, limit, bare (the machine without swap). OOM_LEAKS: their rates, MiB
# a second, of which no more than a few hundred can be had; 0 is huge pages and some
# thousands. OOM_WAYS: see set_up. OOM_TIMES: how often each.
# named: a measurement beside other programs, which make oom-peers fetches
# machine: CLOCK=instructions INSTRUCTION_NS=1 CPUS=1 MEM=1G APPEND=clearcpuid=erms
# timeout: 3600
# shellcheck disable=SC2319
set -u
# shellcheck source=tests/vm/tap.sh
. tests/vm/tap.sh
peers=build/tests/peers
if [ ! -e $peers/.complete ]; then
	echo "1..0 # SKIP not there: make oom-peers fetches them"
	exit 0
fi
cgroups=/sys/fs/cgroup
work=$(mktemp -d)
bin=$work/bin
daemons=()
clean_up() {
	tear_down
	swapoff -a
	umount "$bin"
	rm -rf "$work"
}
background() { # LOG COMMAND...
	local log=$1
	shift
	"$@" >"$log" 2>&1 </dev/null &
	daemons+=($!)
}
# As their units have it: the priority, and what the kernel's own killer thinks of them.
earlyoom() { # OPTION...
	background "$work/daemon" choom -n -100 -- nice -n -20 "$bin/earlyoom" -r 3600 "$@"
	wait_for 30 grep -q '^mem avail:' "$work/daemon" || echo "# earlyoom: $(tail -n 1 "$work/daemon")"
}
oomd() { # PRESSURE SECONDS [CGROUP]
	background "$work/manager" choom -n -1000 -- python3 tests/vm/oomd_manager.py /peers "$@"
	wait_for 30 grep -q listening "$work/manager"
	mkdir -p $cgroups/oomd
	echo 64M >$cgroups/oomd/memory.min
	# shellcheck disable=SC2016 # expanded over there
	LD_LIBRARY_PATH=$bin background "$work/daemon" choom -n -900 -- \
		sh -c 'echo $$ >/sys/fs/cgroup/oomd/cgroup.procs && exec "$0"' "$bin/systemd-oomd"
	wait_for 30 grep -q told "$work/manager" || echo "# systemd-oomd: $(tail -n 1 "$work/daemon" "$work/manager")"
}
ours() { # RULE...
	modprobe ostrace_oom mode=enforce
	[ $# = 0 ] || printf '%s\n' "$@" >"$work/rules"
	[ $# = 0 ] || ostrace oom load "$work/rules" >/dev/null
}
set_up() { # WAY; leaves in $before what is run before the leak begins
	before=true
	mkdir -p $cgroups/peers
	echo +memory >$cgroups/peers/cgroup.subtree_control
	case $1 in
	kernel) ;;
	ours-prefer) ours 'prefer cgroup=/peers/leak' ;;
	ours-protect) ours 'protect cgroup=/peers/database' ;;
	ours-leaker)
		ours
		ostrace oom attach build/modules/oom/policies/leaker.bpf.o >/dev/null
		before='ostrace oom rank >/dev/null'
		;;
	earlyoom) earlyoom ;;
	earlyoom-prefer) earlyoom --prefer '^leak$' --avoid '^database$' ;;
	oomd) oomd 50 20 ;; # what Debian sets up, for a user's services
	oomd-eager) oomd 5 1 / ;; # the least duration there is
	oomd-omit) # and ManagedOOMPreference=omit for the database
		oomd 5 1 /
		before="python3 -c 'import os; os.setxattr(\"$cgroups/peers/database\", \"user.oomd_omit\", b\"1\")'"
		;;
	*) echo "Bail out! no way '$1'" && exit 1 ;;
	esac
}
tear_down() {
	local pid
	for pid in "${daemons[@]}"; do kill "$pid" 2>/dev/null; done
	for pid in "${daemons[@]}"; do wait "$pid" 2>/dev/null; done
	daemons=()
	if [ -e /sys/module/ostrace_oom ]; then
		ostrace oom detach >/dev/null 2>&1
		wait_for 30 rmmod ostrace_oom 2>/dev/null # detached a moment ago
	fi
	[ ! -e $cgroups/peers/cgroup.kill ] || echo 1 >$cgroups/peers/cgroup.kill
	rmdir $cgroups/oomd $cgroups/peers/* $cgroups/peers /sys/kernel/tracing/instances/oom_peers 2>/dev/null
}
# Of each way: who was killed, and the least, the median and the most of the times.
sum_up() {
	awk '
	function of(list, text, value, n, i, j, x) {
		n = split(text, value, " ")
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && value[j - 1] + 0 > value[j] + 0; j--) {
				x = value[j]; value[j] = value[j - 1]; value[j - 1] = x
			}
		return list " " value[1] " " value[int((n + 1) / 2)] " " value[n] "  "
	}
	{
		way = $1 " " $2 " " $3
		if (killed[way] == "") order[++ways] = way
		sub(/.* first: /, "")
		who = $0; sub(/ kill_ms.*/, "", who); sub(/ also:$/, "", who)
		killed[way] = killed[way] (killed[way] == "" ? "" : ", ") who
		for (i = 1; i < NF; i++)
			if ($i ~ /_m(s|b|b_s):$/) said[way, $i] = said[way, $i] " " $(i + 1)
	}
	END {
		for (i = 1; i <= ways; i++) {
			way = order[i]
			print "# " way ": " killed[way] " | " of("kill_ms:", said[way, "kill_ms:"]) \
				of("back_ms:", said[way, "back_ms:"]) of("left_mb:", said[way, "left_mb:"]) \
				of("swap_left_mb:", said[way, "swap_left_mb:"]) of("pause_ms:", said[way, "pause_ms:"]) \
				of("leak_mb_s:", said[way, "leak_mb_s:"])
		}
	}' "$work/all"
}

echo 0 >/proc/sys/vm/oom_dump_tasks
dmesg -n 1
echo +memory >$cgroups/cgroup.subtree_control
mkdir "$bin"
mount -t ramfs ramfs "$bin"
cp $peers/usr/bin/earlyoom $peers/usr/lib/systemd/systemd-oomd "$bin"
LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/systemd ldd "$bin/systemd-oomd" "$bin/earlyoom" |
	awk '$2 == "=>" { print $3 }' | sort -u | xargs cp -t "$bin"
modprobe zram num_devices=1 && echo 200M >/sys/block/zram0/disksize && mkswap /dev/zram0 >/dev/null
trap clean_up EXIT

for scene in ${OOM_SCENES:-machine limit bare}; do
	leaks='20 1000'
	[ "$scene" != bare ] || leaks=0
	for rate in ${OOM_LEAKS:-$leaks}; do
		for way in ${OOM_WAYS:-kernel ours-prefer ours-protect ours-leaker earlyoom earlyoom-prefer oomd oomd-eager oomd-omit}; do
			for ((time = 1; time <= ${OOM_TIMES:-3}; time++)); do
				swapoff -a
				[ "$scene" = bare ] || swapon /dev/zram0
				: >"$work/daemon"
				set_up "$way"
				said=$(build/tests/vm/oom_peers "${scene/bare/machine}" "$rate" "$before")
				status=$?
				tear_down
				case $way in
				ours-*) ;;
				*) [ $status -gt 1 ] || status=0 ;;
				esac
				ok $status "$scene $rate $way: $said"
				grep -E 'to process|Marked|Killed|rror|ailed' "$work/daemon" | head -n 3 | sed 's/^/#   /'
				echo "$scene $rate $way $said" >>"$work/all"
			done
		done
	done
done
sum_up
plan
