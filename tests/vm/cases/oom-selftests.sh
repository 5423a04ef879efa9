#!/bin/bash
# The kernel's own tests of cgroup memory say the same with the module in audit mode
# as without it. Some of them are about how fast memory comes back, and differ from
# run to run on a slow machine: a test counts whose answers without the module agree.
# long: the kernel's tests of memory cgroups, four times
# kernel: 7.3
# machine: MEM=3G
# timeout: 900
# shellcheck disable=SC2319
set -u
# shellcheck source=tests/vm/tap.sh
. tests/vm/tap.sh
program=build/tests/memcg/test_memcontrol
if [ ! -x $program ]; then
	echo "1..0 # SKIP not built: make memcg-selftests does it"
	exit 0
fi
work=$(mktemp -d)
if modprobe zram num_devices=1 2>/dev/null; then # some of them swap
	echo 512M >/sys/block/zram0/disksize
	mkswap /dev/zram0 >/dev/null && swapon /dev/zram0
fi
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
answers() { # NAME: "TEST ok|not ok|skip" in a file
	$program >"$work/$1.tap" 2>&1 </dev/null
	sed -nE 's/^(ok|not ok) [0-9]+ (# SKIP )?(test_[a-z_]+).*/\3 \1 \2/p' "$work/$1.tap" |
		sed 's/ok # SKIP /skipped/; s/ *$//' | sort >"$work/$1"
	echo "# $1: $(grep -c ' ok$' "$work/$1") ok, $(grep -c ' not ok' "$work/$1") not ok, $(grep -c skipped "$work/$1") skipped"
}
answers without-1
modprobe ostrace_oom mode=audit
ok $? "the module loads"
answers audit
seen=$(ostrace oom status --json | jq .kills)
[ "$seen" -gt 0 ]
ok $? "the module saw the kills of these tests ($seen)"
rmmod ostrace_oom
ok $? "the module unloads"
answers without-2
[ "$(wc -l <"$work/without-1")" -gt 10 ] && [ "$(wc -l <"$work/without-1")" = "$(wc -l <"$work/audit")" ]
ok $? "as many tests ran with the module as without ($(wc -l <"$work/audit"))"
while read -r test answer; do
	with=$(grep "^$test " "$work/audit")
	if ! grep -qxF "$test $answer" "$work/without-2"; then
		skip "$test" "differs from run to run without the module"
	elif [ "$with" != "$test $answer" ]; then
		# Once more: is it the module?
		modprobe ostrace_oom mode=audit
		answers audit-again
		rmmod ostrace_oom
		is "$(grep "^$test " "$work/audit-again")" "$test $answer" "$test: as without the module (second run; the first: $with)"
	else
		ok 0 "$test: $answer, with the module and without"
	fi
done <"$work/without-1"
swapoff -a 2>/dev/null
rm -rf "$work"
plan
