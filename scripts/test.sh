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

# The pages' libraries run in a browser where there is one.
for candidate in /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
  if [ -x "$candidate" ]; then export CISTA_TEST_BROWSER=${CISTA_TEST_BROWSER:-$candidate}; fi
done
if [ -z "${CISTA_TEST_BROWSER:-}" ]; then
  if [ "${CI:-}" = true ]; then
    record_step 'a browser (Chromium is not installed)' FAILED
  else
    record_step 'tests in a browser: Chromium is not installed' 'not run'
  fi
fi

# The second verifier needs Python, and nothing else.
if ! command -v python3 >/dev/null; then
  if [ "${CI:-}" = true ]; then
    record_step 'the verifier in Python (python3 is not installed)' FAILED
  else
    record_step 'the verifier in Python: python3 is not installed' 'not run'
  fi
fi

# Programs of other people. Those that Debian may not have are never asked for.
if ! command -v nginx >/dev/null || ! command -v openssl >/dev/null; then
  if [ "${CI:-}" = true ]; then
    record_step 'the proxy of docker/ (nginx or openssl is not installed)' FAILED
  else
    record_step 'tests of the proxy of docker/: nginx or openssl is not installed' 'not run'
  fi
fi
command -v spicy-litetlog >/dev/null || command -v spicy >/dev/null ||
  record_step 'a receipt, verified by spicy: it is not installed (Debian: litetlog)' 'not run'
[ -n "${CISTA_TEST_FSCK:-}" ] ||
  record_step "a record, checked by Tessera's fsck: CISTA_TEST_FSCK names none" 'not run'

step 'tests (vitest)' vitest run "$@"
summary
