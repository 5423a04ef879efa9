#!/bin/bash
# Builds the kernel's own tests of memory cgroups (tools/testing/selftests/cgroup of
# Debian's linux-source): build/tests/memcg/test_memcontrol. Runs inside the root and
# needs the network the first time; `make memcg-selftests` is the way in, and
# tests/vm/cases/oom-selftests.sh runs them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=build/tests/memcg

version=$(apt-cache policy linux-source-7.3 | awk '$1 == "Candidate:" { print $2 }')
[ -n "$version" ] || { echo "the root's package lists have no linux-source-7.3" >&2; exit 1; }
if [ "$(cat "$out/version" 2>/dev/null)" = "$version" ] && [ -x "$out/test_memcontrol" ]; then exit 0; fi

rm -rf "$out"
mkdir -p "$out"
tests/kernel/selftests.sh "$version" "$out/source" 'tools/testing/selftests/cgroup' \
	'tools/testing/selftests/clone3' 'tools/testing/selftests/pidfd' 'tools/testing/selftests/kselftest*.h'
tests=$out/source/tools/testing/selftests
# Unoptimised, as they are meant: they fill memory that nobody reads.
gcc -w -D_GNU_SOURCE -pthread -I "$tests" -I "$tests/cgroup/lib/include" -o "$out/test_memcontrol" \
	"$tests/cgroup/test_memcontrol.c" "$tests/cgroup/lib/cgroup_util.c"
echo "$version" >"$out/version"
