// progress - one line on a terminal that says how far long work is: percent, rate, time
// left.
//
// Nothing comes where nobody looks (a pipe, a file, --json), nothing for what is done at
// once, and at most ten lines a second.  A signal that ends the program (Ctrl-C) leaves
// the cursor at the beginning of a line.
//
//     progress_t progress;
//     progress_begin(&progress, say("verifying the journal"), PROGRESS_BYTES);
//     while (...)
//         progress_show(&progress, done, of);
//     progress_end(&progress);

#ifndef NODES_CLI_PROGRESS_H
#define NODES_CLI_PROGRESS_H

#include "lib/base/bytes.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { PROGRESS_ITEMS, PROGRESS_BYTES } progress_unit_t;

typedef struct {
    bool terminal; // somebody looks
    bool shown;    // the line stands there
    const char *what;
    progress_unit_t unit;
    int64_t begun_ms, next_ms; // steady; when to show it next
    uint64_t first;            // what was done when it began
    bool counted;              // `first` is known
    struct sigaction before[2];
} progress_t;

// On standard error, if that is a terminal.  `what` is borrowed: words in the language
// spoken, "verifying the journal".
void progress_begin(progress_t *self, const char *what, progress_unit_t unit);
// How far it is; `of` is 0 where nobody knows how much there is.  True: go on, so that it
// may be handed to whoever asks a callback for that, with the progress_t as the context.
bool progress_show(void *self, uint64_t done, uint64_t of);
// Takes the line away.  May be called again.
void progress_end(progress_t *self);

typedef struct {
    uint64_t first, done, of; // as above
    int64_t took_ms;          // since it was at `first`
} progress_state_t;

// "verifying the journal: 14 %, 1.2 of 8.4 GB, 210 MB/s, 0:34 left", appended to `out`;
// no wider than so many characters.
void progress_line(const char *what, progress_unit_t unit, const progress_state_t *state,
    size_t width, buf_t *out);

#endif
