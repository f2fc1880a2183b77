#!/bin/sh
# Who may know whom: lib knows neither hub nor nodes; a module of hub knows only lib and its own
# header, and meets the others in hub.c, or in check.c to be tried; nodes and certs do not know hub.
set -eu
cd "$(dirname "$0")/../.."
bad=0

complain() {
    echo "$1: includes $2: $3"
    bad=1
}

quoted() {
    sed -n 's/^ *# *include *"\([^"]*\)".*/\1/p' "$1"
}

for file in lib/*.[ch]; do
    for header in $(quoted "$file"); do
        case $header in
        lib/*) ;;
        *) complain "$file" "$header" "lib knows only lib" ;;
        esac
    done
done

for file in hub/*.[ch]; do
    case $file in hub/hub.c | hub/main.c | hub/hub.h | hub/check.[ch]) continue ;; esac
    own=${file%.?}.h
    for header in $(quoted "$file"); do
        case $header in
        lib/* | "$own") ;;
        *) complain "$file" "$header" "modules of hub meet in hub.c alone" ;;
        esac
    done
done

for file in nodes/*.[ch] certs/*.[ch]; do
    for header in $(quoted "$file"); do
        case $header in
        hub/*) complain "$file" "$header" "nodes and certs know nothing of hub" ;;
        esac
    done
done

# A header finds its way from the top of the tree, and nobody includes a source.
for file in lib/*.[ch] hub/*.[ch] nodes/*.[ch] certs/*.[ch]; do
    for header in $(quoted "$file"); do
        [ -f "$header" ] || complain "$file" "$header" "there is no such file from the top"
        case $header in *.c) complain "$file" "$header" "a source is not a header" ;; esac
    done
done

exit $bad
