// commission - see the header.

#include "nodes/upkeep/commission.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/times.h"
#include "lib/pki/answer.h"
#include "lib/pki/authority.h"
#include "nodes/cli/handover.h"
#include "nodes/net/join_ask.h"
#include "nodes/upkeep/renewing.h"

#include <stdio.h>
#include <string.h>

enum { KEY_SHOWN = 16 }; // digits of a key in the name of a file, as the console has them

static int in(
    const commission_t *self, const char *name, char path[PATH_MAX], cause_t *why)
{
    return path_join(path, PATH_MAX, self->folder, name, why);
}

static int set_holder(const commission_t *self, const commission_wish_t *wish,
    holder_t *holder, cause_t *why)
{
    cert_t own;
    if (cert_read(&own, self->conf->seal_certificate, why) != 0)
        return -1;
    int result = holder_set(holder, wish->name, NULL,
        wish->organisation ? wish->organisation : own.organisation, self->conf->node,
        why);
    cert_close(&own);
    return result == 0 ? holder_set_office(holder, wish->office, wish->territory, why)
                       : -1;
}

static int make(const commission_t *self, enrol_t *wish, cause_t *why)
{
    char keys[PATH_MAX], seal[PATH_MAX], path[PATH_MAX];
    enrol_made_t ignored;
    buf_t pem = {0};
    if (in(self, "keys", keys, why) != 0 || in(self, "keys/seal.key", seal, why) != 0 ||
        in(self, "request.pem", path, why) != 0 ||
        folder_make(self->folder, 0700, why) != 0 || folder_make(keys, 0700, why) != 0)
        return -1;
    int result = enrol_new(wish, seal, NULL, &pem, &ignored, why);
    if (result == 0)
        result = file_replace(path, buf_span(&pem), 0644, why);
    buf_destroy(&pem);
    return result == 0 ? enrol_read(wish, path, why) : -1; // as it was written
}

// It says who it is for; a name on the command line is only to agree with it.
static int take_file(const commission_t *self, const commission_wish_t *wish,
    const char *file, enrol_t *request, cause_t *why)
{
    if (enrol_read(request, file, why) != 0)
        return -1;
    const holder_t *who = &request->holder;
    if (holder_is_officer(who) && strcmp(who->node, self->conf->node) == 0 &&
        strcmp(who->name, wish->name) == 0)
        return 0;
    (void)cause_set(why, say("%s: this request is not by %s, officer of %s"), file,
        wish->name, self->conf->node);
    enrol_close(request);
    return -1;
}

int commission_request(const commission_t *self, const commission_wish_t *wish,
    const char *file, enrol_t *request, cause_t *why)
{
    *request = (enrol_t){0};
    if (file)
        return take_file(self, wish, file, request, why);
    return set_holder(self, wish, &request->holder, why) == 0 ? make(self, request, why)
                                                              : -1;
}

// --------------------------------------------------------------------------------

static int check(const commission_t *self, const enrol_t *request, const answer_t *answer,
    cause_t *why)
{
    holder_t holder;
    const cert_t *cert = &answer->seal;
    const char *crl = self->conf->crl[0] ? self->conf->crl : NULL;
    if (cert->der.size == 0)
        return cause_set(why, say("a certificate for the seal is missing"));
    holder_of_cert(&holder, cert);
    if (memcmp(cert->key, request->seal_key, sizeof cert->key) != 0)
        return cause_set(
            why, say("the %s certificate is for another key"), cert_use_name(cert->use));
    if (strcmp(holder.name, request->holder.name) != 0 ||
        !holder_same(&holder, &request->holder))
        return cause_set(why, say("the %s certificate is for somebody else"),
            cert_use_name(cert->use));
    authority_t *ca = authority_open(self->conf->ca, crl, why);
    int result = ca ? cert_check(cert, ca, clock_now().wall_ms, why) : -1;
    authority_close(&ca);
    return result;
}

// Beside the key, for commands; it is the officer's own folder.
static int put_beside(const commission_t *self, span_t pem, cause_t *why)
{
    char certs[PATH_MAX], path[PATH_MAX];
    if (!self->folder[0])
        return 0;
    return in(self, "certs", certs, why) == 0 && folder_make(certs, 0755, why) == 0 &&
                   in(self, "certs/seal.pem", path, why) == 0
               ? file_replace(path, pem, 0644, why)
               : -1;
}

static int put_for_console(
    const commission_t *self, const cert_t *cert, span_t pem, cause_t *why)
{
    char folder[PATH_MAX], path[PATH_MAX], name[NODE_ID_MAX + KEY_SHOWN + 16];
    (void)snprintf(
        name, sizeof name, "officers/%s-%.*s.pem", cert->name, KEY_SHOWN, cert->key_id);
    return path_join(folder, sizeof folder, self->node, "officers", why) == 0 &&
                   handover_folder(self->node, folder, why) == 0 &&
                   path_join(path, sizeof path, self->node, name, why) == 0
               ? handover_file(self->node, path, pem, why)
               : -1;
}

static int keep(const commission_t *self, const cert_t *cert, cause_t *why)
{
    buf_t pem = {0};
    cert_print_pem(cert, &pem);
    int result = put_beside(self, buf_span(&pem), why);
    if (result == 0)
        result = put_for_console(self, cert, buf_span(&pem), why);
    buf_destroy(&pem);
    return result;
}

int commission_take(
    const commission_t *self, const enrol_t *request, const json_t *said, cause_t *why)
{
    answer_t answer;
    if (renewing_same_log(self->conf, said, why) != 0)
        return -1;
    if (answer_parse(&answer, span_text(join_text(said, "answer")), why) != 0)
        return cause_prefix(why, say("the CA's answer"));
    int result = check(self, request, &answer, why);
    if (result == 0)
        result = keep(self, &answer.seal, why);
    answer_close(&answer);
    return result;
}
