// check_papers - what ends: certificates, the CA's, its revocation list.

#include "lib/base/catalogue.h"
#include "nodes/doctor/checks.h"

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/pki/roster.h"
#include "nodes/cli/screen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Days ahead (operational defaults).
enum {
    SOON = 30,
    VERY_SOON = 3,
    CA_SOON = 400, // the certificates of a CA's last year are shorter than others
    CA_VERY_SOON = 30,
    CRL_SOON = 5,
    CRL_VERY_SOON = 0,
};

static const int64_t day_ms = 24 * INT64_C(3600000);

void check_ending(
    const ending_t *ending, int64_t ends_ms, int64_t now_ms, findings_t *out)
{
    buf_t moment = {0};
    int64_t left_ms = ends_ms - now_ms, days = left_ms / day_ms;
    measure_t measure = {.unit = "d",
        .value = days,
        .warn = ending->warn_days,
        .critical = ending->critical_days,
        .low = 1};
    (void)snprintf(measure.label, sizeof measure.label, "%s", ending->label);
    measured(out, &measure);
    screen_put_time(&moment, ends_ms);
    if (left_ms <= 0)
        found(out, FOUND_CRITICAL, ending->where, ending->advice,
            say("%s: it ended at %s"), ending->what, buf_text(&moment));
    else if (days < ending->warn_days)
        found(out, days < ending->critical_days ? FOUND_CRITICAL : FOUND_WARNING,
            ending->where, ending->advice, say("%s: it ends in %lld days, at %s"),
            ending->what, (long long)days, buf_text(&moment));
    else
        found(out, FOUND_OK, ending->where, NULL, say("%s: good until %.10s"),
            ending->what, buf_text(&moment));
    buf_destroy(&moment);
}

// By the CA of this folder, at a moment when it was good itself.
static void check_issuer(
    const patient_t *patient, const cert_t *cert, const char *path, findings_t *out)
{
    cause_t why, ignored;
    advice_t room;
    if (patient->authority &&
        cert_check(cert, patient->authority, cert->not_after_ms - 1000, &why) != 0 &&
        cert_check(cert, patient->authority, cert->not_before_ms, &ignored) != 0)
        found(out, FOUND_CRITICAL, path, advise(&room, "dabyl ca show %s", path), "%s",
            why.text);
}

static void check_certificate(
    const patient_t *patient, const place_t *place, findings_t *out)
{
    cert_t cert;
    cause_t why;
    advice_t advice;
    char what[NODE_ID_MAX + 64], label[64];
    if (access(place->path, R_OK) != 0 && errno == EACCES) {
        found_closed(out, place->path);
        return;
    }
    if (cert_read(&cert, place->path, &why) != 0) {
        found(out, FOUND_CRITICAL, NULL,
            say("ask the CA for it (dabyl ca request), or copy it back"), "%s", why.text);
        return;
    }
    (void)snprintf(what, sizeof what, say("certificate of %s (%s)"), cert.name,
        cert_use_name(cert.use));
    (void)snprintf(label, sizeof label, "%s_days", place->label);
    advise(&advice, "dabyl ca renew %s", cert.name);
    ending_t ending = {place->path, advice.text, label, what, SOON, VERY_SOON};
    check_ending(&ending, cert.not_after_ms, patient->now.wall_ms, out);
    check_issuer(patient, &cert, place->path, out);
    cert_close(&cert);
}

static void check_authority(const patient_t *patient, findings_t *out)
{
    cause_t why;
    if (!patient->authority) {
        authority_t *again = authority_open(patient->ca, NULL, &why);
        authority_close(&again);
        found(out, FOUND_CRITICAL, NULL, say("copy ca.pem from the CA"), "%s", why.text);
        return;
    }
    ending_t ending = {patient->ca, "dabyl ca succeed NEW_FOLDER --ca OLD_FOLDER",
        "ca_days", say("certificate of the CA"), CA_SOON, CA_VERY_SOON};
    check_ending(
        &ending, authority_ends_ms(patient->authority), patient->now.wall_ms, out);
}

void check_certificates(const patient_t *patient, findings_t *out)
{
    for (size_t i = 0; i < patient->places; i++)
        if (patient->place[i].kind == PLACE_CERTIFICATE)
            check_certificate(patient, &patient->place[i], out);
    check_authority(patient, out);
}

void check_crl(const patient_t *patient, findings_t *out)
{
    cause_t why;
    if (!patient->crl[0]) {
        found(out, FOUND_NOTE, patient->conf_path, "crl = \"certs/crl.pem\";",
            say("no CRL is configured: what was revoked is not known here"));
        return;
    }
    if (access(patient->crl, R_OK) != 0 && errno == EACCES) {
        found_closed(out, patient->crl);
        return;
    }
    authority_t *both = authority_open(patient->ca, patient->crl, &why);
    if (!both) {
        found(out, FOUND_CRITICAL, patient->crl, say("copy crl.pem from the CA"), "%s",
            why.text);
        return;
    }
    ending_t ending = {patient->crl,
        say("dabyl ca crl on the CA, then copy crl.pem here and reload"), "crl_days",
        say("revocation list (CRL)"), CRL_SOON, CRL_VERY_SOON};
    check_ending(&ending, authority_crl_next_update_ms(both), patient->now.wall_ms, out);
    authority_close(&both);
}

static void check_members(const roster_t *roster, int64_t now_ms, findings_t *out)
{
    advice_t advice;
    for (size_t i = 0; i < roster_count(roster); i++) {
        const member_t *member = roster_at(roster, i);
        int64_t ends_ms;
        bool hub = strcmp(member->role, "hub") == 0;
        if (roster_ends(roster, member->id, CERT_SEAL, now_ms, &ends_ms) &&
            (hub || roster_ends(roster, member->id, CERT_CHANNEL, now_ms, &ends_ms)))
            continue;
        found(out, FOUND_WARNING, member->id,
            advise(
                &advice, "dabyl ca renew %s; dabyl hub renew %s", member->id, member->id),
            say("none of its certificates is good: it is not let in"));
    }
}

static void check_soon(const roster_t *roster, int64_t now_ms, findings_t *out)
{
    const cert_t *cert;
    size_t cursor = 0;
    while (
        (cert = roster_next_expiring(roster, &cursor, now_ms, now_ms + SOON * day_ms))) {
        advice_t advice;
        buf_t moment = {0};
        int64_t ends_ms;
        if (roster_ends(roster, cert->name, cert->use, now_ms, &ends_ms) &&
            ends_ms >= now_ms + SOON * day_ms)
            continue; // renewed already
        screen_put_time(&moment, cert->not_after_ms);
        found(out, FOUND_WARNING, cert->name,
            advise(&advice, "dabyl ca renew %s", cert->name),
            say("its certificate (%s) ends at %s"), cert_use_name(cert->use),
            buf_text(&moment));
        buf_destroy(&moment);
    }
}

// As a reload would read it.
void check_roster(const patient_t *patient, findings_t *out)
{
    const hub_options_t *conf = &patient->hub;
    cause_t why;
    advice_t advice;
    size_t before = out->n;
    int64_t now_ms = patient->now.wall_ms, at_ms = now_ms;
    if (access(conf->roster, R_OK | X_OK) != 0) {
        found_closed(out, conf->roster);
        return;
    }
    authority_t *both = authority_open(conf->ca, conf->crl, &why);
    if (both && authority_crl_next_update_ms(both) <= now_ms)
        at_ms = authority_crl_next_update_ms(both) - 1000; // said of the CRL already
    authority_close(&both);
    roster_t *roster = roster_open(conf->roster, conf->ca, conf->crl, NULL, at_ms, &why);
    if (!roster) {
        found(out, FOUND_CRITICAL, NULL,
            advise(&advice, "ls %s; dabyl hub reload %s", conf->roster, patient->folder),
            say("the roster would not be taken: %s"), why.text);
        return;
    }
    check_members(roster, now_ms, out);
    check_soon(roster, now_ms, out);
    if (out->n == before)
        found(out, FOUND_OK, conf->roster, NULL, say("%zu nodes are enrolled"),
            roster_count(roster));
    roster_close(&roster);
}
