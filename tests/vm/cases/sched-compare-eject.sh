#!/bin/bash
# long: two comparisons more
# timeout: 600
# ostrace sched --compare says so when ours was not the scheduler all the time.
set -u
. tests/vm/sched.sh
need_sched_ext
cat >/tmp/eject <<'END'
#!/bin/sh
[ -d /sys/kernel/ostrace_sched ] || exit 0
echo S >/proc/sysrq-trigger
exec sleep 8
END
chmod +x /tmp/eject
for restart in 0 1; do
	load restart=$restart
	ostrace sched --compare 60s --rounds 1 -- /tmp/eject >/tmp/out 2>/tmp/err
	is $? 1 "restart=$restart: ejected in the middle: no result"
	grep -q 'ejected while it was measured: disabled by sysrq-S' /tmp/err
	ok $? "and why" || sed 's/^/# /' /tmp/err
done
finish
