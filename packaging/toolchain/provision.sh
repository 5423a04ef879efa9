#!/bin/bash
# Fills a directory with the Debian 13 root that ostrace is built in.
# Called by root.sh, which owns the locking and the place; this file and the
# package lists are the inputs whose hash names a root.
#
#   provision.sh base DIR       a new root in the empty directory DIR
#   provision.sh bench DIR      the benchmark's peers, added to a finished root
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
suite=trixie
foreign=arm64

die() { echo "ostrace toolchain: $*" >&2; exit 1; }

# The machine's own apt configuration says where Debian is reached from here.
# Third-party archives share that configuration, so only entries named after
# this release count.
find_mirrors() {
	local uri release codename
	# shellcheck disable=SC1091 # the host's, not ours
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	mirror=${OSTRACE_MIRROR:-} security=${OSTRACE_MIRROR_SECURITY:-}
	# shellcheck disable=SC2016 # apt fills these in
	while read -r uri release; do
		case $release in
		"$codename-security" | "$codename/updates" | stable-security)
			: "${security:=$uri}" ;;
		"$codename" | stable | testing | unstable | sid)
			: "${mirror:=$uri}" ;;
		esac
	done < <(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null)
	[ -n "$mirror" ] ||
		die "no Debian archive in this machine's apt sources; set OSTRACE_MIRROR to one (and OSTRACE_MIRROR_SECURITY)"
	# Without the security suite the dependencies of what it updated conflict.
	[ -n "$security" ] ||
		die "no Debian security archive in this machine's apt sources; set OSTRACE_MIRROR_SECURITY to one"
}

sources() {
	local key=/usr/share/keyrings/debian-archive-keyring.gpg
	echo "deb [signed-by=$key] $mirror $suite main"
	echo "deb [signed-by=$key] $mirror $suite-updates main"
	echo "deb [signed-by=$key] $mirror $suite-backports main"
	echo "deb [signed-by=$key] $security $suite-security main"
}

proxy_options() { # the host's way out, if it needs one
	apt-config dump --no-empty --format '--aptopt=%F "%v"%n' \
		Acquire::http::Proxy Acquire::https::Proxy 2>/dev/null
}

in_root() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive INITRD=No \
		http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" \
		chroot "$root" "$@"
}

# The kernels' hooks obey INITRD=No above: an initramfs each costs half a minute
# and virtme-ng brings its own.

# One package list, with backports and versioned kernels spelled for apt.
packages() {
	local stock
	stock=$(in_root apt-cache show --no-all-versions linux-image-cloud-amd64 |
		sed -n 's/^Depends: linux-image-\([^ ]*\) .*/\1/p')
	sed -e 's/#.*//' -e "s,/backports,/$suite-backports,g" \
		-e "s,@6.12-image,linux-image-$stock," \
		-e "s,@6.12-headers,linux-headers-$stock," "$1"
}

install_list() {
	local list
	mapfile -t list < <(packages "$1" | xargs -n1)
	# /proc for maintainer scripts; we are in a private mount namespace.
	mount -t proc proc "$root/proc"
	mount --bind /dev "$root/dev"
	in_root apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends "${list[@]}"
}

base() {
	command -v mmdebstrap >/dev/null || {
		command -v apt-get >/dev/null ||
			die "mmdebstrap is missing: install it with your package manager"
		echo "ostrace toolchain: installing mmdebstrap on this machine" >&2
		DEBIAN_FRONTEND=noninteractive apt-get -qq install -y mmdebstrap ||
			{ apt-get -qq update &&
				DEBIAN_FRONTEND=noninteractive apt-get -qq install -y mmdebstrap; } ||
			die "cannot install mmdebstrap: is the network up? then run it again"
	}
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	[ -e "$keyring" ] || die "$keyring is missing: apt-get install debian-archive-keyring"
	find_mirrors
	local proxy
	mapfile -t proxy < <(proxy_options)

	sources | mmdebstrap --quiet --variant=apt --architectures="amd64,$foreign" \
		--include=ca-certificates \
		--skip=cleanup/apt/lists --skip=output/dev \
		--dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"${proxy[@]}" "$suite" "$root" - >&2 || die "mmdebstrap failed; the lines above say why"

	# No boot loader, no daemons.
	printf 'do_symlinks = no\n' >"$root/etc/kernel-img.conf"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod +x "$root/usr/sbin/policy-rc.d"
	printf 'APT::Install-Recommends "false";\nAPT::Get::Assume-Yes "true";\n' \
		>"$root/etc/apt/apt.conf.d/90ostrace"

	install_list "$here/packages.list"

	# What gcc-multilib would make, had it no conflict with the cross compilers.
	[ -e "$root/usr/include/asm" ] || ln -s x86_64-linux-gnu/asm "$root/usr/include/asm"

	# The tree is bind-mounted here and may belong to anyone.
	git config --file "$root/etc/gitconfig" --add safe.directory '*' 2>/dev/null ||
		printf '[safe]\n\tdirectory = *\n' >"$root/etc/gitconfig"
	in_root apt-get clean
}

what=$1 root=$2
case $what in
base) base ;;
bench)
	cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
	in_root apt-get -qq update
	install_list "$here/packages-bench.list"
	in_root apt-get clean
	;;
*) die "provision.sh: base or bench" ;;
esac
