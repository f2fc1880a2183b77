// retell - what a hub or a daemon said in English, in the language spoken here.
//
// Those log and answer in English, whoever asks.  What they say began as a format that is
// in the catalogue as well, so the format is looked for that the text fits best, and the
// translation gets what stands in its places, each told anew in the same way.  A text
// that fits none stays as it is.

#ifndef NODES_CLI_RETELL_H
#define NODES_CLI_RETELL_H

#include "lib/base/bytes.h"

#include <stdio.h>

// Shown like any foreign text (screen_text).
void retell(FILE *out, const char *english);
// Appended as it is.
void retell_put(buf_t *out, const char *english);

#endif
