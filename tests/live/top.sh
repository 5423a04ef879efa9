#!/bin/bash
# `ostrace top` in a real terminal (tmux): what it draws, what its keys do, and
# that the terminal is given back however it ends.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

if ! command -v tmux >/dev/null; then
	echo "1..0 # SKIP no tmux here"
	exit
fi
export LC_ALL=C.UTF-8 # of the shells in the terminals
unset NO_COLOR
case $OSTRACE in /*) ;; *) OSTRACE=$PWD/$OSTRACE ;; esac
server=$work/tmux

mux() { tmux -S "$server" -f /dev/null "$@"; }
trap 'mux kill-server 2>/dev/null; cleanup' EXIT

# A new terminal of that size with a shell in it, nothing else on the screen. A server
# that has been told to end would still take the new session, and end with it.
server_pid=
terminal() { # terminal COLUMNS ROWS
	mux kill-server 2>/dev/null
	[ -z "$server_pid" ] || until_true gone "$server_pid"
	mux new-session -d -x "$1" -y "$2" "PS1='$ ' exec bash --norc -i"
	mux set -g status off
	mux resize-window -x "$1" -y "$2"
	tty=$(mux display -p '#{pane_tty}')
	server_pid=$(mux display -p '#{pid}')
	until_true sees '$'
}
screen() { mux capture-pane -p; }
sees() { screen | grep -qF -- "$1"; }
sees_not() { ! sees "$1"; }
type_in() { mux send-keys "$@"; }
run() { type_in "$* ; echo status=\$?." Enter; }

# Back at an empty screen; the shell has to be the one that reads.
clean() {
	type_in clear Enter
	until_true is_clean
}
is_clean() { [ "$(screen | grep -v '^$')" = '$' ]; }

# shows NAME TEXT...: all of them on the screen within the time limit
shows() {
	local name=$1 text
	shift
	for text; do
		if ! until_true sees "$text"; then
			not_ok "$name" "no '$text' on the screen:" "$(screen)"
			return
		fi
	done
	ok "$name"
}

hides() { # hides NAME TEXT
	if until_true sees_not "$2"; then ok "$1"; else not_ok "$1" "$(screen)"; fi
}

# Line N of the screen, from 1.
line() { screen | sed -n "$1p"; }
last_line_is() { line "$1" | grep -qF -- "$2"; }

# What a program may leave behind in a terminal: settings, cursor, other screen.
looks() {
	stty -a -F "$tty"
	mux display -p 'cursor=#{cursor_flag} alternate=#{alternate_on} keypad=#{keypad_flag}'
}
pid_of_top() { pgrep -t "${tty#/dev/}" -x ostrace; }
runs() { [ -n "$(pid_of_top)" ]; }
ended() { ! runs; }

# Something to look at: reads and writes without end.
nice -n 19 dd if=/dev/zero of=/dev/null bs=1 2>/dev/null &
busy=$!
started+=("$busy")

# ---- drawn ----

terminal 80 24
looks >"$work/before"
run "$OSTRACE" top
shows "drawn at 80x24: header, both panels, footer, keys" \
	"ostrace · " "interval 1.0s" "━ 1 Syscalls by syscall ━" "─ 2 Softirqs" \
	"lost: " "price: " "reader " "q quit"
shows "with numbers" "syscalls/s" "read"
is "$(screen | wc -l)" 24 "on all its lines"
shows "the last minute of the selected row" "max " ", last "

# ---- keys ----

type_in Tab
shows "Tab goes to the next panel" "─ 1 Syscalls" "━ 2 Softirqs"
type_in 1
shows "1 goes to the first" "━ 1 Syscalls" "─ 2 Softirqs"
type_in g
shows "g goes to the next table" "1 Syscalls by process" "Process"
type_in /
shows "/ asks" "show names with: "
type_in "dd"
shows "and filters while one types" "show names with: dd" "/dd"
type_in Enter
hides "until Enter" "show names with"
shows "the process is there" " $busy dd "
type_in Enter
shows "Enter looks into the process" "› $busy dd › by syscall" "read" "write"
type_in s
shows "s lists the columns" "sort by" "calls that ended in the interval"
type_in Escape
hides "Esc closes the list" "sort by"
type_in Home
type_in Enter
shows "Enter looks into its system call: the histogram" \
	"› $busy dd › " " in the interval" "p50 " "p99 " "max " "█"
type_in t
shows "t shows all time" "since the start"
type_in BSpace
hides "Backspace goes out" "since the start"
type_in Escape
shows "Esc goes out, where the filter still is" "/dd"
type_in Escape
hides "Esc clears it" "/dd"

# ---- one picture ----

type_in 0
shows "0 gives the overview: a line for each panel" "0 Overview" "1 Syscalls" "2 Softirqs" "not watched"
hides "instead of the panels" "━ 1 Syscalls"
type_in Down Down Enter
shows "Enter there goes to a panel, and starts it" "━ 3 Scheduler" "switches/s"
type_in x
shows "x stops watching" "not watched"
type_in 1 /
type_in "dd"
type_in Enter
shows "a process" " $busy dd "
type_in Enter
shows "Enter follows it through all panels, and starts what is needed for that" \
	"following $busy dd" "━ 1 Syscalls by process › $busy dd" "─ 2 Softirqs" "switches/s"
shows "the scheduler's among them: its row" "$busy dd"
type_in w
shows "w tells where the time of its calls went" "where time went" "NoCPU%" "write"
type_in w
hides "and w comes back" "NoCPU%"
type_in BSpace
hides "Backspace ends following" "following"
shows "and what was started for it stops" "not watched"
type_in Escape
type_in Space
shows "Space pauses" "[paused]"
type_in Space
hides "and goes on" "[paused]"
type_in +
shows "+ makes the interval longer" "interval 2.0s"
type_in - - - -
shows "- makes it shorter" "interval 100ms"
type_in r
shows "r reverses" "by Total ▲"
type_in ">"
shows "> sorts by the next column" "by Avg ▼"
type_in z
hides "z hides the other panel" "2 Softirqs"
type_in z
shows "and shows it again" "2 Softirqs"
type_in "?"
shows "? explains the keys" "keys and meanings" "look into the row"
type_in "?"
hides "and goes away" "keys and meanings"

# ---- sizes ----

mux resize-window -x 120 -y 40
until_true last_line_is 40 "q quit"
is $? 0 "a larger terminal is used to its last line"
shows "and its width" "of machine" "Thr"
mux resize-window -x 40 -y 10
until_true last_line_is 10 "lost: "
is $? 0 "40x10"
mux resize-window -x 5 -y 1
shows "5x1" "term"
mux resize-window -x 1 -y 1
mux resize-window -x 80 -y 24
shows "and back" "━ 1 Syscalls" "q quit"

# ---- how it ends ----

type_in q
shows "q: status 0" "status=0."
looks >"$work/after"
holds "the terminal is as before" diff "$work/before" "$work/after"
hides "the screen as well" "Softirqs"

clean
run "$OSTRACE" top -i 100ms
shows "again" "q quit" "syscalls/s"
type_in C-c
shows "Ctrl-C: status 0" "status=0."
holds "the terminal is as before" diff "$work/before" <(looks)

while read -r signal status; do
	clean
	run "$OSTRACE" top
	shows "before SIG$signal" "q quit" "syscalls/s"
	kill -s "$signal" "$(pid_of_top)"
	shows "SIG$signal: status $status" "status=$status."
	holds "SIG$signal: the terminal is as before" diff "$work/before" <(looks)
done <<-EOT
	TERM 143
	HUP 129
EOT

# ---- job control ----

clean
run "$OSTRACE" top
shows "running" "q quit" "syscalls/s"
type_in C-z
shows "Ctrl-Z stops it" "Stopped"
holds "the terminal is as before" diff "$work/before" <(looks)
type_in fg Enter
shows "fg draws the screen again" "q quit" "syscalls/s"
type_in g
shows "and keys work" "by process"
type_in q
until_true ended
is $? 0 "q ends it"
holds "the terminal is as before" diff "$work/before" <(looks)

# ---- the terminal goes away ----

terminal 80 24
run "$OSTRACE" top -i 100ms
shows "running" "q quit" "syscalls/s"
top=$(pid_of_top)
mux kill-server
until_true gone "$top"
is $? 0 "a closed terminal ends it"

# ---- a program ----

terminal 80 24
looks >"$work/before"
run "$OSTRACE" top -- sh -c '"echo SPOILT; echo SPOILT >&2; read x; cat /proc/self/stat; exit 3"'
shows "the program's end is shown, and what it did" "[program exited 3]" "execve"
hides "its output is not" "SPOILT"
type_in q
shows "its status is ours" "status=3."
holds "the terminal is as before" diff "$work/before" <(looks)
clean
run "$OSTRACE" top -n 2 -i 100ms -- sh -c '"sleep 0.6; exit 5"'
shows "after the last interval the program is waited for" "status=5."
clean
run "$OSTRACE" top -n 2 -i 100ms
shows "-n 2 ends by itself" "status=0."

# ---- terminals that cannot ----

for term in dumb "" no-such-terminal; do
	clean
	run "TERM='$term'" "$OSTRACE" top
	shows "TERM='$term': an error that says what to do" "ostrace: " "ostrace top -b" "status=1."
done
clean
type_in "stty rows 0 cols 0" Enter
run "$OSTRACE" top
shows "a terminal of no size is taken for 80x24" "━ 1 Syscalls" "q quit"
type_in q
shows "and given back" "status=0."
type_in "stty rows 24 cols 80" Enter
clean

# ---- looks ----

run "$OSTRACE" top -i 100ms
shows "in colour" "q quit" "syscalls/s"
mux capture-pane -pe | grep -q $'\e\\[[0-9;]*3[0-9]m'
is $? 0 "there are colours"
type_in q
until_true ended
for how in "NO_COLOR=1 $OSTRACE top" "$OSTRACE top --color=never"; do
	clean
	run "$how" -i 100ms
	shows "without colours" "q quit" "syscalls/s"
	mux capture-pane -pe >"$work/plain"
	grep -q $'\e\\[[0-9;]*3[0-9]m' "$work/plain"
	is $? 1 "there are none"
	grep -q $'\e\\[[0-9;]*7m' "$work/plain"
	is $? 0 "but the selected row can be told"
	type_in q
	until_true ended
done
clean
run "LC_ALL=C" "$OSTRACE" top -i 100ms
shows "ASCII where the locale has no more" "= 1 Syscalls by syscall =" "#"
is "$(screen | LC_ALL=C grep -c '[^ -~]')" 0 "and nothing else"
type_in q

# ---- no terminal ----

"$OSTRACE" top -i 50ms -n 2 >"$work/text"
is $? 0 "no terminal: plain text"
is "$(grep -c 'Syscalls by syscall' "$work/text")" 2 "every interval"
is "$(LC_ALL=C grep -c $'[\x01-\x09\x0b-\x1f\x7f]' "$work/text")" 0 "without control characters"
is "$(($(wc -L <"$work/text") <= 120))" 1 "in 120 columns"

plan "$test_no"
