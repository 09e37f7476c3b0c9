#!/usr/bin/env bash
# Casts ballots at several replicas of the server on one real PostgreSQL while all of them, the witnesses and the database are killed,
# frozen and restarted at random; then holds the board against every answer that voters got. Arguments go to scripts/chaos/main.ts.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
source scripts/postgres.sh
trap stop_postgres EXIT
if ! start_postgres durable; then
  echo "chaos needs a PostgreSQL server: $postgres_missing" >&2
  exit 2
fi
export CISTA_CHAOS_DATABASE_URL=$postgres_url CISTA_CHAOS_DATABASE_FOLDER=$postgres_folder
tsx scripts/chaos/main.ts "$@"
