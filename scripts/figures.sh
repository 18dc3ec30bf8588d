# shellcheck shell=bash
# Sourced by the measuring scripts: reading figures, and saying whether they are good enough.

# value NAME FILE: of a line NAME=VALUE.
value() { sed -n "s/^$1=//p" "$2"; }

# median: of the numbers on stdin, a line each.
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# verdict VALUE LIMIT WHAT: says on one line whether VALUE is at most LIMIT; at_least, whether it is no less.
verdict() {
    awk -v v="$1" -v l="$2" -v what="$3" 'BEGIN { printf "%s: %s %s, target <= %s\n", v + 0 <= l + 0 ? "met" : "MISSED", what, v, l }'
}
at_least() {
    awk -v v="$1" -v l="$2" -v what="$3" 'BEGIN { printf "%s: %s %s, target >= %s\n", v + 0 >= l + 0 ? "met" : "MISSED", what, v, l }'
}
