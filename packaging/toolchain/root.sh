#!/bin/bash
# The toolchain root: a Debian 13 directory tree that builds and tests ostrace
# the same way on every machine. Needs root and, the first time, the network.
#
#   root.sh ensure [bench]   provision it (or the benchmark's peers) if need be
#   root.sh exec -- CMD...   run CMD in it, in the current directory
#   root.sh path             where it is (or would be)
#
# The project's directory has the same path inside as outside. Mounts happen in
# a private mount namespace, so nothing is left to undo whatever way CMD ends.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
project=$(cd "$here/../.." && pwd -P)
cache=${OSTRACE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ostrace}

say() { echo "ostrace toolchain: $*" >&2; }
die() { say "$@"; exit 1; }

hash_of() { cat "$@" | sha256sum | cut -c1-12; }
root=$cache/root-$(hash_of "$here/provision.sh" "$here/packages.list")
stamp=$root/.ostrace-complete
bench_stamp=$root/.ostrace-bench-$(hash_of "$here/packages-bench.list")

# The lock lives beside the root: the root itself comes and goes. Users hold it
# shared for as long as they run, builders exclusively.
lock() { # lock -s|-x
	mkdir -p "$cache" || die "cannot write $cache; set OSTRACE_CACHE to a directory that can be"
	exec {lock_fd}>>"$root.lock"
	flock -n "$1" "$lock_fd" || {
		say "waiting for another run that holds $root.lock"
		flock "$1" "$lock_fd"
	}
}

# Roots that earlier package lists made are unreachable from this tree, but
# another checkout may be using one: leave those in use or used within a day.
prune() {
	local old
	for old in "$cache"/root-*.lock; do
		old=${old%.lock}
		if [ "$old" = "$root" ] || [ ! -d "$old" ]; then continue; fi
		[ -z "$(find "$old.lock" -mmin -1440)" ] || continue
		(
			exec 9>>"$old.lock"
			flock -n -x 9 || exit 0
			rm -rf --one-file-system "$old" "$old.lock"
		)
	done
}

provision() { # provision base|bench DIR
	local log=$root.log start=$SECONDS
	# A private namespace, so that no mount outlives even a killed build.
	# Output goes to a log: only a failure is worth a screenful.
	if ! unshare -m --propagation private bash "$here/provision.sh" "$1" "$2" >"$log" 2>&1 </dev/null; then
		tail -n 15 "$log" >&2
		die "provisioning failed (whole log: $log); mend what it says and run the same command again"
	fi
	say "$1: done in $((SECONDS - start)) s"
}

ensure() {
	[ -e "$stamp" ] && return
	[ "$(id -u)" = 0 ] || die "provisioning needs root: run it as root, or install the tools that plain 'make' names"
	[ "$(uname -m)" = x86_64 ] || die "the root is made for x86_64 hosts only; install the tools that plain 'make' names"
	lock -x
	if [ ! -e "$stamp" ]; then
		say "provisioning $root (once, about two minutes)"
		rm -rf --one-file-system "$root" "$root".tmp
		mkdir "$root.tmp"
		provision base "$root.tmp"
		touch "$root.tmp/${stamp##*/}"
		mv "$root.tmp" "$root"
		prune
	fi
	exec {lock_fd}>&-
}

ensure_bench() {
	ensure
	[ -e "$bench_stamp" ] && return
	lock -x
	if [ ! -e "$bench_stamp" ]; then
		say "adding the benchmark's peers to $root"
		provision bench "$root"
		touch "$bench_stamp"
	fi
	exec {lock_fd}>&-
}

# Second half of exec, already in the private namespace.
enter() {
	local cwd=$1 dir
	shift
	# A mount point of its own, so that CMD can in turn make namespaces and
	# remount it.
	mount --bind "$root" "$root"
	for dir in /proc /sys /dev /tmp; do
		mount --rbind "$dir" "$root$dir"
	done
	for dir in "$project" "$cache/ccache" "$cache/kernels" "$(git_dir)"; do
		if [ -z "$dir" ] || [ ! -d "$dir" ]; then continue; fi
		mkdir -p "$root$dir"
		mount --bind "$dir" "$root$dir"
	done
	for dir in /etc/resolv.conf /etc/hosts /etc/hostname; do
		if [ -e "$dir" ] && [ -e "$root$dir" ]; then mount --bind "$dir" "$root$dir"; fi
	done
	# What one clone compiled, another does not compile again: paths are relative to
	# the project in ccache's eyes.
	export PATH=/usr/lib/ccache:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	export CCACHE_DIR=$cache/ccache CCACHE_BASEDIR=$project CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
	# The host's locale need not exist in here.
	unset LANGUAGE "${!LC_@}"
	export LANG=C.UTF-8 OSTRACE_IN_ROOT=$root OSTRACE_KERNELS=$cache/kernels
	[ -d "$root$cwd" ] || cwd=$project
	exec chroot "$root" /usr/bin/env -C "$cwd" -- "$@"
}

# A linked worktree keeps its history elsewhere; git describe needs it.
git_dir() {
	[ -f "$project/.git" ] || return 0
	git -C "$project" rev-parse --path-format=absolute --git-common-dir 2>/dev/null || true
}

run_in_root() {
	[ $# -gt 0 ] || die "exec: no command given"
	# Already inside: nothing to enter.
	[ -n "${OSTRACE_IN_ROOT:-}" ] && [ -e /.ostrace-complete ] && exec "$@"
	ensure
	[ "$(id -u)" = 0 ] || die "entering the root needs root"
	lock -s
	touch "$root.lock"
	mkdir -p "$cache/ccache" "$cache/kernels"
	# Held, inherited by CMD, and so released when its last process ends.
	exec unshare -m --propagation private -- \
		bash "$here/root.sh" enter-namespace "$PWD" "$@"
}

case ${1:-} in
ensure)
	case ${2:-} in
	'') ensure ;;
	bench) ensure_bench ;;
	*) die "ensure: nothing or 'bench'" ;;
	esac
	;;
exec)
	shift
	[ "${1:-}" = -- ] && shift
	run_in_root "$@"
	;;
path) echo "$root" ;;
enter-namespace) shift; enter "$@" ;;
*)
	sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
	exit 2
	;;
esac
