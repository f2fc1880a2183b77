// renewing - see the header.

#include "nodes/upkeep/renewing.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/pki/authority.h"
#include "lib/pki/keyfile.h"
#include "nodes/net/join_ask.h"

#include <limits.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static int request_path(const node_conf_t *conf, char path[PATH_MAX], cause_t *why)
{
    return path_join(path, PATH_MAX, conf->folder, "renewal.pem", why);
}

// Who this node is by its certificate, and its keys; without a moment.
static int read_own(const node_conf_t *conf, enrol_t *wish, seal_key_t *key, cause_t *why)
{
    cert_t cert;
    uint8_t secret[32];
    if (cert_read(&cert, conf->seal_certificate, why) != 0)
        return -1;
    *wish = (enrol_t){0};
    holder_of_cert(&wish->holder, &cert);
    cert_close(&cert);
    int result = keyfile_read_ed25519(conf->seal_key, key, why);
    if (result == 0)
        result = keyfile_read_x25519(conf->channel_key, secret, wish->channel_key, why);
    sodium_memzero(secret, sizeof secret);
    if (result == 0)
        memcpy(wish->seal_key, key->public_key, sizeof wish->seal_key);
    return result;
}

// Whether one that is there is for the same; keys may have been changed meanwhile.
static bool is_for(const enrol_t *request, const enrol_t *wish)
{
    return request->signed_ms != 0 &&
           strcmp(request->holder.name, wish->holder.name) == 0 &&
           holder_same(&request->holder, &wish->holder) &&
           memcmp(request->seal_key, wish->seal_key, sizeof wish->seal_key) == 0 &&
           memcmp(request->channel_key, wish->channel_key, sizeof wish->channel_key) == 0;
}

static int make(const char *path, enrol_t *wish, const seal_key_t *key, cause_t *why)
{
    buf_t pem = {0};
    wish->signed_ms = clock_now().wall_ms;
    int result = enrol_print(wish, key, &pem, why);
    if (result == 0)
        result = file_replace(path, buf_span(&pem), 0644, why);
    buf_destroy(&pem);
    return result;
}

int renewing_request(const node_conf_t *conf, enrol_t *request, cause_t *why)
{
    char path[PATH_MAX];
    cause_t ignored;
    seal_key_t key;
    enrol_t wish;
    if (request_path(conf, path, why) != 0)
        return -1;
    int result = read_own(conf, &wish, &key, why);
    if (result == 0 && access(path, F_OK) == 0 &&
        enrol_read(request, path, &ignored) == 0) {
        if (is_for(request, &wish)) {
            sodium_memzero(&key, sizeof key);
            return 0;
        }
        enrol_close(request);
    }
    if (result == 0)
        result = make(path, &wish, &key, why);
    sodium_memzero(&key, sizeof key);
    return result == 0 ? enrol_read(request, path, why) : -1; // as it was written
}

void renewing_forget(const node_conf_t *conf)
{
    char path[PATH_MAX];
    cause_t ignored;
    if (request_path(conf, path, &ignored) == 0)
        (void)unlink(path);
}

// --------------------------------------------------------------------------------

static int check_own(const cert_t *cert, const enrol_t *request, const authority_t *ca,
    const char *path, cause_t *why)
{
    holder_t holder;
    cert_t before;
    const uint8_t *key =
        cert->use == CERT_SEAL ? request->seal_key : request->channel_key;
    if (cert->der.size == 0)
        return cause_set(
            why, say("a certificate for the seal or the channel is missing"));
    holder_of_cert(&holder, cert);
    if (memcmp(cert->key, key, sizeof cert->key) != 0)
        return cause_set(
            why, say("the %s certificate is for another key"), cert_use_name(cert->use));
    if (strcmp(holder.name, request->holder.name) != 0 ||
        !holder_same(&holder, &request->holder))
        return cause_set(why, say("the %s certificate is for somebody else"),
            cert_use_name(cert->use));
    if (cert_check(cert, ca, clock_now().wall_ms, why) != 0 ||
        cert_read(&before, path, why) != 0)
        return -1;
    const bool older = cert->not_after_ms < before.not_after_ms;
    cert_close(&before);
    return older ? cause_set(why,
                       say("the %s certificate ends earlier than that which is there"),
                       cert_use_name(cert->use))
                 : 0;
}

int renewing_same_log(const node_conf_t *conf, const json_t *said, cause_t *why)
{
    log_vkey_t fresh, known;
    if (log_vkey_parse(&fresh, span_text(join_text(said, "vkey")), why) != 0)
        return cause_prefix(why, "vkey");
    if (log_vkey_read(&known, conf->vkey, why) != 0)
        return -1;
    return strcmp(known.origin, fresh.origin) == 0 &&
                   memcmp(known.key, fresh.key, sizeof known.key) == 0
               ? 0
               : cause_set(why,
                     say("this node belongs to the log %s, and the hub has %s"),
                     known.origin, fresh.origin);
}

static int check(
    const node_conf_t *conf, const enrol_t *request, const answer_t *answer, cause_t *why)
{
    const char *crl = conf->crl[0] ? conf->crl : NULL;
    authority_t *ca = authority_open(conf->ca, crl, why);
    if (!ca)
        return -1;
    int result = check_own(&answer->seal, request, ca, conf->seal_certificate, why);
    if (result == 0)
        result = check_own(&answer->channel, request, ca, conf->channel_certificate, why);
    authority_close(&ca);
    return result;
}

static int keep(const char *path, const cert_t *cert, cause_t *why)
{
    buf_t pem = {0};
    cert_print_pem(cert, &pem);
    int result = file_replace(path, buf_span(&pem), 0644, why);
    buf_destroy(&pem);
    return result;
}

int renewing_check(const node_conf_t *conf, const enrol_t *request, const json_t *said,
    answer_t *answer, cause_t *why)
{
    if (renewing_same_log(conf, said, why) != 0)
        return -1;
    if (answer_parse(answer, span_text(join_text(said, "answer")), why) != 0)
        return cause_prefix(why, say("the CA's answer"));
    if (check(conf, request, answer, why) == 0)
        return 0;
    answer_close(answer);
    return -1;
}

int renewing_take(
    const node_conf_t *conf, const enrol_t *request, const json_t *said, cause_t *why)
{
    answer_t answer;
    if (renewing_check(conf, request, said, &answer, why) != 0)
        return -1;
    int result = keep(conf->channel_certificate, &answer.channel, why);
    if (result == 0)
        result = keep(conf->seal_certificate, &answer.seal, why);
    answer_close(&answer);
    return result;
}
