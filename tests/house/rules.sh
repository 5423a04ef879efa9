#!/bin/bash
# The rules of the house: which part may know which. A rule that greps finds
# nothing in code, so comments are taken out first.
set -u
n=0
code() { # FILE...: "file:line:text" without comments
	local f
	for f in "$@"; do
		[ -f "$f" ] || continue
		gcc -fpreprocessed -dD -E -P -w -x c "$f" 2>/dev/null | sed "s|^|$f: |"
	done
}
check() { # NAME, offending lines on stdin
	local bad
	bad=$(cat)
	n=$((n + 1))
	if [ -z "$bad" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '%s\n' "$bad" | sed 's/^/# /'
	fi
}
shopt -s nullglob globstar extglob lastpipe
tools=(tools/*.[ch])
all=(tools/*.[ch] bpf/*.[ch] include/**/*.h modules/**/*.[ch] tests/**/*.[ch])
mapfile -t scripts < <(git ls-files -co --exclude-standard | while read -r f; do
	[ -f "$f" ] && head -n1 "$f" | grep -aqE '^#!.*(bash|/sh|busybox sh)' && echo "$f"
done)

code include/uapi/**/*.h | grep '#include' | grep -v '<linux/types.h>' |
	check "include/uapi includes only <linux/types.h>"
code modules/**/*.[ch] | grep -E '#include "[^"]*(bpf|tools)/' |
	check "modules know neither bpf/ nor tools/"
code bpf/*.[ch] | grep '#include' | grep -vE '"(vmlinux\.h|[a-z_]+\.bpf\.h|ostrace/[a-z_]+\.h|uapi/ostrace/[a-z_]+\.h)"|<bpf/bpf_[a-z_]+\.h>' |
	check "BPF includes vmlinux.h, its shared header and the cell"
code tools/!(session|view_*|feature_bpf).[ch] | grep -E '#include [<"](bpf/|[a-z_]+\.skel\.h)' |
	check "only session, view loaders and the feature probe touch libbpf"
code tools/!(tui).[ch] | grep -E '#include <n?curses' |
	check "only tui touches curses"
code tools/view_*.c | grep -E '\b(printf|puts|putchar|perror|fputs|fprintf|putc)\(' |
	check "views never print"
code tools/writer_*.c | grep -E '#include.*(bpf|skel|session\.h)|struct bpf_' |
	check "writers know nothing of BPF"
code tools/!(cmd_*|main|err).c | grep -E 'fprintf\(stderr|perror\(' |
	check "only commands print errors"
code "${tools[@]}" | grep -v '^tools/main\.c' | grep -E '(^|[^_a-z])exit\(' |
	check "only main exits"

make -s format-check 2>&1 | grep -E 'error:|warning:' | cut -d: -f1 | sort | uniq -c |
	check "C sources are formatted (make format)"
shellcheck -x "${scripts[@]}" 2>&1 | head -n 60 | check "scripts pass shellcheck"
git ls-files -co --exclude-standard -- '*.c' '*.h' '*.sh' '*.py' Makefile '*.mk' | while read -r f; do
	[ -f "$f" ] && [ "$(wc -l <"$f")" -gt 800 ] && echo "$f: $(wc -l <"$f") lines"
done | check "no file is longer than 800 lines"
git grep -nI -E '(deb|security|ftp|archive)\.debian\.org|archive\.ubuntu' -- ':!tests/house' |
	check "no package host is named: the machine's own configuration is used"
for f in "${all[@]}"; do head -n1 "$f" | grep -q SPDX-License-Identifier || echo "$f"; done |
	check "C sources say their licence in the first line"
echo "1..$n"
