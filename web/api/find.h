// find - messages of the node's folders: one by its name, or those of a kind.

#ifndef WEB_API_FIND_H
#define WEB_API_FIND_H

#include "nodes/inbox/mail.h"
#include "web/web.h"

typedef enum {
    FOUND,
    FOUND_NONE,
    FOUND_SEVERAL, // of different authors: say which
    FOUND_UNREADABLE,
} found_t;

// Of inbox/, what came along, sent/ and of logs that the node has left.  `wanted` is an
// id or a number of the inbox; `author` may be "".  `*box` is the folder's name.  What is
// FOUND is closed by mail_close.
found_t find_mail(const web_t *web, const char *author, const char *wanted, mail_t *mail,
    const char **box, cause_t *why);

// What is NULL or 0 is not asked for.
typedef struct {
    const char *kind;
    int level;       // this one or higher
    bool inbox_only; // else sent/ as well
    const char *feed;
    const reference_t *thread; // what names this message, and the message itself
    uint64_t came_with;        // an inbox number: the older messages that came along
    size_t most;               // messages
} find_query_t;

// False: enough.
typedef bool find_visit_t(void *context, const mail_t *mail, const char *box);
// The newest first.  0; -1 with the cause: not all could be looked through.
int find_each(const web_t *web, const find_query_t *query, find_visit_t *visit,
    void *context, cause_t *why);

#endif
