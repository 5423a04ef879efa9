#!/bin/bash
# timeout: 250
exec "$(dirname "$0")/../../live/results.sh"
