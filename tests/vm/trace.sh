# shellcheck shell=bash
# Tracing in the background, for cases that use irq.sh: reports in $work/NAME.
# shellcheck disable=SC2034 # used by those who source this
work=$(mktemp -d)
declare -A tracers=()
end_traces() {
	local p
	for p in "${tracers[@]}"; do kill -KILL "$p" 2>/dev/null; done
	rm -rf "$work"
}
trap end_traces EXIT

note() { echo "# $*"; }

# Tracing goes on for an hour, or to untrace, and makes one report. Returns when it
# traces: then its timer is set, which can be seen from outside.
trace() { # NAME ARGUMENT...
	local name=$1 end=$((SECONDS + 200))
	shift
	env --default-signal "${OSTRACE:-build/ostrace}" "$@" -i 1h --json >"$work/$name" 2>"$work/$name.err" &
	tracers[$name]=$!
	until grep -qsF 'it_interval: (3600, 0)' "/proc/${tracers[$name]}/fdinfo/"*; do
		if ! kill -0 "${tracers[$name]}" 2>/dev/null || [ "$SECONDS" -gt "$end" ]; then
			note "$name does not trace: $(<"$work/$name.err")"
			return 1
		fi
		sleep 0.1
	done
}

# The report has what came up to now.
untrace() { # NAME
	kill -INT "${tracers[$1]}" && wait "${tracers[$1]}"
	[ ! -s "$work/$1.err" ] || note "$(<"$work/$1.err")"
}

# Over all reports: the sum of a column of the rows that a jq condition selects.
sum() { # NAME COLUMN CONDITION
	jq -s "[.[].rows[] | select($3) | .$2] | add // 0" "$work/$1"
}
losses() { jq -s '[.[].lost[]] | add // 0' "$work/$1"; }
