#!/bin/bash
# everyday: 7.3
# A kernel that really is locked down. There is no way back, so this comes last.
# shellcheck source-path=SCRIPTDIR source=../../live/lib.sh
. "$(dirname "$0")/../../live/lib.sh"
plan 4

if [ ! -w /sys/kernel/security/lockdown ]; then
	for _ in 1 2 3 4; do skip "lockdown" "this kernel has none"; done
	exit 0
fi
for level in integrity confidentiality; do
	echo $level >/sys/kernel/security/lockdown
	"$OSTRACE" syscalls -n 1 -i 50ms >/dev/null 2>"$work/err"
	status=$?
	if [ $level = integrity ]; then
		is "$status $(wc -l <"$work/err")" "0 0" "lockdown=integrity: BPF may read, the view runs"
	else
		is "$status $(wc -l <"$work/err")" "3 1" "lockdown=confidentiality: status 3, one line"
		holds "which says so" grep -qF "the kernel is locked down (confidentiality)" "$work/err"
		"$OSTRACE" features >"$work/features"
		is $? 3 "and features says that no view can run"
	fi
done
