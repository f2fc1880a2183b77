// papers - the certificates by which officers' browsers show themselves: which are good
// at this moment.
//
// For every thread.  The CA and its revocation list are those of the node; the list is
// read again when its file has changed.

#ifndef WEB_HTTP_PAPERS_H
#define WEB_HTTP_PAPERS_H

#include "web/http/logins.h"

typedef struct papers papers_t;

// Without a revocation list nobody could be put out, so it must be there.
papers_t *papers_open(const char *ca, const char *crl, const char *node, cause_t *why);
void papers_close(papers_t **self_p);
// Who shows this certificate in TLS, and the token that changes are asked with.  -1: it
// is not good now, and why.
int papers_check(papers_t *self, span_t der, int64_t now_ms, person_t *person,
    char token[SECRET_TEXT], cause_t *why);
// Looks whether there is a newer list: 1 when it is in force from now on, 0 when there is
// none.  -1: what is there is no good, and the list that was in force stays.
int papers_renew(papers_t *self, cause_t *why);

#endif
