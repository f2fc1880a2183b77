#!/bin/sh
# fuzz: a short pass of every fuzzer, the same number of runs each time; `make fuzz` is the
# long one.
set -u
runs=20000

probe=$(mktemp -d) || exit 1
trap 'rm -rf "$probe"' EXIT
echo 'int LLVMFuzzerTestOneInput(const void *d, unsigned long n);
int LLVMFuzzerTestOneInput(const void *d, unsigned long n) { return !d && n; }' \
    >"$probe/probe.c"
if ! clang -fsanitize=fuzzer -o "$probe/probe" "$probe/probe.c" 2>/dev/null; then
    echo "1..0 # SKIP clang's fuzzer runtime is not here (Debian package libclang-rt-14-dev)"
    exit 0
fi

set -- tests/fuzz/fuzz_*.c
echo "1..$#"
MAKEFLAGS='' make -s fuzzers >"$probe/log" 2>&1 || sed 's/^/# /' "$probe/log"
n=0
for source in "$@"; do
    n=$((n + 1))
    name=$(basename "$source" .c)
    name=${name#fuzz_}
    if CORPUS=$probe tests/fuzz/run.sh "$name" -runs=$runs >"$probe/log" 2>&1; then
        echo "ok $n - $name: $runs runs"
    else
        sed 's/^/# /' "$probe/log"
        echo "not ok $n - $name: $runs runs"
    fi
done
