// signing - the index says what was issued before, and copies of that are kept.

#include "certs/signing.h"

#include "certs/admit.h"
#include "certs/answering.h"

#include <string.h>

// The newest of this use, if it is for this key and in force.
static const issued_t *issued_for(
    ca_t *ca, const char *name, cert_use_t use, const uint8_t key[32])
{
    const issued_t *entry = ledger_newest(ca_ledger(ca), name, use);
    return entry && memcmp(entry->key, key, sizeof entry->key) == 0 &&
                   issued_standing(entry, ca_now_ms()) == IN_FORCE
               ? entry
               : NULL;
}

// What is in force for the keys of this request, and was issued since then; how many, 0
// where one is lacking.
static int find(
    ca_t *ca, const enrol_t *request, int64_t since_ms, const issued_t *found[2])
{
    const char *name = request->holder.name;
    const int n = holder_is_officer(&request->holder) ? 1 : 2;
    found[0] = issued_for(ca, name, CERT_SEAL, request->seal_key);
    found[1] = n == 1 ? NULL : issued_for(ca, name, CERT_CHANNEL, request->channel_key);
    for (int i = 0; i < n; i++)
        if (!found[i] || found[i]->issued_ms < since_ms)
            return 0;
    if (!holder_same(&found[0]->holder, &request->holder))
        return 0;
    return n;
}

bool signing_knows(ca_t *ca, const enrol_t *request)
{
    const issued_t *found[2];
    return find(ca, request, 0, found) > 0;
}

int signing_find(const issuing_t *self, ca_t *ca, const enrol_t *request,
    int64_t since_ms, issued_t entries[2], cert_t certs[2], cause_t *why)
{
    const issued_t *found[2];
    const int n = find(ca, request, since_ms, found);
    for (int i = 0; i < n; i++) {
        entries[i] = *found[i];
        if (ca_find_issued(
                ca, found[i], self->passphrase_file, ca_now_ms(), &certs[i], why) == 0)
            continue;
        if (i > 0)
            cert_close(&certs[0]);
        return -1;
    }
    return n;
}

static int issue(const issuing_t *self, ca_t *ca, const enrol_t *request,
    signing_for_t whom, cert_t certs[2], cause_t *why)
{
    issued_t entries[2];
    const bool again = whom == SIGNING_AGAIN &&
                       ledger_newest(ca_ledger(ca), request->holder.name, CERT_SEAL);
    if (again ? admit_again(ca_ledger(ca), request, why) != 0
              : admit_new(ca_ledger(ca), request, ca_now_ms(), why) != 0)
        return -1;
    return issuing_certify(
        self, ca, entries, issuing_entries(request, entries), certs, why);
}

static int sign(const issuing_t *self, ca_t *ca, const enrol_t *request,
    const signing_t *how, answer_t *out, cause_t *why)
{
    cert_t certs[2];
    issued_t ignored[2];
    const size_t n = holder_is_officer(&request->holder) ? 1 : 2;
    const int64_t since_ms = how->whom == SIGNING_NEWCOMER ? 0 : how->since_ms;
    int found = signing_find(self, ca, request, since_ms, ignored, certs, why);
    if (found < 0 || (found == 0 && issue(self, ca, request, how->whom, certs, why) != 0))
        return -1;
    int result = answering_make(out, ca, certs, n, ca_now_ms(), why);
    for (size_t i = 0; i < n; i++)
        cert_close(&certs[i]);
    return result;
}

int signing_answer(const issuing_t *self, const enrol_t *request, const signing_t *how,
    answer_t *out, cause_t *why)
{
    ca_t *ca = ca_begin(ca_folder(self->ca), CA_CHANGE, why);
    int result = ca ? sign(self, ca, request, how, out, why) : -1;
    ca_close(&ca);
    return result == 0 ? 0 : cause_prefix(why, "the CA");
}
