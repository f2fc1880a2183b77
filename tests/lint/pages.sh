#!/bin/sh
# Files that the pages name must be there: a page that sends its reader nowhere is not believed
# about the rest either.  Names with capitals stand for many, such as profile_ROLE.c; the rooms
# between `unit/` or `scenario/` and a test's name may be left out.
set -eu
cd "$(dirname "$0")/../.."
bad=0

named() {
    grep -oE "(^|[^a-zA-Z0-9_./])$1/[a-zA-Z0-9_./*-]+\.(c|h|py|sh|t|json|md|yaml)\b" "$2" |
        sed 's/^[^a-z]//' | grep -v '[A-Z]' | sort -u
}

there() { # $1: page, $2: folder the names begin in, $3: names
    for name in $3; do
        # shellcheck disable=SC2086 # a name may be a pattern
        ls $2$name >/dev/null 2>&1 || git ls-files "$2${name%%/*}/*/${name#*/}" | grep -q . || {
            echo "$1 names $2$name, which is not there"
            bad=1
        }
    done
}

for page in README.md CONTRIBUTING.md hub/FIRST-HOUR.md nodes/INTEGRATION.md schemas/*.md; do
    there "$page" "" "$(named '(lib|hub|nodes|certs|tests|man|docker)' "$page")"
done
# CONTRIBUTING's map has a line for every folder with tracked files.  A line's indentation says below
# which other it is; those of tests/unit are the folders of the sources and have one together.
mapped() {
    awk '/^## What is where/ { on = 1; next } /^## / { on = 0 }
         on && match($0, /^ +[.a-z]+\/( |$)/) {
             match($0, /^ +/); level = (RLENGTH - 4) / 2; split($0, word, " ")
             path[level] = (level > 0 ? path[level - 1] : "") word[1]
             print substr(path[level], 1, length(path[level]) - 1)
         }' CONTRIBUTING.md | sort
}
folders=$(git ls-files '*/*' | sed 's|/[^/]*$||' | grep -v '^tests/unit/' | sort -u)
for folder in $folders; do
    mapped | grep -qx "$folder" || {
        echo "CONTRIBUTING.md: its map (What is where) has no line for $folder/"
        bad=1
    }
done
for folder in $(mapped); do
    git ls-files "$folder/*" | grep -q . || {
        echo "CONTRIBUTING.md: its map (What is where) names $folder/, which is not there"
        bad=1
    }
done

# A first look is a short one.
[ "$(wc -l <README.md)" -le 200 ] || {
    echo "README.md: more than 200 lines; what belongs to one reader has a page beside what it is about"
    bad=1
}

# DESIGN's table of rooms has every module of the hub, and none that is gone.
listed() {
    # shellcheck disable=SC2016 # names stand between backticks
    sed -n '/^## Rooms and modules/,/^## /{/^|/p}' hub/DESIGN.md | cut -d'|' -f3 | grep -oE '`[a-z_]+`' | tr -d '`' |
        sort -u
}
modules=$(git ls-files 'hub/*.c' 'hub/*/*.c' | sed 's|.*/||; s|\.c$||' | grep -vx main | sort -u)
for module in $modules; do
    listed | grep -qx "$module" || {
        echo "hub/DESIGN.md: its table (Rooms and modules) has not $module"
        bad=1
    }
done
for module in $(listed); do
    echo "$modules" | grep -qx "$module" || [ -n "$(git ls-files "hub/*/$module.h")" ] || {
        echo "hub/DESIGN.md: its table (Rooms and modules) names $module, which is not there"
        bad=1
    }
done

there hub/DESIGN.md tests/ "$(named '(unit|scenario|crash|shims)' hub/DESIGN.md)"
exit $bad
