# SPDX-License-Identifier: GPL-2.0
#
# Everything made goes to build/. `make` and `make install` use the tools that
# are installed and download nothing; the targets that have to work on a bare
# machine (run, top, check, vm, bench) fall back on, or live in, the toolchain
# root that packaging/toolchain/root.sh provisions.

VERSION := 0.1.0

# ------------------------------------------------------------------ settings

HOST_ARCH := $(patsubst aarch64,arm64,$(shell uname -m))
ARCH      ?= $(HOST_ARCH)
BUILD     ?= build$(if $(SANITIZE),/san)$(if $(filter-out $(HOST_ARCH),$(ARCH)),/$(ARCH))
ROOT_SH   := packaging/toolchain/root.sh

ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
CLANG      ?= clang
LLVM_STRIP ?= llvm-strip
BPFTOOL    ?= $(or $(shell PATH=$$PATH:/usr/sbin:/sbin command -v bpftool),bpftool)
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
CLANG_FORMAT ?= clang-format

# Where the libraries of another architecture are described (Debian multiarch).
ifneq ($(CROSS_COMPILE),)
export PKG_CONFIG_LIBDIR := /usr/lib/$(CROSS_COMPILE:%-=%)/pkgconfig:/usr/share/pkgconfig
endif

# What is made in the toolchain root is to run on the host, whose libc and
# libraries are others: so it brings its own.
STATIC ?= $(if $(SANITIZE),,$(if $(OSTRACE_IN_ROOT),1))

# The newest kernel types at hand: those of installed headers, or the running
# kernel's. CO-RE adapts the programs to older kernels when they are loaded.
VMLINUX_BTF ?= $(or $(shell ls -d /lib/modules/*/build/vmlinux 2>/dev/null | sort -V | tail -n1),/sys/kernel/btf/vmlinux)

CFLAGS ?= -O2 -g
# Other compilers warn of other things: only the pinned one may fail the build.
WARN   := -Wall -Wextra $(if $(OSTRACE_IN_ROOT),-Werror) -Wmissing-prototypes -Wstrict-prototypes \
	-Wno-unused-parameter -Wno-format-truncation
comma  := ,
HARDEN := $(if $(SANITIZE),,-D_FORTIFY_SOURCE=3) -fstack-protector-strong -fPIE
ifeq ($(ARCH),x86_64)
HARDEN += -fcf-protection
endif
SAN    := $(if $(SANITIZE),-fsanitize=address$(comma)undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
CPPFLAGS_ALL := -D_GNU_SOURCE -Iinclude -I$(BUILD)/include -Itools $(CPPFLAGS)
# __u64 and uint64_t are different types of one size, and shared memory is read
# as both: as in the kernel, aliasing is not undefined here.
CFLAGS_ALL   := -std=gnu11 -fno-strict-aliasing $(CFLAGS) $(WARN) $(HARDEN) $(SAN)
# libcap-ng can look users up; we never ask it to, so the linker need not warn.
LDFLAGS_ALL  := $(if $(STATIC),-static-pie$(if $(OSTRACE_IN_ROOT), -Wl$(comma)--no-warnings),-pie) -Wl,-z,relro,-z,now $(SAN) $(LDFLAGS)
LIB_MODULES  := libbpf libdw libelf zlib ncursesw libcap-ng
LIBS = $(shell $(PKG_CONFIG) $(if $(STATIC),--static) --libs $(LIB_MODULES)) -lm

BPF_ARCH   := $(patsubst x86_64,x86,$(ARCH))
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Werror -std=gnu11 \
	-D__TARGET_ARCH_$(BPF_ARCH) -Iinclude -Ibpf -I$(BUILD)/include \
	-fms-extensions -Wno-microsoft-anon-tag

# ------------------------------------------------------------------- sources

# Computation that a module and the tool share, see modules/oom/rules.h.
SHARED_SRC := $(addprefix modules/oom/,rank.c rules.c parse.c)
TOOL_SRC := $(wildcard tools/*.c) $(SHARED_SRC)
BPF_SRC  := $(wildcard bpf/*.bpf.c)
TOOL_OBJ := $(TOOL_SRC:%.c=$(BUILD)/%.o)
STATIC_OBJ := $(if $(STATIC),$(BUILD)/packaging/toolchain/elfutils-static.o)
LIB_OBJ  := $(filter-out $(BUILD)/tools/main.o,$(TOOL_OBJ))
SKEL     := $(BPF_SRC:bpf/%.bpf.c=$(BUILD)/include/%.skel.h)
GENERATED := $(SKEL) $(addprefix $(BUILD)/include/,syscall_table.h version.h paths.h)
UNIT     := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
LIVE     := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/live/*.c))
MODULES  := $(patsubst modules/%/Kbuild,%,$(wildcard modules/*/Kbuild))
PROGRAM  := $(BUILD)/$(if $(wildcard tools/main.c),ostrace,libostrace.a)

# --------------------------------------------- what things were last made with

# Written when they change and only then: what depends on them is remade when
# the compiler, a flag or the version is another, and not otherwise.
CLEANING := $(filter help clean uninstall format format-check lint run top check coverage kunit check-debug vm bench,$(or $(MAKECMDGOALS),all))
ifeq ($(CLEANING),)
update = $(shell mkdir -p $(dir $(1)); \
	printf '%s\n' '$(2)' | cmp -s - $(1) || printf '%s\n' '$(2)' >$(1))
GIT_VERSION := $(shell git describe --tags --always --dirty --match 'v*' 2>/dev/null)
FULL_VERSION := $(if $(GIT_VERSION),$(if $(filter v%,$(GIT_VERSION)),$(GIT_VERSION:v%=%),$(VERSION)+g$(GIT_VERSION)),$(VERSION))
TOOLCHAIN := $(ARCH) $(shell $(CC) --version 2>/dev/null | head -n1) | $(shell $(PKG_CONFIG) --modversion libbpf 2>/dev/null) | \
	$(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL)
BPF_TOOLCHAIN := $(shell $(CLANG) --version 2>/dev/null | head -n1) | $(shell $(BPFTOOL) version 2>/dev/null | head -n1) | \
	$(BPF_CFLAGS) $(VMLINUX_BTF)
$(call update,$(BUILD)/.toolchain,$(TOOLCHAIN))
$(call update,$(BUILD)/.bpf-toolchain,$(BPF_TOOLCHAIN))
$(call update,$(BUILD)/include/version.h,#define OSTRACE_VERSION "$(FULL_VERSION)")
endif

# --------------------------------------------------------------------- build

# V=1 shows the commands.
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(Q),@printf '  %-5s %s\n' $(1) $@)

.PHONY: all
all: $(PROGRAM) ## build ostrace (build/ostrace) with the tools installed here

# Asked once a toolchain: what got past this had all it needs.
$(BUILD)/.deps: packaging/toolchain/missing.sh $(BUILD)/.toolchain $(BUILD)/.bpf-toolchain
	@CC='$(CC)' CLANG='$(CLANG)' LLVM_STRIP='$(LLVM_STRIP)' BPFTOOL='$(BPFTOOL)' PKG_CONFIG='$(PKG_CONFIG)' \
		$< || { echo "Install these, or let 'make run' provision a toolchain of its own." >&2; exit 1; }
	@touch $@

$(BUILD)/include/vmlinux.h: $(BUILD)/.bpf-toolchain | $(BUILD)/.deps
	$(call say,BTF)
	$(Q)$(BPFTOOL) btf dump file $(VMLINUX_BTF) format c >$@.tmp
	@mv $@.tmp $@

$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c $(BUILD)/include/vmlinux.h $(BUILD)/.bpf-toolchain | $(BUILD)/.deps
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MT $@ -MF $(@:.o=.d) -c $< -o $@.tmp
	@$(LLVM_STRIP) -g $@.tmp
	@mv $@.tmp $@

# Policies for the OOM module, attached by name of file: ostrace oom attach.
POLICIES := $(patsubst %.c,$(BUILD)/%.o,$(wildcard modules/oom/policies/*.bpf.c))
.PHONY: policies
policies: $(POLICIES) ## build the example OOM policies (build/modules/oom/policies)
$(BUILD)/modules/%.bpf.o: modules/%.bpf.c $(BUILD)/include/vmlinux.h $(BUILD)/.bpf-toolchain | $(BUILD)/.deps
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPF_CFLAGS) -I$(<D) -MMD -MP -MT $@ -MF $(@:.o=.d) -c $< -o $@.tmp
	@$(LLVM_STRIP) -g $@.tmp
	@mv $@.tmp $@
-include $(POLICIES:.o=.d)

$(BUILD)/include/%.skel.h: $(BUILD)/bpf/%.bpf.o
	$(call say,SKEL)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf >$@.tmp
	@mv $@.tmp $@

$(BUILD)/include/syscall_table.h: tools/gen/syscalls.sh $(BUILD)/.toolchain | $(BUILD)/.deps
	$(call say,GEN)
	$(Q)sh $< $(ARCH) $(CC) >$@.tmp
	@mv $@.tmp $@

# Generated headers are ordered before the first compilation; after it the
# recorded dependencies say which object needs which.
$(BUILD)/tools/%.o: tools/%.c $(BUILD)/.toolchain | $(GENERATED) $(BUILD)/.deps
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(BUILD)/modules/%.o: modules/%.c $(BUILD)/.toolchain | $(BUILD)/.deps
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(BUILD)/packaging/%.o: packaging/%.c $(BUILD)/.toolchain | $(BUILD)/.deps
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(BUILD)/libostrace.a: $(LIB_OBJ)
	@rm -f $@
	$(call say,AR)
	$(Q)$(CROSS_COMPILE)ar rcs $@ $^

$(BUILD)/ostrace: $(BUILD)/tools/main.o $(BUILD)/libostrace.a $(STATIC_OBJ)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

.PHONY: bpf
bpf: $(SKEL) ## build only the BPF objects and their skeletons

-include $(TOOL_OBJ:.o=.d) $(BPF_SRC:%.c=$(BUILD)/%.d) $(UNIT:=.d) $(LIVE:=.d)
.DELETE_ON_ERROR:
.SECONDARY:

include tests/tests.mk
include modules.mk

# -------------------------------------------- running, on a bare machine too

# Tools that suffice are used; otherwise the root does the build. Its progress
# goes to stderr, and stdout is the program's alone.
JOBS := -j$(shell nproc)
build_anywhere = if [ -n '$(OSTRACE_IN_ROOT)' ] || packaging/toolchain/missing.sh 2>/dev/null; then \
		$(MAKE) $(if $(filter -j%,$(MAKEFLAGS)),,$(JOBS)) --no-print-directory all; \
	else $(ROOT_SH) exec -- make $(JOBS) --no-print-directory all; fi >&2

.PHONY: run top vm bench
run: ## build where needed and run ostrace on this machine: make run ARGS='syscalls -n 1'
	@$(build_anywhere)
	@./build/ostrace $(ARGS)

top: ## build where needed and open the live display
	@$(build_anywhere)
	@./build/ostrace top $(ARGS)

export CMD KERNEL CPUS MEM NUMA QEMU_OPTS APPEND VM_TIMEOUT
vm: ## boot a kernel on this tree: make vm [CMD='…'] [KERNEL=7.3|6.12|kunit|debug] [CPUS=2] [MEM=2G]
	@$(ROOT_SH) exec -- make $(JOBS) --no-print-directory all $(if $(filter kunit debug,$(KERNEL)),kernel-modules) >&2
	@$(ROOT_SH) exec -- tests/vm/vm.sh

bench: ## measure the overhead of ostrace and its peers (adds packages to the root)
	@$(ROOT_SH) ensure bench
	@$(ROOT_SH) exec -- make $(JOBS) --no-print-directory all tests-build >&2
	@$(ROOT_SH) exec -- tests/bench/run $(ARGS)

# ------------------------------------------------------------------- install

prefix      ?= /usr/local
exec_prefix ?= $(prefix)
bindir      ?= $(exec_prefix)/bin
datarootdir ?= $(prefix)/share
mandir      ?= $(datarootdir)/man
man1dir     ?= $(mandir)/man1
man5dir     ?= $(mandir)/man5
policydir   ?= $(exec_prefix)/lib/ostrace/policies
bashcompdir ?= $(datarootdir)/bash-completion/completions
zshcompdir  ?= $(datarootdir)/zsh/site-functions
fishcompdir ?= $(datarootdir)/fish/vendor_completions.d

# Where the program looks for what is installed with it.
ifeq ($(CLEANING),)
$(call update,$(BUILD)/include/paths.h,#define OSTRACE_POLICY_DIR "$(policydir)")
endif

# The program writes its own manual page, completions and schema. One built for
# another machine cannot, so there the native build speaks for it.
SPEAKER := $(if $(CROSS_COMPILE),build,$(BUILD))/ostrace
ifneq ($(CROSS_COMPILE),)
build/ostrace:
	@echo "the documentation comes from the native program: run 'make' first" >&2; exit 1
endif
DOCS := $(addprefix $(BUILD)/docs/,ostrace.1 ostrace.bash _ostrace ostrace.fish ostrace.schema.json)
$(BUILD)/docs/ostrace.1:           KIND := man
$(BUILD)/docs/ostrace.bash:        KIND := bash
$(BUILD)/docs/_ostrace:            KIND := zsh
$(BUILD)/docs/ostrace.fish:        KIND := fish
$(BUILD)/docs/ostrace.schema.json: KIND := schema
$(BUILD)/docs/ostrace.1:           docs/ostrace.1.in
$(DOCS): $(SPEAKER)
	@mkdir -p $(@D)
	$(call say,DOC)
	$(Q)$(SPEAKER) --generate $(KIND) <docs/ostrace.1.in >$@.tmp
	@mv $@.tmp $@

.PHONY: docs install uninstall
docs: $(DOCS) ## generate the manual page, completions and JSON schema (build/docs)

install: all docs policies ## install to DESTDIR and prefix (default /usr/local)
	$(INSTALL) -D -m 755 $(BUILD)/ostrace '$(DESTDIR)$(bindir)/ostrace'
	$(INSTALL) -D -m 644 $(BUILD)/docs/ostrace.1 '$(DESTDIR)$(man1dir)/ostrace.1'
	$(INSTALL) -D -m 644 docs/ostrace-oom.rules.5 '$(DESTDIR)$(man5dir)/ostrace-oom.rules.5'
	$(INSTALL) -d '$(DESTDIR)$(policydir)'
	$(INSTALL) -m 644 $(POLICIES) '$(DESTDIR)$(policydir)/'
	$(INSTALL) -D -m 644 $(BUILD)/docs/ostrace.bash '$(DESTDIR)$(bashcompdir)/ostrace'
	$(INSTALL) -D -m 644 $(BUILD)/docs/_ostrace '$(DESTDIR)$(zshcompdir)/_ostrace'
	$(INSTALL) -D -m 644 $(BUILD)/docs/ostrace.fish '$(DESTDIR)$(fishcompdir)/ostrace.fish'

uninstall: ## remove what install put there
	rm -f '$(DESTDIR)$(bindir)/ostrace' '$(DESTDIR)$(man1dir)/ostrace.1' \
		'$(DESTDIR)$(man5dir)/ostrace-oom.rules.5' \
		$(patsubst %,'$(DESTDIR)$(policydir)/%',$(notdir $(POLICIES))) \
		'$(DESTDIR)$(bashcompdir)/ostrace' '$(DESTDIR)$(zshcompdir)/_ostrace' \
		'$(DESTDIR)$(fishcompdir)/ostrace.fish'

# ------------------------------------------------------------------- the rest

FORMATTED := $(wildcard tools/*.[ch] bpf/*.[ch] include/ostrace/*.h include/uapi/ostrace/*.h \
	modules/*/*.[ch] modules/*/*/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])

.PHONY: format format-check clean help
format: ## reformat the C sources in place
	$(if $(FORMATTED),$(CLANG_FORMAT) -i $(FORMATTED))

format-check: ## fail if a C source is not formatted
	$(if $(FORMATTED),$(CLANG_FORMAT) --dry-run -Werror $(FORMATTED))

clean: ## remove build/
	rm -rf build

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
