#!/bin/bash
# long: thousands of processes, minutes under emulation
# timeout: 250
exec "$(dirname "$0")/../../live/tasks.sh"
