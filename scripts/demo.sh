#!/usr/bin/env bash
# A whole election on this machine, from the ceremony to the verified result. Arguments go to scripts/demo/main.ts.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec tsx scripts/demo/main.ts "$@"
