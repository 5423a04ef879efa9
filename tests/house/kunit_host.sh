#!/bin/bash
# The KUnit suites of files without kernel calls, in user space: with sanitizers,
# and how much of those files they cover. Such a file includes no system header
# itself; pure.h of its module, if it needs one, finds the kernel's helpers or
# stand-ins for them. It may be a header: its code is in the suite's object file.
set -u
project=$PWD
least=80
dir=${TMPDIR:-/tmp}/kunit-host
mkdir -p "$dir" && cd "$dir" || exit 1

sources=("$project/tests/kunit/main.c")
pure=() objects=()
for suite in "$project"/modules/*/*_test.c; do
	file=${suite%_test.c}.c
	object=$(basename "$file" .c)
	[ -e "$file" ] || file=${suite%_test.c}.h object=$(basename "$suite" .c)
	if grep -q '#include <' "$file"; then continue; fi
	sources+=("$suite")
	if [ "${file%.c}" != "$file" ]; then sources+=("$file"); fi
	pure+=("$file")
	objects+=("$object")
done
# The object files of two modules may have one name: all at once, by gcc's rules.
gcc -std=gnu11 -O0 -g --coverage -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
	-I"$project/include" -I"$project/tests/kunit" -o suites "${sources[@]}" >log 2>&1 || {
	sed 's/^/# /' log
	echo "not ok 1 - the suites build in user space"
	echo "1..1"
	exit
}
./suites >tap 2>err
status=$?
grep -v '^1\.\.' tap
n=$(grep -cE '^(not )?ok ' tap)
n=$((n + 1))
if [ $status -le 1 ] && [ "$n" -gt 1 ]; then echo "ok $n - the suites ran to the end"; else
	echo "not ok $n - the suites ran to the end"
	sed 's/^/# /' err
fi

lines=0 covered=0
for i in "${!pure[@]}"; do
	file=${pure[i]}
	# gcov: "Lines executed:97.50% of 80"
	read -r percent of < <(gcov -n "suites-${objects[i]}.gcda" 2>/dev/null |
		grep -A1 "^File '$file'" | sed -n 's/Lines executed:\([0-9.]*\)% of \([0-9]*\)/\1 \2/p')
	echo "# ${percent:-0}% of ${of:-0} lines: ${file#"$project"/}"
	lines=$((lines + ${of:-0}))
	covered=$((covered + $(awk "BEGIN { printf \"%d\", ${percent:-0} * ${of:-0} / 100 + 0.5 }")))
done
n=$((n + 1))
name="$covered of $lines lines of ${#pure[@]} files are covered, at least $least % are to be"
if [ "$lines" -gt 0 ] && [ $((covered * 100)) -ge $((lines * least)) ]; then echo "ok $n - $name"; else
	echo "not ok $n - $name"
fi
echo "1..$n"
