#!/bin/sh
# Who may know whom.  Each room below may include itself and what stands before it in its list, and
# nothing that comes later; `includes.sh order` prints the lists.
set -eu
cd "$(dirname "$0")/../.."
bad=0

lib="lib/sys lib/base lib/metrics lib/config lib/json lib/tlog lib/pki lib/enrol lib/message lib/rules lib/lawcheck lib/blob lib/net"
hub="hub/journal hub/state hub/law hub/decide hub/net hub/join hub/intake hub/send hub/attach hub/ask hub"
nodes="nodes/roles nodes/config nodes/net nodes/cli nodes/link nodes/inbox nodes/audit nodes/outbox"
nodes="$nodes nodes/index nodes/erasing nodes/attachments nodes/daemon nodes/notify nodes/tools nodes/upkeep nodes/backup nodes/rules nodes/writing certs/folder certs nodes/doctor nodes/commands nodes/sending nodes/copies nodes/admin nodes"
web="web/http web/outside web/desk web/figures web web/api"

if [ "${1:-}" = order ]; then
    printf '%s\n' "$lib" "$hub" "$nodes" "$web" | tr '\n' ' ' | tr -s ' ' '\n'
    exit 0
fi

complain() {
    echo "$1: includes $2: $3"
    bad=1
}

quoted() {
    sed -n 's/^ *# *include *"\([^"]*\)".*/\1/p' "$1"
}

# layers ROOM...: each knows those before it.
layers() {
    below=" $lib "
    for room in "$@"; do
        below="$below$room "
        for file in "$room"/*.[ch]; do
            [ -f "$file" ] || continue
            for header in $(quoted "$file"); do
                case $below in
                *" ${header%/*} "*) ;;
                *) complain "$file" "$header" "$room is below ${header%/*}, or has nothing to do with it" ;;
                esac
                [ -f "$header" ] || complain "$file" "$header" "there is no such file from the top"
                case $header in *.c) complain "$file" "$header" "a source is not a header" ;; esac
            done
        done
    done
}

all=$lib
lib=""
# shellcheck disable=SC2086 # one word per room
layers $all
lib=$all
# shellcheck disable=SC2086
layers $hub
# shellcheck disable=SC2086
layers $nodes $web

# Trees of JSON that can be changed are for commands; value_json.h hands them what was read.
for file in hub/*.[ch] hub/*/*.[ch] lib/*/*.[ch]; do
    [ "$file" = lib/json/value_json.h ] || ! grep -q '<jansson.h>' "$file" ||
        complain "$file" jansson.h "here value.h reads and writer.h writes"
done

exit $bad
