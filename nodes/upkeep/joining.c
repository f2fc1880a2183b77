// joining - see the header.

#include "nodes/upkeep/joining.h"

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/pki/answer.h"
#include "lib/pki/authority.h"
#include "lib/tlog/note.h"
#include "nodes/net/join_ask.h"
#include "nodes/upkeep/share.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int path_in(
    const joining_t *self, const char *name, char path[PATH_MAX], cause_t *why)
{
    return path_join(path, PATH_MAX, self->folder, name, why);
}

static int write_file(const joining_t *self, const char *name, span_t text, cause_t *why)
{
    char path[PATH_MAX];
    return path_in(self, name, path, why) == 0 ? file_replace(path, text, 0644, why) : -1;
}

static int make_folder(const joining_t *self, const char *name, mode_t mode, cause_t *why)
{
    char path[PATH_MAX];
    return path_in(self, name, path, why) == 0 ? folder_make(path, mode, why) : -1;
}

// Who the request that is there was for.
static int recall(enrol_t *wish, const char *path, cause_t *why)
{
    enrol_t before;
    if (access(path, F_OK) != 0)
        return cause_set(why,
            "who joins?  Give --id, --role and --org; there is no request yet to go on "
            "with");
    if (enrol_read(&before, path, why) != 0)
        return -1;
    wish->holder = before.holder;
    enrol_close(&before);
    return 0;
}

int joining_request(
    const joining_t *self, enrol_t *wish, enrol_made_t *made, cause_t *why)
{
    char seal[PATH_MAX], channel[PATH_MAX], request[PATH_MAX];
    buf_t pem = {0};
    enrol_made_t ignored;
    if (path_in(self, "keys/seal.key", seal, why) != 0 ||
        path_in(self, "keys/channel.key", channel, why) != 0 ||
        path_in(self, "request.pem", request, why) != 0 ||
        (!wish->holder.name[0] && recall(wish, request, why) != 0) ||
        make_folder(self, "keys", 0700, why) != 0)
        return -1;
    int result = enrol_new(wish, seal, channel, &pem, made ? made : &ignored, why);
    if (result == 0)
        result = file_replace(request, buf_span(&pem), 0644, why);
    buf_destroy(&pem);
    if (result != 0)
        return -1;
    return enrol_read(wish, request, why); // as it was written
}

// What was handed out, read; the CA is the one whose digits were compared.
typedef struct {
    answer_t answer;
    authority_t *ca;
} handed_t;

static void close_handed(handed_t *self)
{
    answer_close(&self->answer);
    authority_close(&self->ca);
}

static int read_handed(handed_t *self, const json_t *said, cause_t *why)
{
    buf_t both = {0};
    *self = (handed_t){0};
    if (answer_parse(&self->answer, span_text(join_text(said, "answer")), why) != 0)
        return cause_prefix(why, "the CA's answer");
    buf_put_text(&both, join_text(said, "ca"));
    buf_put_span(&both, buf_span(&self->answer.crl));
    self->ca = authority_parse(buf_span(&both), why);
    buf_destroy(&both);
    return self->ca ? 0 : cause_prefix(why, "the CA");
}

static int check_own(const handed_t *self, const enrol_t *request, const cert_t *cert,
    const uint8_t key[32], cause_t *why)
{
    holder_t holder;
    if (cert->der.size == 0)
        return cause_set(why, "a certificate for the seal or the channel is missing");
    holder_of_cert(&holder, cert);
    if (memcmp(cert->key, key, sizeof cert->key) != 0)
        return cause_set(
            why, "the %s certificate is for another key", cert_use_name(cert->use));
    if (strcmp(holder.name, request->holder.name) != 0 ||
        !holder_same(&holder, &request->holder))
        return cause_set(
            why, "the %s certificate is for somebody else", cert_use_name(cert->use));
    return cert_check(cert, self->ca, clock_now().wall_ms, why);
}

static int check_hub(const handed_t *self, cause_t *why)
{
    const cert_t *cert = &self->answer.hub_channel; // whose role is that of a hub
    if (cert->der.size == 0)
        return cause_set(why, "the hub's channel certificate is missing");
    return cert_check(cert, self->ca, clock_now().wall_ms, why) == 0
               ? 0
               : cause_prefix(why, "the hub's certificate");
}

// A folder belongs to one log; going over to another is `dabyl node accept-log`.
static int check_log(const joining_t *self, const json_t *said, cause_t *why)
{
    char path[PATH_MAX];
    log_vkey_t fresh, known;
    if (log_vkey_parse(&fresh, span_text(join_text(said, "vkey")), why) != 0)
        return cause_prefix(why, "the log's key");
    if (path_in(self, "hub.vkey", path, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return 0;
    if (log_vkey_read(&known, path, why) != 0)
        return -1;
    return strcmp(known.origin, fresh.origin) == 0 &&
                   memcmp(known.key, fresh.key, sizeof known.key) == 0
               ? 0
               : cause_set(why,
                     "this folder belongs to the log %s, and the hub has %s: use another "
                     "folder, or `dabyl node accept-log` for a successor",
                     known.origin, fresh.origin);
}

int joining_check(
    const joining_t *self, const enrol_t *request, const json_t *said, cause_t *why)
{
    handed_t handed;
    int result = read_handed(&handed, said, why);
    if (result == 0)
        result = check_own(&handed, request, &handed.answer.seal, request->seal_key, why);
    if (result == 0)
        result = check_own(
            &handed, request, &handed.answer.channel, request->channel_key, why);
    if (result == 0)
        result = check_hub(&handed, why);
    if (result == 0)
        result = check_log(self, said, why);
    close_handed(&handed);
    return result;
}

// Where nodes connect: the host that answered, with the port that the hub listens at.
static void print_endpoint(
    const joining_t *self, const json_t *said, char out[TCP_HOST_MAX + 32])
{
    cause_t ignored;
    tcp_address_t at = self->hub;
    tcp_address_t listen;
    const char *first =
        json_string_value(json_array_get(json_object_get(said, "listen"), 0));
    (void)snprintf(at.port, sizeof at.port, "7600");
    if (first && tcp_parse(&listen, first, "7600", &ignored) == 0)
        memcpy(at.port, listen.port, sizeof at.port);
    tcp_print(&at, out);
}

static int write_conf(
    const joining_t *self, const enrol_t *request, const json_t *said, cause_t *why)
{
    char path[PATH_MAX], share[PATH_MAX], endpoint[TCP_HOST_MAX + 32];
    cause_t ignored;
    buf_t text = {0};
    if (path_in(self, "node.conf", path, why) != 0)
        return -1;
    if (access(path, F_OK) == 0)
        return 0; // somebody's own
    print_endpoint(self, said, endpoint);
    buf_printf(&text,
        "# Configuration of a Dabyl node; see dabyl-node.conf(5).\n"
        "node = \"%s\";\n"
        "hub = { endpoints = [\"%s\"]; };\n"
        "crl = \"certs/crl.pem\";\n",
        request->holder.name, endpoint);
    if (share_find(self->share, share, &ignored) == 0)
        buf_printf(&text, "schemas = \"%s/schemas\";\n", share);
    int result = file_create(path, buf_span(&text), 0644, why);
    buf_destroy(&text);
    return result;
}

// The CA as it was compared, and none beside it.
static int write_all(const joining_t *self, answer_t *answer, const enrol_t *request,
    const json_t *said, cause_t *why)
{
    char certs[PATH_MAX], vkey[VKEY_MAX + 2];
    (void)snprintf(vkey, sizeof vkey, "%s\n", join_text(said, "vkey"));
    buf_clear(&answer->ca);
    buf_put_text(&answer->ca, join_text(said, "ca"));
    if (path_in(self, "certs", certs, why) != 0 ||
        answer_unpack(answer, certs, why) != 0 ||
        write_file(self, "hub.vkey", span_text(vkey), why) != 0)
        return -1;
    return write_conf(self, request, said, why);
}

int joining_write(
    const joining_t *self, const enrol_t *request, const json_t *said, cause_t *why)
{
    handed_t handed;
    int result = read_handed(&handed, said, why);
    if (result == 0)
        result = write_all(self, &handed.answer, request, said, why);
    close_handed(&handed);
    return result;
}
