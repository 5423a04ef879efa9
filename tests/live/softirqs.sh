#!/bin/bash
# Softirqs against the kernel's own counts. /proc/softirqs is read before tracing
# starts, while it runs, and after it ended, so what ostrace counts lies between
# two differences that are known: no tolerance is needed.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 19

packets=20000 sleeps=300

# "VECTOR CPU COUNT" of every vector and CPU.
kernel_counts() {
	awk 'NR == 1 { for (i = 1; i <= NF; i++) cpu[i] = substr($i, 4); next }
		{ sub(":", "", $1); for (i = 2; i <= NF; i++) print $1, cpu[i - 1], $i }' \
		/proc/softirqs
}

# The sum of a column over all reports by "VECTOR CPU".
ours() { # ours NAME COLUMN
	jq -r ".rows[] | \"\(.vector) \(.cpu) \(.$2 // 0)\"" "$work/$1" |
		awk '{ n[$1 " " $2] += $3 } END { for (k in n) print k, n[k] }'
}

# Differences of two readings that ours is outside of.
outside() { # outside NAME: uses $work/k0..k3
	awk -v file=0 'FNR == 1 { file++ }
		{ key = $1 " " $2; n[file, key] = $3; keys[key] }
		END {
			for (key in keys) {
				low = n[3, key] - n[2, key]; high = n[4, key] - n[1, key]; got = n[5, key] + 0
				if (got < low || got > high)
					print key ": " got ", not within " low " .. " high
			}
		}' "$work"/k[0-3] <(ours "$1" count)
}

# In a network of its own: $work/net is entered by those who send.
unshare --net sleep infinity & # becomes it: no child to be left behind
net=$!
started+=("$net")
other_net() { [ "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$net/ns/net")" ]; }
until_true other_net
in_net() { nsenter --net="/proc/$net/ns/net" -- "$@"; }
in_net ip link set lo up
last_cpu=$(($(nproc) - 1))

start sender nsenter --net="/proc/$net/ns/net" -- \
	"$CALLS" "cpu:$last_cpu" pid wait "udp:$packets:127.0.0.1" "nanosleep:$sleeps:1"
sender=$pid
until_true has_lines "$work/sender" 1

kernel_counts >"$work/k0"
trace all softirqs -i 100ms
all=$tracer
trace vectors softirqs -i 100ms --by vectors
vectors=$tracer
trace cpus softirqs -i 100ms --by cpus
cpus=$tracer
trace one-cpu softirqs -i 100ms -C "$last_cpu"
one_cpu=$tracer
kernel_counts >"$work/k1"
open_gates 1
holds "$packets packets sent, $sleeps times slept" wait_all "$sender"
kernel_counts >"$work/k2"
untrace "$all"
kernel_counts >"$work/k3"
untrace "$one_cpu"
untrace "$vectors"
untrace "$cpus"

is "$(outside all)" "" "every vector on every CPU: within what the kernel counted"
rx=$(sum all count '.vector == "NET_RX"')
kernel_rx=$(awk -v file=0 'FNR == 1 { file++ } $1 == "NET_RX" { n[file] += $3 } END { print n[2] - n[1] }' \
	"$work/k1" "$work/k2")
note "NET_RX: $rx, the kernel $kernel_rx while packets were sent"
# Each is delivered before its sendto returns, by a softirq of its own.
holds "NET_RX: one for each packet at least" test "$rx" -ge "$packets"
holds "NET_RX on the sender's CPU" \
	test "$(sum all count ".vector == \"NET_RX\" and .cpu == $last_cpu")" -ge "$packets"
holds "TIMER was seen" test "$(sum all count '.vector == "TIMER"')" -gt 0
is "$(losses all)" 0 "nothing lost"
for name in vectors cpus; do
	holds "by $name: the packets are in it" \
		test "$(sum $name count '.vector == "NET_RX" or .cpu == '"$last_cpu")" -ge "$packets"
done
is "$(jq -s "[.[].rows[].cpu] | unique == [$last_cpu]" "$work/one-cpu")" true "-C: that CPU only"
holds "-C: all of its packets" test "$(sum one-cpu count '.vector == "NET_RX"')" -ge "$packets"

# ---- what must hold for every row ----

rows() { # rows NAME CONDITION: no row contradicts it
	is "$(jq -sc "[.[].rows[] | select(($2) | not)][0]" "$work/all")" null "$1"
}
minute=60000000000
rows "no run time out of this world" ".total_ns >= 0 and (.max_ns // 0) < $minute"
rows "mean between 0 and maximum" '.count == 0 or (.avg_ns >= 0 and .avg_ns <= .max_ns)'
rows "median, 99 %, maximum in order, within the histogram's error" \
	'.count == 0 or (.p50_ns <= .p99_ns and .p99_ns <= .max_ns * 1.125 + 1)'
rows "total between the maximum and count x maximum" \
	'.count == 0 or (.total_ns >= .max_ns and .total_ns <= .count * .max_ns)'
rows "latency is never negative or absurd" \
	".latency_max_ns == null or (.latency_avg_ns >= 0 and .latency_max_ns < $minute)"
rows "latency: mean at most maximum" '.latency_max_ns == null or .latency_avg_ns <= .latency_max_ns'
rows "share of ksoftirqd within 0 .. 100 %" \
	'.ksoftirqd_percent == null or (.ksoftirqd_percent >= 0 and .ksoftirqd_percent <= 100)'
rows "runs in ksoftirqd are at most all runs" '.ksoftirqd_count <= .count'
# The first report is a difference, not what was counted since the boot.
first=$(jq -s '[.[0].rows[] | .count] | add // 0' "$work/all")
between=$(awk -v file=0 'FNR == 1 { file++ } { n[file] += $3 } END { print n[2] - n[1] }' "$work"/k[03])
holds "the first report starts from zero" test "$first" -le "$between"
