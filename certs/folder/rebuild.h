// rebuild - the index of a CA made anew, from what the CA has signed: certificates that
// were kept or are in use, and CRLs.  Nothing counts that the CA's key has not signed,
// but for whole lines of the old index.
//
// What no file says is lost: a certificate that lies nowhere any more, a revocation that
// neither a CRL nor a line of the old index names.

#ifndef CERTS_FOLDER_REBUILD_H
#define CERTS_FOLDER_REBUILD_H

#include "lib/base/cause.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *const *crl; // files, beside the folder's own crl.pem
    size_t crls;
    const char *const *roster; // folders of certificates in use
    size_t rosters;
    bool over; // also where the index is whole
    int64_t now_ms;
} rebuild_wish_t;

typedef struct {
    size_t certificates;  // in the new index, of which:
    size_t from_roster;   //   no copy was kept: it is now
    size_t from_index;    //   only a line of the old index is left
    size_t revoked;       //   were taken back, of which:
    size_t unlisted;      //     the old index alone says so, and no CRL
    size_t unknown;       //     only a CRL knows the serial number
    size_t foreign;       // other CAs' certificates, which were passed over
    uint64_t crl_number;  // the highest that was seen
    char aside[PATH_MAX]; // the old index, or ""
} rebuilt_t;

// Under the CA's lock; its key is not needed.  Cut short, the old index or the new one is
// there.  Refuses without any CRL of this CA, whose number is the least that the next one
// must exceed.
int ca_rebuild(
    const char *folder, const rebuild_wish_t *wish, rebuilt_t *out, cause_t *why);

#endif
