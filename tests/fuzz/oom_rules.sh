#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# libFuzzer over the parser of OOM rules, for a bounded time: 2 s every day, 20 s
# in the long run. What it finds new is not kept.
set -u
seconds=2
[ -z "${OSTRACE_LONG:-}" ] || seconds=20
fuzzer=$TMPDIR/fuzz_oom_rules
if ! clang -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
	-D_GNU_SOURCE -Iinclude -o "$fuzzer" tests/fuzz/fuzz_oom_rules.c \
	modules/oom/{rank,rules,parse}.c >"$TMPDIR/log" 2>&1; then
	if grep -qE 'clang: not found|cannot find|No such file.*libclang_rt' "$TMPDIR/log" || ! command -v clang >/dev/null; then
		echo "1..0 # SKIP no clang with libFuzzer (Debian: libclang-rt-19-dev)"
		exit 0
	fi
	sed 's/^/# /' "$TMPDIR/log"
	printf 'not ok 1 - the fuzzer builds\n1..1\n'
	exit 1
fi
mkdir "$TMPDIR/corpus"
"$fuzzer" -max_total_time=$seconds -max_len=4096 -timeout=10 -rss_limit_mb=512 \
	-artifact_prefix="$TMPDIR/" -print_final_stats=1 "$TMPDIR/corpus" tests/fuzz/oom_rules >"$TMPDIR/log" 2>&1
status=$?
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$TMPDIR/log")
if [ $status = 0 ] && [ "${runs:-0}" -gt 0 ]; then
	echo "ok 1 - $runs texts of rules: each a set, or an error with its line"
else
	tail -n 60 "$TMPDIR/log" | sed 's/^/# /'
	for f in "$TMPDIR"/crash-* "$TMPDIR"/timeout-* "$TMPDIR"/oom-*; do
		[ ! -e "$f" ] || xxd "$f" | sed 's/^/# /'
	done
	echo "not ok 1 - texts of rules: each a set, or an error with its line"
fi
echo "1..1"
