#!/bin/sh
# crash: a short pass, twenty rounds; `make crash` is the long one.
exec "$(dirname "$0")/crash.py" 20
