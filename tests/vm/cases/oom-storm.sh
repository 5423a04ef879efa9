#!/bin/bash
# OOM storms: rules replaced all the time, and the module loaded and unloaded.
# OOM_STORM is the length of each in seconds (default 8), OOM_RELOADS the least
# number of loads.
# long: hundreds of kills
# timeout: 900
# shellcheck disable=SC2319
set -u
seconds=${OOM_STORM:-8} reloads=${OOM_RELOADS:-5}
n=0
result() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
dmesg -C
modprobe ostrace_oom mode=enforce
said=$(build/tests/vm/oom_storm "$seconds" 1)
result $? "rules replaced in a storm: $said"
rmmod ostrace_oom
result $? "the module unloads after it"

# A reader that slept through it gets the last records, and sees by their numbers that
# there were more.
modprobe ostrace_oom mode=enforce records=2 candidates=4
exec 5</dev/ostrace_oom
for _ in 1 2 3 4 5 6 7 8; do
	said=$(build/tests/vm/oom_storm "$(((seconds + 1) / 2))" 0)
	[ "${said%% *}" -gt 3 ] && break
done
dd bs=1M count=1 <&5 >/run/records 2>/dev/null
exec 5<&-
number() { od -An -t"u$2" -j"$1" -N"$2" /run/records | tr -d ' '; } # AT BYTES
size=$(number 0 4) first=$(number 8 8) second=$(number $((size + 8)) 8)
echo "# ${said}; records $first and $second"
[ "$first" -gt 1 ] && [ "$second" = $((first + 1)) ] &&
	[ "$(stat -c %s /run/records)" = $((size + $(number "$size" 4))) ]
result $? "who reads late gets the last two records, and their numbers"
rmmod ostrace_oom

# One storm after the other, as long as the module comes and goes.
: >/run/storm
cycles=0 failed=0 calm=0 storms=0
until [ $storms -gt 0 ] && [ $cycles -ge "$reloads" ]; do
	build/tests/vm/oom_storm "$((seconds * 2))" 0 >>/run/storm &
	storm=$!
	while kill -0 $storm 2>/dev/null; do
		modprobe ostrace_oom mode=enforce || failed=$((failed + 1))
		if [ $((cycles % 2)) = 0 ]; then sleep 0.1; fi
		rmmod ostrace_oom || failed=$((failed + 1))
		cycles=$((cycles + 1))
	done
	wait $storm || calm=$((calm + 1))
	storms=$((storms + 1))
done
[ $calm = 0 ]
result $? "storms while the module comes and goes: $(awk '{ n += $1 } END { print n }' /run/storm) kills"
[ $failed = 0 ]
result $? "$cycles loads and unloads, $failed failed"
! dmesg | grep -E 'WARNING:|BUG:|Oops|blocked for more|suspicious RCU'
result $? "the kernel has nothing to complain of"
echo "1..$n"
