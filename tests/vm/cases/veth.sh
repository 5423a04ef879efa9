#!/bin/bash
# timeout: 250
exec "$(dirname "$0")/../../live/veth.sh"
