// stored - every part of a delivery is compared with the leaf that the log has signed. Of
// a file's name only the number is used, and only to be compared with the next one.

#include "nodes/inbox/stored.h"

#include "lib/base/edition.h"
#include "lib/base/file.h"
#include "lib/message/routing.h"
#include "nodes/inbox/proof.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NUMBER_DIGITS = 12, DOCUMENT_MAX = 64 << 20, SMALL_MAX = 65536 };

static const char magic[] = "dabyl-stored/v1";

void stored_print(buf_t *out, uint64_t number, span_t proof)
{
    buf_printf(out, "%s\nnumber %" PRIu64 "\n", magic, number);
    buf_put_span(out, proof);
}

static int take_number(reader_t *reader, uint64_t *number, cause_t *why)
{
    if (edition_line(take_line(reader), magic, "a record of what is stored", why) != 0)
        return -1;
    if (decimal_decode(take_field(reader, "number"), number) && *number > 0)
        return 0;
    return cause_set(why, "not a record of what is stored");
}

static int stored_number(span_t text, uint64_t *number, cause_t *why)
{
    reader_t reader = reader_of(text);
    return take_number(&reader, number, why);
}

// An entry of type message, proven to be in the log.
static int check_proof(
    stored_t *self, span_t text, const log_vkey_t *vkey, leaf_t *leaf, cause_t *why)
{
    if (proof_receipt(text, vkey, leaf, &self->checkpoint, why) != 0)
        return -1;
    if (!leaf_is_message(leaf))
        return cause_set(why, "the proof is not of a message");
    self->position = leaf->position;
    return 0;
}

int stored_parse(
    stored_t *self, span_t text, const log_vkey_t *vkey, span_t *proof, cause_t *why)
{
    leaf_t leaf;
    reader_t reader = reader_of(text);
    *self = (stored_t){0};
    if (take_number(&reader, &self->number, why) != 0)
        return -1;
    *proof = reader.rest;
    return check_proof(self, *proof, vkey, &leaf, why);
}

int stored_at(const char *node, uint64_t *number, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    *number = 0;
    if (path_join(path, sizeof path, node, "state/stored", why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return errno == ENOENT ? 0 : cause_errno(why, "%s", path);
    int result = file_read_plain(path, STORED_MAX, &text, why);
    if (result == 0 && stored_number(buf_span(&text), number, why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&text);
    return result;
}

uint64_t stored_number_of(const char *name)
{
    uint64_t number = 0;
    size_t digits = strspn(name, "0123456789");
    if (digits < NUMBER_DIGITS || name[digits] != '-' ||
        sscanf(name, "%" SCNu64, &number) != 1)
        return 0;
    return number;
}

static int read_beside(const char *inbox, const char *name, const char *ending,
    size_t most, buf_t *out, cause_t *why)
{
    char file[NAME_MAX + 1], path[PATH_MAX];
    int stem = (int)strlen(name) - (int)strlen(".json");
    (void)snprintf(file, sizeof file, "%.*s%s", stem > 0 ? stem : 0, name, ending);
    buf_clear(out);
    return path_join(path, sizeof path, inbox, file, why) == 0
               ? file_read_plain(path, most, out, why)
               : -1;
}

static int check_hash(span_t bytes, bool named, const hash_t *hash, cause_t *why)
{
    hash_t own;
    sha256(bytes, &own);
    return named && hash_equal(&own, hash) ? 0
                                           : cause_set(why, "not what the log has of it");
}

// The leaf has the hash of the head; what follows it leads from the document to its root.
static int check_seal(span_t text, const leaf_t *leaf, cause_t *why)
{
    seal_t seal;
    if (check_hash(span_of(text.data, seal_head_size(text)), leaf->has_seal, &leaf->seal,
            why) != 0 ||
        seal_parse(&seal, text, why) != 0)
        return -1;
    return seal_check_place(&seal, &leaf->document, why);
}

// Document and seal are the leaf's, and the line of the record is about this node.
static int check_parts(const char *inbox, const char *name, const char *node,
    const leaf_t *leaf, cause_t *why)
{
    buf_t part = {0};
    route_t route;
    int result = read_beside(inbox, name, ".json", DOCUMENT_MAX, &part, why);
    if (result == 0)
        result = check_hash(buf_span(&part), leaf->has_document, &leaf->document, why);
    if (result == 0)
        result = read_beside(inbox, name, ".seal", SMALL_MAX, &part, why);
    if (result == 0)
        result = check_seal(buf_span(&part), leaf, why);
    if (result == 0)
        result = read_beside(inbox, name, ".why", SMALL_MAX, &part, why);
    reader_t reader = reader_of(buf_span(&part));
    if (result == 0 && (route_parse(&route, route_take_line(&reader), why) != 0 ||
                           !route_delivers(&route) || strcmp(route.node, node) != 0))
        result = cause_set(why, "no line of a record that delivers it to %s", node);
    buf_destroy(&part);
    return result;
}

int stored_follow(stored_t *self, const char *inbox, const char *name, const char *node,
    const log_vkey_t *vkey, buf_t *proof, cause_t *why)
{
    leaf_t leaf;
    stored_t next = {.number = self->number + 1};
    if (read_beside(inbox, name, ".tlog-proof", STORED_MAX, proof, why) != 0 ||
        check_proof(&next, buf_span(proof), vkey, &leaf, why) != 0 ||
        check_parts(inbox, name, node, &leaf, why) != 0)
        return -1;
    if (self->number > 0 && next.position <= self->position)
        return cause_set(
            why, "its entry is not behind that of number %" PRIu64, self->number);
    *self = next;
    return 0;
}
