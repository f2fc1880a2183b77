// papers - the certificates by which officers' browsers show themselves: which are good
// at this moment.
//
// For every thread.  The CAs and their revocation lists are those of the node, and are
// read again when their files have changed.

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
typedef enum {
    PAPERS_BAD = -1, // what is there is no good, and what was in force stays
    PAPERS_SAME,
    PAPERS_LIST, // a newer list is in force from now on
    PAPERS_CAS,  // and the CAs may be others
} papers_news_t;
// Looks whether there is something newer; the cause only with PAPERS_BAD.
papers_news_t papers_renew(papers_t *self, cause_t *why);

#endif
