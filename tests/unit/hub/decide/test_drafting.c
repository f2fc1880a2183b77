// drafting: a message becomes entries with all that follows from it, or not at all; the
// same again is known, another under its name refused; what the hub says itself must fit
// its schema and the rules.

#include "hub/decide/drafting.h"

#include "tests/lib/data.h"
#include "tests/lib/heard.h"
#include "tests/lib/mini.h"

enum { TOO_MUCH = 33 << 20 }; // for one message in a batch

static const char *const members[][3] = {
    {"hub", "hub", "STS"},
    {"isoc-energy", "isoc", "SOC"},
    {"knb", "national-security", "KNB"},
    {"mfa", "foreign-affairs", "MFA"},
    {"nccis", "nccis", "STS"},
};

// A notice of level 4, as its author sealed it.
typedef struct {
    mini_t mini;
    document_t document;
    buf_t bytes;
    hash_t hash, head_hash;
    sealed_message_t message;
    uint64_t position;
} world_t;

static void read_notice(world_t *world)
{
    const document_limits_t limits = {1 << 20, 32};
    value_t *root;
    mini_t *mini = &world->mini;
    assert_int_equal(file_read("schemas/examples/incident.notice.json", 1 << 20,
                         &world->bytes, &mini->why),
        0);
    assert_int_equal(
        document_load(buf_span(&world->bytes), &limits, &root, &mini->refusal), 0);
    assert_int_equal(document_open(&world->document, root, &mini->refusal), 0);
    sha256(buf_span(&world->bytes), &world->hash);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    mini_open(&world->mini, members, sizeof members / sizeof members[0], "law.conf");
    mini_schemas(&world->mini);
    read_notice(world);
    world->mini.now_ms = world->document.sent_ms;
    world->message =
        (sealed_message_t){.author = roster_member(world->mini.law.roster, "isoc-energy"),
            .document = &world->document,
            .bytes = buf_span(&world->bytes),
            .seal = {buf_span(&world->mini.seal), 0, {0}},
            .hash = &world->hash,
            .head_hash = &world->head_hash};
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    document_close(&world->document);
    buf_destroy(&world->bytes);
    mini_close(&world->mini);
    free(world);
    return 0;
}

// The law of these rules of the data, also one that no hub would load for what it
// derives.
static void rule_by(world_t *world, const char *const names[])
{
    buf_t law = {0};
    for (size_t i = 0; names[i]; i++)
        buf_printf(&law, "%s%s", i ? ",\n" : "rules = (\n",
            data_part("drafting.rules", names[i]));
    buf_put_text(&law, ");\n");
    mini_rules(&world->mini, buf_text(&law));
    buf_destroy(&law);
}
#define RULES(world, ...) rule_by(world, (const char *const[]){__VA_ARGS__, NULL})

static int take(world_t *world)
{
    return drafting_take(
        world->mini.drafting, &world->message, &world->position, &world->mini.refusal);
}

static const draft_item_t *item_at(const world_t *world, size_t i)
{
    return draft_at(world->mini.draft, i);
}

// What is in the draft: types and kinds, in their order.
static void drafted_are(const world_t *world, const char *expected)
{
    char all[512] = "";
    for (size_t i = 0; i < draft_count(world->mini.draft); i++) {
        const leaf_t *leaf = &item_at(world, i)->leaf;
        assert_int_equal(leaf->position, 100 + i);
        (void)strncat(all, leaf->kind[0] ? leaf->kind : leaf->type, 60);
        (void)strncat(all, " ", 2);
    }
    assert_string_equal(all, expected);
}

static void refused(world_t *world, const char *code)
{
    size_t before = draft_count(world->mini.draft);
    leaf_t leaf;
    assert_int_equal(take(world), -1);
    assert_string_equal(world->mini.refusal.code, code);
    assert_int_equal(draft_count(world->mini.draft), before);
    assert_int_equal(duties_drafted(world->mini.duties), 0);
    if (before == 0)
        assert_false(history_find(
            world->mini.history, world->document.from, world->document.id, &leaf));
}

static bool says(span_t record, const char *words)
{
    return memmem(record.data, record.size, words, strlen(words)) != NULL;
}

static void what_is_taken_is_drafted_as_it_was_sealed(void **state)
{
    world_t *world = *state;
    leaf_t leaf;
    RULES(world, "notice");
    assert_int_equal(take(world), 0);
    assert_int_equal(world->position, 100);
    drafted_are(world, "incident.notice ");
    const draft_item_t *item = item_at(world, 0);
    assert_ptr_equal(item->document.data, world->bytes.data); // not a byte is copied
    assert_true(span_equal(item->seal.head, buf_span(&world->mini.seal)));
    assert_string_equal(item->leaf.author, world->document.from);
    assert_false(item->derived);
    assert_true(says(item->record, "deliver nccis notice"));
    assert_true(history_find(
        world->mini.history, world->document.from, world->document.id, &leaf));
}

// And duties come last, when all of it is taken.
static void what_follows_comes_right_behind(void **state)
{
    world_t *world = *state;
    RULES(world, "notice, alert and item", "alert", "item");
    assert_int_equal(take(world), 0);
    assert_int_equal(world->position, 100);
    drafted_are(world, "incident.notice security.alert crossborder.item duty ");
    for (size_t i = 1; i <= 2; i++) {
        const draft_item_t *item = item_at(world, i);
        value_t *root = document_again(item->document);
        assert_true(item->derived);
        assert_string_equal(item->leaf.author, "hub");
        assert_string_equal(value_text(value_get(root, "for")), "nccis");
        assert_int_equal(value_integer(value_at(root, "/body/level")), 4);
        assert_true((value_at(root, "/body/carried") != NULL) == (i == 1));
        value_free(&root);
    }
    assert_string_equal(item_at(world, 3)->leaf.author, "hub");
}

static void so_does_what_follows_from_that(void **state)
{
    world_t *world = *state;
    RULES(world, "notice, alert", "alert, item", "item");
    assert_int_equal(take(world), 0);
    drafted_are(world, "incident.notice security.alert crossborder.item ");
    assert_true(says(item_at(world, 1)->record, "\nemit crossborder.item "));
}

// Whoever else would derive it does not say so in its record either.
static void of_each_kind_there_is_one(void **state)
{
    world_t *world = *state;
    RULES(world, "notice, alert and item", "alert, item", "item");
    assert_int_equal(take(world), 0);
    drafted_are(world, "incident.notice security.alert crossborder.item ");
    assert_true(says(item_at(world, 0)->record, "\nemit crossborder.item "));
    assert_false(says(item_at(world, 1)->record, "\nemit "));
}

static json_t *update_to(world_t *world, int level)
{
    char id[MESSAGE_ID_MAX];
    json_t *update = json_load_file("schemas/examples/incident.update.json", 0, NULL);
    assert_non_null(update);
    mini_id(&world->mini, id);
    (void)json_object_set_new(update, "id", json_string(id));
    (void)json_object_set_new(update, "sent", json_string("2026-11-22T09:41:07Z"));
    (void)json_object_set_new(
        json_object_get(update, "body"), "level", json_integer(level));
    return update;
}

// What all who receive it had before is not sent again, and no record says that it is.
static void what_is_no_news_is_not_derived(void **state)
{
    world_t *world = *state;
    RULES(world, "notice, alert", "update, alert", "alert");
    assert_int_equal(take(world), 0);
    drafted_are(world, "incident.notice security.alert duty ");
    const draft_item_t *same = mini_publish(&world->mini, update_to(world, 4));
    assert_non_null(same);
    assert_false(says(same->record, "\nemit "));
    assert_int_equal(mini_messages(&world->mini, 3), 1);
    const draft_item_t *higher = mini_publish(&world->mini, update_to(world, 5));
    assert_true(says(higher->record, "\nemit security.alert "));
    assert_int_equal(mini_messages(&world->mini, 4), 2);
}

// An explanation says the same, and leaves nothing.
static void explained_as(world_t *world, const char *code)
{
    heard_t heard;
    heard_begin(&heard);
    const decision_t *decision =
        drafting_explain(world->mini.drafting, world->message.author, &world->document);
    assert_string_equal(heard_end(&heard), "");
    assert_string_equal(decision->refusal.code ? decision->refusal.code : "", code);
    assert_int_equal(draft_count(world->mini.draft), 0);
    assert_int_equal(duties_drafted(world->mini.duties), 0);
}

typedef struct {
    const char *rules[3];
    const char *by, *kind; // the rule that derives what cannot be, and that
    bool unfit;            // for its schema; else no rule applies to it
} hindered_t;

static void hinders(world_t *world, const hindered_t *row)
{
    const drafting_trouble_t *trouble = drafting_trouble(world->mini.drafting);
    heard_t heard;
    explained_as(world, "rule.emit");
    assert_int_equal(trouble->count, 0);
    heard_begin(&heard);
    refused(world, "rule.emit");
    assert_non_null(strstr(heard_end(&heard), " derive.refused "));
    const refusal_t *refusal = &world->mini.refusal;
    assert_string_equal(refusal->by, row->by);
    assert_string_equal(refusal->pointer, row->unfit ? "/summary" : "");
    assert_true(refusal->retry); // nothing is wrong with the message
    assert_int_equal(trouble->count, 1);
    assert_string_equal(trouble->rule, row->by);
    assert_string_equal(trouble->kind, row->kind);
    assert_string_equal(trouble->refusal.code, row->unfit ? "doc.schema" : "rule.none");
    heard_begin(&heard);
    refused(world, "rule.emit");
    assert_string_equal(heard_end(&heard), ""); // once a minute is enough
    assert_int_equal(trouble->count, 2);
    drafting_forget_trouble(world->mini.drafting);
    assert_int_equal(trouble->count, 0);
}

// Not the notice without the alert, whichever of several cannot be made or sent, and
// however far it is derived from the notice.
static void what_cannot_be_derived_refuses_the_cause(void **state)
{
    world_t *world = *state;
    static const hindered_t rows[] = {
        {{"notice, alert and item", "alert, refused", "item"}, "notice", "security.alert",
            false},
        {{"notice, alert and item", "alert", "item, refused"}, "notice",
            "crossborder.item", false},
        {{"notice, unfit alert and item", "alert", "item"}, "notice", "security.alert",
            true},
        {{"notice, alert and unfit item", "alert", "item"}, "notice", "crossborder.item",
            true},
        {{"notice, alert", "alert, refused"}, "notice", "security.alert", false},
        {{"notice, alert", "alert, item", "item, refused"}, "alert", "crossborder.item",
            false},
        {{"notice, unfit alert", "alert, item", "item"}, "notice", "security.alert",
            true},
        {{"notice, alert", "alert, unfit item", "item"}, "alert", "crossborder.item",
            true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        RULES(world, rows[i].rules[0], rows[i].rules[1], rows[i].rules[2]);
        hinders(world, &rows[i]);
    }
    RULES(world, "notice, alert and item", "alert", "item");
    explained_as(world, "");
    assert_int_equal(take(world), 0);
}

static void the_same_again_is_known(void **state)
{
    world_t *world = *state;
    RULES(world, "notice");
    assert_int_equal(take(world), 0);
    world->message.author = roster_member(world->mini.law.roster, "mfa");
    world->position = 0;
    assert_int_equal(take(world), 0); // whatever would be decided now
    assert_int_equal(world->position, 100);
    drafted_are(world, "incident.notice ");
    world->hash.bytes[0] ^= 1;
    draft_at(world->mini.draft, 0)->leaf.document.bytes[0] ^= 2;
    refused(world, "id.reused");
}

static void what_is_refused_leaves_nothing(void **state)
{
    world_t *world = *state;
    const member_t *author = world->message.author;
    RULES(world, "notice, alert and item", "alert", "item");
    world->message.author = roster_member(world->mini.law.roster, "mfa");
    refused(world, "role.kind");
    assert_string_equal(world->mini.refusal.pointer, "/kind");
    world->message.author = author;
    assert_int_equal(take(world), 0); // and the refusal of before is forgotten
    assert_null(world->mini.refusal.code);
}

// A word of the leaf that is none: the log could not be read again.
static void what_could_not_be_read_again_is_not_drafted(void **state)
{
    world_t *world = *state;
    heard_t heard;
    RULES(world, "notice");
    assert_int_equal(take(world), 0);
    memcpy(world->document.id, "two words", sizeof "two words");
    heard_begin(&heard);
    refused(world, "entry.unreadable"); // and what was before stays
    assert_non_null(strstr(heard_end(&heard), " entry.unreadable "));
    assert_int_equal(readback_failed(world->mini.readback), 1);
}

// The message can be read, and the duty that it brings cannot: JSON has no such position.
static void nor_is_what_brings_a_duty_that_could_not_be(void **state)
{
    world_t *world = *state;
    heard_t heard;
    RULES(world, "notice, alert", "alert");
    draft_clear(world->mini.draft, UINT64_C(1) << 63, world->mini.now_ms);
    heard_begin(&heard);
    refused(world, "entry.unreadable");
    assert_non_null(strstr(heard_end(&heard), " entry.unreadable type=duty "));
}

static void nor_is_what_is_too_much_for_a_batch(void **state)
{
    world_t *world = *state;
    uint8_t *much = calloc(TOO_MUCH, 1);
    RULES(world, "notice, alert", "alert");
    world->message.bytes = span_of(much, TOO_MUCH);
    refused(world, "doc.size");
    world->message.bytes = buf_span(&world->bytes);
    assert_int_equal(take(world), 0);
    free(much);
}

static void the_hub_speaks_for_itself(void **state)
{
    world_t *world = *state;
    drafting_t *drafting;
    heard_t heard;
    buf_t notice = {0};
    assert_int_equal(file_read("schemas/examples/service.notice.json", 1 << 20, &notice,
                         &world->mini.why),
        0);
    RULES(world, "service");
    drafting = world->mini.drafting;
    drafting_say(drafting, buf_span(&notice));
    drafted_are(world, "service.notice ");
    assert_true(item_at(world, 0)->derived);
    const drafting_trouble_t *trouble = drafting_trouble(drafting);
    assert_int_equal(trouble->count, 0);
    heard_begin(&heard);
    drafting_say(drafting, span_text("{\"kind\": \"service.notice\"}"));
    assert_non_null(strstr(heard_end(&heard), " derive.refused rule=- "));
    assert_string_equal(trouble->kind, "service.notice");
    assert_string_equal(trouble->refusal.code, "doc.version");
    heard_begin(&heard);
    drafting_say(drafting, span_text("{\"kind\": "));
    (void)heard_end(&heard);
    assert_string_equal(trouble->refusal.code, "doc.syntax");
    assert_int_equal(trouble->count, 2);
    drafted_are(world, "service.notice ");
    RULES(world, "notice"); // by which it may not
    heard_begin(&heard);
    drafting_say(world->mini.drafting, buf_span(&notice));
    (void)heard_end(&heard);
    drafted_are(world, "");
    buf_destroy(&notice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_taken_is_drafted_as_it_was_sealed),
        TEST(what_follows_comes_right_behind),
        TEST(what_cannot_be_derived_refuses_the_cause),
        TEST(so_does_what_follows_from_that),
        TEST(of_each_kind_there_is_one),
        TEST(what_is_no_news_is_not_derived),
        TEST(the_same_again_is_known),
        TEST(what_is_refused_leaves_nothing),
        TEST(what_could_not_be_read_again_is_not_drafted),
        TEST(nor_is_what_brings_a_duty_that_could_not_be),
        TEST(nor_is_what_is_too_much_for_a_batch),
        TEST(the_hub_speaks_for_itself),
    };
    return test_group(tests, NULL, NULL);
}
