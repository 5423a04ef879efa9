#!/bin/bash
# The kernel's own style checker over the modules, where the test kernel's source
# is at hand.
set -u
name="checkpatch finds nothing in the modules"
if ! tests/kernel/kernel.sh cached kunit 2>/dev/null; then
	echo "1..0 # SKIP no kernel source in the cache: make kunit fetches it"
	exit
fi
checkpatch=$(tests/kernel/kernel.sh path kunit)/source/scripts/checkpatch.pl

# What does not hold here, and why.
ignore=(
	# One source for several kernels, the oldest without kzalloc_obj().
	LINUX_VERSION_CODE CONSTANT_COMPARISON ALLOC_WITH_SIZEOF
	# Tables that trace events and attributes are made from, as clang-format has them.
	COMPLEX_MACRO LEADING_SPACE
	# Files that are compiled for BPF or user space, too.
	PREFER_DEFINED_ATTRIBUTE_MACRO STRCPY MACRO_ARG_UNUSED SPLIT_STRING
	# English: "step" is a word, and so is a list of sizes in a test's input.
	EMBEDDED_FUNCTION_NAME REPEATED_WORD QUOTED_WHITESPACE_BEFORE_NEWLINE
)
# BPF programs and the generator that runs at build time are not kernel code.
found=$(git ls-files -co --exclude-standard -- 'modules/*.[ch]' | grep -vE '\.bpf\.[ch]$|/gen\.c$' |
	xargs -P "$(nproc)" -n 8 perl "$checkpatch" --no-tree --terse --show-types --no-summary --quiet --max-line-length=100 \
	--ignore "$(IFS=,; echo "${ignore[*]}")" -f 2>&1 | grep -v '^total: ')
if [ -z "$found" ]; then echo "ok 1 - $name"; else echo "not ok 1 - $name"$'\n'"# ${found//$'\n'/$'\n'# }"; fi
echo 1..1
