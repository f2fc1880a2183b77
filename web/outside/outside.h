// outside - a small HTTP server for programs that only read: no sessions, no officers,
// no bodies.
//
// Nothing of it is shared with the console: it has an address of its own, its own threads
// and connections, and answers what its owner's function answers.

#ifndef WEB_OUTSIDE_OUTSIDE_H
#define WEB_OUTSIDE_OUTSIDE_H

#include "lib/base/bytes.h"
#include "web/http/listening.h"

typedef struct {
    const char *path; // as it came, still encoded; without what is behind '?'
    const char *host; // the Host header, or ""
} outside_request_t;

// All zeros: 404.  What is given is taken over.
typedef struct {
    unsigned status;
    const char *type;  // of the content; NULL: text/plain
    const char *cache; // Cache-Control; NULL: no-store
    buf_t text;
    int fd; // an open file of `size` bytes instead of the text; 0: none
    uint64_t size;
} outside_reply_t;

typedef void outside_answer_t(
    void *context, const outside_request_t *request, outside_reply_t *reply);

typedef struct {
    const char *what; // for complaints: the option's name
    listening_t listening;
    unsigned connections, silence_s;
    bool waits; // answers may take long: each connection has a thread of its own
    bool open;  // pages of any site may read it
    outside_answer_t *answer;
    void *context;
} outside_options_t;

typedef struct outside outside_t;

outside_t *outside_open(const outside_options_t *options, cause_t *why);
void outside_close(outside_t **self_p);
void outside_turn(outside_t *self); // now and then: ends connections that are too slow
// A plain text and its status.
void outside_say(outside_reply_t *reply, unsigned status, const char *text);

#endif
