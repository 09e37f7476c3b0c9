#!/usr/bin/env bash
# Mutated inputs for every parser and the server, on the sources. Arguments go to scripts/fuzz/main.ts.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec node --conditions=@cista/source --expose-gc --import tsx scripts/fuzz/main.ts "$@"
