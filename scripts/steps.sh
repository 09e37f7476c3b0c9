# Sourced: runs named steps one after the other, whatever the earlier ones said, and sums them up.
step_names=()
step_results=()

record_step() {
  step_names+=("$1")
  step_results+=("$2")
}

step() {
  local name=$1 started=$SECONDS
  shift
  printf '\n── %s\n' "$name"
  if "$@"; then
    record_step "$name" passed
  else
    record_step "$name" FAILED
  fi
  echo "   $((SECONDS - started)) s"
}

# The last line is read by .ci/run.
summary() {
  local i passed=0 failed=0
  printf '\n── summary\n'
  for i in "${!step_names[@]}"; do
    printf '%-8s %s\n' "${step_results[i]}" "${step_names[i]}"
    case ${step_results[i]} in
      passed) passed=$((passed + 1)) ;;
      FAILED) failed=$((failed + 1)) ;;
    esac
  done
  echo "steps: $passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}
