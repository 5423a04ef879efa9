#!/bin/bash
# Hard interrupts against the kernel's own counts. /proc/interrupts is read before
# tracing starts, while it runs, and after it ended, so what ostrace counts lies
# between two differences that are known: no tolerance is needed.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
plan 12

sleeps=300

# "IRQ COUNT" of every line and vector, over all CPUs.
kernel_counts() {
	awk 'NR == 1 { cpus = NF; next }
		{ sub(":", "", $1); n = 0; for (i = 2; i <= cpus + 1 && i <= NF; i++) n += $i; print $1, n }' \
		/proc/interrupts
}

# Of all reports: what was handled, and what a handler said was not for it. The
# kernel has one number for both kinds of function calls.
ours() { # ours NAME
	jq -r '.rows[] | select(.kind == "hard") | "\(.irq) \(.count + (.none // 0))"' "$work/$1" |
		awk '{ sub("^CAL1$", "CAL", $1); n[$1] += $2 } END { for (k in n) print k, n[k] }'
}

# Differences of two readings that ours is outside of. A line that several
# drivers share has a row for each.
outside() { # outside NAME: uses $work/k0..k3
	local shared
	shared=$(awk '/,/ { sub(":", "", $1); printf "%s ", $1 }' /proc/interrupts)
	awk -v file=0 -v shared=" $shared" 'FNR == 1 { file++ }
		{ n[file, $1] = $2; if (file == 5) keys[$1] }
		file == 1 && $1 ~ /^([0-9]+|LOC|RES|CAL|IWI)$/ { keys[$1] }
		END {
			for (key in keys) {
				low = n[3, key] - n[2, key]; high = n[4, key] - n[1, key]; got = n[5, key] + 0
				if (index(shared, " " key " "))
					continue
				if (got < low || got > high)
					print key ": " got ", not within " low " .. " high
			}
		}' "$work"/k[0-3] <(ours "$1")
}

last_cpu=$(($(nproc) - 1))
start sleeper "$CALLS" "cpu:$last_cpu" pid wait "nanosleep:$sleeps:1"
sleeper=$pid
until_true has_lines "$work/sleeper" 1

kernel_counts >"$work/k0"
trace all softirqs -i 100ms --by lines
all=$tracer
trace one-cpu softirqs -i 100ms --by lines -C "$last_cpu"
one_cpu=$tracer
kernel_counts >"$work/k1"
open_gates 1
holds "$sleeps times slept" wait_all "$sleeper"
kernel_counts >"$work/k2"
untrace "$all"
kernel_counts >"$work/k3"
untrace "$one_cpu"

is "$(outside all)" "" "every line and vector: within what the kernel counted"
note "$(ours all | sort | tr '\n' ' ')"
if [ "$(uname -m)" = x86_64 ]; then
	# Each sleep ends by a timer interrupt; on a busy CPU one may end several.
	timers=$(sum all count '.irq == "LOC"')
	note "local timer: $timers"
	holds "the local timer is in it" test "$timers" -gt 0
	holds "-C: less of it on one CPU" test "$(sum one-cpu count '.irq == "LOC"')" -le "$timers"
else
	skip "the local timer is in it" "it has a line of its own here"
	skip "-C: less of it on one CPU" "likewise"
fi
is "$(losses all)" 0 "nothing lost"
names=$(jq -r '.rows[] | select(.irq | test("^[0-9]+$")) | "\(.irq) \(.name)"' "$work/all" | sort -u)
wrong=$(while read -r irq name; do
	[ -n "$irq" ] || continue
	grep -qF -- "${name:0:31}" "/sys/kernel/irq/$irq/actions" || echo "$irq: $name"
done <<<"$names")
is "$wrong" "" "lines carry the names that their drivers gave"
is "$(jq -sr '[.[].rows[] | select(.irq | test("^[0-9]+$")) | .handler | select(test("^(0x|$)"))][0]' "$work/all")" \
	null "handlers are functions with a name"

rows() { # rows NAME CONDITION: no row contradicts it
	is "$(jq -sc "[.[].rows[] | select(($2) | not)][0]" "$work/all")" null "$1"
}
minute=60000000000
rows "no time out of this world" ".total_ns >= 0 and (.max_ns // 0) < $minute"
rows "mean at most the maximum" '.count == 0 or .avg_ns <= .max_ns'
rows "median, 99 %, maximum in order, within the histogram's error" \
	'.count == 0 or (.p50_ns <= .p99_ns and .p99_ns <= .max_ns * 1.125 + 1)'
rows "a kind for each" '.kind == "hard" or .kind == "thread"'
rows "those woken are no more than those counted" '.woke == null or .woke <= .count'
