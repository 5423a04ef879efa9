#!/bin/bash
# long: all views at once, a minute under emulation
# timeout: 400
exec "$(dirname "$0")/../../live/explain.sh"
