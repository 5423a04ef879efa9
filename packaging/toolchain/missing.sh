#!/bin/sh
# Names what the native build lacks, one line each with the package that has it,
# and fails if there is anything. Takes CC, CLANG, BPFTOOL and PKG_CONFIG from
# the environment.
status=0
missing() { # what debian fedora
	printf 'missing: %-20s Debian, Ubuntu: %-18s Fedora: %s\n' "$1" "$2" "$3" >&2
	status=1
}
have() { command -v "$1" >/dev/null 2>&1; }
library() { # pkg-config-module minimum debian fedora
	${PKG_CONFIG:-pkg-config} --exists "$1 >= $2" 2>/dev/null || missing "$1 >= $2" "$3" "$4"
}

# On Debian a bpftool may sit where only root's PATH looks.
PATH=$PATH:/usr/sbin:/sbin

have "${CC:-cc}" || missing "${CC:-cc}" gcc gcc
have "${CLANG:-clang}" || missing "${CLANG:-clang}" clang clang
have "${LLVM_STRIP:-llvm-strip}" || missing "${LLVM_STRIP:-llvm-strip}" llvm llvm
have "${BPFTOOL:-bpftool}" || missing bpftool bpftool bpftool
if have "${PKG_CONFIG%% *}" || have pkg-config; then
	library libbpf 1.5 libbpf-dev libbpf-devel
	library libelf 0.180 libelf-dev elfutils-libelf-devel
	library libdw 0.180 libdw-dev elfutils-devel
	library zlib 1.2 zlib1g-dev zlib-devel
	library ncursesw 6.0 libncurses-dev ncurses-devel
	library libcap-ng 0.8 libcap-ng-dev libcap-ng-devel
else
	missing pkg-config pkgconf pkgconf-pkg-config
	missing "libbpf >= 1.5" libbpf-dev libbpf-devel
fi
exit $status
