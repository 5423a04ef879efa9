#!/bin/bash
# The OOM module beside earlyoom and systemd-oomd: fetches their packages to
# build/tests/peers (nothing is installed; needs the network the first time), and runs
# tests/vm/cases/oom-peers.sh in its machine. Inside the root; `make oom-peers` is the way
# in. Arguments are that case's settings: OOM_TIMES=1 OOM_SCENES=limit ...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

out=build/tests/peers
if [ ! -e $out/.complete ]; then
	rm -rf $out
	mkdir -p $out
	(cd $out && apt-get -o APT::Sandbox::User=root -qq download earlyoom systemd-oomd) ||
		{ echo "peers: cannot download earlyoom and systemd-oomd" >&2; exit 1; }
	for deb in "$out"/*.deb; do
		dpkg-deb -x "$deb" $out
		rm "$deb"
	done
	touch $out/.complete
fi

case=tests/vm/cases/oom-peers.sh
read -ra machine < <(sed -n 's/^# machine: //p' $case)
exec env "${machine[@]}" VM_TIMEOUT="${VM_TIMEOUT:-7200}" CMD="env ${*@Q} bash $case" tests/vm/vm.sh
