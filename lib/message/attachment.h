// attachment - a file that a message names: an object of its body that has `name`, `size`
// and `sha256` and nothing else, wherever it stands and whatever the kind.
//
// The file does not travel in the message.  Its author may hand it in afterwards; the
// text here is what the log then says of that:
//
//     dabyl-attachment/v1
//     digest <hex SHA-256>
//     size <decimal>

#ifndef LIB_MESSAGE_ATTACHMENT_H
#define LIB_MESSAGE_ATTACHMENT_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/json/value.h"

#include <limits.h>

typedef struct {
    hash_t digest;
    uint64_t size;    // of the whole, in bytes
    const char *name; // as the message has it, borrowed; NULL where nothing names it
} attachment_t;

typedef void (*attachment_fn)(void *context, const attachment_t *attachment);

// Every file that a document names, in its order; the same file as often as it is named.
void attachments_each(const value_t *root, attachment_fn visit, void *context);

// Where a file of this digest lies in a folder: its name is the digest in hex, and
// `ending`
// ("" for the file itself) what lies beside it.
int attachment_path(const char *folder, const hash_t *digest, const char *ending,
    char out[PATH_MAX], cause_t *why);

void attachment_print(const attachment_t *self, buf_t *out);
// Only the canonical text is taken.
int attachment_parse(attachment_t *self, span_t text, cause_t *why);

#endif
