#!/bin/bash
# Boots one of Debian's stock kernels, or a test kernel, on this tree, under
# virtme-ng, and runs a command in it, or a shell. Runs inside the toolchain root;
# `make vm` is the way in. Settings come from the environment, so that no quoting
# is lost on the way:
#
#   CMD='…'              what to run (with bash); none: a shell
#   KERNEL=7.3|6.12      a stock kernel by the start of its version (newest match)
#   KERNEL=kunit|debug   a test kernel (tests/kernel), built first if need be
#   CPUS=2 MEM=2G        the machine
#   NUMA=1               its memory nodes, of equal size; all CPUs are at the first
#   QEMU_OPTS='…'        more options for QEMU
#   APPEND='…'           more words on the kernel's command line
#   CLOCK=instructions   the machine's time is the number of instructions executed, by
#                        all its CPUs together, which take turns: what else this one
#                        does then changes nothing. Idle time is skipped.
#   INSTRUCTION_NS=1     what each of them takes then; 2, 4, 8: less to emulate
#   VM_TIMEOUT=600       seconds after which it is ended (not for a shell)
#
# Status: the command's; 124 after a time-out; 125 when the machine did not run
# or its kernel warned, oopsed or panicked; 123 when its emulator is to blame for
# that, and another attempt may do (tests/run makes it). stdout is the command's alone.
set -euo pipefail

KERNEL=${KERNEL:-7.3} CPUS=${CPUS:-2} MEM=${MEM:-2G} NUMA=${NUMA:-1}
CMD=${CMD:-} QEMU_OPTS=${QEMU_OPTS:-} APPEND=${APPEND:-} VM_TIMEOUT=${VM_TIMEOUT:-600}
CLOCK=${CLOCK:-host} INSTRUCTION_NS=${INSTRUCTION_NS:-1}

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
work=$project/build/vm

say() { echo "vm: $*" >&2; }
die() { say "$@"; exit 125; }

[ -e /.ostrace-complete ] || die "runs inside the toolchain root: make vm"
[ -n "${OSTRACE_VM_NAMESPACE:-}" ] ||
	OSTRACE_VM_NAMESPACE=1 exec unshare -m --propagation private -- "$0"
kernel=''
case $KERNEL in
kunit | debug)
	"$project/tests/kernel/kernel.sh" ensure "$KERNEL" || die "there is no test kernel $KERNEL"
	kernel=$("$project/tests/kernel/kernel.sh" path "$KERNEL")
	release=$(cat "$kernel/include/config/kernel.release")
	;;
*)
	release=$(find /lib/modules -mindepth 1 -maxdepth 1 -name "$KERNEL*" -printf '%f\n' | sort -V | tail -n1)
	[ -n "$release" ] || die "no kernel $KERNEL here; there are: $(cd /lib/modules && echo *) kunit debug"
	;;
esac

# /dev/kvm may open and still fail at the guest's first instructions, so the
# probe is a guest: a boot sector that leaves through QEMU's exit port, on the CPU
# that virtme-ng will ask for. One that takes seconds for it is no help either.
# Asked once a boot of the host.
kvm_works() {
	local answer sector
	answer=$work/kvm-$(cat /proc/sys/kernel/random/boot_id)
	if [ ! -e "$answer" ]; then
		sector=$(mktemp)
		{
			printf '\xb0\x10\xe6\xf4\xf4' # mov al,16; out 0xf4,al; hlt
			head -c 505 /dev/zero
			printf '\x55\xaa'
		} >"$sector"
		local status=0
		# The braces also silence what bash says of a program that aborts.
		{
			timeout -s KILL 3 qemu-system-x86_64 -accel kvm -cpu host -M pc -m 16 \
				-nodefaults -display none -device isa-debug-exit,iobase=0xf4,iosize=1 \
				-drive "file=$sector,format=raw" </dev/null >/dev/null || status=$?
		} 2>/dev/null
		rm -f "$sector" "$work"/kvm-*
		echo "$status" >"$answer"
	fi
	[ "$(cat "$answer")" = 33 ] # (16 << 1) | 1
}

mkdir -p "$work"
run=$(mktemp -d "$work/run.XXXXXX")
trap 'rm -rf "$run"' EXIT
console=$run/console.log
[ -z "$CMD" ] || printf '%s\n' "$CMD" >"$run/cmd"
size=$(stty size 2>/dev/null </dev/tty) || size=
echo "${TERM:-linux} $size" >"$run/term"

accel=()
case $CLOCK in
instructions)
	accel=(--disable-kvm)
	case $INSTRUCTION_NS in 1) shift=0 ;; 2) shift=1 ;; 4) shift=2 ;; 8) shift=3 ;;
	*) die "INSTRUCTION_NS is 1, 2, 4 or 8, not '$INSTRUCTION_NS'" ;; esac
	QEMU_OPTS+=" -icount shift=$shift,sleep=off -rtc clock=vm"
	APPEND+=" ostrace_instruction_ns=$INSTRUCTION_NS"
	;;
host) kvm_works || accel=(--disable-kvm) ;;
*) die "CLOCK is 'instructions' or 'host', not '$CLOCK'" ;;
esac

# What is mounted from here on is gone with our own mount namespace.

# The project again at a fixed place: the guest covers /tmp, /root and others,
# and the tree may lie below one of them.
mkdir -p /mnt/project
mount --bind "$project" /mnt/project

# Where virtme-ng tells the kernel to find the first process.
mount --bind "$project/tests/vm/init" /usr/lib/python3/dist-packages/virtme/guest/virtme-init

# A test kernel, where virtme-ng looks for installed ones. Its reports go to the
# console too, from where they survive a crash.
level=5
if [ -n "$kernel" ]; then
	mount -t tmpfs tmpfs /usr/lib/modules
	mkdir "/usr/lib/modules/$release"
	cp "$kernel/arch/x86/boot/bzImage" "/usr/lib/modules/$release/vmlinuz"
	cp "$kernel"/modules.{order,builtin,builtin.modinfo} "/usr/lib/modules/$release/"
	depmod "$release"
	level=7
fi

# Our modules, where modprobe finds them, without touching the root.
modules=$project/build/modules/$release
if compgen -G "$modules/*.ko" >/dev/null; then
	mount -t tmpfs tmpfs /media
	mkdir /media/upper /media/work
	mount -t overlay -o "lowerdir=/lib/modules/$release,upperdir=/media/upper,workdir=/media/work" \
		overlay "/usr/lib/modules/$release"
	mkdir -p "/lib/modules/$release/updates"
	cp "$modules"/*.ko "/lib/modules/$release/updates/"
	depmod "$release"
fi

# On a terminal the command gets one too: 'make vm CMD="ostrace top"'.
interactive=
if [ -z "$CMD" ] || { [ -t 0 ] && [ -t 1 ]; }; then
	interactive=1
	touch "$run/interactive"
fi

# The device of the interrupt driver, in a slot of its own that the guest can switch
# off: what is in it is gone then, at once and for good. The port's own interrupts
# tell the kernel of it, which the firmware would otherwise keep to itself.
edu="-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"
edu+=" -device pcie-root-port,id=slot7,chassis=7,slot=7 -device edu,bus=slot7"

# init_on_alloc: under TCG, QEMU may run stale translations of a recycled page
# of the shared root; zeroing pages as they are allocated invalidates them.
guest_run=/mnt/project/${run#"$project"/}
# A machine that is emulated beside others is slow, which is no stall.
patience="rcupdate.rcu_cpu_stall_timeout=180 watchdog_thresh=60 workqueue.watchdog_thresh=120"
vng=(vng "${accel[@]}" -r "$release" --rw --cpus "$CPUS" --memory "$MEM"
	--append "init_on_alloc=1 loglevel=$((interactive ? 1 : level)) panic=-1 $patience $APPEND"
	--append "ostrace_run=$guest_run ostrace_project=$project"
	"--qemu-opts=-set chardev.console.logfile=$console $edu $QEMU_OPTS")

# Its file server is ours, with an option more.
PATH=$project/tests/vm/bin:$PATH

if [ "$NUMA" -gt 1 ]; then
	each=$(($(numfmt --from=iec "$MEM") / NUMA >> 20))M
	vng+=(--numa "$each,cpus=0-$((CPUS - 1))")
	for ((node = 1; node < NUMA; node++)); do vng+=(--numa "$each"); done
fi

# virtme-ng leaves sockets behind when it is ended.
mount -t tmpfs tmpfs /srv
export TMPDIR=/srv

# The guest may write to the tree, not to the root.
mount -o remount,bind,ro /

# An emulated machine measures its clock while others take its CPU away, and has been
# seen to be wrong by a hundred times. The guest compares it with ours (tests/vm/init),
# and with one that is wrong it ends before it has begun.
if [ "$CLOCK" = host ] && ! kvm_works; then
	mhz=$(awk '/^cpu MHz/ { print int($4); exit }' /proc/cpuinfo)
	vng+=(--append "ostrace_tsc_mhz=${mhz:-0}")
fi

# A process namespace, so that the machine and its file server end with us
# however we end.
boot=(unshare --pid --fork --kill-child=KILL --mount-proc --)

# Or it never gets that far: with its clock set up under such conditions, a kernel has
# been seen to wait for ticks that did not come.
BOOT_MAX=300
comes_up() { # PID
	local i
	for ((i = 0; i < BOOT_MAX; i++)); do
		[ ! -e "$run/up" ] && kill -0 "$1" 2>/dev/null || return 0
		sleep 1
	done
	echo "the machine did not come up in $BOOT_MAX s" >"$run/again"
	pkill -KILL -P "$1" # unshare, and with it all that it began
}

status=0
if [ -n "$interactive" ]; then
	"${boot[@]}" "${vng[@]}" || status=$?
else
	# Through cat: QEMU opens its output by name and would truncate a file.
	{
		{
			{
				timeout --foreground -s KILL "$VM_TIMEOUT" \
					"${boot[@]}" "${vng[@]}" --exec true \
					</dev/null 2>&1 1>&3 &
				machine=$!
				comes_up $machine >&2 &
				wait $machine || echo $? >"$run/vng-status"
			} | cat >&2
		} 3>&1 | cat
	}
	status=$(cat "$run/vng-status" 2>/dev/null || echo 0)
fi
if [ -e "$run/again" ]; then
	say "$(cat "$run/again")"
	exit 123
fi

log=$work/dmesg-$KERNEL.log
if [ -s "$run/dmesg" ]; then mv "$run/dmesg" "$log"; else cp "$console" "$log" 2>/dev/null || : >"$log"; fi

trouble=$(cat "$log" "$console" 2>/dev/null | grep -m1 -E -f "$project/tests/vm/trouble.list" || true)
# The kernel patches its code behind an int3, which a CPU of an emulated machine may
# translate just as the last byte is written, and run for ever. Then an int3 was
# executed where none is: the byte before <..> is the one at fault.
stale_translation() {
	local code
	case $trouble in *'Oops: int3: '*) ;; *) return 1 ;; esac
	code=$(sed -n '/Oops: int3: /,/Code: /p' "$log" | grep -m1 -o 'Code: .*') || return 1
	[[ $code =~ ([0-9a-f]{2})\ \< ]] && [ "${BASH_REMATCH[1]}" != cc ]
}

if [ -n "$trouble" ]; then
	if ! kvm_works && stale_translation; then
		say "the emulator ran an int3 that is not in memory (whole log: $log)"
		exit 123
	fi
	say "kernel trouble: ${trouble#*] } (whole log: $log)"
	exit 125
fi
if [ -e "$run/status" ]; then exit "$(cat "$run/status")"; fi
if [ "$status" = 124 ] || [ "$status" = 137 ]; then
	say "ended after VM_TIMEOUT=$VM_TIMEOUT seconds (console: $log)"
	exit 124
fi
[ -n "$interactive" ] && exit "$status"
die "the machine ended without a status from the command (console: $log)"
