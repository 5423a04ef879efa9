# shellcheck shell=bash
# Inside the guest: make it a place to work in, run the command that vm.sh left,
# and leave its status and the kernel log where vm.sh looks. Sourced by the
# console's bash for a shell or a command on a terminal, run by bash otherwise.
ostrace_run=$(sed -n 's/.*ostrace_run=\([^ ]*\).*/\1/p' /proc/cmdline)
ostrace_project=$(readlink -f "$PWD")

mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir -p "$ostrace_project"
mount --bind /mnt/project "$ostrace_project"
cd "$ostrace_project" || exit 125
mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf
mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 cgroup2 /sys/fs/cgroup
ulimit -n 65536 -l unlimited

export PATH=$ostrace_project/build:$PATH OSTRACE_IN_VM=1 HOME=/root LANG=C.UTF-8
export TERM=${TERM:-linux}
[ -s "$ostrace_run/term" ] && TERM=$(cat "$ostrace_run/term")

ostrace_done() {
	local status=$?
	# dmesg first: a status says that all was written.
	dmesg >"$ostrace_run/dmesg"
	echo "$status" >"$ostrace_run/status"
	sync
}

if grep -q . "$ostrace_run/cmd"; then
	bash "$ostrace_run/cmd"
	ostrace_done
	[ -t 0 ] && exit
else
	trap ostrace_done EXIT
	PS1='[vm \u@\h \W]\$ '
fi
