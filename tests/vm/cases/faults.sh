#!/bin/bash
# timeout: 300
# long: as many loads of BPF programs as cases, minutes under emulation
exec "$(dirname "$0")/../../live/faults.sh"
