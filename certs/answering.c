// answering - the hub's certificate is looked for in the index, and read from the copy
// that is kept of everything issued.

#include "certs/answering.h"

#include "lib/base/file.h"

#include <string.h>

// The newest channel certificate of a hub that is good now, or NULL.  Not the one that
// ends last: that may be for a key which the hub has given up.
static const issued_t *find_hub(const ledger_t *ledger, int64_t now_ms)
{
    const issued_t *found = NULL;
    for (size_t i = 0; i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        if (entry->use == CERT_CHANNEL && strcmp(entry->holder.role, "hub") == 0 &&
            issued_standing(entry, now_ms) == IN_FORCE)
            found = entry; // entries are in order of issue
    }
    return found;
}

static int add_hub(answer_t *out, ca_t *ca, int64_t now_ms, cause_t *why)
{
    const issued_t *hub = find_hub(ca_ledger(ca), now_ms);
    if (!hub || strcmp(hub->holder.name, out->name) == 0)
        return 0;
    return ca_find_copy(ca, hub, &out->hub_channel, why);
}

int answering_make(
    answer_t *out, ca_t *ca, const cert_t *certs, size_t n, int64_t now_ms, cause_t *why)
{
    *out = (answer_t){0};
    memcpy(out->name, certs[0].name, sizeof out->name);
    for (size_t i = 0; i < n; i++)
        cert_copy(certs[i].use == CERT_SEAL ? &out->seal : &out->channel, &certs[i]);
    int result = ca_print_trust(ca, &out->ca, &out->crl, why);
    if (result == 0 && out->channel.der.size > 0) // an officer has no channel to a hub
        result = add_hub(out, ca, now_ms, why);
    if (result == 0)
        result = ca_hub_key(ca, out->vkey, why);
    if (result != 0)
        answer_close(out);
    return result;
}

int answering_write(const answer_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    answer_print(self, &text);
    int result = file_replace(path, buf_span(&text), 0644, why);
    buf_destroy(&text);
    return result;
}
