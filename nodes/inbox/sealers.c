// sealers - asked of one message at a time, so that certificates are read anew each time.

#include "nodes/inbox/sealers.h"

#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
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

json_t *sealers_of(const char *node, const seal_head_t *head, int64_t at_ms)
{
    json_t *list = json_array();
    cause_t ignored;
    keyring_t *keys = head->signatures > 1 ? read_keys(node) : NULL;
    for (size_t i = 1; i < head->signatures; i++) {
        const char *id = head->signature[i].key_id;
        json_array_append_new(
            list, sealer(id, keys ? keyring_find(keys, id, at_ms, &ignored) : NULL));
    }
    keyring_destroy(&keys);
    return list;
}

json_t *sealers_json(const mail_t *mail)
{
    char node[PATH_MAX];
    buf_t text = {0};
    seal_t seal;
    cause_t ignored;
    bool read = mail_node(mail, node) && mail_beside(mail, ".seal", &text) == 0 &&
                seal_parse(&seal, buf_span(&text), &ignored) == 0;
    buf_destroy(&text);
    return read ? sealers_of(node, &seal.head, mail->leaf.time_ms) : json_array();
}

static void print_office(const json_t *one, FILE *out)
{
    const char *office = mail_text(one, "office"), *place = mail_text(one, "territory");
    if (!office[0])
        return;
    fputs(" (", out);
    screen_text(out, words_title(&words_offices, office));
    fputs(place[0] ? ", " : "", out);
    screen_text(out, place);
    fputc(')', out);
}

void sealers_print(const json_t *sealers, int indent, FILE *out)
{
    size_t i;
    const json_t *one;
    json_array_foreach((json_t *)sealers, i, one)
    {
        const char *name = mail_text(one, "officer");
        fprintf(out, "%*s%s ", indent, "", say("sealed by officer"));
        screen_text(out, name[0] ? name : mail_text(one, "key"));
        print_office(one, out);
        fputc('\n', out);
    }
}
