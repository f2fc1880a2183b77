// Any bytes as a certificate and as a request for one.
//
// What is taken must hold what cert.h and enrol.h promise: names in their alphabets, and
// the very bytes that came.

#include "lib/enrol/enrol.h"
#include "lib/pki/cert.h"

#include <stdlib.h>
#include <string.h>

static void insist(int condition)
{
    if (!condition)
        abort();
}

static void names_are_clean(const holder_t *holder)
{
    insist(cert_node_id_valid(span_text(holder->name)));
    insist(cert_node_id_valid(span_text(holder->node)));
    insist(cert_organisation_valid(span_text(holder->organisation)));
    insist(cert_role_known(holder->role));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cause_t why;
    cert_t cert;
    enrol_t request;
    holder_t holder;
    if (cert_parse(&cert, span_of(data, size), &why) == 0) {
        holder_of_cert(&holder, &cert);
        names_are_clean(&holder);
        insist(span_equal(buf_span(&cert.der), span_of(data, size)));
        insist(strlen(cert.serial) >= 2 && strlen(cert.key_id) == 64);
        cert_close(&cert);
    }
    if (enrol_parse(&request, span_of(data, size), &why) == 0) {
        names_are_clean(&request.holder);
        enrol_close(&request);
    }
    return 0;
}
