#!/bin/sh
# Everything `make lint` looks at.  Prints what is wrong and ends with 1, or ends with 0.
#
# CPPFLAGS and WARNINGS come from the Makefile, so that they are those of the build.
set -eu
cd "$(dirname "$0")/../.."
bad=0
sources=$(git ls-files '*.c')
headers=$(git ls-files '*.h')

step() {
    echo "lint: $*"
}

step "include direction"
tests/lint/includes.sh || bad=1

step "pointers to functions"
tests/lint/pointers.sh || bad=1

step "no folder has more than 25 sources"
git ls-files '*.c' '*.py' '*.t' | sed 's|/[^/]*$||' | sort | uniq -c |
    while read -r n folder; do
        [ "$n" -le 25 ] || echo "$folder: $n sources; give them rooms by what they are about"
    done | grep . && bad=1

step "tests begin with what they share"
git grep -nE '<cmocka\.h>|mkdtemp\(' -- tests/unit tests/lib ':!tests/lib/test.h' ':!tests/lib/scratch.h' && bad=1
git grep -nE 'cmocka_run_group' -- tests/unit && bad=1 # test_group: without it there is no TAP
git grep -nE 'sys\.path|dont_write_bytecode' -- 'tests/*.py' 'tests/*.t' && bad=1

step "format"
# shellcheck disable=SC2086 # one word per file, here and below
clang-format --dry-run -Werror $sources $headers || bad=1

# shellcheck disable=SC2086
check() {
    compiler=$1
    shift
    step "$compiler $*"
    # -O2: some warnings come only from what the optimiser learns.
    printf '%s\n' $sources | grep -v '^tests/fuzz/' |
        xargs -P 2 -n 8 "$compiler" $CPPFLAGS -std=c11 $WARNINGS -Werror -O2 -fsyntax-only "$@" ||
        bad=1
}
check gcc
check clang

# gcc 12 takes memory that an array remembers for lost; leaks are the sanitizer's to find.
step "gcc -fanalyzer"
# shellcheck disable=SC2086
git ls-files 'lib/*.c' 'hub/*.c' 'nodes/*.c' 'certs/*.c' 'web/*.c' |
    xargs -P 2 -n 1 gcc $CPPFLAGS -std=c11 -fanalyzer -Wno-analyzer-malloc-leak -Werror -O1 -c -o /dev/null || bad=1

step "programs can be run"
for file in $(git grep -lE '^#!'); do
    if head -n 1 "$file" | grep -q '^#!' && [ ! -x "$file" ]; then
        echo "$file: begins with #! and is not executable"
        bad=1
    fi
done

step "shell scripts"
scripts=$(git grep -lE '^#!/bin/(ba)?sh' -- ':!*.md')
# shellcheck disable=SC2086
shellcheck $scripts || bad=1

step "python"
for file in $(git ls-files '*.py'); do
    /usr/bin/python3 - "$file" <<'PY' || bad=1
import ast, os, sys
ast.parse(open(sys.argv[1], encoding="utf-8").read(), sys.argv[1])
# Beside it, every import of that module would be of this file.
if os.path.basename(sys.argv[1])[:-3] in sys.stdlib_module_names:
    sys.exit(f"{sys.argv[1]}: has the name of a module of Python's own")
PY
done

step "pages"
tests/lint/pages.sh || bad=1

step "man pages"
for file in $(git ls-files 'man/*.[0-9]'); do
    mandoc -T lint -W warning "$file" || bad=1
done

[ $bad = 0 ] && step "clean"
exit $bad
