// evidence - files as the node keeps them, byte for byte, under names that say nothing of
// this machine.

#include "web/api/evidence.h"

#include "lib/base/file.h"
#include "nodes/config/node_paths.h"
#include "web/keys.h"
#include "web/tar.h"

#include <limits.h>
#include <string.h>

enum { PUBLIC_MAX = 16 << 20 }; // bytes of a certificate or list

typedef struct {
    buf_t *tar;
    char folder[MESSAGE_ID_MAX + 16];
    int64_t at_s;
} evidence_t;

static void put(const evidence_t *self, const char *name, span_t bytes)
{
    (void)tar_add(self->tar, self->folder, name, bytes, self->at_s);
}

static void put_path(const evidence_t *self, const char *name, const char *path)
{
    buf_t bytes = {0};
    cause_t ignored;
    if (file_read(path, PUBLIC_MAX, &bytes, &ignored) == 0)
        put(self, name, buf_span(&bytes));
    buf_destroy(&bytes);
}

// False: there is no such file beside the message.
static bool put_beside(const evidence_t *self, const mail_t *mail, const char *ending)
{
    char name[MESSAGE_ID_MAX + 16];
    buf_t bytes = {0};
    bool there = mail_beside(mail, ending, &bytes) == 0;
    (void)snprintf(name, sizeof name, "%.36s%s", mail_text(mail->root, "id"), ending);
    if (there)
        put(self, name, buf_span(&bytes));
    buf_destroy(&bytes);
    return there;
}

static void put_certificates(
    const evidence_t *self, const web_t *web, span_t seal, int64_t at_ms)
{
    const char *name;
    json_t *pem, *files = web_keys_certificates(web->keys, seal, at_ms);
    json_object_foreach(files, name, pem)
    {
        char path[NODE_ID_MAX + 64];
        (void)snprintf(path, sizeof path, "certs/%s", name);
        put(self, path, span_text(json_string_value(pem)));
    }
    json_decref(files);
}

// Of who sealed it, and of who sealed what it carries.
static void put_signers(const evidence_t *self, const web_t *web, const mail_t *mail)
{
    int64_t at_ms = mail->has_leaf ? mail->leaf.time_ms : 0;
    const json_t *carried =
        json_object_get(json_object_get(mail->root, "body"), "carried");
    buf_t seal = {0}, inside = {0};
    if (mail_beside(mail, ".seal", &seal) == 0)
        put_certificates(self, web, buf_span(&seal), at_ms);
    if (base64_decode(span_text(mail_text(carried, "seal")), &inside))
        put_certificates(self, web, buf_span(&inside), at_ms);
    buf_destroy(&seal);
    buf_destroy(&inside);
}

// The log's key: of a log that the node has left it lies in that one's folder.
static void put_keys(const evidence_t *self, const web_t *web, const mail_t *mail)
{
    static const struct {
        const char *name;
        node_path_t place;
    } files[] = {{"ca.pem", NODE_CA}, {"crl.pem", NODE_CRL}};
    char path[PATH_MAX], node[PATH_MAX];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        node_path(web->node, files[i].place, path);
        put_path(self, files[i].name, path);
    }
    if (!mail_node(mail, node))
        (void)snprintf(node, sizeof node, "%s", web->node);
    node_path(node, NODE_VKEY, path);
    put_path(self, "hub.vkey", path);
}

// Some of it is not there for what is on its way, or came along.
static void put_readme(const evidence_t *self, const mail_t *mail)
{
    buf_t text = {0};
    const char *id = mail_text(mail->root, "id");
    buf_printf(&text,
        "This folder has one message of a Dabyl exchange and what is needed to check "
        "it.\n"
        "\n"
        "  %s.json          the message, byte for byte as it was sealed\n"
        "  %s.seal          who sealed it: the node, and officers beside it\n"
        "  %s.tlog-proof    the hub's receipt: taken, at which place of its log, when\n"
        "  .why or .told    why it was delivered here, or who was told (the hub's word)\n"
        "  certs/           certificates of those who sealed\n"
        "  ca.pem crl.pem   who says whose a key is, and which were revoked\n"
        "  hub.vkey         the public key of the log\n"
        "\n"
        "To check it, with no network and on any machine that has the dabyl program:\n"
        "\n"
        "  dabyl verify %s.json --vkey hub.vkey --ca ca.pem --certs certs\n"
        "\n"
        "and with --crl crl.pem where that file is here.  Who trusts nobody compares\n"
        "ca.pem and hub.vkey with those that the CA and the hub have published, and can\n"
        "check everything with other programs: PROTOCOL.md of Dabyl says how.\n"
        "\n"
        "Тексеру / Проверка:\n"
        "  dabyl verify %s.json --vkey hub.vkey --ca ca.pem --certs certs\n",
        id, id, id, id, id);
    put(self, "README.txt", buf_span(&text));
    buf_destroy(&text);
}

int evidence_tar(const web_t *web, const mail_t *mail, buf_t *tar, cause_t *why)
{
    static const char *const endings[] = {
        ".seal", ".tlog-proof", ".why", ".told", ".erased"};
    evidence_t self = {.tar = tar};
    self.at_s = mail->has_leaf ? mail->leaf.time_ms / 1000 : 0;
    (void)snprintf(
        self.folder, sizeof self.folder, "dabyl-%.36s", mail_text(mail->root, "id"));
    put_readme(&self, mail);
    if (!put_beside(&self, mail, ".json") && !mail->gone)
        return cause_set(why, "%s: it cannot be read", mail->path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        (void)put_beside(&self, mail, endings[i]);
    put_signers(&self, web, mail);
    put_keys(&self, web, mail);
    tar_end(tar);
    return 0;
}
