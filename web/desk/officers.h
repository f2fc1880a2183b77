// officers - what is in the node's folder of officers who seal at a browser.
//
//     officers/NAME*.pem                  their certificates
//     officers/requests/NAME-KEY.pem      what an administrator takes to the CA
//
// KEY is the beginning of the key's id.

#ifndef WEB_DESK_OFFICERS_H
#define WEB_DESK_OFFICERS_H

#include "lib/enrol/enrol.h"

enum { OFFICERS_REQUESTS_MOST = 8 }; // of one officer

// Each certificate for seals of this officer, whatever it is worth; false ends it.
typedef bool officers_visit_t(void *context, const cert_t *cert);
void officers_each(
    const char *node, const char *name, officers_visit_t *visit, void *context);
// The officer's certificate of this key that ends last, to be closed; -1: there is none.
int officers_find(const char *node, const char *name, const char *key_id, cert_t *out);
// Keep a certificate that was checked.
int officers_keep(const char *node, const cert_t *cert, cause_t *why);

// Each request of this officer.
typedef bool officers_asked_t(
    void *context, const enrol_t *request, const char *key_id, const char *file);
void officers_each_request(
    const char *node, const char *name, officers_asked_t *visit, void *context);
// Keep a request that was checked; `file` gets its name below the node's folder.
enum { OFFICERS_FILE = 160 };
int officers_ask(
    const char *node, const enrol_t *request, char file[OFFICERS_FILE], cause_t *why);

#endif
