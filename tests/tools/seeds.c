// seeds - writes the inputs that the fuzzers start from: a good one of each kind, the
// same bytes each time.
//
//     seeds FOLDER      makes FOLDER/frame, FOLDER/seal, ... with one file an input

#include "lib/base/file.h"
#include "lib/tlog/segment.h"
#include "tests/lib/worked.h"

static const char *root;
static int failures;

static void put(const char *folder, const char *name, buf_t *bytes)
{
    char path[512];
    cause_t why;
    (void)snprintf(path, sizeof path, "%s/%s", root, folder);
    int result = folder_make(path, 0755, &why);
    (void)snprintf(path, sizeof path, "%s/%s/%s", root, folder, name);
    if (result != 0 || file_replace(path, buf_span(bytes), 0644, &why) != 0) {
        (void)fprintf(stderr, "seeds: %s\n", why.text);
        failures++;
    }
    buf_clear(bytes);
}

static void put_frames(buf_t *bytes)
{
    for (int type = FRAME_HELLO; type <= FRAME_TAIL; type++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%d", type);
        sample_frame((frame_type_t)type, bytes);
        put("frame", name, bytes);
    }
}

static void put_seals(buf_t *bytes)
{
    sample_seal(1, 0, 1, bytes);
    put("seal", "single", bytes);
    sample_seal(7, 3, 4, bytes);
    put("seal", "batch", bytes);
    worked_seal_head(bytes);
    put("seal", "head", bytes);
}

static void put_leaves(buf_t *bytes)
{
    worked_leaf_0(bytes);
    put("leaf", "origin", bytes);
    worked_leaf_2(bytes);
    put("leaf", "message", bytes);
    buf_put_text(bytes, "2026-11-22T11:39:30.123456+05:00");
    put("leaf", "moment", bytes);
}

// A batch with an entry under a head, one with a text for a seal and one without.
static void put_segments(buf_t *bytes)
{
    batch_header_t header = {.sequence = 3, .first = 40};
    batcher_t *batcher = batcher_new();
    buf_t head = {0}, path = {0}, leaf = {0};
    cause_t why;
    worked_seal_head(&head);
    worked_sibling(&path);
    worked_leaf_2(&leaf);
    const entry_t entries[] = {{.leaf = buf_span(&leaf),
                                   .document = span_text("a document"),
                                   .seal = buf_span(&head),
                                   .record = span_text("a record"),
                                   .placed = true,
                                   .path = buf_span(&path)},
        {.leaf = span_text("leaf"), .seal = span_text("a text")},
        {.leaf = span_text("leaf")}};
    failures += batcher_put(batcher, bytes, &header, entries, 3, &why) != 0;
    put("segment", "batch", bytes);
    batcher_destroy(&batcher);
    buf_destroy(&head);
    buf_destroy(&path);
    buf_destroy(&leaf);
}

static void put_notes(buf_t *bytes)
{
    hash_t zero = {{0}};
    sample_note(7, &zero, bytes);
    put("note", "checkpoint", bytes);
    worked_proof(bytes);
    put("note", "proof", bytes);
    worked_vkey_text(bytes);
    put("note", "vkey", bytes);
}

static void put_routings(buf_t *bytes)
{
    worked_routing(bytes);
    buf_put_text(bytes, "withhold owner-7 notice.owner none marking.tlp 8.5\n"
                        "emit security.alert " WORKED_ID " alert none 14\n");
    put("routing", "record", bytes);
    buf_put_text(bytes, "deliver nccis notice.nccis sender 8.3\n");
    put("routing", "line", bytes);
    buf_put_text(bytes, "attachment ");
    buf_put_hex(bytes, span_of(worked_attachment_value().digest.bytes, sizeof(hash_t)));
    buf_put_text(bytes, " 20\n");
    put("routing", "attachment-line", bytes);
    worked_attachment(bytes);
    put("routing", "attachment", bytes);
}

static void put_targets(buf_t *bytes)
{
    buf_put_text(bytes, "/api/messages/isoc%2Denergy?q=%D0%B4%D0%B0+a&level=3&bare");
    put("target", "path", bytes);
    buf_put_text(bytes, "x=1; dabyl-7680=0123456789abcdef; y");
    put("target", "cookie", bytes);
}

int main(int argc, char **argv)
{
    buf_t bytes = {0};
    if (argc != 2 || sodium_init() < 0) {
        (void)fprintf(stderr, "usage: seeds FOLDER\n");
        return 2;
    }
    root = argv[1];
    put_frames(&bytes);
    put_seals(&bytes);
    put_leaves(&bytes);
    put_segments(&bytes);
    put_notes(&bytes);
    put_routings(&bytes);
    put_targets(&bytes);
    buf_destroy(&bytes);
    return failures ? 1 : 0;
}
