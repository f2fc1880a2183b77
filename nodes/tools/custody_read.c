// custody_read - every message is proven by its seal and its receipt, as `dabyl verify`
// does it.

#include "nodes/tools/custody_read.h"

#include "nodes/config/node_paths.h"
#include "nodes/inbox/proof.h"

#include <string.h>
#include <unistd.h>

// A node's keys, as `dabyl verify` takes them from its folder.
typedef struct {
    log_vkey_t vkey;
    keyring_t *keys;
    memo_t memo;
} trust_t;

static int take_keys(trust_t *self, const char *node, cause_t *why)
{
    char vkey[PATH_MAX], ca[PATH_MAX], crl[PATH_MAX];
    node_path(node, NODE_VKEY, vkey);
    node_path(node, NODE_CA, ca);
    node_path(node, NODE_CRL, crl);
    if (log_vkey_read(&self->vkey, vkey, why) != 0)
        return -1;
    self->keys = keyring_new();
    const char *const cas[] = {ca};
    return keyring_trust(self->keys, cas, 1, access(crl, R_OK) == 0 ? crl : NULL, why) ==
                   0
               ? keyring_add_node(self->keys, node, why)
               : -1;
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
        mail_names(&files, folder, why) != 0)
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
    int result = take_keys(&trust, node, why);
    if (result == 0)
        result = read_folder(self, &trust, node, "inbox", why);
    if (result == 0)
        result = read_folder(self, &trust, node, "sent", why);
    keyring_destroy(&trust.keys);
    custody_fold(self);
    return result;
}
