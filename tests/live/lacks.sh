#!/bin/bash
# Kernels that lack something: each is named, with what to do, in one line; the
# status is 3, and nothing is attached. The lack is made in a mount namespace, or
# by a filter of system calls, so that the machine keeps what it has.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 15

# without SCRIPT COMMAND...: run COMMAND after SCRIPT, in mounts of its own
without() {
	local script=$1
	shift
	unshare --mount bash -c "$script"' && exec "$@"' bash "$@" >"$work/out" 2>"$work/err"
	code=$?
}

# says STATUS TEXT NAME
says() {
	is "$code $(wc -l <"$work/err")" "$1 1" "$3: status $1, one line"
	holds "$3: it says what is wrong" grep -qF -- "$2" "$work/err"
}

no_btf='mount -t tmpfs none /sys/kernel/btf'
without "$no_btf" "$OSTRACE" syscalls -n 1
says 3 "/sys/kernel/btf/vmlinux: No such file or directory; this kernel has no type information" "no BTF"
without "$no_btf" "$OSTRACE" syscalls -- touch "$work/ran"
says 3 CONFIG_DEBUG_INFO_BTF "no BTF, a program"
holds "which was not started" test ! -e "$work/ran"
without "$no_btf" "$OSTRACE" features
is "$code" 3 "no BTF: features says so by its status"
holds "and by its text" grep -qE 'syscalls +unusable' "$work/out"

if [ -d /sys/kernel/security ]; then
	# As the kernel prints it when lockdown=confidentiality.
	without "mount -t tmpfs none /sys/kernel/security &&
		echo 'none integrity [confidentiality]' >/sys/kernel/security/lockdown" "$OSTRACE" softirqs -n 1
	says 3 "the kernel is locked down (confidentiality)" "lockdown"
else
	for _ in 1 2; do skip "lockdown" "no /sys/kernel/security here to stand in for"; done
fi

# A kernel without BPF, or a container whose filter of system calls forbids it:
# a seccomp filter that lets bpf(2) fail.
cat >"$work/no_bpf.py" <<'PY'
import ctypes, os, struct, sys
nr, errno = {"x86_64": 321, "aarch64": 280}[os.uname().machine], int(sys.argv[1])
code = b"".join(struct.pack("HBBI", *i) for i in (
    (0x20, 0, 0, 0),                    # ld [nr]
    (0x15, 0, 1, nr),                   # jeq nr, 0, 1
    (0x06, 0, 0, 0x00050000 | errno),   # ret ERRNO
    (0x06, 0, 0, 0x7fff0000)))          # ret ALLOW
buf = ctypes.create_string_buffer(code)
prog = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buf)))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, prog, 0, 0):
    sys.exit("prctl: " + os.strerror(ctypes.get_errno()))
os.execv(sys.argv[2], sys.argv[2:])
PY
for errno in 38:ENOSYS 1:EPERM; do
	python3 "$work/no_bpf.py" "${errno%:*}" "$OSTRACE" syscalls -n 1 >"$work/out" 2>"$work/err"
	is "$? $(wc -l <"$work/err")" "3 1" "bpf(2) fails with ${errno#*:}: status 3, one line"
	holds "which names the view and what to look at" grep -qE '^ostrace: syscalls: .*(features|root)' "$work/err"
done

# Without tracefs the view still runs, and says if that costs something.
without 'umount -l /sys/kernel/tracing 2>/dev/null || :' "$OSTRACE" syscalls --json -n 1 -i 50ms
is "$code $(jq -s length "$work/out")" "0 1" "no tracefs: the view runs"
if [ "$(uname -r | cut -d. -f1)" -ge 7 ]; then
	is "$(jq '[.notes[]? | select(startswith("tracefs is not mounted"))] | length' "$work/out")" 1 \
		"no tracefs: what it costs is noted"
else
	skip "no tracefs: what it costs is noted" "it costs nothing on this kernel"
fi
