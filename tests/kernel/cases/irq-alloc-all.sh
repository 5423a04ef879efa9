#!/bin/bash
# kernel: debug
# timeout: 7200
# named: loads the module once for each of its thousands of allocations
STEP=1
. tests/kernel/cases/irq-alloc.sh
