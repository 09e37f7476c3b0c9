#!/usr/bin/env bash
# Mutation testing of one package. Arguments go to scripts/mutation/main.ts.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec tsx scripts/mutation/main.ts "$@"
