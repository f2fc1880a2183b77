#!/bin/sh
# Runs one fuzzer for a bounded time or number of runs, from the seeds it starts with.
#
#     tests/fuzz/run.sh NAME -max_total_time=60     (or -runs=20000)
#
# What it learned stays in build/fuzz/corpus/NAME (or CORPUS/NAME), what broke it in
# build/fuzz/found/NAME-*.
set -eu
name=$1
shift
build=${BUILD:-build}
corpus=${CORPUS:-$build/fuzz/corpus}/$name
seeds=$build/seeds/$name
mkdir -p "$corpus" "$build/fuzz/found" "$seeds"
exec "$build/fuzz/fuzz_$name" "$@" -seed=6962 -max_len=8192 -timeout=10 -rss_limit_mb=512 \
    -print_final_stats=0 -verbosity=0 -artifact_prefix="$build/fuzz/found/$name-" \
    "$corpus" "$seeds"
