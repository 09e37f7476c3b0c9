#!/usr/bin/env bash
# Measurements: `npm run bench`, or `npm run bench -- cast` for the board on PostgreSQL, `-- page` for the page in a browser. Arguments go on to the script.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
if [ "${1:-}" = page ]; then shift; exec tsx scripts/bench/pageMain.ts "$@"; fi
if [ "${1:-}" != cast ]; then exec tsx scripts/bench/main.ts "$@"; fi
shift
source scripts/postgres.sh
trap stop_postgres EXIT
if ! start_postgres durable; then
  echo "this measures on PostgreSQL: $postgres_missing" >&2
  exit 2
fi
CISTA_BENCH_DATABASE_URL=$postgres_url tsx scripts/bench/castMain.ts "$@"
