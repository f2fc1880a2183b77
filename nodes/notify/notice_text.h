// notice_text - what a recipient reads: a subject, some lines, or a JSON object.
//
// Mail, webhooks and text messages pass where the exchange's markings do not reach: a
// notice says of a message its kind, its level and its number in the inbox, and more only
// to a recipient whose `content` its marking allows.

#ifndef NODES_NOTIFY_NOTICE_TEXT_H
#define NODES_NOTIFY_NOTICE_TEXT_H

#include "lib/base/bytes.h"
#include "nodes/notify/alarm.h"

#include <jansson.h>

// All is borrowed.
typedef struct {
    const char *node; // its id
    const char *language, *from;
    const alarm_t *alarm;
    const step_t *step;
    const recipient_t *to;
    const json_t *document; // the message, or NULL where it is not here
} notice_text_t;

void notice_text_line(const notice_text_t *self, buf_t *out);  // one line, without LF
void notice_text_lines(const notice_text_t *self, buf_t *out); // that, and what is known
void notice_text_mail(const notice_text_t *self, buf_t *out);  // a whole RFC 5322 message
void notice_text_json(const notice_text_t *self, buf_t *out);  // what a webhook is given
// The same for every attempt: whoever gets it a second time can know.
void notice_text_key(const notice_text_t *self, buf_t *out);

#endif
