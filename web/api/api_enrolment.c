// api_enrolment - how the key that an officer's browser made comes to a certificate.
//
// The browser asks by a request as every other officer does; an administrator takes its
// file to the CA, where the fingerprint is compared.  Nothing here makes a key count.

#include "lib/base/times.h"
#include "lib/pki/x509.h"
#include "nodes/config/node_authority.h"
#include "nodes/inbox/mail.h"
#include "web/api/api.h"
#include "web/desk/officers.h"

#include <openssl/pem.h>
#include <string.h>

// Who the officer is to be in a request: as an earlier certificate has it, that of the
// browser or one for seals.  A link says a name and no more: then the office is for the
// officer to say, and for the CA to believe.
typedef struct {
    bool known;
    char organisation[ORGANISATION_MAX], office[OFFICE_MAX], territory[TERRITORY_MAX];
} profile_t;

static bool take_profile(void *context, const cert_t *cert)
{
    profile_t *profile = context;
    memcpy(profile->organisation, cert->organisation, sizeof profile->organisation);
    memcpy(profile->office, cert->office, sizeof profile->office);
    memcpy(profile->territory, cert->territory, sizeof profile->territory);
    profile->known = true;
    return true;
}

static void find_profile(const web_t *web, const person_t *person, profile_t *out)
{
    (void)snprintf(out->organisation, sizeof out->organisation, "%s", web->organisation);
    memcpy(out->office, person->office, sizeof out->office);
    memcpy(out->territory, person->territory, sizeof out->territory);
    out->known = person->via == VIA_CERTIFICATE;
    if (!out->known)
        officers_each(web->node, person->name, take_profile, out);
}

static json_t *request_json(const enrol_t *request, const char *key_id, const char *file)
{
    char fingerprint[FINGERPRINT_TEXT];
    enrol_fingerprint(request, fingerprint);
    return json_pack(
        "{s:s, s:s, s:s}", "key", key_id, "fingerprint", fingerprint, "file", file);
}

static bool add_request(
    void *context, const enrol_t *request, const char *key_id, const char *file)
{
    json_array_append_new(context, request_json(request, key_id, file));
    return true;
}

typedef struct {
    json_t *list;
    authority_t *ca;
    int64_t now_ms;
} certificates_t;

// {"key", "from", "until", "good", and "fault" where it is not}
static bool add_certificate(void *context, const cert_t *cert)
{
    certificates_t *self = context;
    char from[TIME_TEXT], until[TIME_TEXT];
    cause_t why = {"there is no CA to ask"};
    bool good = self->ca && cert_check(cert, self->ca, self->now_ms, &why) == 0;
    time_print(cert->not_before_ms, from);
    time_print(cert->not_after_ms, until);
    json_t *one = json_pack("{s:s, s:s, s:s, s:s, s:b}", "key", cert->key_id, "office",
        cert->office, "from", from, "until", until, "good", good);
    if (!good)
        json_object_set_new(one, "fault", json_string(why.text));
    json_array_append_new(self->list, one);
    return true;
}

static json_t *certificates_of(const web_t *web, const char *name, int64_t now_ms)
{
    cause_t ignored;
    certificates_t all = {json_array(), node_authority(web->node, &ignored), now_ms};
    officers_each(web->node, name, add_certificate, &all);
    authority_close(&all.ca);
    return all.list;
}

static void answer_get(web_t *web, const request_t *request, reply_t *reply)
{
    const person_t *person = request_person(request);
    profile_t profile;
    json_t *requests = json_array();
    find_profile(web, person, &profile);
    officers_each_request(web->node, person->name, add_request, requests);
    reply_json(reply,
        json_pack("{s:{s:s, s:s, s:s, s:s, s:s, s:s, s:b}, s:o, s:o}", "profile", "name",
            person->name, "role", "officer", "organisation", profile.organisation, "node",
            web->name, "office", profile.office, "territory", profile.territory, "known",
            profile.known, "requests", requests, "certificates",
            certificates_of(web, person->name, request_now_ms(request))));
}

static int check_holder(
    const web_t *web, const person_t *person, const holder_t *holder, cause_t *why)
{
    profile_t profile;
    find_profile(web, person, &profile);
    if (!holder_is_officer(holder) || strcmp(holder->name, person->name) != 0 ||
        strcmp(holder->node, web->name) != 0)
        return cause_set(why, "it is not by %s, officer of %s", person->name, web->name);
    if (strcmp(holder->organisation, profile.organisation) != 0 ||
        (profile.known && (strcmp(holder->office, profile.office) != 0 ||
                              strcmp(holder->territory, profile.territory) != 0)))
        return cause_set(
            why, "organisation, office or territory are not those of %s", person->name);
    return 0;
}

static bool count_request(
    void *context, const enrol_t *request, const char *key_id, const char *file)
{
    (void)request;
    (void)key_id;
    (void)file;
    return ++*(size_t *)context < OFFICERS_REQUESTS_MOST;
}

static void ask(web_t *web, const request_t *request, const enrol_t *wish, reply_t *reply)
{
    const person_t *person = request_person(request);
    char key_id[HASH_HEX], file[OFFICERS_FILE];
    size_t n = 0;
    cause_t why;
    officers_each_request(web->node, person->name, count_request, &n);
    if (check_holder(web, person, &wish->holder, &why) != 0)
        reply_error(reply, 403, "enrolment.person", "%s", why.text);
    else if (n >= OFFICERS_REQUESTS_MOST)
        reply_error(reply, 413, "many",
            "there are %d requests of %s already: an administrator removes those in "
            "officers/requests/ that are done with",
            OFFICERS_REQUESTS_MOST, person->name);
    else if (officers_ask(web->node, wish, file, &why) != 0)
        reply_failed(reply, &why);
    else {
        seal_key_id(wish->seal_key, key_id);
        reply_json(reply, request_json(wish, key_id, file));
    }
}

static int read_pem(
    const json_t *body, const char *field, const char *label, buf_t *der, cause_t *why)
{
    return x509_take_pem(span_text(mail_text(body, field)), label, der) == 0
               ? 0
               : cause_set(why, "%s: no whole %s in PEM", field, label);
}

static void answer_post(web_t *web, const request_t *request, reply_t *reply)
{
    json_t *body = api_body(request, reply);
    buf_t der = {0};
    enrol_t wish = {0};
    cause_t why;
    if (body && (read_pem(body, "request", PEM_STRING_X509_REQ, &der, &why) != 0 ||
                    enrol_parse(&wish, buf_span(&der), &why) != 0))
        reply_error(reply, 400, "enrolment.request", "%s", why.text);
    else if (body)
        ask(web, request, &wish, reply);
    enrol_close(&wish);
    buf_destroy(&der);
    json_decref(body);
}

// By this CA, in force, this officer's, and for seals.
static int check_certificate(
    const web_t *web, const request_t *request, const cert_t *cert, cause_t *why)
{
    const person_t *person = request_person(request);
    if (cert->use != CERT_SEAL || strcmp(cert->role, "officer") != 0 ||
        strcmp(cert->name, person->name) != 0 || strcmp(cert->node, web->name) != 0)
        return cause_set(
            why, "it is not that of %s, officer of %s", person->name, web->name);
    authority_t *ca = node_authority(web->node, why);
    int result = ca ? cert_check(cert, ca, request_now_ms(request), why) : -1;
    authority_close(&ca);
    return result;
}

static void answer_put(web_t *web, const request_t *request, reply_t *reply)
{
    json_t *body = api_body(request, reply);
    buf_t der = {0};
    cert_t cert = {0};
    cause_t why;
    if (body && (read_pem(body, "certificate", PEM_STRING_X509, &der, &why) != 0 ||
                    cert_parse(&cert, buf_span(&der), &why) != 0))
        reply_error(reply, 400, "enrolment.certificate", "%s", why.text);
    else if (body && check_certificate(web, request, &cert, &why) != 0)
        reply_error(reply, 403, "enrolment.certificate", "%s", why.text);
    else if (body && officers_keep(web->node, &cert, &why) != 0)
        reply_failed(reply, &why);
    else if (body)
        answer_get(web, request, reply);
    cert_close(&cert);
    buf_destroy(&der);
    json_decref(body);
}

const web_route_t api_enrolment[] = {
    {METHOD_GET, "/api/enrolment", BODY_NONE, answer_get},
    {METHOD_POST, "/api/enrolment", BODY_JSON, answer_post},
    {METHOD_PUT, "/api/enrolment", BODY_JSON, answer_put},
    {0, NULL, BODY_NONE, NULL},
};
