#!/usr/bin/env bash
# Measurements. Arguments go to scripts/bench/main.ts.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
exec tsx scripts/bench/main.ts "$@"
