// derive - makes a message from a message: the hub's alert from a centre's notice.
//
// What is copied is the rule's business; this module knows the envelope only.

#ifndef HUB_DERIVE_H
#define HUB_DERIVE_H

#include "lib/document.h"

typedef struct {
    const char *kind;
    const char *from;      // the hub's id
    const char *on_behalf; // the role it is derived for: "nccis"
    char id[MESSAGE_ID_MAX];
    int64_t time_ms;
    const document_t *cause;
    span_t cause_document, cause_seal; // carried when not empty
} derive_t;

// The envelope, with an empty body but `cause` and `carried`.  The caller owns it.
json_t *derive_message(const derive_t *derive);
// body.name = what the cause has at this pointer; nothing when it has nothing there.
void derive_field(
    json_t *message, const char *name, const document_t *cause, const char *pointer);

// The hub about its own work.
typedef struct {
    const char *from;         // the hub's id
    const char *event;        // of the schema of service.notice
    const char *node;         // the node concerned, or NULL
    const reference_t *about; // the message concerned, or NULL
    const char *exercise;     // that it is said in; NULL or "": it is real
    int64_t time_ms;
    int64_t at_ms; // when it happened, falls due or ends
    const char *text;
    char id[MESSAGE_ID_MAX]; // service_id
} service_notice_t;

// The id of a notice about this occasion (a serial, say): the same whenever it is made.
void service_id(service_notice_t *notice, const char *occasion);
// Without addressees yet.  The caller owns it.
json_t *service_notice(const service_notice_t *notice);
void service_notice_to(json_t *message, const char *node); // nobody twice

#endif
