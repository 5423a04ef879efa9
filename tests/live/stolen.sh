#!/bin/bash
# Bottom halves by function, and whom they take time from, against what a program
# makes happen a known number of times.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 14

packets=5000 bytes=300

unshare --net sleep infinity & # becomes it: no child to be left behind
net=$!
started+=("$net")
other_net() { [ "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$net/ns/net")" ]; }
until_true other_net
nsenter --net="/proc/$net/ns/net" -- ip link set lo up
last_cpu=$(($(nproc) - 1))

start sender nsenter --net="/proc/$net/ns/net" -- \
	"$CALLS" "cpu:$last_cpu" pid wait "udp:$packets:127.0.0.1"
sender=$pid
start writer "$CALLS" pid wait "pty:$bytes"
writer=$pid
until_true has_lines "$work/sender" 1
until_true has_lines "$work/writer" 1

trace processes softirqs -i 200ms --by processes
processes=$tracer
trace cgroups softirqs -i 200ms --by cgroups
cgroups_tracer=$tracer
trace sources softirqs -i 200ms --by sources
sources=$tracer
trace functions softirqs -i 200ms --by functions
functions=$tracer
open_gates 2
holds "$packets packets sent, $bytes bytes written" wait_all "$sender" "$writer"
untrace "$processes"
untrace "$cgroups_tracer"
untrace "$sources"
untrace "$functions"

is "$(losses processes) $(losses sources)" "0 0" "nothing lost"
# Each packet is received before its sendto returns, by a softirq in the sender.
holds "the sender: a softirq for each packet at least" \
	test "$(sum processes soft_count ".pid == $sender")" -ge "$packets"
holds "its name, and time" test "$(sum processes soft_ns ".pid == $sender and .comm == \"calls\"")" -gt 0
holds "by what: NET_RX" test "$(sum sources count '.source == "NET_RX" and .how != "ksoftirqd"')" -ge "$packets"
if [ "$(jq -r '.rows[0].bh_enable_ns' "$work/processes" | head -n 1)" != null ]; then
	holds "and how: when it enabled bottom halves" \
		test "$(sum sources count '.source == "NET_RX" and .how == "bh enable"')" -ge "$packets"
else
	skip "and how: when it enabled bottom halves" "no programs at functions on this kernel"
fi
holds "cgroups have it, too" test "$(sum cgroups soft_count true)" -ge "$packets"

# Each byte waits for the one before, so none of the work items is one for two.
items=$(sum functions count '.function == "flush_to_ldisc"')
missed=$(losses functions)
note "work items: $items, missed $missed"
holds "work items: one for each byte" test $((items + missed)) -ge "$bytes"
is "$(jq -s '[.[].rows[] | select(.function == "flush_to_ldisc") | .kind] | unique == ["work"]' "$work/functions")" \
	true "as work in a task"
holds "none is without a time" test "$(sum functions untimed '.function == "flush_to_ldisc"')" -le "$missed"

# ---- what must hold for every row ----

rows() { # rows NAME FILE CONDITION: no row contradicts it
	is "$(jq -sc "[.[].rows[] | select(($3) | not)][0]" "$work/$2")" null "$1"
}
minute=60000000000
rows "stolen is hard and soft together" processes '.stolen_ns == .hard_ns + .soft_ns and .count == .hard_count + .soft_count'
rows "a maximum is part of the whole" processes ".max_ns == null or (.max_ns <= .stolen_ns and .max_ns < $minute)"
rows "the mean of a source is at most its maximum" sources '.avg_ns <= .max_ns and .max_ns <= .total_ns'
rows "functions: waits and runs are of this world" functions \
	"(.latency_max_ns // 0) < $minute and (.max_ns // 0) < $minute and (.avg_ns // 0) <= (.max_ns // 0)"
