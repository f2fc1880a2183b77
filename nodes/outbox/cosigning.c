// cosigning - the waiting message is sealed alone in a parcel of its own, so that what
// the officers sign is this message and no other; each signature is added to that seal.

#include "nodes/outbox/cosigning.h"

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "nodes/cli/handover.h"
#include "nodes/inbox/mail.h"
#include "nodes/link/parcel.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DOCUMENT_MAX = 64 << 20 };

static int path_of(const char *folder, const char *id, const char *ending,
    char out[PATH_MAX], cause_t *why)
{
    char name[MESSAGE_ID_MAX + 32];
    (void)snprintf(name, sizeof name, "waiting/%s%s", id, ending);
    return path_join(out, PATH_MAX, folder, name, why);
}

static int write_file(
    const char *folder, const char *id, const char *ending, span_t data, cause_t *why)
{
    char path[PATH_MAX];
    return path_of(folder, id, ending, path, why) == 0
               ? handover_file(folder, path, data, why)
               : -1;
}

// The seal that waits, when it is one of this document.
static int read_seal(
    const char *folder, const char *id, span_t document, seal_t *seal, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    hash_t hash;
    sha256(document, &hash);
    int result = path_of(folder, id, ".seal", path, why);
    if (result == 0)
        result = file_read_plain(path, SEAL_HEAD_MAX * 2, &text, why);
    if (result == 0 && (seal_parse(seal, buf_span(&text), why) != 0 ||
                           seal_check_place(seal, &hash, why) != 0))
        result = cause_prefix(why, "%s", path);
    buf_destroy(&text);
    return result;
}

bool cosigning_may_help(const char *code)
{
    return strcmp(code, "seals.missing") == 0 || strcmp(code, "seals.office") == 0;
}

// Alone in a parcel of its own: what officers sign is this message and no other.
static int seal_alone(const char *id, span_t document, const char *origin,
    const seal_key_t *key, buf_t *seal, cause_t *why)
{
    parcel_t *parcel = parcel_new();
    parcel_add(parcel, id, document, 0);
    int result = parcel_seal(parcel, origin, &key, 1, why);
    if (result == 0)
        parcel_print_seal(parcel, 0, seal);
    parcel_destroy(&parcel);
    return result;
}

int cosigning_keep(const char *folder, const char *id, span_t document,
    const char *origin, const seal_key_t *key, cause_t *why)
{
    char path[PATH_MAX];
    seal_t before;
    buf_t seal = {0};
    cause_t ignored;
    if (read_seal(folder, id, document, &before, &ignored) == 0 &&
        strcmp(before.head.signature[0].key_id, key->id) == 0)
        return 0;
    if (path_join(path, sizeof path, folder, "waiting", why) != 0 ||
        handover_folder(folder, path, why) != 0)
        return -1;
    int result = seal_alone(id, document, origin, key, &seal, why);
    if (result == 0)
        result = write_file(folder, id, ".seal", buf_span(&seal), why);
    if (result == 0)
        result = write_file(folder, id, ".json", document, why);
    buf_destroy(&seal);
    return result;
}

bool cosigning_seal(
    const char *folder, const char *id, span_t document, const char *key_id, buf_t *text)
{
    seal_t seal;
    cause_t ignored;
    if (read_seal(folder, id, document, &seal, &ignored) != 0 ||
        seal.head.signatures < 2 || strcmp(seal.head.signature[0].key_id, key_id) != 0)
        return false;
    seal_print(&seal, text);
    return true;
}

void cosigning_done(const char *folder, const char *id)
{
    static const char *const endings[] = {".json", ".seal"};
    char path[PATH_MAX];
    cause_t ignored;
    for (size_t i = 0; i < 2; i++)
        if (path_of(folder, id, endings[i], path, &ignored) == 0)
            (void)unlink(path);
}

int cosigning_document(const char *folder, const char *id, buf_t *document, cause_t *why)
{
    char path[PATH_MAX];
    if (!uuid7_valid(span_text(id)))
        return cause_set(why, "'%s' is not the id of a message", id);
    if (path_of(folder, id, ".json", path, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return cause_set(why, "no message %s waits for officers in this node", id);
    return file_read_plain(path, DOCUMENT_MAX, document, why);
}

static int check_officer(
    span_t document, const cert_t *officer, const seal_key_t *key, cause_t *why)
{
    json_t *root = json_loadb((const char *)document.data, document.size, 0, NULL);
    bool own = strcmp(mail_text(root, "from"), officer->node) == 0;
    json_decref(root);
    if (officer->use != CERT_SEAL || strcmp(officer->role, "officer") != 0)
        return cause_set(why, "the certificate of %s is not an officer's", officer->name);
    if (!own)
        return cause_set(why,
            "%s is an officer of %s, and the message is not that node's", officer->name,
            officer->node);
    if (strcmp(key->id, officer->key_id) != 0)
        return cause_set(why,
            "the key is not the one that the certificate of %s certifies", officer->name);
    return 0;
}

// Beside those of other authors: it is not delivered here, and dabyl verify needs it.
static int keep_cert(const char *folder, const cert_t *officer, cause_t *why)
{
    char name[HASH_HEX + 32], path[PATH_MAX];
    buf_t pem = {0};
    (void)snprintf(name, sizeof name, "certs/known/%s.pem", officer->key_id);
    cert_print_pem(officer, &pem);
    // A node that was delivered nothing yet has no such folder.
    int result = path_join(path, sizeof path, folder, "certs/known", why) == 0
                     ? handover_folder(folder, path, why)
                     : -1;
    if (result == 0)
        result = path_join(path, sizeof path, folder, name, why);
    if (result == 0)
        result = handover_file(folder, path, buf_span(&pem), why);
    buf_destroy(&pem);
    return result;
}

int cosigning_sign(const char *folder, const char *id, const cert_t *officer,
    const seal_key_t *key, cause_t *why)
{
    buf_t document = {0}, text = {0};
    seal_t seal;
    int result = -1;
    if (cosigning_document(folder, id, &document, why) == 0 &&
        check_officer(buf_span(&document), officer, key, why) == 0 &&
        read_seal(folder, id, buf_span(&document), &seal, why) == 0 &&
        seal_head_sign(&seal.head, key, why) == 0 &&
        keep_cert(folder, officer, why) == 0) {
        seal_print(&seal, &text);
        result = write_file(folder, id, ".seal", buf_span(&text), why);
    }
    buf_destroy(&document);
    buf_destroy(&text);
    return result;
}
