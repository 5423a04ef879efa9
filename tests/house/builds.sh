#!/bin/bash
# timeout: 1200
# What the build promises: the other builds work, and a second make does nothing.
set -u
n=0
result() { # STATUS NAME [LOG]
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
	if [ "$1" != 0 ] && [ -n "${3:-}" ]; then tail -n 40 "$3" | sed 's/^/# /'; fi
}
log=$TMPDIR/log
unset MAKEFLAGS MAKELEVEL
build() { make -j"$(nproc)" --no-print-directory "$@" >"$log" 2>&1; }

build tests-build
result $? "native build" "$log"
build SANITIZE=1 tests-build
result $? "sanitizer build" "$log"
build ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- all
result $? "arm64 cross build" "$log"
file -L build/arm64/ostrace | grep -q 'ELF 64-bit LSB.*ARM aarch64'
result $? "the cross-built program is for aarch64"

# Natively made programs find the types of an older kernel.
stock=$(find /usr/src -maxdepth 2 -path '*6.12*' -name vmlinux 2>/dev/null | head -n1)
if [ -n "$stock" ]; then
	build BUILD=build/oldest VMLINUX_BTF="$stock" bpf
	result $? "BPF objects compile with 6.12's types" "$log"
else
	n=$((n + 1))
	echo "ok $n - BPF objects compile with 6.12's types # SKIP no 6.12 headers here"
fi

find build/ostrace build/libostrace.a build/tools build/bpf -type f -printf '%p %T@\n' | sort >"$TMPDIR/before"
build tests-build
find build/ostrace build/libostrace.a build/tools build/bpf -type f -printf '%p %T@\n' | sort >"$TMPDIR/after"
diff "$TMPDIR/before" "$TMPDIR/after" >"$log"
result $? "a second make does nothing" "$log"

destdir=$TMPDIR/dest
build install DESTDIR="$destdir" prefix=/usr
result $? "make install" "$log"
(cd "$destdir" 2>/dev/null && find . -type f | sort) >"$log"
diff - "$log" >"$log.diff" <<'FILES'
./usr/bin/ostrace
./usr/lib/ostrace/policies/leaker.bpf.o
./usr/lib/ostrace/policies/oomd_xattr.bpf.o
./usr/lib/ostrace/policies/restarted.bpf.o
./usr/share/bash-completion/completions/ostrace
./usr/share/fish/vendor_completions.d/ostrace.fish
./usr/share/man/man1/ostrace.1
./usr/share/man/man5/ostrace-oom.rules.5
./usr/share/zsh/site-functions/_ostrace
FILES
result $? "it puts files where they belong" "$log.diff"
build uninstall DESTDIR="$destdir" prefix=/usr
[ -z "$(find "$destdir" -type f)" ]
result $? "make uninstall removes them all"
echo "1..$n"
