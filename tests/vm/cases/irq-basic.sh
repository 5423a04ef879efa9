#!/bin/bash
# timeout: 300
# ostrace_irq: loading, its source of interrupts, exact counts, contexts, knobs.
# shellcheck disable=SC2119,SC2319,SC2320 # the status of a condition is what is asked for
. tests/vm/irq.sh
mark basic

load source=nonsense 2>/dev/null
ok $((!$?)) "a source that there is not is refused"

load source=sim
ok $? "modprobe source=sim"
[[ $(val source) == "sim irq "* ]]
ok $? "source says so: $(val source)"
grep -q ostrace_irq /proc/interrupts
ok $? "the line is in /proc/interrupts"
is "$(stat -c %a $NODE)" 600 "the node is for root"
is "$(stat -c %a $DIR/rate)" 644 "knobs are for root"

# Exact counts and contexts, on whatever source there is.
counts() { # N SOURCE
	local m n dropped in_hard in_soft in_ksoft in_thread wrong=
	local -A before
	for m in hardirq $BOTTOM; do get "before[$m]" "$m/handled"; done
	put fire "$1"
	settle 60
	ok $? "$2: $1 interrupts are served"
	for m in hardirq $BOTTOM; do
		get n "$m/handled"
		get dropped "$m/dropped"
		get in_hard "$m/in_hard"
		get in_soft "$m/in_softirq"
		get in_ksoft "$m/in_ksoftirqd"
		get in_thread "$m/in_thread"
		is "$((n - before[$m])) $dropped" "$1 0" "$2: $m counts $1 and drops none"
		case $m in
		hardirq | irq_work) wrong=$((n - in_hard)) ;;
		tasklet* | bh*) wrong=$((n - in_soft - in_ksoft)) ;;
		*) wrong=$((n - in_thread)) ;;
		esac
		is "$wrong" 0 "$2: $m runs where it should"
	done
}
counts 300 sim
put burst 16
counts 320 "sim in bursts"
put burst 1

# Knobs read back.
put mechanisms "tasklet wq"
is "$(val mechanisms)" "hardirq tasklet wq" "mechanisms read back"
before=$(val bh/raised)
put fire 50
settle
is "$(val bh/raised)" "$before" "a mechanism left out is not raised"
put mechanisms "+bh -wq"
is "$(val mechanisms)" "hardirq tasklet bh" "mechanisms change by + and -"
put mechanisms all
is "$(val mechanisms)" "hardirq $BOTTOM" "all mechanisms"
for knob in "rate 250" "rate 2k" "rate 0" "burst 8" "burst 1" "cpu 0" "cpu -1"; do
	read -r name value <<<"$knob"
	put "$name" "$value"
	is "$(val "$name")" "${value/2k/2000}" "$name $value reads back"
done
put work_ns "tasklet=5us wq=2ms"
[[ $(val work_ns) == *" tasklet=5000 "*" wq=2000000 "* ]]
ok $? "work_ns reads back"
put sleep_ns "1ms"
is "$(val sleep_ns)" "thread=1000000 wq_highpri=1000000 wq=1000000 wq_unbound=1000000" \
	"sleep_ns for all is for those that may sleep"
put fire 20
settle
ok $? "those that sleep are served"
[ $(($(val wq/run_ns) / $(val wq/handled))) -gt 10000 ]
ok $? "and their run time has the sleep in it"
put sleep_ns 0
put work_ns 0

refused sleep_ns tasklet=1us "Operation not supported"
dmesg | tail -n 5 | grep -q 'ostrace_irq: tasklets run in softirq context: no sleeping; use a workqueue or threaded irq'
ok $? "and the log teaches why"
refused sleep_ns bh=1us "Operation not supported"
refused sleep_ns irq_work=1us "Operation not supported"
refused sleep_ns hardirq=1us "Operation not supported"
refused sleep_ns wq=101ms "Invalid argument"
refused work_ns irq_work=51us "Invalid argument"
refused work_ns tasklet=501us "Invalid argument"
refused work_ns tasklet=99999999999999999999 "out of range"
refused work_ns nothing=1 "No such file"
refused rate 20001 "Invalid argument"
refused rate ten "Invalid argument"
refused rate -1 "Invalid argument"
refused burst 0 "Invalid argument"
refused burst 65 "Invalid argument"
refused cpu 4096 "No such device or address"
refused cpu -2 "Invalid argument"
refused mechanisms "tasklet softirq" "No such file"
refused mechanisms "" "Invalid argument"
refused fire 0 "Invalid argument"
refused fire 1000001 "out of range"
refused storm_ms 10001 "out of range"
put mechanisms "wq thread"
refused storm_ms 100 "Operation not supported"
put mechanisms all

put burst 64
put rate 20000
is "$(val rate)" 20000 "a rate beyond the machine reads back"
[ "$(val rate_effective)" -lt 2000 ]
ok $? "but only $(val rate_effective) Hz are tried"
sleep 1
put rate 0
put burst 1
settle
ok $? "all that came is accounted for"

# Every description is there.
for m in hardirq $BOTTOM; do
	[ -s "$DIR/$m/context" ] && [ -s "$DIR/$m/may_sleep" ] && [ -s "$DIR/$m/why" ]
	ok $? "$m: $(val "$m/context") $(val "$m/softirq"), sleeps: $(val "$m/may_sleep")"
done

# Tracepoints see what the counters see.
trace=/sys/kernel/tracing
echo >$trace/trace
echo 1 >$trace/events/ostrace_irq/enable
put fire 10
settle
sleep 0.2
echo 0 >$trace/events/ostrace_irq/enable
is "$(grep -c 'ostrace_irq_raise:' $trace/trace)" 90 "tracepoint raise: 10 interrupts, 9 mechanisms"
is "$(grep -c 'ostrace_irq_entry:.*mech=tasklet ' $trace/trace)" 10 "tracepoint entry"
is "$(grep -c 'ostrace_irq_exit:.*mech=wq .*ctx=thread' $trace/trace)" 10 "tracepoint exit"

unload
ok $? "rmmod"
[ ! -e $DIR ] && [ ! -e $NODE ] && ! grep -q ostrace_irq /proc/interrupts
ok $? "nothing is left of it"

if dev=$(edu); then
	load
	is "$(val source | cut -d' ' -f1,2)" "edu $dev" "auto takes the edu device: $(val source)"
	counts 300 edu
	put burst 16
	counts 320 "edu in bursts"
	put burst 1
	pci=/sys/bus/pci/devices/$dev/ostrace_irq
	echo 10 >"$pci/factorial"
	is "$(cat "$pci/factorial")" 3628800 "the device computes 10!"
	put rate 500
	echo 7 >"$pci/dma_test"
	ok $? "the device copies memory, and interrupts come meanwhile"
	put rate 0
	settle
	[ "$(val source | awk '{print $5}')" = msi ]
	ok $? "by message signalled interrupts"
	load msi=0
	[ "$(val source | awk '{print $5}')" = "" ]
	ok $? "or a wire: $(val source)"
	counts 100 "edu by wire"
	echo 5 >"$pci/factorial"
	is "$(cat "$pci/factorial")" 120 "the device computes 5!, by wire"
	unload
	ok $? "rmmod"
	load source=sim
	is "$(val source | cut -d' ' -f1)" sim "source=sim leaves the device alone"
	unload
else
	skip "the edu device" "QEMU was started without -device edu"
fi
clean basic
plan
