#!/bin/bash
# long: every day it runs on the bare machine
# timeout: 250
exec "$(dirname "$0")/../../live/durations.sh"
