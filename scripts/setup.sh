#!/usr/bin/env bash
# Brings a bare clone to where everything can run: dependencies as the lockfile says, every package built.
# Run it, or source it from another script; either way it leaves the shell in the repository's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export TURBO_TELEMETRY_DISABLED=1 TURBO_NO_UPDATE_NOTIFIER=1 DO_NOT_TRACK=1
export PATH="$PWD/node_modules/.bin:$PATH"

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo 'Cista needs Node.js 20.19 or newer, with npm (https://nodejs.org).' >&2
  exit 2
fi
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
  echo "Cista needs Node.js 20.19 or newer; this is $(node --version)." >&2
  exit 2
fi

# Shows what a command printed only when it failed.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

lock_hash() {
  node -p 'require("node:crypto").createHash("sha256").update(require("node:fs").readFileSync("package-lock.json")).digest("hex")'
}

install_dependencies() {
  local wanted
  wanted=$(lock_hash)
  [ "$(cat node_modules/.cista-lock 2>/dev/null || true)" != "$wanted" ] || return 0
  echo 'setup: installing dependencies as the lockfile says …'
  quietly npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || return 1
  echo "$wanted" >node_modules/.cista-lock
}

build_packages() {
  local log manifest package
  log=$(mktemp)
  echo 'setup: building …'
  if ! turbo run build --ui=stream --output-logs=errors-only >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  # turbo can run no task at all and still report success.
  for manifest in packages/*/package.json; do
    package=$(dirname "$manifest")
    # The pages are files for browsers, and nothing that other packages import.
    if { [ ! -f "$package/dist/index.js" ] && [ ! -f "$package/dist/pages/index.html" ]; } || { [ -f "$package/cli/main.ts" ] && [ ! -f "$package/dist/cli/main.js" ]; }; then
      cat "$log" >&2
      echo "setup: the build left nothing in $package/dist" >&2
      rm -f "$log"
      return 1
    fi
  done
  rm -f "$log"
}

install_dependencies || { echo 'setup: the dependencies could not be installed' >&2; exit 2; }
build_packages || { echo 'setup: the build failed' >&2; exit 2; }
