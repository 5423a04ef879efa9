#!/bin/bash
# timeout: 300
# The softirqs view against the demo driver, which stamps the same interrupts
# itself: the count of each bottom half, its wait and its time.
# shellcheck disable=SC2119,SC2319,SC2320 # the status of a condition is what is asked for
. tests/vm/irq.sh
. tests/vm/trace.sh
mark driver

N=200
load source=sim
put cpu 0
# One that is slow, and who stands behind it in the same softirq waits for it; and
# each has something to do, so that what lies between two stamps is little of it.
put work_ns "tasklet_hi=300us tasklet=200us bh_highpri=100us bh=100us wq_highpri=200us wq=200us wq_unbound=200us thread=200us irq_work=50us hardirq=50us"

trace functions softirqs --by functions
trace lines softirqs --by lines
client=$(client irq_client)
line=$(val source)
line=${line##*irq }
line=${line%% *}
declare -A entries latency run
for m in hardirq $BOTTOM; do
	entries[$m]=$(val "$m/entries") latency[$m]=$(val "$m/latency_ns") run[$m]=$(val "$m/run_ns")
done
"$client" table "$N" >"$work/driver"
ok $? "$N interrupts are served"
for m in hardirq $BOTTOM; do
	entries[$m]=$(($(val "$m/entries") - entries[$m]))
	latency[$m]=$(($(val "$m/latency_ns") - latency[$m])) run[$m]=$(($(val "$m/run_ns") - run[$m]))
done
untrace functions
untrace lines
sed 's/^/# /' "$work/driver"

# A sum over all reports: of functions by name, of lines by number and kind.
function_sum() { sum functions "$2" ".function | startswith(\"ostrace_irq_$1 [\")"; }
line_sum() { sum lines "$2" ".irq == \"$line\" and .kind == \"$1\""; }
column() { # NAME CONDITION COLUMN: of the row there is
	jq -s "[.[].rows[] | select($2) | .$3][0] // 0" "$work/$1"
}

missed=$(losses functions)
note "functions: $missed missed; lines: $(losses lines)"
for m in tasklet_hi tasklet bh_highpri bh wq_highpri wq wq_unbound; do
	got=$(function_sum $m count)
	[ "$got" -le "${entries[$m]}" ] && [ $((got + missed)) -ge "${entries[$m]}" ]
	ok $? "$m: each of ${entries[$m]} calls is counted: $got" || note "missed: $missed"
done
untimed=$(sum functions untimed '.function | startswith("ostrace_irq_")')
[ "$untimed" -le "$missed" ]
ok $? "none without a time: $untimed"

got=$(line_sum hard count)
is "$got" "${entries[hardirq]}" "line $line: each interrupt is counted"
got=$(sum lines count '.irq == "IWI"')
[ "$got" -gt 0 ]
ok $? "irq_work, which runs it and is raised by it: $got interrupts"
got=$(line_sum thread count)
is "$got" "${entries[thread]}" "line $line: each call of the threaded handler is counted"
is "$(jq -sr "[.[].rows[] | select(.irq == \"$line\") | .name] | unique | join(\" \")" "$work/lines")" \
	ostrace_irq "by the name it has in /proc/interrupts"

# MECHANISM COLUMN-OF-THE-DRIVER's median against ours. Each of the two is at most
# 12.5 % off, so they differ by 1.29 at most, and by what lies between the stamps.
agrees() { # NAME DRIVER_NS OUR_NS
	[ "$((3 * $3))" -ge "$((2 * $2))" ] && [ "$((2 * $3))" -le "$((3 * $2))" ]
	ok $? "$1: the driver's median $2 ns, ours $3 ns"
}
driver() { # MECHANISM COLUMN
	awk -v m="$1" -v c="$2" '$1 == m { printf "%d", $c * 1000 }' "$work/driver"
}
for m in tasklet_hi tasklet bh_highpri bh wq_highpri wq wq_unbound; do
	agrees "$m: run" "$(driver $m 7)" "$(column functions ".function | startswith(\"ostrace_irq_$m [\")" p50_ns)"
done
agrees "thread: run" "$(driver thread 7)" "$(column lines ".irq == \"$line\" and .kind == \"thread\"" p50_ns)"
for m in tasklet bh wq_highpri wq; do
	agrees "$m: wait" "$(driver $m 5)" \
		"$(column functions ".function | startswith(\"ostrace_irq_$m [\")" latency_p50_ns)"
done

unload
# What is gone keeps its name.
clean driver
plan
