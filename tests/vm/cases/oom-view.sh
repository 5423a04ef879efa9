#!/bin/bash
# A kill in the tables of ostrace oom and in all that it says as JSON, with names
# made to be awkward: nothing of them gets to a terminal, all of them into JSON. And
# who may touch the module at all.
# long: watches that take their time under emulation
# timeout: 900
# shellcheck disable=SC2319,SC1003,SC2086
set -u
# shellcheck source=tests/vm/tap.sh
. tests/vm/tap.sh
work=$(mktemp -d)
top=/sys/fs/cgroup/oomv
comm=$'e\n"\e[2J\\' # a line end, a quote, an escape sequence, a backslash
home=$'a"\e[7m\\ \tb'
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir -p $top && echo +memory >$top/cgroup.subtree_control
mkdir -p $top/trigger "$top/$home"

# No byte of control but line ends, and a table has no line broken by a name.
clean() { ! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f-\xff]' "$1"; }
valid() { # FILE: each line is as the schema says
	python3 - "$1" <<'P'
import json, sys, jsonschema
v = jsonschema.Draft202012Validator(json.load(open(sys.argv[1].rsplit("/", 1)[0] + "/schema")))
lines = open(sys.argv[1]).read().splitlines()
for line in lines:
    v.validate(json.loads(line))
sys.exit(not lines)
P
}
ostrace --json-schema >"$work/schema"
schema() { # FILE NAME
	if python3 -c 'import jsonschema' 2>/dev/null; then
		valid "$1" 2>"$work/why"
		ok $? "$2 is as the schema says" || tail -n 3 "$work/why" | sed 's/^/# /'
	else
		skip "$2 is as the schema says" "no python3-jsonschema"
	fi
}
attached() { grep -qs exit_mmap "/proc/$1/fdinfo/"*; }
someone() { build/tests/vm/oom_one oomv "$1" "$comm:oomv/$home:6" "small:oomv/trigger:2" >"$work/died"; }

for module in without with; do
	[ $module = without ] || modprobe ostrace_oom mode=enforce
	ostrace oom --json >"$work/story.json" 2>"$work/err" &
	story_json=$!
	LC_ALL=C ostrace oom >"$work/story" 2>>"$work/err" &
	story=$!
	ostrace oom --by recent -i 1h --json >"$work/recent.json" 2>>"$work/err" &
	recent=$!
	LC_ALL=C ostrace oom --by cgroups -i 1h >"$work/cgroups" 2>>"$work/err" &
	cgroups=$!
	for p in $story_json $story $recent $cgroups; do wait_for 60 attached $p; done
	ok $? "$module the module: watches are ready"
	hook=true
	[ $module = without ] || hook="LC_ALL=C ostrace oom rank oomv >$work/rank; ostrace oom rank oomv --json >$work/rank.json"
	someone "$hook"
	is "$(<"$work/died")" "$comm" "the large one dies"
	wait_for 60 test -s "$work/story.json" && wait_for 60 test -s "$work/story"
	kill -INT $story_json $story $recent $cgroups
	wait $story_json $story $recent $cgroups

	jq -e --arg comm "$comm" --arg home "/oomv/$home" '.victims[0].comm == $comm and .victims[0].cgroup == $home
		and .trigger.comm == "trigger" and .freed_bytes > 6000000 and .gone_ms > 0 and .oom_kill >= 1' \
		"$work/story.json" >/dev/null
	ok $? "the story as JSON has the names as they are, and what was freed" || sed 's/^/# /' "$work/story.json"
	schema "$work/story.json" "the story"
	clean "$work/story" && grep -qF 'e\x0a"\x1b[2J\' "$work/story" && grep -qF '/oomv/a"\x1b[7m' "$work/story"
	ok $? "the story as text has them escaped" || cat -A "$work/story" | sed 's/^/# /'
	jq -e --arg comm "$comm" --arg home "/oomv/$home" '.lost | all(. == 0)' "$work/recent.json" >/dev/null &&
		jq -e --arg comm "$comm" --arg home "/oomv/$home" '[.rows[] | select(.name == $comm and .cgroup == $home)] |
			length == 1 and .[0].freed_bytes > 6000000 and .[0].gone_ns > 0' "$work/recent.json" >/dev/null
	ok $? "the table of recent kills has it, and nothing was lost" || sed 's/^/# /' "$work/recent.json"
	schema "$work/recent.json" "the table"
	clean "$work/cgroups" && grep -qF '/oomv/a"\x1b[7m' "$work/cgroups"
	ok $? "the table by cgroups has it, escaped" || cat -A "$work/cgroups" | sed 's/^/# /'
done
clean "$work/rank" && grep -qF 'e\x0a"\x1b[2J\' "$work/rank"
ok $? "oom rank has it, escaped" || cat -A "$work/rank" | sed 's/^/# /'
jq -e --arg comm "$comm" '.dry and .policy.comm == $comm and .trigger.cgroup[:1] == "/"' "$work/rank.json" >/dev/null
ok $? "oom rank --json has the names as they are"
schema "$work/rank.json" "oom rank --json"
ostrace oom status --json >"$work/status.json"
schema "$work/status.json" "oom status --json"

# The module's own tracepoint, as tracefs prints it.
trace=/sys/kernel/tracing/instances/oomv
mkdir $trace
echo 1 >$trace/events/ostrace_oom/enable
someone true
echo 0 >$trace/events/ostrace_oom/enable
grep -v '^#' $trace/trace >"$work/trace"
rmdir $trace
grep -qF 'comm=e?"?[2J\ ' "$work/trace" && ! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f-\xff]' "$work/trace" &&
	[ "$(grep -cv 'ostrace_oom_' "$work/trace")" = 0 ]
ok $? "the tracepoint prints names without control characters" || cat -A "$work/trace" | sed 's/^/# /'
! grep -E '\b(0x)?ffff[0-9a-f]{12}\b' "$work"/{story,story.json,rank,rank.json,trace,status.json}
ok $? "no kernel address is told"

# Root without CAP_SYS_ADMIN, and root of a user namespace of its own.
files="/dev/ostrace_oom /dev/ostrace_oom_rules"
mode=/sys/module/ostrace_oom/parameters/mode
# shellcheck disable=SC2016
try='for f in '$files'; do ! head -c1 $f 2>/dev/null || exit 1; ! echo "order adj" 2>/dev/null >$f || exit 2; done
	! echo off 2>/dev/null >'$mode' || exit 3'
setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin sh -c "$try"
is $? 0 "root without CAP_SYS_ADMIN can neither read nor write"
unshare --user --map-root-user sh -c "$try"
is $? 0 "nor root of another user namespace"
is "$(cat $mode) $(wc -c </dev/ostrace_oom_rules)" "enforce 0" "mode and rules are as they were"
is "$(stat -c %a $files $mode | sort -u)" 600 "files are for root alone"
rmmod ostrace_oom
ok $? "the module unloads"
rm -rf "$work"
plan
