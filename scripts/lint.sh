#!/usr/bin/env bash
# What can be known without running the tests: lockfile, format, lint, dead code, types of tests and scripts.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
source scripts/steps.sh

step 'lockfile' node scripts/check-lock.mjs
step 'format (biome)' biome format .
step 'lint (oxlint)' oxlint --type-aware --tsconfig tsconfig.tests.json --deny-warnings
step 'dead code (knip)' knip --no-progress --no-config-hints
step 'types of tests and scripts (tsc)' tsc -p tsconfig.tests.json
step "types of the pages' build and tests (tsc)" tsc -p packages/web/tsconfig.tests.json

if [ "${BASH_SOURCE[0]}" = "$0" ]; then summary; fi
