// cosigning_sign - each officer's signature is one seal more, beside those before it: it
// is written where none was, and who comes second looks again.

#include "nodes/outbox/cosigning_state.h"

#include "nodes/cli/handover.h"
#include "nodes/inbox/mail.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int check_officer(span_t document, const cosigner_t *who, cause_t *why)
{
    const cert_t *officer = who->officer;
    json_t *root = json_loadb((const char *)document.data, document.size, 0, NULL);
    bool own = strcmp(mail_text(root, "from"), officer->node) == 0;
    json_decref(root);
    if (officer->use != CERT_SEAL || strcmp(officer->role, "officer") != 0)
        return cause_set(why, "the certificate of %s is not an officer's", officer->name);
    if (!own)
        return cause_set(why,
            "%s is an officer of %s, and the message is not that node's", officer->name,
            officer->node);
    return who->ca ? cert_check(officer, who->ca, who->now_ms, why) : 0;
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

typedef enum { ADDED, OVERTAKEN, NOT_ADDED } added_t;

// Over nothing: where another officer's signature came first, theirs stays.
static added_t write_more(const char *folder, const char *id, const char *mark,
    const seal_t *seal, cause_t *why)
{
    char path[PATH_MAX], ending[COSIGNING_ENDING];
    buf_t text = {0};
    added_t added = NOT_ADDED;
    cosigning_ending(mark, seal->head.signatures, ending);
    seal_print(seal, &text);
    if (cosigning_path(folder, id, ending, path, why) == 0) {
        if (handover_new(folder, path, buf_span(&text), why) == 0)
            added = ADDED;
        else if (access(path, F_OK) == 0)
            added = OVERTAKEN;
    }
    buf_destroy(&text);
    return added;
}

static added_t add(const char *folder, const char *id, const cosigner_t *who,
    const uint8_t signature[64], cause_t *why)
{
    char mark[COSIGNING_MARK];
    cosigning_t waits;
    added_t added = NOT_ADDED;
    if (cosigning_open_marked(&waits, folder, id, mark, why) != 0)
        return NOT_ADDED;
    seal_head_t *head = &waits.seal.head;
    if (check_officer(buf_span(&waits.document), who, why) == 0 &&
        seal_head_add(head, who->officer->key_id, signature, why) == 0 &&
        seal_check_signature(head, head->signatures - 1, who->officer->key, why) == 0 &&
        keep_cert(folder, who->officer, why) == 0)
        added = write_more(folder, id, mark, &waits.seal, why);
    cosigning_close(&waits);
    return added;
}

int cosigning_add(const char *folder, const char *id, const cosigner_t *who,
    const uint8_t signature[64], cause_t *why)
{
    // Each time it is overtaken there is one signature more, and a seal has few.
    added_t added = OVERTAKEN;
    for (size_t i = 0; i < SEAL_SIGNATURES_MAX && added == OVERTAKEN; i++)
        added = add(folder, id, who, signature, why);
    return added == ADDED ? 0 : -1;
}

int cosigning_sign(const char *folder, const char *id, const cosigner_t *who,
    const seal_key_t *key, cause_t *why)
{
    cosigning_t waits;
    if (strcmp(key->id, who->officer->key_id) != 0)
        return cause_set(why,
            "the key is not the one that the certificate of %s certifies",
            who->officer->name);
    if (cosigning_open(&waits, folder, id, why) != 0)
        return -1;
    seal_head_t *head = &waits.seal.head;
    int result = seal_head_sign(head, key, why);
    if (result == 0)
        result = cosigning_add(
            folder, id, who, head->signature[head->signatures - 1].bytes, why);
    cosigning_close(&waits);
    return result;
}
