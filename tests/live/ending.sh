#!/bin/bash
# However ostrace ends: the right status, the last report, and nothing left in
# the kernel. And what it may do while it runs.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 37

# What a process holds of BPF: "prog_id 12" and such, from its descriptors.
bpf_objects() {
	sed -nE 's/^(prog_id|map_id|link_id|btf_id):[[:space:]]*/\1 /p' /proc/"$1"/fdinfo/* | sort -u
}

# Which of the objects listed in a file are still there.
left_over() {
	local kind id
	while read -r kind id; do
		# Its status is that of what it adds about a link, not of finding it.
		[[ $(bpftool "${kind%_id}" show id "$id" 2>/dev/null) == "$id:"* ]] && echo "$kind $id"
	done <"$1"
}
all_gone() { [ -z "$(left_over "$1")" ]; }

start asleep "$CALLS" pid wait
p=$pid
until_true has_lines "$work/asleep" 1

# ---- signals ----

while read -r signal want view; do
	trace "by-$signal" "$view" -i 30ms
	bpf_objects "$tracer" >"$work/objects"
	kinds=$(cut -d' ' -f1 "$work/objects" | sort -u | paste -sd' ')
	n=$(wc -l <"$work/by-$signal")
	until_true has_lines "$work/by-$signal" $((n + 1))
	untrace "$tracer" "$signal" 2>/dev/null
	is "$status" "$want" "SIG$signal: status $want ($view)"
	[ "$signal" = KILL ] || holds "SIG$signal: the output is whole" jq -s . "$work/by-$signal"
	is "$kinds" "btf_id link_id map_id prog_id" "SIG$signal: it held programs, maps and links"
	until_true all_gone "$work/objects"
	is "$(left_over "$work/objects")" "" "SIG$signal: they are gone"
done <<-EOF
	INT 0 syscalls
	TERM 143 syscalls
	HUP 129 softirqs
	QUIT 131 softirqs
	KILL 137 syscalls
EOF

# ---- the output goes away ----

"$OSTRACE" syscalls -i 20ms --json | head -n 1 >"$work/first"
is "${PIPESTATUS[0]}" 141 "nobody reads any more: 141"
holds "what was read is whole" jq . "$work/first"
# With little to say it notices as well, and at once.
"$OSTRACE" syscalls -i 1h -p "$p" --json | true
is "${PIPESTATUS[0]}" 141 "nobody reads any more, long before the next report: 141"
"$OSTRACE" syscalls -i 20ms -n 5 >/dev/full 2>"$work/err"
is "$? $(wc -l <"$work/err")" "1 1" "full disk: 1 and one line"
holds "which names the reason" grep -qi 'no space' "$work/err"
"$OSTRACE" softirqs -i 20ms -n 2 >&- 2>"$work/err"
is "$? $(wc -l <"$work/err")" "1 1" "closed output: 1 and one line"

# ---- what was to be watched goes away ----

sleep 1000 &
brief=$!
trace both syscalls -i 30ms -p "$brief,$p"
both=$tracer
trace ended syscalls -i 30ms -p $brief -t $brief
kill $brief
wait $brief 2>/dev/null
wait "$tracer"
is "$? $(<"$work/ended.err")" "0 ostrace: warning: all 2 chosen processes and threads have ended" \
	"what was chosen has ended: 0, and that is said"
holds "the output is whole" jq -s . "$work/ended"
n=$(wc -l <"$work/both")
until_true has_lines "$work/both" $((n + 50))
untrace "$both"
is "$status $(<"$work/both.err")" "0 " "one of two has ended: it goes on"
# One whose parent does not ask how it ended.
sh -c 'sleep 1000 & echo $!; exec sleep 1000' >"$work/zombie" &
parent=$!
until_true has_lines "$work/zombie" 1
brief=$(<"$work/zombie")
trace ended syscalls -i 30ms -p "$brief"
kill "$brief"
wait "$tracer"
is "$? $(<"$work/ended.err")" "0 ostrace: warning: process $brief has ended" "a zombie has ended, too"
kill "$parent"

# ---- privileges ----

trace running syscalls -i 30ms
# CAP_PERFMON (38) and CAP_BPF (39)
is "$(awk '/^Cap(Prm|Eff)/ { print $2 }' "/proc/$tracer/status" | sort -u)" 000000c000000000 \
	"running, it has kept CAP_BPF and CAP_PERFMON only"
is "$(awk '/^NoNewPrivs/ { print $2 }' "/proc/$tracer/status")" 1 "and can gain none"
untrace

# The program may lie where others cannot look.
cp "$OSTRACE" "$work/ostrace" && chmod 755 "$work/ostrace" "$work"
unprivileged() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all "$work/ostrace" "$@"
}
unprivileged syscalls -n 1 >"$work/out" 2>"$work/err"
is "$? $(wc -l <"$work/err") $(wc -c <"$work/out")" "3 1 0" "without privilege: 3 and one line"
holds "which says what is missing" grep -q 'CAP_BPF and CAP_PERFMON' "$work/err"
unprivileged --version >/dev/null
is $? 0 "what needs none goes without"

# ---- two at once ----

trace one softirqs -i 30ms
one=$tracer
trace two softirqs -i 30ms
bpf_objects "$tracer" >"$work/objects"
untrace "$one"
n=$(wc -l <"$work/two")
until_true has_lines "$work/two" $((n + 2))
is "$? $status" "0 0" "one of two ends, the other goes on"
is "$(left_over "$work/objects" | wc -l)" "$(wc -l <"$work/objects")" "with all it holds"
untrace
is "$status" 0 "and ends well"
