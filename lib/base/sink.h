// sink - where lines go that nobody may ever have to wait for: a descriptor that is
// written to without blocking, and what could not be written, counted.
//
// A pipe or a terminal is opened once more, so that not waiting is this description's
// alone: whoever shares ours still waits as ever.  A socket is asked each time.  A file
// of a disk does not keep anybody waiting, and is written as it is.

#ifndef LIB_BASE_SINK_H
#define LIB_BASE_SINK_H

#include "lib/base/bytes.h"

enum {
    SINK_LINE = 2048
}; // bytes of a line, at most: a pipe takes it whole or not at all

typedef struct {
    int fd;
    bool own;      // opened here
    bool socket;   // each write says that it does not wait
    bool ask;      // look first: it could not be opened once more
    bool cut;      // the last line got out in part: the next begins on a line of its own
    uint64_t lost; // lines, since sink_open
} sink_t;

// `fd` stays the caller's; -1: there is none, and everything is lost.
void sink_open(sink_t *self, int fd);
void sink_close(sink_t *self);
// A line with its LF, at most SINK_LINE bytes.  False: it is lost, and counted.
bool sink_write(sink_t *self, span_t line);

#endif
