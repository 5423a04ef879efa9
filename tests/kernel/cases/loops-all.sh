#!/bin/bash
# kernel: debug
# timeout: 3600
# long: 100 loads and unloads of each module
ROUNDS=100
. tests/kernel/cases/loops.sh
