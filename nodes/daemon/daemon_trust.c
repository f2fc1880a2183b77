// daemon_trust - whom this node believes, and who it is, while it runs: its own
// certificates read anew when somebody says so, further CAs, their revocation lists and
// the hub's next channel certificate taken from the hub when they change.
//
// What the hub hands over counts only by the CA's signature, and when it is newer than
// what is there; it goes into the files that the configuration names, so that tools and
// the next start have it.  What is wrong changes nothing.

#include "nodes/daemon/daemon_state.h"

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "nodes/config/believing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    TRUST_EACH_MS = 60 * 1000,
    TRUST_AGAIN_MS = 5 * 1000,
};

static int check_same(const daemon_t *self, const credentials_t *fresh, cause_t *why)
{
    const credentials_t *now = &self->credentials;
    if (strcmp(now->vkey.origin, fresh->vkey.origin) != 0 ||
        memcmp(now->vkey.key, fresh->vkey.key, sizeof now->vkey.key) != 0)
        return cause_set(why,
            "%s is of another log than this node's: it goes over with "
            "`dabyl node accept-log`",
            self->conf->vkey);
    if (strcmp(now->seal_cert.role, fresh->seal_cert.role) != 0)
        return cause_set(why, "the role would change from %s to %s, which takes a start",
            now->seal_cert.role, fresh->seal_cert.role);
    if (now->crl && fresh->crl &&
        authority_crl_follows(fresh->crl, now->crl, self->conf->crl, why) != 0)
        return -1;
    return credentials_valid(fresh, self->now.wall_ms, why);
}

static void tell_link(daemon_t *self)
{
    link_identity_t identity;
    daemon_identity(self, &identity);
    link_identify(self->link, &identity);
    explicit_bzero(&identity, sizeof identity);
}

// The link borrows the CA: it is told of the new one before the old one goes.
static void swap(daemon_t *self, credentials_t *fresh)
{
    credentials_t before = self->credentials;
    self->credentials = *fresh;
    tell_link(self);
    credentials_close(&before);
    explicit_bzero(fresh, sizeof *fresh);
}

static bool same_cert(const cert_t *a, const cert_t *b)
{
    return span_equal(buf_span(&a->der), buf_span(&b->der));
}

int daemon_reload(daemon_t *self, cause_t *why)
{
    credentials_t fresh;
    if (credentials_open(&fresh, self->conf, why) != 0 ||
        (check_same(self, &fresh, why) != 0 && (credentials_close(&fresh), true))) {
        log_line(LOG_ERROR, "certificates.refused",
            "kept=\"what was in force\" reason=\"%s\"", why->text);
        return -1;
    }
    const bool renewed = !same_cert(&fresh.seal_cert, &self->credentials.seal_cert) ||
                         !same_cert(&fresh.channel_cert, &self->credentials.channel_cert);
    const uint64_t number = fresh.crl ? authority_crl_number(fresh.crl) : 0;
    swap(self, &fresh);
    self->examine_at_ms = self->now.monotonic_ms;
    if (self->trust_at_ms != MOMENT_NEVER)
        self->trust_at_ms = self->now.monotonic_ms; // and ask the hub, too
    if (self->erased_at_ms != MOMENT_NEVER)
        daemon_erased_restart(self);
    log_line(LOG_INFO, "certificates.loaded", "renewed=%s crl=%" PRIu64,
        renewed ? "yes" : "no", number);
    return 0;
}

void daemon_identity(const daemon_t *self, link_identity_t *out)
{
    const credentials_t *own = &self->credentials;
    *out = (link_identity_t){.ca = own->ca, .hub_keys = 1};
    memcpy(out->hub_key[0], own->hub_cert.key, 32);
    memcpy(out->secret_key, own->channel_secret, 32);
    memcpy(out->public_key, own->channel_public, 32);
    if (own->hub_next.der.size > 0 &&
        memcmp(own->hub_next.key, own->hub_cert.key, 32) != 0)
        memcpy(out->hub_key[out->hub_keys++], own->hub_next.key, 32);
}

// --------------------------------------------------------------------------------

void daemon_trust_restart(daemon_t *self)
{
    self->trust_at_ms = self->now.monotonic_ms;
}

void daemon_trust_turn(daemon_t *self)
{
    cause_t ignored;
    char arguments[HASH_HEX + 16];
    if (!moment_due(self->trust_at_ms, self->now.monotonic_ms))
        return;
    self->trust_at_ms = moment_after(self->now.monotonic_ms, TRUST_EACH_MS);
    (void)snprintf(arguments, sizeof arguments, "{\"known\":\"%s\"}", self->trust_known);
    if (link_query(
            self->link, DAEMON_ASKS_TRUST, "trust", span_text(arguments), &ignored) != 0)
        self->trust_at_ms = MOMENT_NEVER; // until there is a session
}

static bool same_lists(const authority_t *a, const authority_t *b)
{
    buf_t one = {0};
    buf_t two = {0};
    authority_print(a, &one);
    authority_print(b, &two);
    const bool same = span_equal(buf_span(&one), buf_span(&two));
    buf_destroy(&one);
    buf_destroy(&two);
    return same;
}

// 1: there is a newer one, in `out`; 0: it is the one that is there.
static int read_crl(daemon_t *self, const char *pem, authority_t **out, cause_t *why)
{
    buf_t both = {0};
    *out = NULL;
    if (!self->conf->crl[0] || !pem[0])
        return 0;
    int result = file_read(self->conf->ca, 1 << 20, &both, why);
    buf_put_text(&both, pem);
    if (result == 0 && !(*out = authority_parse(buf_span(&both), why)))
        result = -1;
    buf_destroy(&both);
    if (result == 0 && same_lists(*out, self->credentials.crl))
        authority_close(out);
    else if (result == 0 &&
             authority_crl_follows(*out, self->credentials.crl, "the hub's", why) != 0)
        result = -1;
    if (result != 0)
        authority_close(out);
    return result != 0 ? -1 : *out != NULL;
}

static int take_crl(daemon_t *self, const char *pem, cause_t *why)
{
    authority_t *fresh;
    int newer = read_crl(self, pem, &fresh, why);
    if (newer <= 0)
        return newer;
    if (file_replace(self->conf->crl, span_text(pem), 0644, why) != 0) {
        authority_close(&fresh);
        return -1;
    }
    authority_close(&self->credentials.crl);
    self->credentials.crl = fresh;
    log_line(LOG_INFO, "crl.loaded", "number=%" PRIu64 " from=hub",
        authority_crl_number(fresh));
    return 0;
}

// 1: it may take the place of `old`; 0: it is that one, or ends earlier.
static int read_hub_cert(
    const daemon_t *self, const char *pem, const cert_t *old, cert_t *out, cause_t *why)
{
    const authority_t *ca =
        self->credentials.crl ? self->credentials.crl : self->credentials.ca;
    *out = (cert_t){0};
    if (!pem[0])
        return 0;
    if (cert_take(out, span_text(pem), why) != 0)
        return -1;
    int result = 1;
    if (same_cert(out, old) || out->not_after_ms < old->not_after_ms)
        result = 0;
    else if (out->use != CERT_CHANNEL || strcmp(out->role, "hub") != 0)
        result = cause_set(
            why, "the certificate of %s is not a hub's for its channel", out->name);
    else if (cert_check(out, ca, self->now.wall_ms, why) != 0)
        result = cert_check(out, ca, out->not_before_ms, why) != 0 ? -1 : 1; // not yet
    if (result != 1)
        cert_close(out);
    return result;
}

static int keep_cert(const char *path, const cert_t *cert, cause_t *why)
{
    buf_t pem = {0};
    cert_print_pem(cert, &pem);
    int result = file_replace(path, buf_span(&pem), 0644, why);
    buf_destroy(&pem);
    return result;
}

// The same key, renewed.  Another key is believed as the next, and only then.
static int take_hub_cert(daemon_t *self, const char *pem, cause_t *why)
{
    cert_t fresh;
    int better = read_hub_cert(self, pem, &self->credentials.hub_cert, &fresh, why);
    if (better <= 0)
        return better;
    int result = 0;
    if (memcmp(fresh.key, self->credentials.hub_cert.key, sizeof fresh.key) == 0 &&
        (result = keep_cert(self->conf->hub_certificate, &fresh, why)) == 0) {
        cert_close(&self->credentials.hub_cert);
        self->credentials.hub_cert = fresh;
        log_line(LOG_INFO, "hub.certificate", "renewed=yes");
        return 0;
    }
    cert_close(&fresh);
    return result;
}

static int take_next_cert(daemon_t *self, const char *pem, cause_t *why)
{
    cert_t fresh;
    char path[PATH_MAX];
    if (credentials_next_path(self->conf, path, why) != 0)
        return -1;
    int better = read_hub_cert(self, pem, &self->credentials.hub_next, &fresh, why);
    if (better <= 0)
        return better;
    if (keep_cert(path, &fresh, why) != 0) {
        cert_close(&fresh);
        return -1;
    }
    cert_close(&self->credentials.hub_next);
    self->credentials.hub_next = fresh;
    tell_link(self);
    log_line(
        LOG_INFO, "hub.certificate", "next=\"known: the hub's channel key may change\"");
    return 0;
}

// Read anew like everything else: the link is told, and what is wrong is said.
static int take_cas(daemon_t *self, const char *ca, const char *crl, cause_t *why)
{
    if (believing_take(
            self->conf, &self->credentials, span_text(ca), span_text(crl), why) != 0 ||
        daemon_reload(self, why) != 0)
        return -1;
    log_line(LOG_INFO, "ca.loaded", "from=hub");
    return 0;
}

static const char *member(const json_t *answer, const char *name)
{
    const char *text = json_string_value(json_object_get(answer, name));
    return text ? text : "";
}

// A CA that comes is believed before anything by it is taken, and one that goes is let go
// after what the other one has issued was; until then the lists are those of both.
static int take_parts(daemon_t *self, const json_t *answer, believed_t wish, cause_t *why)
{
    const char *ca = member(answer, "ca"), *crl = member(answer, "crl");
    if (wish == BELIEVED_MORE && take_cas(self, ca, crl, why) != 0)
        return cause_prefix(why, "ca");
    if (wish != BELIEVED_FEWER && take_crl(self, crl, why) != 0)
        return cause_prefix(why, "crl");
    if (take_hub_cert(self, member(answer, "channel"), why) != 0)
        return cause_prefix(why, "channel");
    if (take_next_cert(self, member(answer, "next"), why) != 0)
        return cause_prefix(why, "next");
    return wish == BELIEVED_FEWER && take_cas(self, ca, crl, why) != 0
               ? cause_prefix(why, "ca")
               : 0;
}

// CAs that nobody vouches for keep out nothing else.
static int take_trust(daemon_t *self, const json_t *answer, cause_t *why)
{
    cause_t doubt;
    const char *ca = member(answer, "ca");
    believed_t wish = ca[0] ? believing_look(&self->credentials, span_text(ca),
                                  self->now.wall_ms, &doubt)
                            : BELIEVED_SAME;
    if (take_parts(self, answer, wish, why) != 0)
        return -1;
    return wish == BELIEVED_NEVER ? cause_set(why, "ca: %s", doubt.text) : 0;
}

// An older hub does not know the question: its answer has none of the members.
void daemon_trust_answered(daemon_t *self, span_t text)
{
    cause_t why;
    json_t *answer = json_loadb((const char *)text.data, text.size, 0, NULL);
    const char *digest = json_string_value(json_object_get(answer, "digest"));
    if (json_is_true(json_object_get(answer, "retry")))
        self->trust_at_ms = moment_after(self->now.monotonic_ms, TRUST_AGAIN_MS);
    else if (digest && strlen(digest) < sizeof self->trust_known) {
        if (take_trust(self, answer, &why) != 0)
            log_often(LOG_WARNING, "trust.refused",
                "code=trust reason=\"%s\" action=\"what this node had stays\"", why.text);
        memcpy(self->trust_known, digest, strlen(digest) + 1);
    }
    json_decref(answer);
}

// The hub has proven the key of its next certificate: that is the one it has now.
void daemon_trust_session(daemon_t *self)
{
    cause_t why;
    char path[PATH_MAX];
    if (link_hub_key(self->link) == 0)
        return;
    if (credentials_next_path(self->conf, path, &why) != 0 ||
        keep_cert(self->conf->hub_certificate, &self->credentials.hub_next, &why) != 0) {
        log_line(LOG_WARNING, "trust.refused", "reason=\"%s\"", why.text);
        return; // both are believed on, and it is tried in the next session
    }
    (void)unlink(path);
    cert_close(&self->credentials.hub_cert);
    self->credentials.hub_cert = self->credentials.hub_next;
    self->credentials.hub_next = (cert_t){0};
    tell_link(self);
    log_line(LOG_INFO, "hub.certificate", "next=\"is the one in use now\"");
}
