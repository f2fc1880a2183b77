// about - small files that a node keeps about messages: state/FOLDER/AUTHOR.ID, each with
// a few words.

#ifndef NODES_INBOX_ABOUT_H
#define NODES_INBOX_ABOUT_H

#include "lib/base/cause.h"
#include "lib/message/document.h"

enum { ABOUT_MAX = 65536 }; // bytes of one

// Whether author and id can be made a file's name of.
bool about_fits(const reference_t *message);
// What is kept of it there, appended to `out`; nothing when nothing is, or it cannot be
// read.
bool about_read(
    const char *node, const char *folder, const reference_t *message, buf_t *out);
// Keep this instead; it survives a power cut.
int about_write(const char *node, const char *folder, const reference_t *message,
    span_t text, cause_t *why);
// Add the line "<word> <rest>", unless there is one that begins with this word; it
// survives a power cut.  Several processes and threads may do so at once.
int about_add(const char *node, const char *folder, const reference_t *message,
    const char *word, const char *rest, cause_t *why);
// Whether a line of what is kept begins with this word.
bool about_has(span_t kept, const char *word);

#endif
