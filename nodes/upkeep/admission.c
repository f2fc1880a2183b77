// admission - see the header.

#include "nodes/upkeep/admission.h"

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/pki/authority.h"
#include "nodes/upkeep/hub_files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 8 << 20 };

static int add_hub(const hub_options_t *conf, answer_t *answer, cause_t *why)
{
    cert_t own = {0};
    if (cert_read(&own, conf->channel_certificate, why) != 0)
        return -1;
    cert_close(&answer->hub_channel);
    answer->hub_channel = own;
    return hub_files_vkey(conf->log_key, conf->origin, answer->vkey, why);
}

static int check_key(const cert_t *cert, const uint8_t key[32], cause_t *why)
{
    return cert->der.size > 0 && memcmp(cert->key, key, sizeof cert->key) == 0
               ? 0
               : cause_set(why, "the answer is not for the keys of this request");
}

static int check(const hub_options_t *conf, const enrol_t *request,
    const answer_t *answer, cause_t *why)
{
    const cert_t *const certs[] = {&answer->seal, &answer->hub_channel, &answer->channel};
    const bool officer = holder_is_officer(&request->holder);
    if (strcmp(answer->name, request->holder.name) != 0)
        return cause_set(why, "the answer is for %s, and the request of %s", answer->name,
            request->holder.name);
    if (check_key(&answer->seal, request->seal_key, why) != 0 ||
        (!officer && check_key(&answer->channel, request->channel_key, why) != 0))
        return -1;
    authority_t *ca = authority_open(conf->ca, conf->crl, why);
    int result = ca ? 0 : -1;
    for (size_t i = 0; result == 0 && i < (officer ? 2 : 3); i++)
        result = cert_check(certs[i], ca, clock_now().wall_ms, why);
    authority_close(&ca);
    return result;
}

int admission_complete(
    const hub_options_t *conf, const enrol_t *request, answer_t *answer, cause_t *why)
{
    return add_hub(conf, answer, why) == 0 ? check(conf, request, answer, why) : -1;
}

// The usual name, or where that is another certificate's one with its serial.
static int name_of(const hub_options_t *conf, const cert_t *cert, span_t pem,
    char path[PATH_MAX], cause_t *why)
{
    char name[NODE_ID_MAX + SERIAL_MAX + 24];
    buf_t there = {0};
    (void)snprintf(name, sizeof name, "%s-%s.pem", cert->name, cert_use_name(cert->use));
    if (path_join(path, PATH_MAX, conf->roster, name, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return 0;
    int result = file_read(path, FILE_MAX, &there, why);
    if (result == 0 && !span_equal(buf_span(&there), pem)) {
        (void)snprintf(name, sizeof name, "%s-%s-%s.pem", cert->name,
            cert_use_name(cert->use), cert->serial);
        result = path_join(path, PATH_MAX, conf->roster, name, why);
    }
    buf_destroy(&there);
    return result;
}

static int put_one(
    const hub_options_t *conf, hub_change_t *change, const cert_t *cert, cause_t *why)
{
    char path[PATH_MAX];
    buf_t pem = {0};
    cert_print_pem(cert, &pem);
    int result = name_of(conf, cert, buf_span(&pem), path, why);
    if (result == 0)
        hub_change_put(change, path, buf_span(&pem), 0644);
    buf_destroy(&pem);
    return result;
}

int admission_put(
    const hub_options_t *conf, hub_change_t *change, const answer_t *answer, cause_t *why)
{
    if (put_one(conf, change, &answer->seal, why) != 0)
        return -1;
    return answer->channel.der.size > 0 ? put_one(conf, change, &answer->channel, why)
                                        : 0; // an officer has none
}
