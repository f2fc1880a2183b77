// check_ca - the folder of a CA: without its passphrase, and without taking its lock.

#include "lib/base/catalogue.h"
#include "nodes/doctor/checks.h"

#include "certs/folder/ca.h"
#include "lib/base/file.h"
#include "lib/base/times.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { KEY_MAX = 16384, DAY_S = 86400, SOON = 30, CA_SOON = 400, CA_VERY_SOON = 30 };

static int below(const patient_t *patient, const char *name, char out[PATH_MAX])
{
    cause_t ignored;
    return path_join(out, PATH_MAX, patient->folder, name, &ignored);
}

void check_ca_key(const patient_t *patient, findings_t *out)
{
    char path[PATH_MAX];
    advice_t room;
    cause_t why;
    buf_t pem = {0};
    if (below(patient, "ca.key", path) != 0 || access(path, F_OK) != 0)
        return; // said with the other keys
    if (access(path, R_OK) != 0) {
        found_closed(out, path);
        return;
    }
    if (file_read(path, KEY_MAX, &pem, &why) != 0)
        found(out, FOUND_CRITICAL, NULL, NULL, "%s", why.text);
    else if (strstr(buf_text(&pem), "BEGIN ENCRYPTED PRIVATE KEY"))
        found(out, FOUND_OK, path, NULL, say("the CA's key is encrypted"));
    else if (strstr(buf_text(&pem), "BEGIN PRIVATE KEY"))
        found(out, FOUND_WARNING, path,
            advise(&room, "dabyl ca passphrase --ca %s", patient->folder),
            say("the CA's key is NOT encrypted: whoever reads the file is the CA"));
    else
        found(out, FOUND_CRITICAL, path, say("copy it back"), say("it is no key"));
    if (pem.data)
        explicit_bzero(pem.data, pem.size);
    buf_destroy(&pem);
}

void check_ca_certificate(const patient_t *patient, findings_t *out)
{
    char ca[PATH_MAX], crl[PATH_MAX];
    advice_t room, more;
    cause_t why;
    if (below(patient, "ca.pem", ca) != 0 || below(patient, "crl.pem", crl) != 0)
        return;
    authority_t *both = authority_open(ca, crl, &why);
    if (!both) {
        found(out, FOUND_CRITICAL, NULL,
            advise(&room, "dabyl ca crl --ca %s", patient->folder), "%s", why.text);
        return;
    }
    advise(&room, "dabyl ca succeed NEW_FOLDER --ca %s", patient->folder);
    advise(&more, "dabyl ca crl --ca %s", patient->folder);
    ending_t own = {
        ca, room.text, "ca_days", say("certificate of the CA"), CA_SOON, CA_VERY_SOON};
    ending_t list = {crl, more.text, "crl_days", say("revocation list (CRL)"), 5, 0};
    check_ending(&own, authority_ends_ms(both), patient->now.wall_ms, out);
    check_ending(&list, authority_crl_next_update_ms(both), patient->now.wall_ms, out);
    authority_close(&both);
}

// Those that end soon, or did within the last days: what is older nobody missed.
static size_t count_ending(const ledger_t *ledger, int64_t now_ms)
{
    const int64_t span_ms = (int64_t)SOON * DAY_S * 1000;
    size_t n = 0;
    for (size_t i = 0; i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        n += !entry->revoked_ms && entry->not_after_ms < now_ms + span_ms &&
             entry->not_after_ms > now_ms - span_ms &&
             !ledger_outlasts(ledger, entry, entry->not_after_ms);
    }
    return n;
}

// A CRL that was made and not written, or an index from a copy that is older than it.
static void compare_numbers(const patient_t *patient, uint64_t index, findings_t *out)
{
    char ca[PATH_MAX], crl[PATH_MAX];
    advice_t room;
    cause_t ignored;
    authority_t *both =
        below(patient, "ca.pem", ca) == 0 && below(patient, "crl.pem", crl) == 0
            ? authority_open(ca, crl, &ignored)
            : NULL;
    if (!both)
        return; // said of the certificate
    uint64_t number = authority_crl_number(both);
    authority_close(&both);
    if (number < index)
        found(out, FOUND_WARNING, crl,
            advise(&room, "dabyl ca crl --ca %s", patient->folder),
            say("crl.pem has number %llu, and the index %llu: it was not written"),
            (unsigned long long)number, (unsigned long long)index);
    else if (number > index)
        found(out, FOUND_CRITICAL, crl, say("copy the newest index back"),
            say("crl.pem has number %llu, and the index %llu: the index is an old copy"),
            (unsigned long long)number, (unsigned long long)index);
}

// What a command that was cut short has still to write.
static void look_owed(const patient_t *patient, findings_t *out)
{
    char since[TIME_TEXT];
    advice_t room;
    cause_t ignored;
    ca_t *ca = ca_open(patient->folder, CA_READ, &ignored);
    const size_t copies = ca ? ca_copies_behind(ca, patient->now.wall_ms) : 0;
    for (size_t i = 0; ca && i < ca_begun(ca)->n; i++) {
        const begun_line_t *line = &ca_begun(ca)->item[i];
        time_print(line->since_ms, since);
        found(out, FOUND_WARNING, patient->folder,
            advise(&room, "dabyl ca %s --ca %s", line->what, patient->folder),
            say("`dabyl ca %s` was cut short on %.10s"), line->what, since);
    }
    if (copies)
        found(out, FOUND_WARNING, patient->folder,
            advise(&room, "dabyl ca crl --ca %s", patient->folder),
            say("%zu certificates of the index are not in issued/"), copies);
    ca_close(&ca);
}

void check_ca_index(const patient_t *patient, findings_t *out)
{
    char path[PATH_MAX];
    ledger_t ledger;
    advice_t room;
    cause_t why;
    if (below(patient, "index", path) != 0)
        return;
    if (access(path, R_OK) != 0 && errno == EACCES) {
        found_closed(out, path);
        return;
    }
    if (ledger_read(&ledger, path, &why) != 0) {
        found(out, FOUND_CRITICAL, NULL,
            advise(&room, say("copy the newest index back, or: dabyl ca rebuild %s"),
                patient->folder),
            "%s", why.text);
        return;
    }
    size_t ending = count_ending(&ledger, patient->now.wall_ms);
    if (ending)
        found(out, FOUND_WARNING, path,
            advise(&room, "dabyl ca renew --all --ca %s", patient->folder),
            say("%zu certificates end soon, or have ended, and have no successor"),
            ending);
    else
        found(out, FOUND_OK, path, NULL, say("%zu certificates are in the index"),
            ledger.n);
    compare_numbers(patient, ledger.crl_number, out);
    ledger_free(&ledger);
    look_owed(patient, out);
}
