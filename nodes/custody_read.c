// custody_read - every message is held against its seal and its proof, as `dabyl verify`
// does it.

#include "nodes/custody_read.h"

#include "nodes/proof.h"

#include <string.h>
#include <unistd.h>

// A node's keys, as `dabyl verify` takes them from its folder.
typedef struct {
    log_vkey_t vkey;
    keyring_t *keys;
    memo_t memo;
} trust_t;

static int read_vkey(trust_t *self, const char *node, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    int result = path_join(path, sizeof path, node, "hub.vkey", why);
    if (result == 0)
        result = file_read(path, VKEY_MAX, &text, why);
    span_t line = buf_span(&text);
    while (line.size > 0 && line.data[line.size - 1] == '\n')
        line.size--;
    if (result == 0 && log_vkey_parse(&self->vkey, line, why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&text);
    return result;
}

static int read_keys(trust_t *self, const char *node, cause_t *why)
{
    char ca[PATH_MAX], crl[PATH_MAX], own[PATH_MAX], known[PATH_MAX];
    if (path_join(ca, sizeof ca, node, "certs/ca.pem", why) != 0 ||
        path_join(crl, sizeof crl, node, "certs/crl.pem", why) != 0 ||
        path_join(own, sizeof own, node, "certs/seal.pem", why) != 0 ||
        path_join(known, sizeof known, node, "certs/known", why) != 0)
        return -1;
    self->keys = keyring_new();
    if (keyring_trust(self->keys, ca, access(crl, R_OK) == 0 ? crl : NULL, why) != 0 ||
        keyring_add_file(self->keys, own, why) != 0)
        return -1;
    return access(known, R_OK) == 0 ? keyring_add_folder(self->keys, known, why) : 0;
}

static void prove(trust_t *trust, step_t *step)
{
    proof_trust_t by = {trust->keys, trust->vkey.origin, &trust->memo};
    proven_t proven;
    char stem[PATH_MAX];
    (void)snprintf(stem, sizeof stem, "%s", step->mail.path);
    stem[strlen(stem) - strlen(".json")] = 0;
    step->proven = proof_files(&by, &trust->vkey, stem, &proven, &step->why) == 0;
    if (!step->proven)
        return;
    step->signers = proven.signers.n;
    for (size_t i = 0; i < proven.signers.n; i++)
        memcpy(step->signer[i], proven.signers.cert[i]->name, NODE_ID_MAX);
}

static int read_folder(
    custody_t *self, trust_t *trust, const char *node, const char *name, cause_t *why)
{
    char folder[PATH_MAX];
    names_t files = {0};
    if (path_join(folder, sizeof folder, node, name, why) != 0 ||
        names_list(&files, folder, ".json", why) != 0)
        return -1;
    for (size_t i = 0; i < files.n; i++) {
        mail_t mail;
        cause_t ignored; // one that cannot be read is shown by `dabyl inbox`
        if (mail_open(&mail, folder, files.name[i], &ignored) != 0)
            continue;
        step_t *step = custody_add(self, &mail);
        if (step)
            prove(trust, step);
    }
    names_free(&files);
    return 0;
}

int custody_read(custody_t *self, const char *node, cause_t *why)
{
    trust_t trust = {0};
    *self = (custody_t){0};
    int result = read_vkey(&trust, node, why);
    if (result == 0)
        result = read_keys(&trust, node, why);
    if (result == 0)
        result = read_folder(self, &trust, node, "inbox", why);
    if (result == 0)
        result = read_folder(self, &trust, node, "sent", why);
    keyring_destroy(&trust.keys);
    custody_fold(self);
    return result;
}
