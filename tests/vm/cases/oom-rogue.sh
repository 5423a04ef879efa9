#!/bin/bash
# BPF policies that are not to be trusted: what they return, what they try to do,
# and how they come and go, in the middle of a storm.
# long: storms under one policy after the other
# timeout: 600
# shellcheck disable=SC2319
set -u
# shellcheck source=tests/vm/tap.sh
. tests/vm/tap.sh
rogues=build/tests/vm/policies
good=build/modules/oom/policies
seconds=${OOM_STORM:-4}
dmesg -C

modprobe ostrace_oom mode=enforce
ok $? "the module loads"
for file in "$rogues"/bad_*.bpf.o; do
	name=$(basename "$file" .bpf.o)
	said=$(timeout 120 ostrace oom attach "$file" 2>&1)
	status=$?
	[ $status != 0 ] && [ $status -lt 124 ] && [ "$(wc -l <<<"$said")" = 1 ] && ostrace oom status | grep -q 'policy none'
	ok $? "$name is refused: $said"
done

# Whatever it says, somebody dies, and of those in the cgroup.
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p /sys/fs/cgroup/oomr && echo +memory >/sys/fs/cgroup/oomr/cgroup.subtree_control
mkdir -p /sys/fs/cgroup/oomr/{trigger,a,b}
one() { build/tests/vm/oom_one oomr true large:oomr/a:6 small:oomr/b:3 2>&1; }
for name in garbage protect_all prefer_all; do
	ostrace oom attach "$rogues/$name.bpf.o" >/dev/null
	ok $? "$name is attached"
	died=$(one)
	case $name in
	garbage) [[ $died =~ ^(large|small|trigger)$ ]] ;;
	*) [ "$died" = large ] ;;
	esac
	ok $? "$name: the kernel kills all the same ($died)"
	said=$(build/tests/vm/oom_storm "$seconds" 0)
	[[ $said =~ ^[1-9][0-9]*\ kills ]]
	ok $? "$name: so in a storm: $said"
	! rmmod ostrace_oom 2>/dev/null
	ok $? "$name: attached, it keeps the module"
	ostrace oom detach
done
! ostrace oom detach 2>/dev/null
ok $? "nothing is attached any more"

# They come, take each other's place, and go.
build/tests/vm/oom_storm "$((seconds * 3))" 0 >/run/rogue-storm &
storm=$!
turns=0 failed=0
while kill -0 $storm 2>/dev/null; do
	for file in "$rogues"/garbage.bpf.o "$good"/restarted.bpf.o "$rogues"/protect_all.bpf.o; do
		ostrace oom attach "$file" >/dev/null || failed=$((failed + 1))
	done
	# A pin removed behind our back is a detached policy, too.
	if [ $((turns % 2)) = 0 ]; then ostrace oom detach; else rm /sys/fs/bpf/ostrace_oom_policy; fi || failed=$((failed + 1))
	turns=$((turns + 1))
done
wait $storm
[[ $(cat /run/rogue-storm) =~ ^[1-9][0-9]*\ kills ]]
ok $? "policies come and go in a storm: $(cat /run/rogue-storm)"
is "$failed" 0 "$((turns * 4)) times attached, replaced or detached"
wait_for 60 rmmod ostrace_oom 2>/dev/null
ok $? "the module unloads when no policy is attached"

# Built without BTF: all but policies works, and attach says so.
ko=$(modinfo -n ostrace_oom)
objcopy --remove-section=.BTF --remove-section=.BTF.base "$ko" /run/nobtf.ko &&
	insmod /run/nobtf.ko mode=enforce
ok $? "a module without BTF loads"
is "$(ostrace oom attach "$good/leaker.bpf.o" 2>&1)" \
	"ostrace: the module ostrace_oom was built without BTF: it takes rules, but no BPF policies" "attach says what it lacks"
printf 'prefer cgroup=/oomr/b\nprotect comm=trigger\n' | ostrace oom load -
is "$(one)" small "its rules decide all the same"
rmmod ostrace_oom
ok $? "it unloads"
! dmesg | grep -E 'WARNING:|BUG:|Oops|blocked for more|suspicious RCU|rcu: INFO'
ok $? "the kernel has nothing to complain of"
plan
