#!/bin/bash
# A known number of packets over a veth pair, from one network namespace into
# another: each is one NET_RX softirq, in whoever sent it, before its sendto returns.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

packets=5000

# A network of its own for each end: sets $net, to be entered by its process.
new_net() {
	unshare --net sleep infinity & # becomes it: no child to be left behind
	net=$!
	started+=("$net")
	until_true other_net
}
other_net() { [ "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$net/ns/net")" ]; }
inside() { # inside NET COMMAND...
	local net=$1
	shift
	nsenter --net="/proc/$net/ns/net" -- "$@"
}

new_net
near=$net
new_net
far=$net
if ! why=$(inside "$near" ip link add near type veth peer name far netns "$far" 2>&1); then
	plan 1
	skip "packets over a veth pair" "no veth here: ${why##*: }"
	exit
fi
plan 9

# Nothing but our packets: no address on the far end and no IPv6, so nobody there
# answers; and who is there is known, so nobody asks.
for end in near:$near far:$far; do
	[ ! -e /proc/sys/net/ipv6 ] || inside "${end#*:}" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'
	inside "${end#*:}" ip link set "${end%:*}" up
done
address=$(inside "$far" ip -json link show far | jq -r '.[0].address')
inside "$near" ip addr add 192.0.2.1/24 dev near
inside "$near" ip neigh replace 192.0.2.2 lladdr "$address" dev near nud permanent
received() { inside "$far" ip -json -statistics link show far | jq '.[0].stats64.rx.packets'; }
sent_back() { inside "$far" ip -json -statistics link show far | jq '.[0].stats64.tx.packets'; }

kernel_rx() { awk '$1 == "NET_RX:" { for (i = 2; i <= NF; i++) n += $i } END { print n }' /proc/softirqs; }

last_cpu=$(($(nproc) - 1))
start sender nsenter --net="/proc/$near/ns/net" -- "$CALLS" "cpu:$last_cpu" pid wait "udp:$packets:192.0.2.2"
sender=$pid
until_true has_lines "$work/sender" 1
before=$(received)
k0=$(kernel_rx)
trace vectors softirqs -i 200ms
vectors=$tracer
trace processes softirqs -i 200ms --by processes
processes=$tracer
trace sources softirqs -i 200ms --by sources
sources=$tracer
k1=$(kernel_rx)
open_gates 1
holds "$packets packets sent" wait_all "$sender"
k2=$(kernel_rx)
untrace "$vectors"
untrace "$processes"
untrace "$sources"
k3=$(kernel_rx)

is "$(($(received) - before)) $(sent_back)" "$packets 0" "the far end received each of them, and answered none"
rx=$(sum vectors count '.vector == "NET_RX"')
note "NET_RX: $rx; the kernel's count: $((k2 - k1)) while they were sent, $((k3 - k0)) around that"
holds "NET_RX: a run for each packet" test "$rx" -ge "$packets"
holds "not fewer than the kernel counted while they were sent" test "$rx" -ge $((k2 - k1))
holds "and not more than it counted around that" test "$rx" -le $((k3 - k0))
holds "on the sender's CPU" \
	test "$(sum vectors count ".vector == \"NET_RX\" and .cpu == $last_cpu")" -ge "$packets"
is "$(losses vectors) $(losses processes) $(losses sources)" "0 0 0" "nothing lost"
# The other namespace's work is done in the sender's time.
holds "the sender paid for each" test "$(sum processes soft_count ".pid == $sender")" -ge "$packets"
holds "by source: NET_RX, and not in ksoftirqd" \
	test "$(sum sources count '.source == "NET_RX" and .how != "ksoftirqd"')" -ge "$packets"
