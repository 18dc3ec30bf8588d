# shellcheck shell=bash
# Sourced by the runners: counts results, and ends with 'N passed, N failed, N skipped'. With
# AIRCLASS_TALLY=FILE the numbers are also added to that file, for scripts/test to sum up.
passed=0
failed=0
skipped=0

# Reads 'ok - title', 'not ok - title' and 'skip - title: reason' lines from a file.
tally_lines() {
    passed=$((passed + $(grep -c '^ok - ' "$1" || true)))
    failed=$((failed + $(grep -c '^not ok - ' "$1" || true)))
    skipped=$((skipped + $(grep -c '^skip - ' "$1" || true)))
}

# Prints the sum and ends: 0 when nothing failed.
tally_end() {
    if [ -n "${AIRCLASS_TALLY:-}" ]; then
        echo "$passed $failed $skipped" >>"$AIRCLASS_TALLY"
    fi
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
}
