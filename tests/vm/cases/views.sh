#!/bin/bash
# timeout: 200
# Both views load and attach on this kernel, top draws them, and ids are those
# of the pid namespace ostrace runs in.
# shellcheck source-path=SCRIPTDIR source=../../live/lib.sh
. "$(dirname "$0")/../../live/lib.sh"
plan 13

holds "features: the views can run" "$OSTRACE" features
for view in syscalls softirqs; do
	"$OSTRACE" "$view" -n 2 -i 200ms --json >"$work/$view" 2>"$work/err"
	is "$? $(jq -s length "$work/$view") $(wc -l <"$work/err")" "0 2 0" "$view: two reports, no complaint"
	holds "$view: at most 20 events lost" test "$(losses "$view")" -le 20
done

# ---- memory: the tree from its root on ----

echo +memory >"$(cgroup_mount)/cgroup.subtree_control"
new_cgroup root || exit 1
"$OSTRACE" memory --by cgroups --json -n 1 -i 100ms >"$work/memory"
is "$? $(jq '[.rows[] | select(.path == "/") | .cgroup_id | tostring] | join(" ")' "$work/memory" 2>&1)" \
	"0 \"$(stat -c %i "$(cgroup_mount)")\"" "memory: its first row is the root"
is "$(jq "[.rows[] | select(.path == \"$cgroup_path\") | .cgroup_id][0]" "$work/memory")" \
	"$(stat -c %i "$cgroup")" "memory: a cgroup below it"

# ---- top, on a terminal of its own ----

python3 - "$OSTRACE" >"$work/screen" <<'PY'
import os, pty, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ.update(TERM="xterm", LINES="24", COLUMNS="80")
    os.execv(sys.argv[1], [sys.argv[1], "top", "-i", "200ms"])
seen, end = b"", time.monotonic() + 60
while time.monotonic() < end and not (b"Syscalls" in seen and b"Softirqs" in seen):
    if select.select([fd], [], [], 1)[0]:
        seen += os.read(fd, 65536)
os.write(fd, b"q")
try:
    while chunk := os.read(fd, 65536):
        seen += chunk
except OSError:
    pass
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
is $? 0 "top: q ends it with 0"
holds "top: the header has the kernel" grep -aqF "$(uname -r | cut -c1-6)" "$work/screen"
holds "top: the syscalls panel" grep -aq Syscalls "$work/screen"
holds "top: the softirqs panel" grep -aq Softirqs "$work/screen"

# ---- a pid namespace of its own ----

cat >"$work/inside" <<IN
"$CALLS" wait getpid:300 <"$work/gate" & p=\$!
"$OSTRACE" syscalls --by processes --json -i 100ms -p \$p >"$work/ns" & t=\$!
until [ -s "$work/ns" ]; do sleep 0.05; done
head -c 1 /dev/zero >"$work/gate"
wait \$p
kill -INT \$t; kill -TERM \$t; wait \$t
echo \$p >"$work/ns.pid"
IN
unshare --pid --fork --mount-proc bash "$work/inside" 2>/dev/null
# The read it was in, 300 getpid, exit_group.
is "$(sum ns calls ".pid == $(cat "$work/ns.pid")")" 302 "-p takes ids of the namespace, and shows them"
holds "which are small ones" test "$(cat "$work/ns.pid")" -lt 50
