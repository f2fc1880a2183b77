#!/bin/sh
# Pointers to functions in hub/: its rooms call what is below them by name.  A pointer stands where
# there are two functions to choose from, or a visitor; `pointers.sh list` prints them all.
set -eu
cd "$(dirname "$0")/../.."
most=15

# Members, parameters and types: "(*name)(", but no call of one, which has no type before it.
found() {
    git grep -nE '[a-z_]+ \*?\(\*[a-z_]+(\[[^]]*\])?\)\(' -- 'hub/*.[ch]' | grep -vE ':[^:]*(return|=) *\(\*'
}

if [ "${1:-}" = list ]; then
    found
    exit 0
fi
n=$(found | wc -l)
[ "$n" -le $most ] && exit 0
found
echo "hub/ has $n pointers to functions, at most $most are wanted: call what is below by name"
exit 1
