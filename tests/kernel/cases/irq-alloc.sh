#!/bin/bash
# kernel: debug
# timeout: 900
# long: loads the module dozens of times
# Loading ostrace_irq, and using it, with one allocation after the other failing.
# STEP=1, as in irq-alloc-all, leaves none out.
. tests/kernel/debug.sh
mark alloc
step=${STEP:-29}
rmmod ostrace_irq 2>/dev/null
module=$(modinfo -n ostrace_irq)
fail_inside do_init_module
fail_nth "load" load "$step" ostrace_irq "$module"
fail_nth "load without a device" load "$step" ostrace_irq "$module" source=sim
insmod "$module" source=sim
fail_inside # a system call, whoever is asked for memory in it
fail_nth "the node" node 1 $NODE
unload
ok $? "it can be unloaded"
clean alloc
plan
