#!/bin/bash
# One-of-a-kind cases of the OOM module, with swap on zram where there is zram.
# timeout: 300
set -u
n=0
result() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
if modprobe zram num_devices=1 2>/dev/null; then
	echo 256M >/sys/block/zram0/disksize
	mkswap /dev/zram0 >/dev/null && swapon /dev/zram0
fi
rules=$(mktemp)
printf 'order size\nprotect comm=sshd\n' >"$rules"
modprobe ostrace_oom rules_file="$rules" mode=off
result $? "the module loads with a rules file"
cmp -s /dev/ostrace_oom_rules "$rules"
result $? "whose rules are in force"
[ "$(stat -c %a /dev/ostrace_oom /dev/ostrace_oom_rules /sys/module/ostrace_oom/parameters/mode | sort -u)" = 600 ]
result $? "files are for root alone"
rmmod ostrace_oom
echo 'protect' >"$rules"
! modprobe ostrace_oom rules_file="$rules" 2>/dev/null && dmesg | tail -n5 | grep -qF "rules file $rules: line 1: "
result $? "a wrong rules file is refused, and its line named"
dmesg -C
! modprobe ostrace_oom rules_file=/nonexistent 2>"$rules" && grep -q 'Invalid argument' "$rules" &&
	dmesg | grep -qF 'rules file /nonexistent: cannot read it: -ENOENT'
result $? "a missing one as well, and the kernel log names it"
! modprobe ostrace_oom records=0 2>/dev/null
result $? "and parameters out of range"
modprobe ostrace_oom
while IFS= read -r line; do
	case $line in
	*'# SKIP'*) n=$((n + 1)) && echo "ok $n - ${line#*- }" ;;
	'ok '*) result 0 "${line#*- }" ;;
	'not ok '*) result 1 "${line#*- }" ;;
	1..*) planned=${line#1..} ;;
	*) echo "# $line" ;;
	esac
done < <(build/tests/vm/oom_special)
[ "${planned:-0}" -gt 0 ]
result $? "the helper ran to its end"
rmmod ostrace_oom
result $? "the module unloads"
swapoff -a 2>/dev/null
rm -f "$rules"
echo "1..$n"
