// derive - makes a message from a message: the hub's alert from a centre's notice.
//
// What is copied is the rule's business; this module knows the envelope only.

#ifndef HUB_DECIDE_DERIVE_H
#define HUB_DECIDE_DERIVE_H

#include "lib/message/document.h"

#include <jansson.h>

typedef struct {
    const char *kind;
    const char *from;      // the hub's id
    const char *on_behalf; // the role it is derived for: "nccis"
    char id[MESSAGE_ID_MAX];
    int64_t time_ms;
    const document_t *cause;
    reference_t incident;              // of the cause, as it began
    span_t cause_document, cause_seal; // carried when not empty
} derive_t;

// The envelope, with an empty body but `cause` and `carried`.  The caller owns it.
json_t *derive_message(const derive_t *derive);
// body.name = what the cause has at this pointer; nothing when it has nothing there.
void derive_field(
    json_t *message, const char *name, const document_t *cause, const char *pointer);

#endif
