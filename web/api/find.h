// find - messages of the node's folders: one by its name, or those of a kind.
//
// By the catalogue (nodes/index), where there is one that can be read; what it finds is
// read from the files.

#ifndef WEB_API_FIND_H
#define WEB_API_FIND_H

#include "nodes/inbox/mail.h"
#include "web/web.h"

// For one request, on one thread.
typedef struct find find_t;

find_t *find_open(const web_t *web); // borrowed
void find_close(find_t **self_p);

typedef enum {
    FOUND,
    FOUND_NONE,
    FOUND_SEVERAL, // of different authors: say which
    FOUND_UNREADABLE,
} found_t;

// Of inbox/, what came along, sent/ and of logs that the node has left.  `wanted` is an
// id or a number of the inbox; `author` may be "".  `*box` is the folder's name.  What is
// FOUND is closed by mail_close.
found_t find_mail(find_t *self, const char *author, const char *wanted, mail_t *mail,
    const char **box, cause_t *why);

// What is NULL or 0 is not asked for.
typedef struct {
    const char *kind;
    int level;       // this one or higher
    bool inbox_only; // else what was sent, or came along, as well
    const char *feed;
    const reference_t *thread; // what names this message, and the message itself
    uint64_t came_with;        // an inbox number: the older messages that came along
    size_t most;               // messages; not 0
} find_query_t;

// False: enough.
typedef bool find_visit_t(void *context, const mail_t *mail, const char *box);
// The newest first, each once however often it came along.
void find_each(
    find_t *self, const find_query_t *query, find_visit_t *visit, void *context);

#endif
