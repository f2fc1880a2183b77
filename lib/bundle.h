// bundle - certificates read from PEM, many to a file, parsed and not yet believed.

#ifndef LIB_BUNDLE_H
#define LIB_BUNDLE_H

#include "lib/cert.h"

typedef struct {
    cert_t cert;
    char *source; // the file it came from
} bundled_t;

// `{0}` is a valid empty bundle.
typedef struct {
    size_t n;
    bundled_t *item; // in reading order
} bundle_t;

// Append the certificates of a text.  At least one must be there and nothing but
// certificates: a private key among them is a mistake somebody wants to hear of.
int bundle_add_text(bundle_t *self, const char *source, span_t pem, cause_t *why);
// Append those of every *.pem of a folder, in name order.  An empty folder is fine.
int bundle_add_folder(bundle_t *self, const char *folder, cause_t *why);
void bundle_close(bundle_t *self);

#endif
