#!/bin/bash
# Takes parts of Debian's kernel source to DIR; called by those that build the
# kernel's own tests. Downloads it.
#
#   selftests.sh VERSION DIR PATTERN...     patterns as of tar, from the source's top
set -euo pipefail

version=$1 dir=$2 deb=$2.deb
shift 2
mkdir -p "$deb" "$dir"
(cd "$deb" && apt-get -o APT::Sandbox::User=root -qq download "linux-source-7.3=$version") ||
	{ echo "cannot download linux-source-7.3 $version" >&2; exit 1; }
dpkg-deb --fsys-tarfile "$deb"/*.deb | tar -xO --wildcards '*/linux-source-*.tar.xz' |
	xz -dc -T0 | tar -x -C "$dir" --strip-components=1 --wildcards "${@/#/*/}"
rm -r "$deb"
