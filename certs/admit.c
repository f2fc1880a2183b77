// admit - every question walks over the whole ledger.  A CA issues a few thousand
// certificates in its life, so that an index is not worth its lines.

#include "certs/admit.h"

#include <stdio.h>
#include <string.h>

static bool lives(const issued_t *entry, int64_t now_ms)
{
    standing_t standing = issued_standing(entry, now_ms);
    return standing == IN_FORCE || standing == NOT_YET;
}

// A key belongs to one holder for ever.  Once revoked it is not certified again, unless
// the reason was "superseded": then a newer certificate of the same key took its place.
int admit_key(
    const ledger_t *ledger, const char *name, const uint8_t key[32], cause_t *why)
{
    for (size_t i = 0; i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        if (memcmp(entry->key, key, sizeof entry->key) != 0)
            continue;
        if (strcmp(entry->holder.name, name) != 0)
            return cause_set(why,
                "the %s key of this request is that of %s already; "
                "every node makes its own keys with `dabyl ca request`",
                cert_use_name(entry->use), entry->holder.name);
        if (entry->revoked_ms && strcmp(entry->reason, "superseded") != 0)
            return cause_set(why,
                "the %s key of %s was revoked (%s); make new keys on its machine: "
                "`dabyl ca request --keys NEW_FOLDER`",
                cert_use_name(entry->use), name, entry->reason);
    }
    return 0;
}

static int check_keys(const ledger_t *ledger, const enrol_t *request, cause_t *why)
{
    const char *name = request->holder.name;
    if (admit_key(ledger, name, request->seal_key, why) != 0)
        return -1;
    return holder_is_officer(&request->holder)
               ? 0
               : admit_key(ledger, name, request->channel_key, why);
}

static int check_node(
    const ledger_t *ledger, const holder_t *officer, int64_t now_ms, cause_t *why)
{
    for (size_t i = 0; i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        if (strcmp(entry->holder.name, officer->node) == 0 &&
            !holder_is_officer(&entry->holder) && lives(entry, now_ms))
            return 0;
    }
    return cause_set(why,
        "%s is to be an officer of %s, but no node of that id has a certificate in "
        "force; "
        "sign the node's request first",
        officer->name, officer->node);
}

static int check_free(
    const ledger_t *ledger, const holder_t *holder, int64_t now_ms, cause_t *why)
{
    for (size_t i = 0; i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        if (strcmp(entry->holder.name, holder->name) != 0 || !lives(entry, now_ms))
            continue;
        if (holder_same(&entry->holder, holder))
            return cause_set(why,
                "%s has certificates in force; for further ones use `dabyl ca renew %s`, "
                "with the request if the keys are new",
                holder->name, holder->name);
        return cause_set(why,
            "the id %s is taken: it is certified as %s of %s; "
            "choose another id, or revoke those certificates first",
            holder->name, entry->holder.role, entry->holder.organisation);
    }
    return 0;
}

int admit_new(
    const ledger_t *ledger, const enrol_t *request, int64_t now_ms, cause_t *why)
{
    const holder_t *holder = &request->holder;
    if (check_free(ledger, holder, now_ms, why) != 0 ||
        check_keys(ledger, request, why) != 0)
        return -1;
    return holder_is_officer(holder) ? check_node(ledger, holder, now_ms, why) : 0;
}

enum { STATION_TEXT = ROLE_MAX + OFFICE_MAX + TERRITORY_MAX + ORGANISATION_MAX + 16 };

// "officer, head in KZ-75, of STS".
static void print_station(const holder_t *holder, char out[STATION_TEXT])
{
    const char *office = holder->office, *territory = holder->territory;
    (void)snprintf(out, STATION_TEXT, "%s%s%s%s%s%s of %s", holder->role,
        office[0] ? ", " : "", office, territory[0] ? " in " : "", territory,
        office[0] ? "," : "", holder->organisation);
}

int admit_again(const ledger_t *ledger, const enrol_t *request, cause_t *why)
{
    const holder_t *holder = &request->holder;
    const issued_t *before = ledger_newest(ledger, holder->name, CERT_SEAL);
    char was[STATION_TEXT], is[STATION_TEXT];
    if (!before)
        return cause_set(why,
            "%s has no certificate to renew; enrol it with `dabyl ca sign`",
            holder->name);
    if (!holder_same(&before->holder, holder)) {
        print_station(&before->holder, was);
        print_station(holder, is);
        return cause_set(why,
            "%s is certified as %s, the request says %s; renewing changes none of it: "
            "revoke the old certificates, then use `dabyl ca sign`",
            holder->name, was, is);
    }
    return check_keys(ledger, request, why);
}
