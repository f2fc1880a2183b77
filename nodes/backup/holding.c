// holding - the proofs lie beside messages as files; each is read whole and checked
// before it is passed on, so that what is handed over verifies where it is read.

#include "nodes/backup/holding.h"

#include "lib/base/edition.h"
#include "lib/base/file.h"
#include "lib/base/names.h"
#include "lib/base/text.h"
#include "nodes/inbox/proof.h"
#include "nodes/inbox/stored.h"

#include <inttypes.h>

static const char magic[] = "dabyl-held/v1";

static int print_proof(FILE *out, const char *path, const log_vkey_t *vkey, uint64_t from,
    holding_report_t *report, cause_t *why)
{
    buf_t proof = {0};
    leaf_t leaf;
    checkpoint_t checkpoint;
    cause_t ignored;
    int result = file_read_plain(path, STORED_MAX, &proof, why);
    if (result == 0 &&
        proof_receipt(buf_span(&proof), vkey, &leaf, &checkpoint, &ignored) != 0)
        report->others++;
    else if (result == 0 && leaf.position >= from) {
        fprintf(out, "proof %zu\n", proof.size);
        (void)fwrite(proof.data, 1, proof.size, out);
        report->entries++;
    }
    buf_destroy(&proof);
    return result;
}

static int print_folder(FILE *out, const char *folder, const log_vkey_t *vkey,
    uint64_t from, holding_report_t *report, cause_t *why)
{
    char path[PATH_MAX];
    names_t names;
    if (file_absent(folder))
        return 0; // nothing was ever brought along, or set aside
    if (names_list(&names, folder, ".tlog-proof", why) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; i < names.n && result == 0; i++) {
        result = path_join(path, sizeof path, folder, names.name[i], why);
        if (result == 0)
            result = print_proof(out, path, vkey, from, report, why);
    }
    names_free(&names);
    return result;
}

int holding_print(FILE *out, const char *home, const char *id, const log_vkey_t *vkey,
    uint64_t from, holding_report_t *report, cause_t *why)
{
    static const char *const folders[] = {"sent", "inbox", "carried", "aside"};
    char path[PATH_MAX];
    *report = (holding_report_t){0};
    fprintf(out, "%s\nnode %s\nlog %s\n", magic, id, vkey->origin);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (path_join(path, sizeof path, home, folders[i], why) != 0 ||
            print_folder(out, path, vkey, from, report, why) != 0)
            return -1;
    return 0;
}

static bool take_named(reader_t *from, const char *name, span_t *word)
{
    size_t length = strlen(name);
    *word = take_line(from);
    if (from->bad || word->size < length || memcmp(word->data, name, length) != 0)
        return false;
    *word = span_of(word->data + length, word->size - length);
    return true;
}

int holding_open(holding_t *self, span_t text, const log_vkey_t *vkey, cause_t *why)
{
    span_t word;
    *self = (holding_t){.rest = reader_of(text)};
    if (edition_line(take_line(&self->rest), magic, "what a node has of a log", why) != 0)
        return -1;
    if (!take_named(&self->rest, "node ", &word) ||
        !text_copy(word, self->node, sizeof self->node) ||
        !take_named(&self->rest, "log ", &word))
        return cause_set(why, "it does not say whose it is, and of which log");
    return span_is(word, vkey->origin)
               ? 0
               : cause_set(why, "it is of the log %.*s, and not of %s", (int)word.size,
                     (const char *)word.data, vkey->origin);
}

int holding_next(holding_t *self, const log_vkey_t *vkey, leaf_t *leaf,
    checkpoint_t *checkpoint, cause_t *why)
{
    span_t word;
    uint64_t size;
    if (self->rest.rest.size == 0)
        return 0;
    if (!take_named(&self->rest, "proof ", &word) || !decimal_decode(word, &size) ||
        size > self->rest.rest.size)
        return cause_set(why, "it is cut off, or was changed");
    span_t proof = take_bytes(&self->rest, (size_t)size);
    return proof_receipt(proof, vkey, leaf, checkpoint, why) == 0 ? 1 : -1;
}
