#!/bin/bash
# Right victims, random scenes, memcg and global OOMs. OOM_KILLS sets how many of
# each kind; default 3 (memcg) and 1 (global and SysRq) for each combination.
# OOM_ALONE=1 counts the kernel's own kills without the module besides.
# timeout: 600
set -u
helper=build/tests/vm/oom_kill
kills=${OOM_KILLS:-3} some=$(((${OOM_KILLS:-3} + 2) / 3))
seed=${OOM_SEED:-$RANDOM}
n=0
result() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
if ! modprobe ostrace_oom; then
	echo "not ok 1 - the module loads"
	echo 1..1
	exit 1
fi
for flavour in memcg sysrq global; do
	count=$some
	[ $flavour = memcg ] && count=$kills
	# A machine of its size is filled with huge pages, which cannot be reclaimed.
	if [ $flavour = global ] && [ ! -e /proc/sys/vm/nr_hugepages ]; then
		for _ in 1 2 3 4 5 6; do result 0 "global # SKIP this kernel has no huge pages"; done
		continue
	fi
	echo "# $flavour, seed $seed"
	while IFS= read -r line; do
		case $line in
		'ok '*) result 0 "${line#*- }" ;;
		'not ok '*) result 1 "${line#*- }" ;;
		1..*) ;;
		*) echo "# $line" ;;
		esac
	done < <("$helper" $flavour "$count" "$seed")
done
[ "$n" = 18 ]
result $? "all combinations ran"
rmmod ostrace_oom
result $? "the module unloads"
# What the kernel does alone: does it, too, kill more than one process for one OOM?
if [ -n "${OOM_ALONE:-}" ]; then "$helper" alone "$some" "$seed" | grep '^#'; fi
echo "1..$n"
