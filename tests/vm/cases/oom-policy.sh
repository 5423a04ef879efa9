#!/bin/bash
# everyday: 7.3
# BPF policies and the command line of the OOM module.
# timeout: 900
# shellcheck disable=SC2034,SC2319 # victim is looked at by name; conditions are what is asked for
set -u
policies=build/modules/oom/policies
top=/sys/fs/cgroup/oomp
n=0
result() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
	[ "$1" = 0 ]
}
skip() { # NAME WHY
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}
one() { # HOOK PROCESS...: who dies
	build/tests/vm/oom_one oomp "$@" 2>&1
}
is() { # WANTED GOT NAME
	[ "$1" = "$2" ]
	result $? "$3 ($2)"
}
mode() { echo "$1" >/sys/module/ostrace_oom/parameters/mode; }

echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p $top && echo +memory >$top/cgroup.subtree_control
mkdir -p $top/{trigger,a,b,u}

# Waits until there is text in each file; whoever comes late fails a test below.
text_in() {
	for _ in $(seq 600); do
		for f; do [ -s "$f" ] || break; done
		[ -s "$f" ] && return
		sleep 0.1
	done
}
# A watch is ready when the last of its programs is attached.
watching() { # PID...
	local pid
	for pid; do
		for _ in $(seq 600); do
			grep -qs exit_mmap /proc/"$pid"/fdinfo/* && break
			sleep 0.1
		done
	done
}
links() { bpftool link show | grep -c "tp '*exit_mmap"; }

# Without the module there is what the kernel tells, to two watchers as well.
ostrace oom >/run/plain 2>/run/plain.err &
watch=$!
ostrace oom --json >/run/plain.json 2>/dev/null &
watch_json=$!
watching $watch $watch_json
is large "$(one true large:oomp/a:6 small:oomp/b:3)" "without the module: the kernel's choice"
text_in /run/plain /run/plain.json
kill -INT $watch
wait $watch
grep -qE 'killed large \([0-9]+\), uid 0, oom_score_adj 0, [67]\.?[0-9]*MiB of memory, in /oomp/a' /run/plain &&
	grep -q 'trigger (.*) ran out of memory in /oomp/trigger' /run/plain && grep -q 'would add' /run/plain.err
result $? "is told, and what is missing: $(head -n1 /run/plain)"
sed 's/^/# /' /run/plain
grep -qE 'freed [67]\.?[0-9]*MiB [0-9.]+[mµ]?s after it was marked.*oom_kill 1 in memory.events of /oomp/a' /run/plain
result $? "and what it freed"
jq -e '.module == false and .victims[0].comm == "large" and .gone_ms > 0 and .freed_bytes == .victims[0].anon_bytes and
	.freed_bytes > 6000000 and .freed_bytes < 8000000 and .trigger.comm == "trigger" and .oom_kill == 1' /run/plain.json >/dev/null
result $? "in JSON too" || sed 's/^/# /' /run/plain.json
kill -KILL $watch_json
wait $watch_json 2>/dev/null
for _ in $(seq 100); do [ "$(links)" = 0 ] && break; sleep 0.1; done # the kernel frees them later
[ -z "$(ls -A /sys/kernel/tracing/instances)" ] && [ "$(links)" = 0 ]
result $? "and nothing is left, whatever ended it"
# Zeros without end are no records of ours: another version's are not taken for ours either.
ln -s /dev/zero /dev/ostrace_oom
said=$(timeout -k 1 60 ostrace oom status 2>&1)
timeout -k 1 60 ostrace oom -n1 0.1 >/run/impostor 2>&1 && [[ $said == *'of another version'* ]] && grep -q 'of another version' /run/impostor
result $? "a module of another version is not read: $said"
rm /dev/ostrace_oom
modprobe ostrace_oom mode=enforce || exit 1

# The command.
ostrace oom status | grep -q 'mode enforce, 0 rules, policy none'
result $? "oom status"
printf 'protect comm=trigger\nprefer cgroup=/oomp/b\n' >/run/rules
ostrace oom test /run/rules && ostrace oom load /run/rules && cmp -s /run/rules /dev/ostrace_oom_rules
result $? "oom load"
printf 'prefer comm=x\nprotect com=y\n' >/run/wrong
ostrace oom load /run/wrong 2>&1 | grep -q '/run/wrong: line 2: '
result $? "oom load names the line that is wrong"
cmp -s /run/rules /dev/ostrace_oom_rules
result $? "and leaves the rules alone"
ostrace oom >/run/story &
watch=$!
ostrace oom --json >/run/json &
watch_json=$!
watching $watch $watch_json
is small "$(one 'ostrace oom rank oomp >/run/rank; ostrace oom rank oomp --json >/run/rank.json' large:oomp/a:6 small:oomp/b:3)" \
	"a rule by cgroup"
grep -qE '^ +1 +2 +[0-9]+ small +prefer .* 2 /oomp/b' /run/rank && grep -q 'the policy takes small .*, the kernel alone large' /run/rank
result $? "oom rank shows it before"
jq -e '.dry and .policy.comm == "small" and .kernel.comm == "large" and (.candidates | length) == 2' /run/rank.json >/dev/null
result $? "oom rank --json as well"
text_in /run/story /run/json
kill -INT $watch $watch_json
wait $watch
is 0 $? "oom ends by Ctrl-C"
grep -q 'ran out of memory in /oomp: limit' /run/story && grep -q 'killed small .* in /oomp/b' /run/story &&
	grep -q 'the kernel alone would have taken large' /run/story && grep -q 'oom_kill . in memory.events of /oomp/b' /run/story &&
	grep -qE 'freed [34]\.?[0-9]*MiB .* after it was marked' /run/story
result $? "oom tells the story"
sed 's/^/# /' /run/story
jq -e '.victims[0].comm == "small" and .constraint == "memcg" and .cgroup == "/oomp" and .oom_kill == 1 and .gone_ms > 0' /run/json >/dev/null
result $? "oom --json as well" || sed 's/^/# /' /run/json

# Policies.
echo 'protect comm=trigger' >/dev/ostrace_oom_rules
if ! ostrace oom attach $policies/leaker.bpf.o; then
	result 1 "attach"
	rmmod ostrace_oom
	echo "1..$n"
	exit 1
fi
ostrace oom status | grep -q 'policy leaker'
result $? "a policy is attached"
! rmmod ostrace_oom 2>/dev/null
result $? "the module does not go while a policy is attached"
is leak "$(one 'ostrace oom rank oomp >/dev/null' database:oomp/a:8 leak:oomp/b:1:4)" \
	"leaker: who grew goes before who is large"
is database "$(one true database:oomp/a:8 leak:oomp/b:1:4)" "leaker: without a measure, who is large"

ostrace oom attach $policies/restarted.bpf.o && ostrace oom status | grep -q 'policy restarted'
result $? "another policy takes its place"
# Who is largest by score alone, and spared by a rule, was not killed.
printf 'protect comm=trigger\nprotect comm=keeper\n' | ostrace oom load -
is first "$(one true keeper:oomp/u:12 first:oomp/a:10 other:oomp/b:6)" "restarted: the largest at first"
is again "$(one true again:oomp/a:5 other:oomp/b:6)" "restarted: then the one that came back"
ostrace oom detach
is larger "$(one true smaller:oomp/a:5 larger:oomp/b:6)" "detached: the kernel's order"
! ostrace oom detach 2>/dev/null
result $? "there is no policy to detach any more"

if grep -qw bpf_cgroup_read_xattr /proc/kallsyms; then
	ostrace oom attach $policies/oomd_xattr.bpf.o
	result $? "oomd_xattr is attached"
	xattr() { python3 -c 'import os, sys; os.setxattr(*sys.argv[1:3], sys.argv[3].encode())' "$@"; }
	xattr $top/a user.oomd_omit 1
	is small "$(one true omitted:oomp/a:6 small:oomp/b:3)" "user.oomd_omit is honoured"
	is omitted "$(one true omitted:oomp/a:6)" "but not against nobody else"
	xattr $top/a user.oomd_omit 0
	xattr $top/a user.oomd_avoid 1
	is small "$(one true avoided:oomp/a:6 small:oomp/b:3)" "user.oomd_avoid is honoured"
	xattr $top/u user.oomd_omit 1
	chown 7777 $top/u
	is unbelieved "$(one true unbelieved:oomp/u:6 small:oomp/b:3)" "of an owner not entitled it is not"
	mode audit
	is avoided "$(one true avoided:oomp/a:6 small:oomp/b:3)" "audit changes nothing"
	mode enforce
	ostrace oom detach
else
	said=$(ostrace oom attach $policies/oomd_xattr.bpf.o 2>&1)
	echo "# $said"
	grep -q bpf_cgroup_read_xattr <<<"$said"
	result $? "oomd_xattr says what this kernel lacks"
fi

# Swapped live, in a storm: under each of them who is small stays.
said=$(build/tests/vm/oom_swap $policies/{leaker,restarted}.bpf.o build/tests/vm/oom_storm 3 0 2>/run/swap.err)
result $? "policies swapped in a storm: ${said//$'\n'/, }"
sed 's/^/# /' /run/swap.err

# A decision keeps the policy it began with. These two take long enough to be swapped in
# the middle of decisions; whose key it is shows by its sign.
ostrace oom --json >/run/decisions 2>/run/decisions.err &
watch=$!
watching $watch
for _ in 1 2 3 4 5; do
	said=$(build/tests/vm/oom_swap build/tests/vm/policies/slow_{large,small}.bpf.o build/tests/vm/oom_storm 3 0 2>/run/swap.err)
	grep -q '"bpf":"slow_large"' /run/decisions && grep -q '"bpf":"slow_small"' /run/decisions && break
done
[[ $said == *swaps ]] # keepers are smaller, and lost: the status is not asked
result $? "policies swapped in decisions: ${said//$'\n'/, }"
sed 's/^/# /' /run/swap.err
kill -INT $watch
wait $watch
jq -es '([.[] | .bpf] | unique | contains(["slow_large", "slow_small"])) and
	all(.[] | select(.bpf == "slow_large"); all(.candidates[]; .bpf and .key[0] == .kernel_points)) and
	all(.[] | select(.bpf == "slow_small"); all(.candidates[]; .bpf and .key[0] == -.kernel_points)) and
	all(.[] | select(.bpf == null); all(.candidates[]; .bpf | not))' /run/decisions >/dev/null
result $? "each decision is one policy's: $(jq -r .bpf /run/decisions | sort | uniq -c | tr -s ' \n' ' ')"
for _ in 1 2 3 4 5 6 7 8 9 10; do rmmod ostrace_oom 2>/dev/null && break; sleep 0.5; done
[ ! -e /sys/module/ostrace_oom ]
result $? "the module unloads when the policy has gone"
echo "1..$n"
