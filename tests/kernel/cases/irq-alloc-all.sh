#!/bin/bash
# kernel: debug
# timeout: 3000
# long: loads the module once for each allocation
STEP=1
. tests/kernel/cases/irq-alloc.sh
