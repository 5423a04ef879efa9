#!/bin/bash
# long: sleeps above memory.high and averages that come to rest, a minute under emulation
# timeout: 600
exec "$(dirname "$0")/../../live/memory.sh"
