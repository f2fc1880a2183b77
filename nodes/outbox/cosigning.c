// cosigning - the waiting message is sealed alone in a parcel of its own, so that what
// the officers sign is this message and no other.
//
// The document's file is what makes a message wait: its seal lies there before, and what
// is left without a document is taken away with the next of this id.

#include "nodes/outbox/cosigning_state.h"

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/cli/handover.h"
#include "nodes/link/parcel.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { DOCUMENT_MAX = 64 << 20, MARK_BYTES = 8 };

static const char WAITING[] = "waiting", FIRST[] = ".1.seal";

int cosigning_path(const char *folder, const char *id, const char *ending,
    char out[PATH_MAX], cause_t *why)
{
    char name[MESSAGE_ID_MAX + 64];
    (void)snprintf(name, sizeof name, "%s/%s%s", WAITING, id, ending);
    return path_join(out, PATH_MAX, folder, name, why);
}

static int write_file(
    const char *folder, const char *id, const char *ending, span_t data, cause_t *why)
{
    char path[PATH_MAX];
    return cosigning_path(folder, id, ending, path, why) == 0
               ? handover_file(folder, path, data, why)
               : -1;
}

static void mark_of(const hash_t *document, const char *key_id, char out[COSIGNING_MARK])
{
    buf_t text = {0};
    hash_t hash;
    buf_put(&text, document->bytes, sizeof document->bytes);
    buf_put_text(&text, key_id);
    sha256(buf_span(&text), &hash);
    hex_encode(hash.bytes, MARK_BYTES, out);
    buf_destroy(&text);
}

void cosigning_ending(const char *mark, size_t signatures, char out[COSIGNING_ENDING])
{
    (void)snprintf(out, COSIGNING_ENDING, ".%s.%zu.seal", mark, signatures);
}

// One seal of this mark, when it is one of this document with so many signatures.
static int read_seal(const char *folder, const char *id, const char *mark, size_t n,
    const hash_t *document, seal_t *seal)
{
    char path[PATH_MAX], ending[COSIGNING_ENDING];
    buf_t text = {0};
    cause_t ignored;
    cosigning_ending(mark, n, ending);
    int result = cosigning_path(folder, id, ending, path, &ignored);
    if (result == 0)
        result = file_read_plain(path, SEAL_HEAD_MAX * 2, &text, &ignored);
    if (result == 0)
        result = seal_parse(seal, buf_span(&text), &ignored);
    if (result == 0 && seal->head.signatures != n)
        result = -1;
    if (result == 0)
        result = seal_check_place(seal, document, &ignored);
    buf_destroy(&text);
    return result;
}

// The one of this mark with the most signatures.
static int read_newest(const char *folder, const char *id, const char *mark,
    const hash_t *document, seal_t *seal)
{
    seal_t more;
    if (read_seal(folder, id, mark, 1, document, seal) != 0)
        return -1;
    for (size_t n = 2; n <= SEAL_SIGNATURES_MAX; n++) {
        if (read_seal(folder, id, mark, n, document, &more) != 0)
            break;
        *seal = more;
    }
    return 0;
}

// The mark in "ID.MARK.1.seal", or false.
static bool take_mark(const char *name, const char *id, char mark[COSIGNING_MARK])
{
    size_t size = strlen(id);
    if (strncmp(name, id, size) != 0 || name[size] != '.' ||
        strlen(name) != size + COSIGNING_MARK + strlen(FIRST))
        return false;
    memcpy(mark, name + size + 1, COSIGNING_MARK - 1);
    mark[COSIGNING_MARK - 1] = 0;
    return true;
}

// Whichever key of the node's sealed it.
static int find_seal(const char *folder, const char *id, span_t document, seal_t *seal,
    char mark[COSIGNING_MARK], cause_t *why)
{
    char path[PATH_MAX];
    names_t names = {0};
    hash_t hash;
    sha256(document, &hash);
    if (path_join(path, sizeof path, folder, WAITING, why) != 0 ||
        names_list(&names, path, FIRST, why) != 0)
        return -1;
    int result = -1;
    for (size_t i = 0; i < names.n && result != 0; i++)
        if (take_mark(names.name[i], id, mark))
            result = read_newest(folder, id, mark, &hash, seal);
    names_free(&names);
    return result == 0 ? 0
                       : cause_set(why,
                             "%s/%s.json has no seal: the node makes one when it is "
                             "sent again",
                             path, id);
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

// Whether it is a file of this id that goes: seals of other marks; where `mark` is NULL,
// all.
static bool goes(const char *name, const char *id, const char *mark)
{
    static const char ending[] = ".seal";
    size_t size = strlen(id), length = strlen(name);
    if (strncmp(name, id, size) != 0 || name[size] != '.')
        return false;
    return !mark || (length > strlen(ending) &&
                        strcmp(name + length - strlen(ending), ending) == 0 &&
                        strncmp(name + size + 1, mark, strlen(mark)) != 0);
}

static void remove_files(const char *folder, const char *id, const char *mark)
{
    char path[PATH_MAX], file[PATH_MAX];
    names_t names = {0};
    cause_t ignored;
    if (path_join(path, sizeof path, folder, WAITING, &ignored) != 0 ||
        names_list(&names, path, "", &ignored) != 0)
        return;
    for (size_t i = 0; i < names.n; i++)
        if (goes(names.name[i], id, mark) &&
            path_join(file, sizeof file, path, names.name[i], &ignored) == 0)
            (void)unlink(file);
    names_free(&names);
}

int cosigning_keep(const char *folder, const char *id, span_t document,
    const char *origin, const seal_key_t *key, cause_t *why)
{
    char path[PATH_MAX], mark[COSIGNING_MARK], ending[COSIGNING_ENDING];
    seal_t before;
    hash_t hash;
    buf_t seal = {0};
    sha256(document, &hash);
    mark_of(&hash, key->id, mark);
    cosigning_ending(mark, 1, ending);
    if (path_join(path, sizeof path, folder, WAITING, why) != 0 ||
        handover_folder(folder, path, why) != 0)
        return -1;
    int result = 0;
    if (read_seal(folder, id, mark, 1, &hash, &before) != 0) {
        result = seal_alone(id, document, origin, key, &seal, why);
        if (result == 0)
            result = write_file(folder, id, ending, buf_span(&seal), why);
    }
    if (result == 0)
        result = write_file(folder, id, ".json", document, why);
    if (result == 0)
        remove_files(folder, id, mark);
    buf_destroy(&seal);
    return result;
}

int cosigning_hold(const char *folder, const char *id, const char *officer, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, folder, WAITING, why) != 0 ||
        handover_folder(folder, path, why) != 0)
        return -1;
    return write_file(folder, id, ".by", span_text(officer), why);
}

bool cosigning_seal(
    const char *folder, const char *id, span_t document, const char *key_id, buf_t *text)
{
    char mark[COSIGNING_MARK];
    seal_t seal;
    hash_t hash;
    sha256(document, &hash);
    mark_of(&hash, key_id, mark);
    if (read_newest(folder, id, mark, &hash, &seal) != 0 || seal.head.signatures < 2 ||
        strcmp(seal.head.signature[0].key_id, key_id) != 0)
        return false;
    seal_print(&seal, text);
    return true;
}

void cosigning_done(const char *folder, const char *id)
{
    char path[PATH_MAX];
    cause_t ignored;
    // Most messages never waited: one look says so.
    if (cosigning_path(folder, id, ".json", path, &ignored) != 0 || unlink(path) != 0)
        return;
    remove_files(folder, id, NULL);
}

int cosigning_alone(const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, folder, WAITING, why) != 0)
        return -1;
    // The folder itself: a file of its own could be another user's.
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return cause_errno(why, "%s", path);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    (void)close(fd);
    return cause_set(
        why, "somebody sends or discards a held message at this moment: try again");
}

int cosigning_document(const char *folder, const char *id, buf_t *document, cause_t *why)
{
    char path[PATH_MAX];
    if (!uuid7_valid(span_text(id)))
        return cause_set(why, "'%s' is not the id of a message", id);
    if (cosigning_path(folder, id, ".json", path, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return cause_set(why, "no message %s waits for officers in this node", id);
    return file_read_plain(path, DOCUMENT_MAX, document, why);
}

static void read_holder(const char *folder, const char *id, char out[NODE_ID_MAX])
{
    char path[PATH_MAX];
    buf_t text = {0};
    cause_t ignored;
    if (cosigning_path(folder, id, ".by", path, &ignored) == 0 &&
        file_read_plain(path, NODE_ID_MAX - 1, &text, &ignored) == 0 &&
        cert_node_id_valid(buf_span(&text)))
        (void)text_copy(buf_span(&text), out, NODE_ID_MAX);
    buf_destroy(&text);
}

int cosigning_open_marked(cosigning_t *self, const char *folder, const char *id,
    char mark[COSIGNING_MARK], cause_t *why)
{
    *self = (cosigning_t){0};
    if (cosigning_document(folder, id, &self->document, why) != 0 ||
        find_seal(folder, id, buf_span(&self->document), &self->seal, mark, why) != 0) {
        cosigning_close(self);
        return -1;
    }
    read_holder(folder, id, self->by);
    return 0;
}

int cosigning_open(cosigning_t *self, const char *folder, const char *id, cause_t *why)
{
    char mark[COSIGNING_MARK];
    return cosigning_open_marked(self, folder, id, mark, why);
}

void cosigning_close(cosigning_t *self)
{
    buf_destroy(&self->document);
}

int cosigning_names(names_t *names, const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    *names = (names_t){0};
    if (path_join(path, sizeof path, folder, WAITING, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return 0; // nothing has waited yet
    if (names_list(names, path, ".json", why) != 0)
        return -1;
    for (size_t i = 0; i < names->n; i++)
        names->name[i][strlen(names->name[i]) - strlen(".json")] = 0;
    return 0;
}
