// attach - hands a file to the node's keeping, and names it in the message it belongs to.
//
// The node keeps a copy, hashed in the same pass: whatever happens to the file
// afterwards, what is handed in is what was named.

#ifndef NODES_ATTACHMENTS_ATTACH_H
#define NODES_ATTACHMENTS_ATTACH_H

#include "lib/base/digest.h"
#include "lib/message/attachment.h"

#include <jansson.h>
#include <limits.h>

// Copy a regular file into a folder, under a name that begins with a dot, flushed; `out`
// has its SHA-256 and size.  For the daemon of `node`, unless that is NULL.  -1 also when
// it changed meanwhile; nothing is left then.
// `watch`, which may be NULL, is told of the bytes, of as many as the file has.
int attach_transfer(const char *node, const char *from, const char *folder,
    const digest_watch_t *watch, char copy[PATH_MAX], attachment_t *out, cause_t *why);

// Copy a file into the node's attachments/outbox.  1: it was there already, and another
// message may need it.
int attach_keep(const char *node, const char *path, const digest_watch_t *watch,
    attachment_t *out, cause_t *why);
// The same with a file of this program's own, which has the digest and is flushed: it is
// moved there and takes no more room than it has.
int attach_take(
    const char *node, const char *path, const attachment_t *attachment, cause_t *why);
// The message went nowhere: a copy that was not there before is not needed.
void attach_forget(const char *node, const attachment_t *attachment);

// Name the file in the body of a document: where its SHA-256 stands already, where an
// object has its name and nothing but size and SHA-256 beside it, or where the kind has
// its files.
int attach_name(
    json_t *document, const char *path, const attachment_t *attachment, cause_t *why);

#endif
