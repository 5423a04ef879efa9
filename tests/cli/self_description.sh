#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the program says about itself: help, version, schema, man page,
# completions. All generated, so all checked by the tools that read them.
# A test's condition is its result.
# shellcheck disable=SC2319,SC2181,SC2216
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

run --version
[ "$code" = 0 ] && grep -qE '^ostrace [0-9]+\.[0-9]+' "$tmp/out"
result "--version: exit 0, name and number" $?

for cmd in "" top syscalls softirqs oom features; do
	# shellcheck disable=SC2086
	run $cmd --help
	[ "$code" = 0 ] && grep -q '^Usage: ostrace' "$tmp/out" && [ ! -s "$tmp/err" ]
	result "$cmd --help: exit 0, on standard output" $?
	[ "$(wc -L <"$tmp/out")" -le 80 ] && is_plain "$tmp/out"
	result "$cmd --help: no wider than 80 columns, plain" $?
done
run --help
ok=0
for word in top syscalls softirqs features --interval --pid --json; do
	grep -qF -- "$word" "$tmp/out" || ok=1
done
result "--help names commands and options" $ok
run syscalls --help
grep -q 'p99_ns' "$tmp/out" && grep -q 'Table processes' "$tmp/out"
result "syscalls --help explains tables and columns" $?

run --json-schema
[ "$code" = 0 ] && jq -e '.oneOf | length > 2' "$tmp/out" >/dev/null
result "--json-schema is JSON" $?
cp "$tmp/out" "$tmp/schema"
run --generate schema
cmp -s "$tmp/out" "$tmp/schema"
result "--generate schema is the same" $?
if python3 -c 'import jsonschema' 2>/dev/null; then
	python3 -c 'import json, sys, jsonschema
jsonschema.Draft202012Validator.check_schema(json.load(open(sys.argv[1])))' "$tmp/schema"
	result "--json-schema is a valid JSON Schema" $?
	"$OSTRACE" features --json >"$tmp/features" 2>/dev/null
	python3 -c 'import json, sys, jsonschema
jsonschema.validate(*[json.load(open(f)) for f in sys.argv[2:0:-1]])' "$tmp/schema" "$tmp/features"
	result "features --json is as the schema says" $?
else
	skip "--json-schema is a valid JSON Schema" "no python3-jsonschema"
fi

"$OSTRACE" --generate man <docs/ostrace.1.in >"$tmp/ostrace.1"
result "--generate man: exit 0" $?
if command -v mandoc >/dev/null; then
	mandoc -T lint -W style "$tmp/ostrace.1" docs/*.5 >"$tmp/out" 2>&1
	result "the man pages are lint-free" $?
else
	skip "the man pages are lint-free" "no mandoc"
fi
ok=0
for opt in $("$OSTRACE" --help | grep -oE -- '--[a-z-]+'); do
	grep -qF -- "${opt//-/\\-}" "$tmp/ostrace.1" || ok=1
done
result "the man page has every option of --help" $ok

for shell in bash zsh fish; do
	run --generate "$shell"
	cp "$tmp/out" "$tmp/completion.$shell"
	[ "$code" = 0 ] && grep -q syscalls "$tmp/out"
	result "--generate $shell: exit 0" $?
	if command -v "$shell" >/dev/null; then
		"$shell" -n "$tmp/completion.$shell" >"$tmp/out" 2>"$tmp/err"
		result "$shell reads its completion without complaint" $?
	else
		skip "$shell reads its completion" "no $shell"
	fi
done

# complete LINE: what bash offers at its end, one a line
complete_bash() {
	bash --norc -c '. "$1"
		COMP_LINE=$2 COMP_POINT=${#2}
		read -ra COMP_WORDS <<<"$2"
		[[ $2 == *" " ]] && COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_ostrace
		printf "%s\n" "${COMPREPLY[@]}"' - "$tmp/completion.bash" "$1" >"$tmp/out" 2>"$tmp/err"
}
offers() { # LINE WORD
	complete_bash "$1"
	grep -qxF -- "$2" "$tmp/out"
	result "bash completes '$1' with $2" $?
}
offers "ostrace sy" syscalls
offers "ostrace " top
offers "ostrace syscalls --so" --sort
offers "ostrace syscalls -s p9" p99_ns
offers "ostrace syscalls --sort to" total_ns
offers "ostrace syscalls --by pro" processes
offers "ostrace syscalls --color = al" always
offers "ostrace syscalls -p $$" "$$"
complete_bash "ostrace softirqs -s lat"
[ "$(sort "$tmp/out" | head -n1)" = latency_avg_ns ]
result "bash offers the columns of the command's own view" $?
if command -v fish >/dev/null; then
	fish -c "source $tmp/completion.fish; complete -C 'ostrace syscalls --sort p9'" >"$tmp/out" 2>"$tmp/err"
	grep -q '^p99_ns' "$tmp/out" || grep -q -- '--sort=p99_ns' "$tmp/out"
	result "fish completes --sort" $?
	fish -c "source $tmp/completion.fish; complete -C 'ostrace sy'" >"$tmp/out" 2>"$tmp/err"
	grep -q '^syscalls' "$tmp/out"
	result "fish completes a command" $?
else
	skip "fish completes" "no fish"
fi
if command -v mandoc >/dev/null; then
	run --generate man
	[ "$code" = 2 ]
	result "--generate man without a source: exit 2" $?
fi
finish
