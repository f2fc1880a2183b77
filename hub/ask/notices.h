// notices - what the hub says about its own work: a certificate that ends, a duty whose
// time is nearly over, or over.
//
// A notice is named by its occasion, and said once however often it is made.  It goes to
// the node concerned, to whom a duty's rule names, and to NCCIS; a notice of an exercise
// to who takes part in that.

#ifndef HUB_ASK_NOTICES_H
#define HUB_ASK_NOTICES_H

#include "lib/base/log.h"
#include "lib/pki/cert.h"
#include "lib/pki/roster.h"
#include "lib/rules/duty.h"

#include <jansson.h>

// What is asked for to make one.  All is borrowed.
typedef struct {
    const char *hub; // its id
    const roster_t *roster;
    int64_t now_ms;
    // Whether the hub has said it: a message of its own has this id.
    bool (*said)(void *context, const char *id);
    // Whether the node may know of what happens in this exercise; "": of what is real.
    bool (*takes_part)(void *context, const char *exercise, const char *node);
    // Takes over the message.
    void (*say)(void *context, json_t *message);
    void (*log)(log_level_t level, const char *id, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
    void *context;
} notices_t;

// Every certificate that ends within so many days, ahead; and a CRL that has ended.
void notices_certificates(const notices_t *self, int64_t days);
// `duty` is near its end or over it.
void notices_duty(const notices_t *self, const duty_t *duty);

#endif
