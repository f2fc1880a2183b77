// reply_state - the inside of a reply, for those who send it.

#ifndef WEB_HTTP_REPLY_STATE_H
#define WEB_HTTP_REPLY_STATE_H

#include "web/http/reply.h"
#include "web/http/streams.h"

#include <microhttpd.h>

enum { REPLY_HEADER = 800 };

struct reply {
    unsigned status; // 0: nothing was said
    const char *type;
    const char *cache;
    char saved[REPLY_HEADER]; // Content-Disposition, or ""
    char tag[64];             // ETag, or ""
    char cookie[160];         // Set-Cookie, or ""
    buf_t bytes;
    int fd; // of a file of so many bytes; -1: none
    uint64_t size;
    stream_t *stream;
    bool last; // nothing more is read from this connection
};

void reply_init(reply_t *self);
void reply_free(reply_t *self);
// Hands it to libmicrohttpd, which has all of it then.
enum MHD_Result reply_send(reply_t *self, struct MHD_Connection *connection);

#endif
