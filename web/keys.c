// keys - the keyring remembers what it has checked, so that it is one thread's at a time.

#include "web/keys.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "lib/sys/task.h"
#include "nodes/config/node_paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// What tells that somebody's key is known now, or counts no more.
enum {
    PLACE_CA,
    PLACE_CRL,
    PLACE_OWN, // certificate
    PLACE_KNOWN,
    PLACE_OFFICERS,
    PLACES
};

struct web_keys {
    mutex_t lock;
    char node[PATH_MAX];
    char place[PLACES][PATH_MAX + 16]; // found once: the configuration is read for that
    keyring_t *keys;                   // NULL: they cannot be read
    cause_t fault;                     // then
    struct timespec changed[PLACES];
    memo_t memo;
};

web_keys_t *web_keys_new(const char *node)
{
    web_keys_t *self = memory_new(1, sizeof *self);
    mutex_init(&self->lock);
    (void)snprintf(self->node, sizeof self->node, "%s", node);
    node_path(node, NODE_CA, self->place[PLACE_CA]);
    node_path(node, NODE_CRL, self->place[PLACE_CRL]);
    node_path(node, NODE_SEAL_CERTIFICATE, self->place[PLACE_OWN]);
    (void)snprintf(
        self->place[PLACE_KNOWN], sizeof self->place[0], "%s/certs/known", node);
    (void)snprintf(
        self->place[PLACE_OFFICERS], sizeof self->place[0], "%s/officers", node);
    return self;
}

void web_keys_destroy(web_keys_t **self_p)
{
    web_keys_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    keyring_destroy(&self->keys);
    mutex_destroy(&self->lock);
    free(self);
}

// When each was changed last; zeros where there is no such place.
static void look(const web_keys_t *self, struct timespec changed[PLACES])
{
    struct stat found;
    for (size_t i = 0; i < PLACES; i++)
        changed[i] =
            stat(self->place[i], &found) == 0 ? found.st_mtim : (struct timespec){0};
}

static keyring_t *read_keys(const web_keys_t *self, cause_t *why)
{
    const char *crl = self->place[PLACE_CRL], *officers = self->place[PLACE_OFFICERS];
    const char *const cas[] = {self->place[PLACE_CA]};
    keyring_t *keys = keyring_new();
    if (keyring_trust(keys, cas, 1, access(crl, R_OK) == 0 ? crl : NULL, why) != 0 ||
        keyring_add_node(keys, self->node, why) != 0 ||
        (access(officers, R_OK) == 0 && keyring_add_folder(keys, officers, why) != 0))
        keyring_destroy(&keys);
    return keys;
}

// With the lock.
static keyring_t *keys_now(web_keys_t *self)
{
    struct timespec changed[PLACES];
    look(self, changed);
    if (self->keys && memcmp(changed, self->changed, sizeof changed) == 0)
        return self->keys;
    keyring_t *fresh = read_keys(self, &self->fault);
    if (!fresh)
        return self->keys; // what was known is better than nothing
    keyring_destroy(&self->keys);
    self->keys = fresh;
    memcpy(self->changed, changed, sizeof changed);
    return fresh;
}

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

static json_t *signer(const char *key_id, const cert_t *cert)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s}", "name",
        text_or_null(cert ? cert->name : NULL), "role",
        text_or_null(cert ? cert->role : NULL), "office",
        text_or_null(cert ? cert->office : NULL), "territory",
        text_or_null(cert ? cert->territory : NULL), "node",
        text_or_null(cert ? cert->node : NULL), "key", key_id);
}

static bool read_head(span_t seal, seal_head_t *head)
{
    cause_t ignored;
    size_t size = seal_head_size(seal);
    return seal_head_parse(head, size ? span_of(seal.data, size) : seal, &ignored) == 0;
}

json_t *web_keys_signers(web_keys_t *self, span_t seal, int64_t at_ms)
{
    json_t *list = json_array();
    seal_head_t head;
    cause_t ignored;
    if (!read_head(seal, &head))
        return list;
    mutex_lock(&self->lock);
    const keyring_t *keys = keys_now(self);
    for (size_t i = 0; i < head.signatures; i++) {
        const char *id = head.signature[i].key_id;
        json_array_append_new(
            list, signer(id, keys ? keyring_find(keys, id, at_ms, &ignored) : NULL));
    }
    mutex_unlock(&self->lock);
    return list;
}

// The log of the folder that the message lies in: of one that the node has left, the
// key lies there.
static int read_vkey(
    const web_keys_t *self, const char *stem, log_vkey_t *vkey, cause_t *why)
{
    char path[PATH_MAX];
    const char *slash = strrchr(stem, '/');
    size_t own = strlen(self->node);
    int length = slash ? (int)(slash - stem) : 0;
    if (strncmp(stem, self->node, own) == 0 && strncmp(stem + own, "/former/", 8) == 0 &&
        (size_t)snprintf(path, sizeof path, "%.*s/../hub.vkey", length, stem) <
            sizeof path)
        return log_vkey_read(vkey, path, why);
    node_path(self->node, NODE_VKEY, path);
    return log_vkey_read(vkey, path, why);
}

static bool has_receipt(const char *stem)
{
    char path[PATH_MAX];
    return (size_t)snprintf(path, sizeof path, "%s.tlog-proof", stem) < sizeof path &&
           access(path, F_OK) == 0;
}

static json_t *proof_json(const proven_t *proven, bool good, const cause_t *why)
{
    char time[TIME_TEXT];
    time_print(proven->leaf.time_ms, time);
    json_t *proof = json_pack("{s:b}", "good", good);
    if (proven->leaf.id[0] && proven->checkpoint.size) {
        json_object_set_new(
            proof, "position", json_integer((json_int_t)proven->leaf.position));
        json_object_set_new(proof, "time", json_string(time));
        json_object_set_new(proof, "origin", json_string(proven->checkpoint.origin));
        json_object_set_new(
            proof, "size", json_integer((json_int_t)proven->checkpoint.size));
    }
    if (!good)
        json_object_set_new(proof, "fault", json_string(why->text));
    return proof;
}

json_t *web_keys_proof(web_keys_t *self, const char *stem)
{
    proven_t proven = {0};
    log_vkey_t vkey;
    cause_t why = {""};
    if (!has_receipt(stem))
        return json_null();
    mutex_lock(&self->lock);
    keyring_t *keys = keys_now(self);
    bool good = false;
    if (!keys)
        why = self->fault;
    else if (read_vkey(self, stem, &vkey, &why) == 0) {
        proof_trust_t trust = {keys, vkey.origin, &self->memo};
        good = proof_files(&trust, &vkey, stem, &proven, &why) == 0;
    }
    mutex_unlock(&self->lock);
    return proof_json(&proven, good, &why);
}

static void add_certificate(json_t *files, const cert_t *cert)
{
    char name[NODE_ID_MAX + 32];
    buf_t pem = {0};
    cert_print_pem(cert, &pem);
    (void)snprintf(name, sizeof name, "%s-%.16s.pem", cert->name, cert->key_id);
    json_object_set_new(files, name, json_string(buf_text(&pem)));
    buf_destroy(&pem);
}

json_t *web_keys_certificates(web_keys_t *self, span_t seal, int64_t at_ms)
{
    json_t *files = json_object();
    seal_head_t head;
    cause_t ignored;
    if (!read_head(seal, &head))
        return files;
    mutex_lock(&self->lock);
    const keyring_t *keys = keys_now(self);
    for (size_t i = 0; keys && i < head.signatures; i++) {
        const cert_t *cert =
            keyring_find(keys, head.signature[i].key_id, at_ms, &ignored);
        if (cert)
            add_certificate(files, cert);
    }
    mutex_unlock(&self->lock);
    return files;
}
