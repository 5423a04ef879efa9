#!/bin/bash
# Builds one test kernel; called by kernel.sh, which owns names, locks and
# stamps. This file and the config fragments are what its name is a hash of.
#
#   build.sh SOURCE DIR FRAGMENT...
#
# DIR becomes what modules are built against (KDIR), with the kernel in
# arch/x86/boot/bzImage. Later fragments overrule earlier ones.
set -euo pipefail

source=$1 dir=$2 want=$2/fragments
shift 2

die() { echo "test kernel: $*" >&2; exit 1; }

# Fragments say what is wanted; Kconfig drops in silence what it cannot give.
verify() {
	local want=$1 config=$2 line name missed=0
	while read -r line; do
		name=${line%%=*}
		case $line in
		*=n) ! grep -q "^$name=" "$config" && continue ;;
		*) grep -qxF -- "$line" "$config" && continue ;;
		esac
		echo "wanted $line, got $(grep "^$name=" "$config" || echo "no $name")" >&2
		missed=1
	done <"$want"
	[ $missed = 0 ] || die "the configuration is not what was asked for"
}

# Paths are made relative in ccache's eyes, so that another directory of the same
# shape finds what this one compiled; and it goes by the compiler's own dependency
# lists, so that nothing is preprocessed twice.
export CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
CCACHE_BASEDIR=$(dirname "$dir")
export CCACHE_BASEDIR

mkdir -p "$dir"
# The last word on each option.
cat "$@" | awk -F= '/^CONFIG_/ { line[$1] = $0 } END { for (n in line) print line[n] }' | sort >"$want"
make=(make -C "$source" O="$dir" -j"$(nproc)" CC="ccache gcc" HOSTCC="ccache gcc"
	KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970' KBUILD_BUILD_USER=ostrace KBUILD_BUILD_HOST=ostrace)
"${make[@]}" -s KCONFIG_ALLCONFIG="$want" allnoconfig
verify "$want" "$dir/.config"
"${make[@]}" bzImage modules
# What building modules needs is scripts, headers, symbols and types.
find "$dir" \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' -o -name '.tmp_*' -o -name 'vmlinux.*' \) \
	! -path "$dir/scripts/*" ! -path "$dir/tools/*" ! -name vmlinux.symvers -type f -delete
strip -g "$dir/vmlinux"
