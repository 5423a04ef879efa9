#!/bin/bash
# The reader of the kernel's test format, which every KUnit result goes through;
# and what counts as trouble in a kernel's log.
set -u
tap=$(cd tests/kernel && python3 -B ktap_test.py 2>"$TMPDIR/err") || true
grep -v '^1\.\.' <<<"$tap"
n=$(grep -cE '^(not )?ok ' <<<"$tap")
sed 's/^/# /' "$TMPDIR/err"

seen() { # yes|no LINE
	n=$((n + 1))
	local answer=no
	grep -qE -f tests/vm/trouble.list <<<"$2" && answer=yes
	if [ "$answer" = "$1" ]; then echo "ok $n - trouble? $1: $2"; else echo "not ok $n - trouble? $1: $2"; fi
}
seen yes '[    1.6] BUG: KASAN: slab-use-after-free in take+0x21/0x80 [ostrace_irq]'
seen yes '[    1.6] BUG: sleeping function called from invalid context at kernel/locking/mutex.c:591'
seen yes '[    1.6] BUG kmalloc-64 (Tainted: G           O      ): Poison overwritten'
seen yes '[    1.6] WARNING: CPU: 0 PID: 77 at kernel/irq/manage.c:2043 free_irq+0x1f5/0x330'
seen yes '[    1.6] WARNING: kernel/irq/manage.c:2043 at free_irq+0x1f5/0x330, CPU#0: rmmod/77'
seen yes '[    1.6] WARNING: possible circular locking dependency detected'
seen yes '[    1.6] WARNING: suspicious RCU usage'
seen yes '[    1.6] WARNING: inconsistent lock state'
seen yes '[    1.6] [ BUG: Invalid wait context ]'
seen yes '[    1.6] INFO: trying to register non-static key.'
seen yes '[   99.6] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:'
seen yes '[   99.6] INFO: task rmmod:77 blocked for more than 122 seconds.'
seen yes '[   99.6] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [rmmod:77]'
seen yes '[    1.6] UBSAN: array-index-out-of-bounds in modules/irq/ring.c:40:3'
seen yes '[    1.6] ODEBUG: free active (active state 0) object: 000000001a2b3c4d object type: timer_list hint: tick+0x0/0x20'
seen yes '[    1.6] kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)'
seen yes '[    1.6] Kernel panic - not syncing: Fatal exception in interrupt'
seen no '[    1.6] ostrace_irq: no edu device: interrupts come from a simulated line'
seen no '[    1.6] ostrace_irq: loading out-of-tree module taints kernel.'
seen no '[    1.6] Out of memory: Killed process 77 (hog) total-vm:65536kB'
seen no '[    1.6] hog invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0'
seen no '[    1.6] DMA-API: preallocated 65536 debug entries'
seen no '[    1.6] Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar'
echo "1..$n"
