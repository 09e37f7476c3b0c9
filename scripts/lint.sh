#!/usr/bin/env bash
# What can be known without running the tests: lockfile, format, lint, dead code, types of tests and scripts.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
source scripts/steps.sh

step 'lockfile' node scripts/check-lock.mjs
step 'format (biome)' npx --no-install biome format .
step 'lint (oxlint)' npx --no-install oxlint --type-aware --tsconfig tsconfig.tests.json --deny-warnings
step 'dead code (knip)' npx --no-install knip --no-progress
step 'types of tests and scripts (tsc)' npx --no-install tsc -p tsconfig.tests.json

if [ "${BASH_SOURCE[0]}" = "$0" ]; then summary; fi
