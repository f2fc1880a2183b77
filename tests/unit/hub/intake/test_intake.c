// intake: from a frame's bytes to messages one can decide on; what fails says why.

#include "hub/intake/intake.h"

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "tests/lib/people.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

enum { DOCUMENTS_MAX = 4, NODE = 10, OFFICER = 11, OTHER = 12, STRANGER = 13, KIB = 14 };

static law_t law;
static intake_t *intake;
static cause_t why;
static people_t people;
static roster_t *roster, *revoking; // of which the second revokes the node's certificate
static bool revoked;                // then that one is in force

static const int64_t now_ms = INT64_C(1795348800000);

static void certify(uint8_t fill, const char *name, const char *role, const char *node)
{
    seal_key_t key = sample_key(fill);
    people_certify(
        &people, &(person_t){name, role, "STS", node, key.public_key, 0}, CERT_SEAL);
    if (strcmp(name, node) == 0)
        people_certify(
            &people, &(person_t){name, role, "STS", NULL, NULL, 0}, CERT_CHANNEL);
}

static void open_rosters(void)
{
    people_open(&people, now_ms);
    certify(NODE, "isoc-energy", "isoc", "isoc-energy");
    certify(OFFICER, "aigul", "officer", "isoc-energy");
    certify(KIB, "kib-duty", "national-security", "kib-duty");
    certify(OTHER, "isoc-other", "isoc", "isoc-other");
    people_publish(&people, 1);
    roster = people_roster(&people);
    people_revoke(&people, "isoc-energy");
    people_publish(&people, 2);
    revoking = people_roster(&people);
}

// As the hub begins them, under the roster that is in force.
static size_t checks(void)
{
    law.roster = revoked ? revoking : roster;
    return intake_checks(intake, now_ms);
}

static int set_up(void **state)
{
    (void)state;
    static const hub_options_t options = {
        .size_limit = 64 << 10, .depth_limit = 32, .origin = SAMPLE_ORIGIN};
    law.schemas = schemas_open("schemas", &why);
    if (!law.schemas)
        print_error("%s\n", why.text);
    intake = intake_new(&options, &law);
    open_rosters();
    return law.schemas ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    intake_destroy(&intake);
    intake_destroy(&intake);
    schemas_close(&law.schemas);
    roster_close(&roster);
    roster_close(&revoking);
    people_close(&people);
    return 0;
}

// A frame in the making: documents, the key (a fill byte) of each signature, and what a
// test spoils.
typedef struct {
    size_t n;
    const char *document[DOCUMENTS_MAX];
    uint8_t signer[4]; // 0: none
    const char *origin;
    bool swap;  // the first two documents are at each other's place
    bool spoil; // a bit of the first signature
} parcel_t;

static void put_head(const parcel_t *parcel, const hash_t *hashes, buf_t *out)
{
    seal_head_t head;
    seal_head_begin(
        &head, parcel->origin ? parcel->origin : SAMPLE_ORIGIN, hashes, parcel->n);
    for (size_t i = 0; i < 4 && parcel->signer[i]; i++) {
        seal_key_t key = sample_key(parcel->signer[i]);
        assert_int_equal(seal_head_sign(&head, &key, &why), 0);
    }
    if (parcel->spoil)
        head.signature[0].bytes[5] ^= 1;
    seal_head_print(&head, out);
}

// All that was sealed together is there, so the proof of the places is empty.
static void put_frame(const parcel_t *parcel, buf_t *out)
{
    hash_t hashes[DOCUMENTS_MAX];
    publish_t *publish = calloc(1, sizeof *publish);
    buf_t head = {0};
    for (size_t i = 0; i < parcel->n; i++)
        sha256(span_text(parcel->document[i]), &hashes[i]);
    put_head(parcel, hashes, &head);
    publish->heads = 1;
    publish->head[0].text = buf_span(&head);
    publish->n = parcel->n;
    for (uint32_t i = 0; i < parcel->n; i++) {
        uint32_t of = parcel->swap && i < 2 ? 1 - i : i;
        publish->item[i] = (sealed_t){0, i, span_text(parcel->document[of])};
    }
    publish_put(out, publish);
    buf_destroy(&head);
    free(publish);
}

static void check_all(void)
{
    for (size_t i = checks(); i > 0; i--) // any order will do
        intake_check(intake, i - 1);
    intake_settle(intake);
}

static void hand_over(const parcel_t *parcel)
{
    buf_t frame = {0};
    put_frame(parcel, &frame);
    if (intake_frame(intake, 3, "isoc-energy", buf_span(&frame), &why) != 0)
        fail_msg("%s", why.text);
    buf_destroy(&frame); // copied
}

static void take_in(const parcel_t *parcel)
{
    hand_over(parcel);
    check_all();
}

static char *example(const char *kind)
{
    static buf_t text[4];
    static unsigned turn;
    buf_t *out = &text[turn++ % 4];
    char path[128];
    (void)snprintf(path, sizeof path, "schemas/examples/%s.json", kind);
    buf_clear(out);
    if (file_read(path, 1 << 20, out, &why) != 0)
        fail_msg("%s", why.text);
    buf_put_u8(out, 0);
    return (char *)out->data;
}

// The example with one piece of text replaced by another.
static const char *altered(const char *kind, const char *from, const char *to)
{
    static char out[8192];
    const char *text = example(kind);
    const char *at = strstr(text, from);
    assert_non_null(at);
    (void)snprintf(
        out, sizeof out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return out;
}

static const char *verdict(size_t i)
{
    const char *code = intake_at(intake, i)->refusal.code;
    return code ? code : "good";
}

static void good_documents_come_through_whole(void **state)
{
    (void)state;
    parcel_t parcel = {3,
        {example("incident.notice"), example("incident.update"),
            example("incident.closure")},
        {NODE, OFFICER}, NULL, false, false};
    take_in(&parcel);
    assert_int_equal(intake_count(intake), 3);
    for (size_t i = 0; i < 3; i++) {
        const submission_t *item = intake_at(intake, i);
        const seal_place_t place = intake_place(intake, item);
        hash_t hash;
        seal_head_t head;
        assert_string_equal(verdict(i), "good");
        assert_true(item->parsed);
        assert_int_equal(item->session, 3);
        assert_string_equal(item->document.from, "isoc-energy");
        assert_true(span_is(item->bytes, parcel.document[i])); // byte for byte
        sha256(item->bytes, &hash);
        assert_true(hash_equal(&hash, &item->hash));
        assert_int_equal(seal_head_parse(&head, place.head, &why), 0);
        assert_int_equal(
            seal_place_holds(&head, place.index, place.path, &hash, &why), 0);
        sha256(place.head, &hash);
        assert_true(hash_equal(&hash, intake_head_hash(intake, item)));
    }
    intake_clear(intake);
    assert_int_equal(intake_count(intake), 0);
}

static void what_is_wrong_with_a_seal_has_its_code(void **state)
{
    (void)state;
    const char *notice = example("incident.notice");
    const struct {
        parcel_t parcel;
        bool revoked;
        const char *code;
    } table[] = {
        {{1, {notice}, {NODE}, NULL, false, false}, false, "good"},
        {{1, {notice}, {STRANGER}, NULL, false, false}, false, "seal.key"},
        {{1, {notice}, {NODE}, NULL, false, false}, true, "seal.key"},
        {{1, {notice}, {OTHER}, NULL, false, false}, false, "seal.node"},
        {{1, {notice}, {OFFICER}, NULL, false, false}, false, "seal.node"}, // node first
        {{1, {notice}, {NODE, OTHER}, NULL, false, false}, false, "seal.node"},
        {{1, {notice}, {NODE, STRANGER}, NULL, false, false}, false, "seal.key"},
        {{1, {notice}, {NODE}, "other.example/log", false, false}, false, "seal.origin"},
        {{1, {notice}, {NODE}, NULL, false, true}, false, "seal.signature"},
        {{2, {notice, example("advisory")}, {NODE}, NULL, true, false}, false,
            "seal.place"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        revoked = table[i].revoked;
        intake_clear(intake);
        take_in(&table[i].parcel);
        if (strcmp(verdict(0), table[i].code) != 0)
            fail_msg("row %zu: %s, expected %s (%s)", i, verdict(0), table[i].code,
                intake_at(intake, 0)->refusal.text);
        // what the refusal is about can always be named
        hash_t hash;
        sha256(span_text(table[i].parcel.document[table[i].parcel.swap]), &hash);
        assert_true(hash_equal(&hash, &intake_at(intake, 0)->hash));
        assert_int_equal(intake_at(intake, 0)->parsed, i == 0);
    }
    revoked = false;
    intake_clear(intake);
}

static void what_is_wrong_with_a_document_has_its_code(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *code, *pointer;
    } table[] = {
        {"isoc-energy", "isoc-other", "from.mismatch", "/from"},
        {"\"level\": 4", "\"level\": 6", "doc.schema", "/body/level"},
        {"\"level\": 4,", "", "doc.schema", "/body/level"},
        {"\"level\": 4", "\"level\": 4, \"levle\": 4", "doc.schema", "/body/levle"},
        {"\"dabyl\": 1", "\"dabyl\": 2", "doc.version", "/dabyl"},
        {"incident.notice", "incident.unheard", "doc.kind", "/kind"},
        {"\"level\": 4", "\"level\": 4, \"level\": 4", "doc.duplicate-key",
            "/body/level"},
        {"\"dabyl\": 1", "\"dabyl\": 1, \"state_secret\": true", "secret.declared",
            "/state_secret"},
        {"\"level\": 4", "\"level\": 4.0", "doc.number", "/body/level"},
        {"\"body\"", "\"body\" \"body\"", "doc.syntax", "/body"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        parcel_t parcel = {1, {altered("incident.notice", table[i].from, table[i].to)},
            {NODE}, NULL, false, false};
        intake_clear(intake);
        take_in(&parcel);
        const refusal_t *refusal = &intake_at(intake, 0)->refusal;
        if (strcmp(verdict(0), table[i].code) != 0 ||
            strcmp(refusal->pointer, table[i].pointer) != 0)
            fail_msg("row %zu: %s at %s, expected %s at %s (%s)", i, verdict(0),
                refusal->pointer, table[i].code, table[i].pointer, refusal->text);
        assert_false(refusal->retry);
    }
    intake_clear(intake);
}

static void a_document_beyond_the_limit_is_not_parsed(void **state)
{
    (void)state;
    char *huge = malloc((64 << 10) + 2);
    memset(huge, '[', (64 << 10) + 1);
    huge[(64 << 10) + 1] = 0;
    parcel_t parcel = {1, {huge}, {NODE}, NULL, false, false};
    take_in(&parcel);
    assert_string_equal(verdict(0), "doc.size");
    assert_string_equal(intake_at(intake, 0)->refusal.by, "limits.document_bytes");
    intake_clear(intake);
    huge[64 << 10] = 0; // at the limit it is, and then its depth is too much
    take_in(&parcel);
    assert_string_equal(verdict(0), "doc.depth");
    intake_clear(intake);
    free(huge);
}

// One bad document spoils only itself.
static void neighbours_are_judged_apart(void **state)
{
    (void)state;
    parcel_t parcel = {3, {example("incident.notice"), "{}", example("incident.update")},
        {NODE}, NULL, false, false};
    take_in(&parcel);
    assert_string_equal(verdict(0), "good");
    assert_string_equal(verdict(1), "doc.version");
    assert_string_equal(verdict(2), "good");
    intake_clear(intake);
}

// A frame with these of `count` documents that were sealed together, and one proof.
static void put_some(const size_t *places, size_t n, size_t count, buf_t *out)
{
    enum { MOST = 9 };
    static const char *const kinds[] = {
        "incident.notice", "incident.update", "incident.closure"};
    hash_t hashes[MOST], leaves[MOST];
    uint64_t index[MOST];
    span_t paths[MOST];
    buf_t path[MOST] = {{0}}, head = {0}, proof = {0};
    publish_t *publish = calloc(1, sizeof *publish);
    seal_head_t made;
    seal_key_t key = sample_key(NODE);
    for (size_t i = 0; i < count; i++) {
        sha256(span_text(example(kinds[i % 3])), &hashes[i]);
        merkle_leaf(span_of(hashes[i].bytes, 32), &leaves[i]);
    }
    seal_head_begin(&made, SAMPLE_ORIGIN, hashes, count);
    assert_int_equal(seal_head_sign(&made, &key, &why), 0);
    seal_head_print(&made, &head);
    publish->heads = 1;
    publish->n = n;
    for (size_t i = 0; i < n; i++) {
        index[i] = places[i];
        merkle_path_of(leaves, count, places[i], &path[i]);
        paths[i] = buf_span(&path[i]);
        publish->item[i] =
            (sealed_t){0, (uint32_t)places[i], span_text(example(kinds[places[i] % 3]))};
    }
    assert_int_equal(merkle_run_of_paths(index, paths, n, count, &proof), 0);
    publish->head[0] = (sealed_head_t){buf_span(&head), buf_span(&proof)};
    publish_put(out, publish);
    for (size_t i = 0; i < n; i++)
        buf_destroy(&path[i]);
    buf_destroy(&head);
    buf_destroy(&proof);
    free(publish);
}

static void is_at_its_place(size_t i)
{
    const submission_t *item = intake_at(intake, i);
    const seal_place_t place = intake_place(intake, item);
    seal_head_t head;
    assert_string_equal(verdict(i), "good");
    assert_int_equal(seal_head_parse(&head, place.head, &why), 0);
    assert_int_equal(
        seal_place_holds(&head, place.index, place.path, &item->hash, &why), 0);
}

static void some_of_what_was_sealed_have_their_places(void **state)
{
    (void)state;
    static const size_t some[] = {1, 2, 7};
    buf_t frame = {0};
    put_some(some, 3, 9, &frame);
    for (int session = 0; session < 3; session++)
        assert_int_equal(
            intake_frame(intake, session, "isoc-energy", buf_span(&frame), &why), 0);
    check_all();
    assert_int_equal(intake_heads(intake), 3);
    assert_int_equal(intake_count(intake), 9);
    for (size_t i = 0; i < 9; i++) {
        is_at_its_place(i);
        assert_int_equal(intake_at(intake, i)->index, some[i % 3]);
    }
    buf_destroy(&frame);
}

// One wrong document: nobody can tell which of those under the head it is.  Other heads
// of the frame or the turn do not suffer for it.
static void a_document_in_the_wrong_place_spoils_its_head(void **state)
{
    (void)state;
    static const size_t some[] = {1, 2, 7};
    buf_t frame = {0}, spoilt = {0};
    put_some(some, 3, 9, &frame);
    put_some(some, 3, 9, &spoilt);
    // The last octet of the last document: a space where a line ended.
    assert_int_equal(spoilt.data[spoilt.size - 1], '\n');
    spoilt.data[spoilt.size - 1] = ' ';
    assert_int_equal(intake_frame(intake, 1, "isoc-energy", buf_span(&frame), &why), 0);
    assert_int_equal(intake_frame(intake, 2, "isoc-energy", buf_span(&spoilt), &why), 0);
    check_all();
    for (size_t i = 0; i < 6; i++) {
        if (i < 3)
            is_at_its_place(i);
        else
            assert_string_equal(verdict(i), "seal.place");
        assert_int_equal(intake_at(intake, i)->parsed, i < 3);
    }
    buf_destroy(&frame);
    buf_destroy(&spoilt);
}

// The session may end and its slot be another's before the items are checked.
static void the_senders_name_is_copied(void **state)
{
    (void)state;
    char node[] = "isoc-energy";
    parcel_t parcel = {1, {example("incident.notice")}, {NODE}, NULL, false, false};
    buf_t frame = {0};
    put_frame(&parcel, &frame);
    assert_int_equal(intake_frame(intake, 3, node, buf_span(&frame), &why), 0);
    memcpy(node, "isoc-other", sizeof "isoc-other");
    check_all();
    assert_string_equal(verdict(0), "good");
    assert_string_equal(intake_at(intake, 0)->node, "isoc-energy");
    buf_destroy(&frame);
    intake_clear(intake);
}

static void a_cut_frame_leaves_nothing_behind(void **state)
{
    (void)state;
    parcel_t parcel = {1, {example("incident.notice")}, {NODE}, NULL, false, false};
    buf_t frame = {0};
    put_frame(&parcel, &frame);
    for (size_t size = 0; size < frame.size; size++) {
        // from the heap, to its very end: reading beyond would be seen
        uint8_t *copy = malloc(size ? size : 1);
        memcpy(copy, frame.data, size);
        assert_int_equal(
            intake_frame(intake, 3, "isoc-energy", span_of(copy, size), &why), -1);
        free(copy);
        assert_int_equal(intake_count(intake), 0);
        assert_int_equal(checks(), 0);
    }
    buf_destroy(&frame);
}

// No flipped bit of the frame gives another message than the one sealed.
static void a_flipped_bit_is_noticed(void **state)
{
    (void)state;
    parcel_t parcel = {1, {example("acknowledgement")}, {KIB}, NULL, false, false};
    buf_t frame = {0};
    put_frame(&parcel, &frame);
    for (size_t bit = 0; bit < frame.size * 8; bit += 3) {
        frame.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        intake_clear(intake);
        if (intake_frame(intake, 3, "kib-duty", buf_span(&frame), &why) == 0) {
            check_all();
            for (size_t i = 0; i < intake_count(intake); i++)
                if (!intake_at(intake, i)->refusal.code)
                    fail_msg("bit %zu went unnoticed", bit);
        }
        frame.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
    intake_clear(intake);
    assert_int_equal(intake_frame(intake, 3, "kib-duty", buf_span(&frame), &why), 0);
    check_all();
    assert_string_equal(verdict(0), "good"); // what was flipped is whole again
    buf_destroy(&frame);
    intake_clear(intake);
}

static void items_and_heads_are_used_again(void **state)
{
    (void)state;
    parcel_t good = {2, {example("incident.notice"), example("incident.update")}, {NODE},
        NULL, false, false};
    parcel_t bad = {1, {"{"}, {STRANGER}, NULL, false, false};
    for (int turn = 0; turn < 30; turn++) {
        intake_clear(intake);
        hand_over(turn % 2 ? &bad : &good);
        hand_over(turn % 2 ? &good : &bad);
        check_all();
        assert_int_equal(intake_count(intake), 3);
        for (size_t i = 0; i < 3; i++) {
            bool is_bad = turn % 2 ? i == 0 : i == 2;
            assert_string_equal(verdict(i), is_bad ? "seal.key" : "good");
            assert_int_equal(intake_at(intake, i)->parsed, !is_bad);
        }
    }
    intake_clear(intake);
}

static int forget(void **state)
{
    (void)state;
    intake_clear(intake);
    return 0;
}

// Limits come before parsing: of what is put off only the hash is taken, for the answer.
static void what_is_put_off_is_not_looked_at(void **state)
{
    (void)state;
    refusal_t later = {0};
    parcel_t parcel = {3,
        {example("incident.notice"), example("incident.update"), "no JSON at all"},
        {NODE}, NULL, false, false};
    hash_t hash;
    (void)refuse(&later, "rate.limit", "", "", "later");
    hand_over(&parcel);
    intake_put_off(intake, 1, &later);
    check_all();
    assert_string_equal(verdict(0), "good"); // its head is checked for its sake
    assert_true(intake_at(intake, 0)->parsed);
    for (size_t i = 1; i < 3; i++) {
        assert_string_equal(verdict(i), "rate.limit");
        assert_false(intake_at(intake, i)->parsed);
        sha256(intake_at(intake, i)->bytes, &hash);
        assert_true(hash_equal(&hash, &intake_at(intake, i)->hash));
    }
    intake_clear(intake);
    parcel.spoil = true;
    hand_over(&parcel);
    intake_put_off(intake, 0, &later);
    check_all();
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(verdict(i), "rate.limit"); // nobody verified the signature
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(good_documents_come_through_whole, forget),
        cmocka_unit_test_teardown(what_is_wrong_with_a_seal_has_its_code, forget),
        cmocka_unit_test_teardown(what_is_wrong_with_a_document_has_its_code, forget),
        cmocka_unit_test_teardown(a_document_beyond_the_limit_is_not_parsed, forget),
        cmocka_unit_test_teardown(neighbours_are_judged_apart, forget),
        cmocka_unit_test_teardown(some_of_what_was_sealed_have_their_places, forget),
        cmocka_unit_test_teardown(a_document_in_the_wrong_place_spoils_its_head, forget),
        cmocka_unit_test_teardown(the_senders_name_is_copied, forget),
        cmocka_unit_test_teardown(a_cut_frame_leaves_nothing_behind, forget),
        cmocka_unit_test_teardown(a_flipped_bit_is_noticed, forget),
        cmocka_unit_test_teardown(items_and_heads_are_used_again, forget),
        cmocka_unit_test_teardown(what_is_put_off_is_not_looked_at, forget),
    };
    return test_group(tests, set_up, tear_down);
}
