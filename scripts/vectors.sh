#!/usr/bin/env bash
# Writes the test vectors of the specification anew: docs/spec/vectors.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec tsx scripts/vectors/main.ts "$@"
