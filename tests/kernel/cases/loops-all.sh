#!/bin/bash
# kernel: debug
# timeout: 3600
# long: hundreds of loads and unloads
ROUNDS=20 IRQ_ROUNDS=200
. tests/kernel/cases/loops.sh
