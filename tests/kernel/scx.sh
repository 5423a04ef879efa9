#!/bin/bash
# Builds the kernel's own tests of sched_ext (tools/testing/selftests/sched_ext of
# Debian's linux-source) in build/tests/scx, with the toolchain root's clang, bpftool
# and libbpf in place of those the kernel tree would first build. Runs inside the
# root and needs the network the first time; `make scx-selftests` is the way in, and
# tests/vm/cases/sched-selftests.sh runs them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=$PWD/build/tests/scx

version=$(apt-cache policy linux-source-7.3 | awk '$1 == "Candidate:" { print $2 }')
[ -n "$version" ] || { echo "the root's package lists have no linux-source-7.3" >&2; exit 1; }
if [ "$(cat "$out/version" 2>/dev/null)" = "$version" ] && [ -x "$out/runner" ]; then exit 0; fi
headers=$(find /lib/modules -mindepth 1 -maxdepth 1 -name '7.3*' | sort -V | tail -n1)/build

rm -rf "$out"
mkdir -p "$out/include" "$out/obj"
tests/kernel/selftests.sh "$version" "$out/source" 'tools/testing/selftests/sched_ext' \
	'tools/testing/selftests/kselftest.h' 'tools/sched_ext/include'

bpftool btf dump file "$headers/vmlinux" format c >"$out/include/vmlinux.h"
tests=$out/source/tools/testing/selftests/sched_ext
scx=$out/source/tools/sched_ext/include
for f in "$tests"/*.bpf.c; do
	name=$(basename "$f" .bpf.c)
	obj=$out/obj/$name.bpf.o
	clang -target bpf -mcpu=v3 -O2 -g -D__TARGET_ARCH_x86 -fms-extensions -Wno-microsoft-anon-tag \
		-Wno-incompatible-function-pointer-types -I"$tests/include" -I"$out/include" \
		-I"$scx" -I"$scx/bpf-compat" -c "$f" -o "$obj"
	bpftool gen object "${obj%.o}.linked.o" "$obj"
	bpftool gen skeleton "${obj%.o}.linked.o" name "$name" >"$out/include/$name.bpf.skel.h"
done
for f in "$tests"/*.c; do
	case $f in *.bpf.c) continue ;; esac
	gcc -g -O2 -pthread -D_GNU_SOURCE -w -I"$tests" -I"$out/include" -I"$scx" \
		-c "$f" -o "$out/obj/$(basename "$f" .c).o"
done
rm -f "$out"/obj/*.bpf.o "$out"/obj/*.bpf.linked.o
gcc -o "$out/runner" "$out"/obj/*.o -lbpf -lelf -lz -lzstd -lpthread
echo "$version" >"$out/version"
