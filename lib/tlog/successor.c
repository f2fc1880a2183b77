// successor - roots are computed from the hashes: the one list serves every checkpoint
// that a node may hold.

#include "lib/tlog/successor.h"

#include "lib/base/file.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/merkle.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { HASHES_MAX = INT32_MAX, SMALL_MAX = 2 * NOTE_LIMIT };

static int path_of(
    const char *journal, const char *name, char out[PATH_MAX], cause_t *why)
{
    char folder[PATH_MAX];
    return path_join(folder, sizeof folder, journal, "succession", why) == 0
               ? path_join(out, PATH_MAX, folder, name, why)
               : -1;
}

static int put(const char *journal, const char *name, span_t data, cause_t *why)
{
    char path[PATH_MAX];
    return path_of(journal, name, path, why) == 0 ? file_replace(path, data, 0644, why)
                                                  : -1;
}

int successor_write(
    const char *journal, const log_vkey_t *vkey, span_t hashes, cause_t *why)
{
    char line[VKEY_MAX + 1], folder[PATH_MAX];
    log_vkey_print(vkey, line);
    strcat(line, "\n");
    if (path_join(folder, sizeof folder, journal, "succession", why) != 0 ||
        folder_make(folder, 0755, why) != 0)
        return -1;
    return put(journal, "vkey", span_text(line), why) == 0
               ? put(journal, "hashes", hashes, why)
               : -1;
}

int successor_prove(const char *journal, span_t origin, span_t proof, cause_t *why)
{
    return put(journal, "origin", origin, why) == 0
               ? put(journal, "origin.tlog-proof", proof, why)
               : -1;
}

bool successor_proven(const char *journal)
{
    char path[PATH_MAX];
    cause_t ignored;
    return path_of(journal, "origin.tlog-proof", path, &ignored) == 0 &&
           access(path, F_OK) == 0;
}

static int read_part(
    const char *folder, const char *name, size_t most, buf_t *out, cause_t *why)
{
    char path[PATH_MAX];
    return path_join(path, sizeof path, folder, name, why) == 0
               ? file_read(path, most, out, why)
               : -1;
}

static int check(successor_t *self, const log_vkey_t *vkey, cause_t *why)
{
    tlog_proof_t proof;
    checkpoint_t checkpoint;
    leaf_t leaf;
    hash_t hash;
    if (tlog_proof_parse(&proof, buf_span(&self->proof), why) != 0)
        return -1;
    int result = tlog_proof_check(&proof, vkey, &checkpoint, why);
    if (result == 0)
        result = leaf_take(&leaf, proof.extra, why);
    bool first = result == 0 && proof.index == 0 && leaf.position == 0 &&
                 strcmp(leaf.type, "origin") == 0 && leaf.has_document;
    tlog_proof_close(&proof);
    if (result != 0)
        return -1;
    sha256(buf_span(&self->document), &hash);
    if (!first || !hash_equal(&hash, &leaf.document))
        return cause_set(why, "the proof is not of this origin");
    if (origin_parse(&self->origin, buf_span(&self->document), why) != 0)
        return -1;
    if (strcmp(self->origin.vkey.origin, vkey->origin) != 0 ||
        memcmp(self->origin.vkey.key, vkey->key, sizeof vkey->key) != 0)
        return cause_set(why, "the origin is another log's");
    return self->origin.succeeds ? 0 : cause_set(why, "this log goes on from no other");
}

int successor_read(successor_t *self, const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    log_vkey_t vkey;
    *self = (successor_t){0};
    if (path_join(path, sizeof path, folder, "vkey", why) != 0 ||
        log_vkey_read(&vkey, path, why) != 0 ||
        read_part(folder, "origin", SMALL_MAX, &self->document, why) != 0 ||
        read_part(folder, "origin.tlog-proof", SMALL_MAX, &self->proof, why) != 0 ||
        read_part(folder, "hashes", HASHES_MAX, &self->hashes, why) != 0 ||
        check(self, &vkey, why) != 0) {
        successor_close(self);
        return cause_prefix(why, "%s", folder);
    }
    return 0;
}

void successor_close(successor_t *self)
{
    buf_destroy(&self->document);
    buf_destroy(&self->proof);
    buf_destroy(&self->hashes);
}

// False: there are not so many.
static bool root_at(const successor_t *self, uint64_t size, hash_t *root)
{
    merkle_t tree = {0};
    if (size > self->hashes.size / sizeof(hash_t))
        return false;
    for (uint64_t i = 0; i < size; i++) {
        hash_t leaf;
        memcpy(leaf.bytes, self->hashes.data + i * sizeof leaf, sizeof leaf);
        merkle_add(&tree, &leaf);
    }
    merkle_root(&tree, root);
    return true;
}

int successor_check(const successor_t *self, const checkpoint_t *own, cause_t *why)
{
    const checkpoint_t *embedded = &self->origin.checkpoint;
    hash_t root;
    if (own->size > embedded->size)
        return cause_set(why,
            "this node has seen a checkpoint of %" PRIu64
            " entries, and the successor knows of %" PRIu64 " only",
            own->size, embedded->size);
    if (own->size == embedded->size && !hash_equal(&own->root, &embedded->root))
        return cause_set(
            why, "the log had two histories of %" PRIu64 " entries", own->size);
    if (own->size == embedded->size)
        return 1;
    if (!root_at(self, embedded->size, &root))
        return 0;
    if (!hash_equal(&root, &embedded->root))
        return cause_set(why, "the hashes are not those of the embedded checkpoint");
    (void)root_at(self, own->size, &root);
    return hash_equal(&root, &own->root)
               ? 1
               : cause_set(why, "the log that this node has seen is not the one that the "
                                "successor goes on from");
}
