# shellcheck shell=bash
# Sourced by the runners: counts results, and ends with 'N passed, N failed, N skipped'. With
# AIRCLASS_TALLY=FILE the numbers are also added to that file, for scripts/test to sum up. With SLOWEST=N
# the N items that took longest are told, too.
passed=0
failed=0
skipped=0
took= # a line for each item: milliseconds, name

# Reads 'ok - title', 'not ok - title' and 'skip - title: reason' lines from a file.
tally_lines() {
    passed=$((passed + $(grep -c '^ok - ' "$1" || true)))
    failed=$((failed + $(grep -c '^not ok - ' "$1" || true)))
    skipped=$((skipped + $(grep -c '^skip - ' "$1" || true)))
}

# tally_lanes N COMMAND ITEM...: runs the function COMMAND for each ITEM in a shell of its own, N at a
# time, and takes up what each has counted. The words of each come in one piece, when it is done. A
# COMMAND that dies is one failure.
tally_lanes() {
    local lanes=$1 command=$2 item dir sums p f s ms
    shift 2
    dir=$(mktemp -d)
    for item; do
        while [ "$(jobs -rp | wc -l)" -ge "$lanes" ]; do wait -n || true; done
        tally_lane "$dir" "$command" "$item" &
    done
    wait
    for sums in "$dir"/*.sum; do
        [ -f "$sums" ] || continue
        read -r p f s ms item <"$sums"
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
        took+="$ms $item"$'\n'
    done
    rm -rf "$dir"
}

tally_lane() {
    local out begin
    begin=$(date +%s%3N)
    out=$(mktemp "$1/XXXXXX")
    passed=0 failed=0 skipped=0
    echo "0 1 0 0 $3" >"$out.sum"
    { "$2" "$3"; echo "$passed $failed $skipped $(($(date +%s%3N) - begin)) $3" >"$out.sum"; } >"$out" 2>&1 &
    wait $! || echo "not ok - $3: its runner died" >>"$out"
    flock "$1" cat "$out"
}

tally_slowest() {
    echo "the slowest of $(printf %s "$took" | wc -l):"
    printf %s "$took" | sort -rn | head -n "$SLOWEST" | awk '{ n = split($2, at, "/tests/"); printf "  %6.1f s  %s\n", $1 / 1000, at[n] }'
}

# Prints the sum and ends: 0 when nothing failed.
tally_end() {
    if [ -n "${AIRCLASS_TALLY:-}" ]; then
        echo "$passed $failed $skipped" >>"$AIRCLASS_TALLY"
    fi
    [ "${SLOWEST:-0}" -eq 0 ] || [ -z "$took" ] || tally_slowest
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
}
