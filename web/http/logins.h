// logins - who is at a browser on this machine: one-time links, and the sessions that
// begin with them.
//
// For every thread.  Times are of the monotonic clock.  Links and sessions live in
// memory alone: a console that is started anew asks everybody for a new link.

#ifndef WEB_HTTP_LOGINS_H
#define WEB_HTTP_LOGINS_H

#include "web/http/request.h"

enum { SECRET_TEXT = 65 }; // 256 bits in hex, and the zero

typedef struct {
    int64_t link_ms; // a link is good for so long
    int64_t idle_ms; // a session ends when nothing came for so long
    int64_t end_ms;  // and this long after it began
} logins_limits_t;

typedef struct logins logins_t;

logins_t *logins_new(const logins_limits_t *limits);
void logins_destroy(logins_t **self_p);
// A link's secret for this officer.
void logins_invite(
    logins_t *self, const person_t *person, int64_t now_ms, char secret[SECRET_TEXT]);
// The link is used up, and a session begins whose cookie is `cookie`.  False: there is no
// such link, or it was used or is too old.
bool logins_enter(
    logins_t *self, const char *secret, int64_t now_ms, char cookie[SECRET_TEXT]);
// Who has this cookie, and the token that changes are asked with; false: nobody.
bool logins_find(logins_t *self, const char *cookie, int64_t now_ms, person_t *person,
    char token[SECRET_TEXT]);
// Whether it has not ended; whoever has a stream open is there, so that this counts as
// use.
bool logins_alive(logins_t *self, const char *cookie, int64_t now_ms);
void logins_end(logins_t *self, const char *cookie);
size_t logins_count(logins_t *self, int64_t now_ms);

#endif
