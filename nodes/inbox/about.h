// about - small files that a node keeps about messages: state/FOLDER/AUTHOR.ID, each with
// a few words.

#ifndef NODES_INBOX_ABOUT_H
#define NODES_INBOX_ABOUT_H

#include "lib/base/cause.h"
#include "lib/message/document.h"

enum { ABOUT_MAX = 4096 };

// Whether author and id can be made a file's name of.
bool about_fits(const reference_t *message);
// What is kept of it there, appended to `out`; nothing when nothing is, or it cannot be
// read.
bool about_read(
    const char *node, const char *folder, const reference_t *message, buf_t *out);
// Keep this instead; it survives a power cut.
int about_write(const char *node, const char *folder, const reference_t *message,
    span_t text, cause_t *why);

#endif
