#!/bin/bash
# long: tests of the kernel's own, which make scx-selftests fetches and builds
# kernel: 7.3
# timeout: 1500
# The kernel's tests of sched_ext: those that need no scheduler of their own pass beside
# the module, one that does is refused (there can be only one), and all pass once the
# module is gone. Each is run alone: some take long under emulation.
set -u
. tests/vm/sched.sh
need_sched_ext
RUNNER=build/tests/scx/runner
[ -x $RUNNER ] || { echo "1..0 # SKIP not built: make scx-selftests does it"; exit 0; }

passes() { timeout 400 $RUNNER -q -t "$1" >/tmp/out 2>&1; }

load restart=0
for name in maybe_null non_scx_kfunc_deny example; do
	passes $name
	ok $? "beside the scheduler: $name" || sed 's/^/# /' /tmp/out
done
passes create_dsq
is $? 1 "one that wants the machine for a scheduler of its own fails"
grep -q "Failed to attach scheduler" /tmp/out
ok $? "for that reason" || sed 's/^/# /' /tmp/out
is "$(loaded_ops) $(cat $CONTROL/state) $(cat $CONTROL/exits)" "ostrace running 0" "the scheduler has come to no harm"
rmmod ostrace_sched
for name in create_dsq minimal exit enq_select_cpu init_enable_count; do
	passes $name
	ok $? "with the module gone: $name" || sed 's/^/# /' /tmp/out
done
finish
