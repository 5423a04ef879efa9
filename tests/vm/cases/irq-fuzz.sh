#!/bin/bash
# long: a fuzzer
# timeout: 300
# ostrace_irq under a fuzzer. CALLS=1000000 for the long run; at most SECONDS_MAX.
# shellcheck disable=SC2119,SC2319,SC2320 # the status of a condition is what is asked for
. tests/vm/irq.sh
mark fuzz
fuzz=$(client irq_fuzz)
load
calls=${CALLS:-20000} limit=${SECONDS_MAX:-100}
for seed in ${SEEDS:-1 2}; do
	said=$("$fuzz" "$calls" "$seed" "$limit" 2>&1)
	ok $? "fuzzed: $said" || echo "# $said"
done
# Two at once, against each other, with storms allowed to run.
"$fuzz" $((calls / 4)) 77 "$limit" >/dev/null &
one=$!
"$fuzz" $((calls / 4)) 78 "$limit" >/dev/null
ok $? "the first of two at once"
wait $one
ok $? "the second of two at once"
put rate 0
put storm_ms 0
put sleep_ns 0
put work_ns 0
ok 0 "the machine is usable"
unload
ok $? "rmmod"
clean fuzz
plan
