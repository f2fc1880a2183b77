// sealers - asked of one message at a time, so that certificates are read anew each time.

#include "nodes/inbox/sealers.h"

#include "lib/pki/seal.h"
#include "nodes/config/keyring.h"
#include "nodes/config/node_paths.h"

#include <unistd.h>

static keyring_t *read_keys(const char *node)
{
    char ca[PATH_MAX], crl[PATH_MAX];
    const char *const cas[] = {ca};
    cause_t ignored;
    keyring_t *keys = keyring_new();
    node_path(node, NODE_CA, ca);
    node_path(node, NODE_CRL, crl);
    if (keyring_trust(keys, cas, 1, access(crl, R_OK) == 0 ? crl : NULL, &ignored) != 0 ||
        keyring_add_node(keys, node, &ignored) != 0)
        keyring_destroy(&keys);
    return keys;
}

static json_t *sealer(const char *key_id, const cert_t *cert)
{
    json_t *one = json_pack("{s:s}", "key", key_id);
    if (!cert)
        return one;
    json_object_set_new(one, "officer", json_string(cert->name));
    if (cert->office[0])
        json_object_set_new(one, "office", json_string(cert->office));
    if (cert->territory[0])
        json_object_set_new(one, "territory", json_string(cert->territory));
    return one;
}

json_t *sealers_json(const mail_t *mail)
{
    char node[PATH_MAX];
    json_t *list = json_array();
    buf_t text = {0};
    seal_t seal;
    cause_t ignored;
    keyring_t *keys = NULL;
    if (mail_node(mail, node) && mail_beside(mail, ".seal", &text) == 0 &&
        seal_parse(&seal, buf_span(&text), &ignored) == 0 && seal.head.signatures > 1)
        keys = read_keys(node);
    for (size_t i = 1; keys && i < seal.head.signatures; i++) {
        const char *id = seal.head.signature[i].key_id;
        json_array_append_new(
            list, sealer(id, keyring_find(keys, id, mail->leaf.time_ms, &ignored)));
    }
    keyring_destroy(&keys);
    buf_destroy(&text);
    return list;
}
