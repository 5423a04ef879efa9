#!/bin/bash
# Fetches and unpacks Debian's kernel source; called by kernel.sh.
#
#   source.sh VERSION DIR
set -euo pipefail

version=$1 dir=$2 deb=$2.deb

# Nothing of what is left out is built, and it is two thirds of the archive.
# Kconfig files and Makefiles stay, since others name them.
leave_out=()
for part in drivers/gpu drivers/net/ethernet drivers/net/wireless drivers/media \
	drivers/infiniband drivers/scsi drivers/staging drivers/iio drivers/mtd \
	drivers/crypto drivers/soc sound tools/testing tools/perf; do
	leave_out+=(--exclude="*/$part/*.[chS]")
done
for arch in alpha arc arm arm64 csky hexagon loongarch m68k microblaze mips nios2 \
	openrisc parisc powerpc riscv s390 sh sparc xtensa; do
	leave_out+=(--exclude="*/arch/$arch/*.[chS]" --exclude="*/arch/$arch/*.dts*" \
		--exclude="*/arch/$arch/configs")
done
leave_out+=(--exclude='*/Documentation/*.rst' --exclude='*/Documentation/*.yaml' --exclude='*/tools/perf/pmu-events')

mkdir -p "$deb" "$dir"
(cd "$deb" && apt-get -o APT::Sandbox::User=root -qq download "linux-source-7.3=$version") ||
	{ echo "cannot download linux-source-7.3 $version" >&2; exit 1; }
dpkg-deb --fsys-tarfile "$deb"/*.deb | tar -xO --wildcards '*/linux-source-*.tar.xz' |
	xz -dc -T0 | tar -x -C "$dir" --strip-components=1 "${leave_out[@]}"
rm -r "$deb"
