# SPDX-License-Identifier: GPL-2.0
# The kernel modules, for each kernel whose headers are wanted.

# Given one by KDIR; else all that are installed.
ifdef KDIR
KDIRS := $(KDIR)
else
KDIRS := $(sort $(patsubst %/Makefile,%,$(wildcard /lib/modules/*/build/Makefile)))
endif
KBUILD_SRC = $(shell find modules include -name '*.[chS]' -o -name Kbuild 2>/dev/null) Kbuild

.PHONY: modules lint
modules: ## build the kernel modules (build/modules/VERSION/*.ko) for KDIR or all installed headers
	@$(if $(MODULES),,echo "no kernel modules in this tree yet" >&2)
	@$(if $(MODULES),$(if $(KDIRS),,echo "no kernel headers installed; Debian: linux-headers-amd64, Fedora: kernel-devel, or KDIR=…" >&2; exit 1))
	$(if $(MODULES),$(foreach d,$(KDIRS),$(call kbuild,$(d),)))

# Some header packages leave out the script without which kbuild runs no checker.
can_check = $(shell top=$$(sed -n 's,^include \(.*\)/Makefile$$,\1,p' $(1)/Makefile); \
	[ ! -e "$${top:-$(1)}/scripts/checker-valid.sh" ] || echo $(1))
CHECKED = $(foreach k,$(KDIRS),$(call can_check,$(k)))
lint: ## check the kernel modules with sparse, as make kunit built a tree for (or KDIR=…)
	@$(if $(CHECKED),,echo "no installed kernel headers can run sparse; give a built kernel tree as KDIR=…" >&2)
	$(if $(MODULES),$(foreach d,$(CHECKED),$(call kbuild,$(d),C=2 CHECK=$(abspath tests/kernel/sparse) CF=-Wsparse-error)))

# kbuild writes beside its sources, and only since 6.13 can be told not to; a
# copy serves all kernels alike. cp -u keeps what is unchanged unmade, and
# KCFLAGS makes messages name the file in this tree.
define kbuild
@set -e; kver=$$(cat $(1)/include/config/kernel.release); \
dir=$(CURDIR)/build/modules/$$kver; \
mkdir -p $$dir/src; \
(cd $$dir/src && find . -name '*.[chS]' -o -name Kbuild) | while read -r f; do \
	[ -e "$$f" ] || rm -f "$$dir/src/$$f"; done; \
cp -ru --parents $(sort $(KBUILD_SRC)) $$dir/src/; \
$(MAKE) -s -C $(1) M=$$dir/src $(2) KCFLAGS="-fmacro-prefix-map=$$dir/src/=" modules; \
find $$dir/src -name '*.ko' -exec cp -u -t $$dir {} +; \
echo "modules for $$kver: $$(cd $$dir && echo *.ko)" >&2;

endef

# The scheduler that tests and benchmarks compare ours with.
SCHED_SIMPLE := $(BUILD)/tests/bench-sched/simple.bpf.o
$(SCHED_SIMPLE): tests/bench-sched/simple.bpf.c $(BUILD)/include/vmlinux.h | $(BUILD)/.deps
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

tests-build: $(SCHED_SIMPLE)

.PHONY: scx-selftests
scx-selftests: ## build the kernel's own tests of sched_ext; the case sched-selftests runs them
	@$(ROOT_SH) exec -- tests/kernel/scx.sh

.PHONY: memcg-selftests
memcg-selftests: ## build the kernel's own tests of memory cgroups; the case oom-selftests runs them
	@$(ROOT_SH) exec -- tests/kernel/memcg.sh

.PHONY: oom-peers
oom-peers: ## measure the OOM module beside earlyoom and systemd-oomd in the VM, for more than half an hour
	@$(ROOT_SH) exec -- make $(JOBS) --no-print-directory all tests-build modules >&2
	@$(ROOT_SH) exec -- tests/vm/peers.sh $(ARGS)

.PHONY: bench-sched
bench-sched: ## compare the scheduler with the kernel's own in the VM (adds packages to the root)
	@$(ROOT_SH) ensure bench
	@$(ROOT_SH) exec -- make $(JOBS) --no-print-directory all tests-build modules >&2
	@$(ROOT_SH) exec -- tests/bench-sched/run $(ARGS)
