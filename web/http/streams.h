// streams - the event streams that are open, and what each has not been told yet.
//
// A stream keeps flags and not texts, so one that nobody reads takes no more with time;
// its connection is ended by the server when nothing of it goes away for long.  For every
// thread.

#ifndef WEB_HTTP_STREAMS_H
#define WEB_HTTP_STREAMS_H

#include "web/http/request.h"

#include <microhttpd.h>

// What can have changed, in the order of their names.
typedef enum {
    CHANGED_INBOX,
    CHANGED_SENT,
    CHANGED_REFUSED,
    CHANGED_WAITING,
    CHANGED_QUEUE,
    CHANGED_DRAFTS,
    CHANGED_OPENED,
    CHANGED_KINDS
} changed_t;
extern const char *const changed_names[CHANGED_KINDS];

typedef struct {
    size_t all, each; // streams at a time, and of one officer
} streams_limits_t;

typedef struct streams streams_t;
typedef struct stream stream_t;

streams_t *streams_new(const streams_limits_t *limits);
void streams_destroy(streams_t **self_p); // no stream is open any more
// For who asked this.  NULL: there are too many, and whose.
stream_t *streams_open(streams_t *self, const request_t *request, cause_t *why);
// Again, after they were ended.
void streams_begin(streams_t *self);
void streams_changed(streams_t *self, changed_t what, uint64_t last);
// `status` is JSON on one line.
void streams_status(streams_t *self, const char *status);
void streams_beat(streams_t *self); // a comment to each, so that who is gone is noticed
// Ends those for which `alive` says no.
typedef bool streams_alive_t(void *context, const char *session, span_t certificate);
void streams_check(streams_t *self, streams_alive_t *alive, void *context);
void streams_end(streams_t *self); // all of them, and no new ones
size_t streams_count(streams_t *self);

// One of them, which belongs to its response once that is made.
struct MHD_Response *stream_response(stream_t **self_p);
void stream_begin(stream_t *self, struct MHD_Connection *connection);
void stream_close(stream_t **self_p);

#endif
