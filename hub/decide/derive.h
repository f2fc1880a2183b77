// derive - makes a message from a message: the hub's alert from a centre's notice.
//
// What is copied into its body the rule says; envelope, `cause` and `carried` are the
// hub's.

#ifndef HUB_DECIDE_DERIVE_H
#define HUB_DECIDE_DERIVE_H

#include "lib/message/document.h"
#include "lib/rules/rule.h"

// All is borrowed.
typedef struct {
    const emit_t *emit;
    const char *from;      // the hub's id
    const char *on_behalf; // the role it is derived for: "nccis"
    const char *id;
    int64_t time_ms;
    const document_t *cause;
    reference_t incident;              // of the cause, as it began
    span_t cause_document, cause_seal; // carried when the rule says so
} derive_t;

// The message's text, appended to `out`.
void derive_print(const derive_t *self, buf_t *out);

#endif
