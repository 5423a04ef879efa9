# SPDX-License-Identifier: GPL-2.0
# Test programs, and the one command that runs every test.

# Unit tests run where they were built, so they link dynamically.
UNIT_LIBS = -lcmocka $(shell $(PKG_CONFIG) --libs $(LIB_MODULES)) -lm
# A test that includes fake_view.h has those views in place of the real ones.
FAKE_VIEW := $(BUILD)/tests/unit/fake_view.o
$(BUILD)/tests/unit/%: tests/unit/%.c $(FAKE_VIEW) $(BUILD)/libostrace.a $(BUILD)/.toolchain
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -MF $@.d -pie $(SAN) -o $@ $< \
		$(if $(shell grep -l fake_view.h $<),$(FAKE_VIEW)) $(BUILD)/libostrace.a $(UNIT_LIBS)

$(FAKE_VIEW): tests/unit/fake_view.c $(BUILD)/.toolchain | $(BUILD)/.deps
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c $< -o $@
-include $(FAKE_VIEW:.o=.d)

# Live helpers make system calls for the tracer to see: nothing but libc, static
# so that they start without the loader's own calls, with frame pointers so that their
# stacks are known. A name ending in _32 is built as a 32-bit program.
$(BUILD)/tests/live/%: tests/live/%.c $(BUILD)/.toolchain
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) -std=gnu11 $(CFLAGS) $(WARN) -D_GNU_SOURCE -Iinclude -MMD -MP -MF $@.d \
		-fno-omit-frame-pointer $(if $(filter %_32,$*),-m32) -static -o $@ $< -lpthread

# Helpers of the cases that run in the VM, likewise.
VM_HELPERS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/vm/*.c))
$(BUILD)/tests/vm/%: tests/vm/%.c $(BUILD)/.toolchain
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) -std=gnu11 $(CFLAGS) $(WARN) -D_GNU_SOURCE -Iinclude -MMD -MP -MF $@.d \
		-static -o $@ $< -lpthread
-include $(VM_HELPERS:=.d) $(FAKE_VIEW:.o=.d)

# OOM policies that are not to be trusted.
VM_POLICIES := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/vm/policies/*.bpf.c))
$(BUILD)/tests/vm/policies/%.bpf.o: tests/vm/policies/%.bpf.c $(BUILD)/include/vmlinux.h $(BUILD)/.bpf-toolchain | $(BUILD)/.deps
	@mkdir -p $(@D)
	$(call say,BPF)
	$(Q)$(CLANG) $(BPF_CFLAGS) -Imodules/oom/policies -MMD -MP -MT $@ -MF $(@:.o=.d) -c $< -o $@.tmp
	@$(LLVM_STRIP) -g $@.tmp
	@mv $@.tmp $@
-include $(VM_POLICIES:.o=.d)

.PHONY: tests-build check coverage kunit check-debug kernel-modules
tests-build: all policies $(UNIT) $(LIVE) $(VM_HELPERS) $(VM_POLICIES)

check: ## run every test (LONG=1: the long ones too); provisions the toolchain root (as root, x86_64)
	@OSTRACE_LONG='$(LONG)' tests/check

coverage: ## which share of the lines of the modules' pure files their suites reach
	@$(ROOT_SH) exec -- tests/house/kunit_host.sh | \
		awk '/% |^not/ { print } /^not/ { bad = 1 } END { exit bad }'

# The suites of the kernel modules, on kernels built for that (tests/kernel).
kunit: ## run the modules' KUnit suites in a test kernel, built on first use
	@$(ROOT_SH) exec -- make $(JOBS) --no-print-directory KERNEL=kunit kernel-modules >&2
	@$(ROOT_SH) exec -- tests/run kunit

check-debug: ## the same and long loops, with KASAN, lockdep, kmemleak, failing allocations
	@$(ROOT_SH) exec -- make $(JOBS) --no-print-directory KERNEL=debug kernel-modules tests-build >&2
	@$(ROOT_SH) exec -- env OSTRACE_LONG=1 tests/run debug

# In the root: the test kernel that KERNEL names, and the modules for it.
kernel-modules:
	@tests/kernel/kernel.sh ensure $(KERNEL)
	@+$(MAKE) --no-print-directory modules KDIR="$$(tests/kernel/kernel.sh path $(KERNEL))"
