// cert_list - certificates read from PEM, many to a file, parsed and not yet believed.

#ifndef LIB_PKI_CERT_LIST_H
#define LIB_PKI_CERT_LIST_H

#include "lib/pki/cert_shelf.h"

typedef struct {
    cert_t cert;
    char *source; // the file it came from
} listed_t;

// `{0}` is a valid empty list.
typedef struct {
    size_t n;
    listed_t *item;            // in reading order
    const cert_shelf_t *shelf; // what is there need not be parsed again; or NULL
} cert_list_t;

// Append the certificates of a text.  At least one must be there and nothing but
// certificates: a private key among them is a mistake somebody wants to hear of.
int cert_list_add_text(cert_list_t *self, const char *source, span_t pem, cause_t *why);
// Append those of every *.pem of a folder, in name order.  An empty folder is fine.
int cert_list_add_folder(cert_list_t *self, const char *folder, cause_t *why);
void cert_list_close(cert_list_t *self);

#endif
