#!/bin/bash
# everyday: 7.3
# timeout: 250
exec "$(dirname "$0")/../../live/softirqs.sh"
