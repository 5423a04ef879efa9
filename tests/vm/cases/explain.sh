#!/bin/bash
# long: all views at once, a minute under emulation
# timeout: 900
exec "$(dirname "$0")/../../live/explain.sh"
