#!/bin/bash
# timeout: 900
# long: a dozen loads of the faults view's programs, minutes under emulation
exec "$(dirname "$0")/../../live/stacks.sh"
