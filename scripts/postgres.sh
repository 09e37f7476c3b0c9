# Sourced: a PostgreSQL server for one test run, in a temporary folder, reachable by a Unix socket only.
postgres_folder=
postgres_url=
postgres_missing=
postgres_bin=

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" -ne 0 ]; then
    "$@"
  elif command -v runuser >/dev/null; then
    runuser -u postgres -- "$@"
  else
    su postgres -s /bin/sh -c '"$0" "$@"' -- "$@"
  fi
}

find_postgres() {
  local candidate
  for candidate in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
    if [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ]; then
      postgres_bin=$candidate
      return 0
    fi
  done
  return 1
}

# start_postgres [durable]: without the word it does not wait for the disk, which is quicker and safe until the machine itself fails.
start_postgres() {
  if ! find_postgres; then
    postgres_missing='PostgreSQL is not installed'
    return 1
  fi
  if [ "$(id -u)" -eq 0 ] && ! id postgres >/dev/null 2>&1; then
    postgres_missing='run as root, and there is no user "postgres" to run the server'
    return 1
  fi
  # A socket's path may have 107 bytes, so not below a long TMPDIR.
  postgres_folder=$(mktemp -d /tmp/cista-pg.XXXXXX)
  [ "$(id -u)" -ne 0 ] || chown postgres "$postgres_folder"
  local options="-c listen_addresses='' -c unix_socket_directories='$postgres_folder' $([ "${1:-}" = durable ] || echo '-c fsync=off')"
  if ! (
    cd "$postgres_folder"
    as_postgres "$postgres_bin/initdb" -D "$postgres_folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync &&
      as_postgres "$postgres_bin/pg_ctl" -D "$postgres_folder/data" -l "$postgres_folder/log" -o "$options" -w start
  ) >"$postgres_folder.out" 2>&1; then
    cat "$postgres_folder.out" "$postgres_folder/log" 2>/dev/null >&2 || true
    rm -f "$postgres_folder.out"
    postgres_missing='PostgreSQL is installed but did not start'
    return 1
  fi
  rm -f "$postgres_folder.out"
  postgres_url="postgresql://postgres@/postgres?host=$postgres_folder"
}

# restart_postgres fast|immediate: immediate is a crash, from which the server recovers by its log.
restart_postgres() {
  (cd / && as_postgres "$postgres_bin/pg_ctl" -D "$postgres_folder/data" -l "$postgres_folder/log" -m "$1" -w restart) >/dev/null 2>&1
}

stop_postgres() {
  [ -n "$postgres_folder" ] || return 0
  (cd / && as_postgres "$postgres_bin/pg_ctl" -D "$postgres_folder/data" -m immediate stop) >/dev/null 2>&1 || true
  rm -rf "$postgres_folder"
}
