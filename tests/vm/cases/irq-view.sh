#!/bin/bash
# everyday: 7.3
# timeout: 300
# The view irq: N interrupts fired are N in its reports, for every mechanism, in
# the context where it belongs; and the module may go and come back under it.
# shellcheck disable=SC2119,SC2319,SC2320 # the status of a condition is what is asked for
. tests/vm/irq.sh
O=${OSTRACE:-build/ostrace}
work=$(mktemp -d)
tracer=
trap '[ -z "$tracer" ] || kill -KILL $tracer; rm -rf "$work"' EXIT
mark view

# ostrace irq in the background, reports in $work/NAME; returns when it reports.
trace() { # NAME ARGUMENT...
	local name=$1
	shift
	env --default-signal "$O" irq -i 200ms "$@" --json >"$work/$name" 2>"$work/$name.err" &
	tracer=$!
	wait_for 60 reports "$name" 1
}
reports() { [ "$(wc -l <"$work/$1")" -ge "$2" ]; }
untrace() { # the last report has what came up to now
	kill -INT $tracer
	wait $tracer
	status=$?
	tracer=
}
# The sum of something over all rows of all reports: sum NAME WHAT [CONDITION]
sum() { jq -s "[.[].rows[] | select(${3:-true}) | $2] | add // 0" "$work/$1"; }
sum_is() { [ "$(sum "$1" "$2" "$3")" = "$4" ]; }

# What each mechanism served, and how much of that where it does not belong.
right_place='if .mechanism == "hardirq" or .mechanism == "irq_work" then .in_hard
	elif .mechanism | test("^(tasklet|bh)") then .in_softirq + .in_ksoftirqd
	else .in_thread end'
all_exact() { # REPORTS COUNT
	jq -s --argjson n "$2" "[.[].rows[]] | group_by(.mechanism) |
		[length == 10] + map((map(.handled) | add) == \$n and (map(.dropped) | add) == 0 and
			(map($right_place) | add) == \$n) | all" "$work/$1"
}
counts() { jq -sc '[.[].rows[]] | group_by(.mechanism) | map({(.[0].mechanism): (map(.handled) | add)}) | add' "$work/$1"; }

# ---- without the module ----

rmmod ostrace_irq 2>/dev/null
said=$("$O" irq 2>&1)
is $? 3 "without the module: status 3"
[[ $said == "ostrace: "*"modprobe ostrace_irq"* && $said != *$'\n'* ]]
ok $? "and one line that says what to do" || echo "# $said"
"$O" features --json | jq -e '.features[] | select(.name == "module:ostrace_irq") | .state == "no"' >/dev/null
ok $? "features: it is missing"

# ---- counts ----

load source=sim
trace truth
put fire 300
settle 60
untrace
is "$status" 0 "ends with 0"
is "$(all_exact truth 300)" true "300 fired: each of ten mechanisms served 300, where it belongs" ||
	echo "# $(counts truth)"
is "$(sum truth .raised '.mechanism == "wq"')" 300 "and was asked to"
is "$(jq -s '[.[].lost.reloads] | add' "$work/truth")" 0 "nothing lost"
is "$(jq -s '[.[].rows[] | select(.mechanism == "tasklet" or .mechanism == "wq") |
	{(.mechanism): .may_sleep}] | add' -c "$work/truth")" '{"tasklet":"no","wq":"yes"}' "who may sleep"
disorder='.rows[] | select(.handled > 0 and (.latency_p50_ns > .latency_p99_ns or .latency_max_ns == null))'
is "$(jq -c "$disorder" "$work/truth")" "" "the times are in order"

put mechanisms "tasklet wq"
put cpu 0
trace cpus --by cpus
put fire 120
settle 60
untrace
is "$(sum cpus .handled '.mechanism == "tasklet"') $(sum cpus .handled '.mechanism == "bh"')" "120 0" \
	"by CPU: a mechanism that is served, and one that is not"
is "$(sum cpus .handled '.mechanism == "hardirq" and .cpu != 0')" 0 "by CPU: the top half, on its CPU only"
trace other -C 1 -i 1s
put fire 50
settle 60
untrace
is "$(sum other .handled '.mechanism == "hardirq"')" 0 "-C: another CPU had none"
put mechanisms all
put cpu -1

# ---- the module goes and comes back ----

trace reload
put fire 100
settle 60
wait_for 60 sum_is reload .handled '.mechanism == "wq"' 100
ok $? "100 seen before"
wait_for 60 rmmod ostrace_irq 2>/dev/null
ok $? "rmmod while the view runs"
wait_for 60 grep -q '"state":"the module was unloaded"' "$work/reload"
ok $? "the view says that it is gone"
modprobe ostrace_irq source=sim
put fire 50
settle 60
untrace
is "$status" 0 "ends with 0"
is "$(all_exact reload 150)" true "100 and 50, by two drivers" || echo "# $(counts reload)"
is "$(jq -s 'map(.lost.reloads) | add' "$work/reload")" 1 "and the report says that it was another one"

# ---- the panel of top ----

put rate 200
python3 - "$O" >"$work/screen" <<'PY'
import os, pty, re, select, subprocess, sys, termios, time
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    termios.tcsetwinsize(0, (60, 110))
    os.execv(sys.argv[1], [sys.argv[1], "top", "-i", "300ms"])
seen = b""
def wait(*texts):
    global seen
    end = time.monotonic() + 60
    while time.monotonic() < end and not all(t in seen for t in texts):
        if select.select([fd], [], [], 1)[0]:
            seen += os.read(fd, 65536)
wait(b"Interrupt demo")
number = re.search(rb"([1-9]) Interrupt demo", seen)
os.write(fd, number[1] if number else b"") # it gets the room, its rows are seen
wait(b"hardirq", b"irq_work")
end = time.monotonic() + 60
# Busy for as long as the device is being read, and not between.
while subprocess.run(["rmmod", "ostrace_irq"], stderr=subprocess.DEVNULL).returncode:
    if time.monotonic() > end:
        sys.exit("rmmod: busy for a minute")
    time.sleep(0.1)
wait(b"the module was unloaded")
os.write(fd, b"q")
try:
    while chunk := os.read(fd, 65536):
        seen += chunk
except OSError:
    pass
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
is $? 0 "top: the module is unloaded under it, q ends it with 0"
grep -aq "Interrupt demo" "$work/screen" && grep -aq irq_work "$work/screen"
ok $? "top: the panel, and a mechanism in it"
grep -aq "the module was unloaded" "$work/screen"
ok $? "top: the panel says when it is gone"

clean view
plan
