# shellcheck shell=bash
# TAP for the cases of the modules, and waiting for what takes its time.
# shellcheck disable=SC2319 # conditions are what is asked for
tests=0

ok() { # STATUS NAME
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then echo "ok $tests - $2"; else echo "not ok $tests - $2"; fi
	[ "$1" = 0 ]
}

is() { # GOT WANTED NAME
	[ "$1" = "$2" ]
	ok $? "$3" || echo "# got: $1; wanted: $2"
}

skip() { # NAME WHY
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

plan() { echo "1..$tests"; }

wait_for() { # SECONDS COMMAND...
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.2
	done
}
