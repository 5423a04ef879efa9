#!/bin/bash
# long: storms under emulation
# timeout: 300
# ostrace irq turns the driver's knobs and puts them back, however it ends.
# shellcheck disable=SC2119,SC2319,SC2320 # the status of a condition is what is asked for
. tests/vm/irq.sh
O=${OSTRACE:-build/ostrace}
work=$(mktemp -d)
tracer=
trap '[ -z "$tracer" ] || kill -KILL $tracer; rm -rf "$work"' EXIT
mark knobs

# ostrace irq in the background, reports in $work/NAME; returns when it reports.
turn() { # NAME OPTION...
	local name=$1
	shift
	env --default-signal "$O" irq -i 300ms "$@" --json >"$work/$name" 2>"$work/$name.err" &
	tracer=$!
	wait_for 60 grep -q view "$work/$name"
}
end() { # [SIGNAL]
	kill -s "${1:-INT}" $tracer
	wait $tracer
	status=$?
	tracer=
}
knob_is() { [ "$(val "$1")" = "$2" ]; }
sum() { jq -s "[.[].rows[] | select(${3:-true}) | $2] | add // 0" "$work/$1"; }
sum_is() { [ "$(sum "$1" "$2" "$3")" = "$4" ]; }
some() { [ "$(sum "$1" "$2" "$3")" -gt 0 ]; }
settings() {
	local f
	for f in mechanisms rate burst cpu work_ns sleep_ns; do val $f; done
}
refused() { # NAME STATUS WHAT-IT-SAYS OPTION...
	local name=$1 wanted=$2 says=$3 said got before
	shift 3
	before=$(settings)
	said=$("$O" irq -n 1 -i 50ms "$@" 2>&1 >/dev/null)
	got=$?
	[[ $got == "$wanted" && $said == "ostrace: "*"$says"* && $said != *$'\n'* && $before == "$(settings)" ]]
	ok $? "$name: $says" || echo "# $got: $said"
}

load source=sim
put burst 2
put work_ns wq=3000
before=$(settings)

# ---- turned, and put back ----

turn fire --fire 200 --burst 4 --mechanisms tasklet,wq --irq-cpu 0 --work tasklet=20us
is "$(val mechanisms), $(val burst), $(val cpu)" "hardirq tasklet wq, 4, 0" "turned as asked for"
[[ $(val work_ns) == *" tasklet=20000 "*" wq=3000 "* ]]
ok $? "work: one added to another"
is "$(sed -n 's/^CapEff:\t//p' /proc/$tracer/status)" 0000000000000000 "ostrace itself keeps no privilege"
wait_for 60 sum_is fire .handled '.mechanism == "wq"' 200
end
is "$status" 0 "SIGINT: status 0"
is "$(settings)" "$before" "all is as before"
is "$(jq -sc '[.[].rows[]] | group_by(.mechanism) | map([.[0].mechanism, (map(.handled) | add)])' "$work/fire")" \
	'[["hardirq",200],["tasklet",200],["wq",200]]' "--fire 200: each that is served served 200"
[ "$(sum fire .calls '.mechanism == "tasklet"')" -lt 200 ]
ok $? "in bursts: fewer calls than interrupts"
[ "$(jq -s '[.[].rows[] | select(.mechanism == "tasklet") | .run_avg_ns // empty] | min' "$work/fire")" -ge 20000 ]
ok $? "--work 20us: it takes that long"
[ -s "$work/fire.err" ]
is $? 1 "and no complaint"

turn rate --rate 500
wait_for 60 some rate .handled '.mechanism == "thread"'
ok $? "--rate: interrupts come"
put burst 7
end TERM
is "$status $(val rate) $(val burst)" "143 0 7" "SIGTERM: put back, but for what others turned"
put burst 2

turn killed --rate 500
kill -KILL $tracer
wait $tracer 2>/dev/null
tracer=
wait_for 60 knob_is rate 0
ok $? "SIGKILL: put back all the same"

turn storm --mechanisms tasklet --storm 10s
wait_for 60 some storm .in_ksoftirqd '.mechanism == "tasklet"'
ok $? "--storm: tasklets run in ksoftirqd"
wait_for 60 grep -q '"state":"storm"' "$work/storm"
ok $? "and the report says that there is one"
refused "a second one" 1 "another ostrace irq has turned the driver's knobs" --rate 10
end
is "$status $(settings)" "0 $before" "all is as before"
is "$(val storm_ms)" 0 "and the storm has ended before its time"

turn gone --rate 100
wait_for 60 rmmod ostrace_irq 2>/dev/null
ok $? "rmmod while its knobs are turned"
end
is "$status $(wc -c <"$work/gone.err")" "0 0" "nothing to put back then"

# ---- refused ----

load source=sim
refused "sleep in a tasklet" 2 "$(val tasklet/why)" --sleep tasklet=1ms
refused "long work in a softirq" 2 "refuses 1.0ms in bh, at most 500us" --work bh=1ms
refused "a CPU that is not there" 2 "CPU 99 is not online" --irq-cpu 99
refused "a mechanism that is not there" 2 "did you mean tasklet?" --mechanisms taskelt
refused "a storm of nothing" 2 "none is served" --mechanisms wq --storm 1s
said=$(setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$O" irq -n 1 --rate 5 2>&1 >/dev/null)
is "$? $(val rate)" "3 0" "without CAP_SYS_ADMIN: status 3, nothing turned" || echo "# $said"
[[ $said == "ostrace: only root, or CAP_SYS_ADMIN, may turn"* ]]
ok $? "and it says so" || echo "# $said"
setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$O" irq -n 1 -i 50ms >/dev/null
is $? 0 "looking needs no such privilege"
unload
clean knobs
plan
