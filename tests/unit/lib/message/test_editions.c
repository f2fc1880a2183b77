// The table "Formats and their versions" of PROTOCOL.md: what is of the version after it
// is refused by its reader, in words that name both.

#include "lib/base/file.h"
#include "lib/json/schema.h"
#include "lib/message/attachment.h"
#include "lib/message/frame.h"
#include "lib/message/routing.h"
#include "lib/pki/rulesseal.h"
#include "lib/rules/rules.h"
#include "lib/tlog/logmark.h"
#include "lib/tlog/note.h"
#include "lib/tlog/quarantine.h"
#include "lib/tlog/segment.h"
#include "nodes/backup/holding.h"
#include "nodes/inbox/before.h"
#include "nodes/inbox/stored.h"
#include "nodes/outbox/spool.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static cause_t why;
static scratch_t scratch;

static const char *write_file(const char *name, span_t text)
{
    static char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s", scratch_at(&scratch, name));
    assert_int_equal(file_replace(path, text, 0600, &why), 0);
    return path;
}

static int read_frame(span_t bytes)
{
    return frame_check_version(bytes, &why);
}

static int read_leaf(span_t bytes)
{
    leaf_t leaf;
    return leaf_take(&leaf, bytes, &why);
}

static int read_seal_head(span_t bytes)
{
    seal_head_t head;
    return seal_head_parse(&head, bytes, &why);
}

static int read_seal(span_t bytes)
{
    seal_t seal;
    return seal_parse(&seal, bytes, &why);
}

static int read_ack(span_t bytes)
{
    ack_t ack;
    char key_id[HASH_HEX];
    return ack_parse(&ack, bytes, "a.log", key_id, &why);
}

static int read_attachment(span_t bytes)
{
    attachment_t attachment;
    return attachment_parse(&attachment, bytes, &why);
}

static int read_quarantine(span_t bytes)
{
    uint64_t position;
    char reason[QUARANTINE_TEXT];
    return quarantine_parse(bytes, &position, reason, &why);
}

static int read_routing(span_t bytes)
{
    routing_t routing;
    return routing_parse(&routing, bytes, &why);
}

static int read_rules_seal(span_t bytes)
{
    rulesseal_t seal;
    return rulesseal_parse(&seal, bytes, &why);
}

static int read_schemas(span_t bytes)
{
    schemas_t *schemas = schemas_parse(bytes, &why);
    schemas_close(&schemas);
    return schemas ? 0 : -1;
}

static int read_message(span_t bytes)
{
    refusal_t refusal = {0};
    value_fault_t fault;
    schemas_t *schemas = schemas_open("schemas", &why);
    value_t *value =
        value_parse(bytes, &(value_limits_t){.depth = 9, .values = 99}, &fault);
    assert_non_null(value);
    int result = schemas_check(schemas, value, &refusal);
    (void)cause_set(&why, "%s", refusal.text);
    value_free(&value);
    schemas_close(&schemas);
    return result;
}

static int read_segment(span_t bytes)
{
    segment_header_t header;
    return segment_header_take(&header, bytes, &why);
}

static int read_proof(span_t bytes)
{
    tlog_proof_t proof;
    return tlog_proof_parse(&proof, bytes, &why);
}

static int read_logmark(span_t bytes)
{
    logmark_t mark;
    return logmark_read(&mark, write_file("mark", bytes), &why);
}

static int read_stored(span_t bytes)
{
    stored_t stored;
    span_t proof;
    log_vkey_t vkey = {.origin = ""};
    return stored_parse(&stored, bytes, &vkey, &proof, &why);
}

static int read_held(span_t bytes)
{
    holding_t held;
    log_vkey_t vkey = {.origin = ""};
    return holding_open(&held, bytes, &vkey, &why);
}

// Files in a node's folder.
static int read_before(span_t bytes)
{
    (void)write_file("state/before", bytes);
    before_t *before = before_open(scratch.path, &why);
    before_close(&before);
    return before ? 0 : -1;
}

static bool any(void *context, const spool_item_t *item)
{
    (void)context;
    (void)item;
    return true;
}

static int read_parcel(span_t bytes)
{
    hash_t hash;
    buf_t file = {0};
    buf_put_span(&file, bytes);
    sha256(bytes, &hash);
    buf_put(&file, hash.bytes, sizeof hash.bytes);
    spool_t *spool = spool_open(scratch.path, &why);
    assert_non_null(spool);
    (void)write_file("state/spool/000000000001.parcel", buf_span(&file));
    parcel_t *parcel = spool_read(spool, 1, any, NULL, &why);
    int result = parcel ? 0 : -1;
    parcel_destroy(&parcel);
    spool_close(&spool);
    buf_destroy(&file);
    return result;
}

static int read_packs(span_t bytes)
{
    rules_t *rules = rules_recall(bytes, &why);
    rules_close(&rules);
    return rules ? 0 : -1;
}

#define OCTETS(text)                                                                     \
    {                                                                                    \
        (const uint8_t *)(text), sizeof(text) - 1                                        \
    }

// As each begins that is of the next version.
static const struct {
    span_t begin;
    int (*read)(span_t bytes);
    const char *what;
} next[] = {
    {OCTETS("\2\13"), read_frame, "a frame of version 2, "},
    {OCTETS("\2\1"), read_leaf, "malformed leaf: it is of version 2, "},
    {OCTETS("dabyl-seal/v2\n"), read_seal_head, "a seal of version 2, "},
    {OCTETS("dabyl-seal/v2\n"), read_seal, "a seal of version 2, "},
    {OCTETS("dabyl-routing/v2\n"), read_routing, "a routing record of version 2, "},
    {OCTETS("dabyl-ack/v2\n"), read_ack, "an acknowledgement of version 2, "},
    {OCTETS("dabyl-attachment/v2\n"), read_attachment, "attachment of version 2, "},
    {OCTETS("dabyl-quarantine/v2\n"), read_quarantine, "a quarantine of version 2, "},
    {OCTETS("dabyl-rules/v2\n"), read_rules_seal, "a seal of rules of version 2, "},
    {OCTETS("dabyl-packs/v2\n"), read_packs, "packs of rules of version 2, "},
    {OCTETS("dabyl-schemas/v2\n"), read_schemas, "a text of schemas of version 2, "},
    {OCTETS("{\"dabyl\":2}"), read_message, "a message of version 2, "},
    {OCTETS("DABYLSEG\0\0\0\2"), read_segment, "a segment of version 2, "},
    {OCTETS("c2sp.org/tlog-proof@v2\n"), read_proof, "proof of version 2, "},
    {OCTETS("dabyl-log/v3\n"), read_logmark, "a log's mark of version 3, "},
    {OCTETS("dabyl-stored/v2\n"), read_stored, "what is stored of version 2, "},
    {OCTETS("dabyl-held/v2\n"), read_held, "what a node has of a log of version 2, "},
    {OCTETS("dabyl-before/v2\n"), read_before, "the log before of version 2, "},
    {OCTETS("DABYLPCL\0\0\0\3"), read_parcel, "a parcel of version 3, "},
};

static void test_the_next_version(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof next / sizeof *next; i++) {
        why.text[0] = 0;
        assert_int_equal(next[i].read(next[i].begin), -1);
        if (!strstr(why.text, next[i].what) ||
            !strstr(why.text, ", and this program reads version "))
            fail_msg("row %zu: %s", i, why.text);
    }
}

// What has a version has a row on the page, and a row here.
static void test_the_page_has_each(void **state)
{
    buf_t page = {0};
    (void)state;
    assert_int_equal(file_read("schemas/PROTOCOL.md", 1 << 20, &page, &why), 0);
    const char *table = strstr(buf_text(&page), "\n## 13. Formats and their versions\n");
    assert_non_null(table);
    for (size_t i = 0; i < sizeof next / sizeof *next; i++) {
        char name[40];
        size_t size = strcspn((const char *)next[i].begin.data, "\n");
        char own = (char)(next[i].begin.data[size - 1] - 1);
        if (next[i].begin.data[size] != '\n')
            continue; // its version is a number
        (void)snprintf(
            name, sizeof name, "`%.*s%c`", (int)size - 1, next[i].begin.data, own);
        if (!strstr(table, name))
            fail_msg("the table has no %s", name);
    }
    buf_destroy(&page);
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return folder_make(scratch_at(&scratch, "state"), 0700, &why);
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_next_version),
        TEST(test_the_page_has_each),
    };
    return test_group(tests, NULL, NULL);
}
