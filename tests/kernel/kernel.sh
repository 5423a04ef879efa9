#!/bin/bash
# The test kernels: Debian's linux-source with KUnit (kunit), and with every
# debugging aid besides (debug). Built once, kept in the cache beside the
# toolchain root, and named by a hash of what they are made from. Runs inside
# the root.
#
#   kernel.sh ensure kunit|debug     build it if need be (the network is needed)
#   kernel.sh cached kunit|debug     is it there? says by its status
#   kernel.sh path kunit|debug       where it is (or would be): a KDIR
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

say() { echo "test kernel: $*" >&2; }
die() { say "$@"; exit 1; }

[ -n "${OSTRACE_KERNELS:-}" ] || die "runs inside the toolchain root: packaging/toolchain/root.sh exec -- $0 $*"
case ${1:-}/${2:-} in
ensure/kunit | cached/kunit | path/kunit) fragments=("$here/kunit.config") ;;
ensure/debug | cached/debug | path/debug) fragments=("$here/kunit.config" "$here/debug.config") ;;
*)
	sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
	exit 2
	;;
esac
verb=$1 name=$2

hash_of() { (cat && cat "$@") | sha256sum | cut -c1-12; } # FILE..., and stdin

# The version that the root's package lists know: that of its stock kernel, too.
names() {
	version=$(apt-cache policy linux-source-7.3 | awk '$1 == "Candidate:" { print $2 }')
	[ -n "$version" ] || die "the root's package lists have no linux-source-7.3"
	source=$OSTRACE_KERNELS/source-$(hash_of "$here/source.sh" <<<"$version")
	dir=$OSTRACE_KERNELS/$name-$({
		echo "${source##*/}"
		gcc --version
		ld --version
		pahole --version
	} | hash_of "$here/build.sh" "${fragments[@]}")
}
names

complete() { [ -e "$1/.complete" ]; }

# Every use touches the lock file: what nobody used for a day, and no tree here
# can name any more, is removed.
prune() {
	local old
	for old in "$OSTRACE_KERNELS"/*.lock; do
		old=${old%.lock}
		if [ "$old" = "$source" ] || [ "$old" = "$dir" ] || [ ! -e "$old" ]; then continue; fi
		[ -z "$(find "$old.lock" -mmin -1440)" ] || continue
		(
			exec 9>>"$old.lock"
			flock -n -x 9 || exit 0
			rm -rf --one-file-system "$old" "$old.deb" "$old.log" "$old.lock"
		)
	done
}

# Have a script make DIR. One builder at a time; the others find the work done.
once() { # DIR SCRIPT ARG...
	local made=$1 start=$SECONDS
	shift
	(
		exec 9>>"$made.lock"
		flock -n -x 9 || {
			say "waiting for another run that builds $made"
			flock -x 9
		}
		touch "$made.lock"
		if complete "$made"; then exit 0; fi
		rm -rf --one-file-system "$made" "$made.deb"
		if ! "$@" </dev/null >"$made.log" 2>&1; then
			tail -n 15 "$made.log" >&2
			say "making it failed (whole log: $made.log)"
			exit 1
		fi
		touch "$made/.complete"
		say "${made##*/}: done in $((SECONDS - start)) s"
	)
}

case $verb in
path) echo "$dir" ;;
cached)
	complete "$dir" && complete "$source" || exit 1
	touch "$dir.lock" "$source.lock"
	;;
ensure)
	if complete "$dir" && complete "$source"; then
		touch "$dir.lock" "$source.lock"
		exit 0
	fi
	say "building $dir (once: ten minutes on two CPUs)"
	if ! once "$source" "$here/source.sh" "$version" "$source"; then
		# An archive keeps one version: ours may have been replaced.
		say "asking the archive for its newest version"
		apt-get -qq update && names
		once "$source" "$here/source.sh" "$version" "$source"
	fi
	once "$dir" "$here/build.sh" "$source" "$dir" "${fragments[@]}"
	prune
	;;
esac
