#!/usr/bin/env bash
# Everything that must hold before a change goes in. Arguments go to vitest.
# With CI=true a missing PostgreSQL is a failure; otherwise the summary names what did not run.
source "$(dirname "${BASH_SOURCE[0]}")/lint.sh"
source scripts/postgres.sh

trap stop_postgres EXIT
if [ -n "${CISTA_TEST_DATABASE_URL:-}" ]; then
  echo 'PostgreSQL: the one that CISTA_TEST_DATABASE_URL names'
elif start_postgres; then
  export CISTA_TEST_DATABASE_URL=$postgres_url
elif [ "${CI:-}" = true ]; then
  record_step "PostgreSQL ($postgres_missing)" FAILED
else
  record_step "tests on a real PostgreSQL server: $postgres_missing" 'not run'
fi

step 'tests (vitest)' vitest run "$@"
summary
