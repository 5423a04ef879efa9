#!/bin/bash
# long: starts three tracers; tests/live/veth.sh is the same on this machine
# timeout: 250
exec "$(dirname "$0")/../../live/veth.sh"
