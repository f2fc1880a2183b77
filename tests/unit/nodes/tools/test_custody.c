// Chains of custody folded from messages, whoever sent what and in whatever order they
// are found.

#include "nodes/tools/custody.h"

#include "tests/lib/test.h"

enum { MESSAGES_MAX = 8 };

// A message: its id is its place in the table, and that its position in the log.
typedef struct {
    const char *from;
    const char *what;  // offer, hold, taken, declined; of what `field` names
    const char *field; // re, supersedes, cancels; NULL: names nothing
    int of;
    const char *to;
    const char *former; // of a manifest
    const char *files;  // one letter each; NULL: "a"
    bool unproven;
    bool test; // its status
} row_t;

typedef struct {
    const char *name;
    const char *expected; // "holder>offered to", "!" when a step does not count
    row_t row[MESSAGES_MAX];
} story_t;

static json_t *files_of(const char *letters)
{
    json_t *traces = json_array();
    char digest[65];
    for (; *letters; letters++) {
        memset(digest, *letters, 64);
        digest[64] = 0;
        (void)json_array_append_new(
            traces, json_pack("{s:{s:s, s:i, s:s}}", "file", "name", "x", "size", 10,
                        "sha256", digest));
    }
    return traces;
}

static json_t *document_of(const row_t *row, int id)
{
    char text[8];
    bool manifest = strcmp(row->what, "offer") == 0 || strcmp(row->what, "hold") == 0;
    json_t *body = json_object();
    (void)snprintf(text, sizeof text, "%d", id);
    json_t *document = json_pack("{s:s, s:s, s:s, s:o}", "kind",
        manifest ? "trace.manifest" : "acknowledgement", "from", row->from, "id", text,
        "body", body);
    if (manifest)
        (void)json_object_set_new(
            body, "traces", files_of(row->files ? row->files : "a"));
    else {
        char answer[32];
        bool read = strcmp(row->what, "read") == 0;
        (void)snprintf(answer, sizeof answer, "%s%s", read ? "" : "custody-", row->what);
        (void)json_object_set_new(body, "answer", json_string(answer));
    }
    if (row->test)
        (void)json_object_set_new(document, "status", json_string("test"));
    if (row->former)
        (void)json_object_set_new(body, "former", json_string(row->former));
    if (row->to)
        (void)json_object_set_new(document, "to", json_pack("[s]", row->to));
    return document;
}

static void refer(json_t *document, const story_t *story, const row_t *row)
{
    char text[8];
    if (!row->field)
        return;
    (void)snprintf(text, sizeof text, "%d", row->of);
    (void)json_object_set_new(document, row->field,
        json_pack("{s:s, s:s}", "author",
            story->row[row->of].from ? story->row[row->of].from : "else", "id", text));
}

static size_t rows_of(const story_t *story)
{
    size_t n = 0;
    while (n < MESSAGES_MAX && story->row[n].from)
        n++;
    return n;
}

static void fold(custody_t *custody, const story_t *story, bool backwards)
{
    size_t n = rows_of(story);
    *custody = (custody_t){0};
    for (size_t i = 0; i < n; i++) {
        size_t at = backwards ? n - 1 - i : i;
        mail_t mail = {.root = document_of(&story->row[at], (int)at), .has_leaf = true};
        mail.leaf.position = at;
        refer(mail.root, story, &story->row[at]);
        step_t *step = custody_add(custody, &mail);
        assert_int_equal(step == NULL, story->row[at].test);
        if (step)
            step->proven = !story->row[at].unproven;
    }
    custody_fold(custody);
}

#define HOLD(by)                                                                         \
    {                                                                                    \
        .from = by, .what = "hold"                                                       \
    }
#define OFFER(by, whom)                                                                  \
    {                                                                                    \
        .from = by, .what = "offer", .to = whom                                          \
    }
#define ANSWER(by, says, place)                                                          \
    {                                                                                    \
        .from = by, .what = says, .field = "re", .of = place                             \
    }
#define RETRACT(by, place)                                                               \
    {                                                                                    \
        .from = by, .what = "taken", .field = "cancels", .of = place                     \
    }
#define AGAIN(by, place, whom, how)                                                      \
    {                                                                                    \
        .from = by, .what = "offer", .field = "re", .of = place, .to = whom,             \
        .former = how                                                                    \
    }
#define INSTEAD(by, reference, place, whom)                                              \
    {                                                                                    \
        .from = by, .what = "offer", .field = reference, .of = place, .to = whom         \
    }

static const story_t stories[] = {
    {"nobody is offered anything", "owner>", {HOLD("owner")}},
    {"an offer is not a hand-over", "owner>nccis", {OFFER("owner", "nccis")}},
    {"taken", "nccis>", {OFFER("owner", "nccis"), ANSWER("nccis", "taken", 0)}},
    {"declined", "owner>", {OFFER("owner", "nccis"), ANSWER("nccis", "declined", 0)}},
    {"by another than was named", "owner>nccis!",
        {OFFER("owner", "nccis"), ANSWER("knb", "taken", 0)}},
    {"by its own author", "owner>nccis!",
        {OFFER("owner", "nccis"), ANSWER("owner", "taken", 0)}},
    {"what was only said to be held", "owner>!",
        {HOLD("owner"), ANSWER("nccis", "taken", 0)}},
    {"an answer that is not proven", "owner>nccis!",
        {OFFER("owner", "nccis"),
            {.from = "nccis", .what = "taken", .field = "re", .unproven = true}}},
    {"an offer that is not proven", ">!",
        {{.from = "owner", .what = "offer", .to = "nccis", .unproven = true},
            ANSWER("nccis", "taken", 0)}},
    {"handed on, and taken", "knb>",
        {OFFER("owner", "nccis"), ANSWER("nccis", "taken", 0),
            AGAIN("nccis", 0, "knb", "taken"), ANSWER("knb", "taken", 2)}},
    {"declined, and offered to another", "owner>knb",
        {OFFER("owner", "nccis"), ANSWER("nccis", "declined", 0),
            AGAIN("owner", 0, "knb", "declined")}},
    {"handed on by who had it before", "nccis>!",
        {OFFER("owner", "nccis"), ANSWER("nccis", "taken", 0),
            AGAIN("owner", 0, "knb", "declined")}},
    {"taken from a hand-over that does not count", "nccis>!",
        {OFFER("owner", "nccis"), ANSWER("nccis", "taken", 0),
            AGAIN("owner", 0, "knb", "declined"), ANSWER("knb", "taken", 2)}},
    {"taken back before it was taken", "owner>",
        {OFFER("owner", "nccis"), INSTEAD("owner", "cancels", 0, "nccis")}},
    {"corrected, and taken as it is now", "knb>",
        {OFFER("owner", "nccis"), INSTEAD("owner", "supersedes", 0, "knb"),
            ANSWER("knb", "taken", 1)}},
    {"an answer taken back", "owner>nccis",
        {OFFER("owner", "nccis"), ANSWER("nccis", "taken", 0), RETRACT("nccis", 1)}},
    {"an answer taken back by another word", "owner>nccis",
        {OFFER("owner", "nccis"), ANSWER("nccis", "taken", 0),
            {.from = "nccis", .what = "read", .field = "cancels", .of = 1}}},
    {"an answer corrected to what is none", "owner>nccis",
        {OFFER("owner", "nccis"), ANSWER("nccis", "taken", 0),
            {.from = "nccis", .what = "read", .field = "supersedes", .of = 1}}},
    {"an answer corrected", "owner>",
        {OFFER("owner", "nccis"), ANSWER("nccis", "taken", 0),
            {.from = "nccis", .what = "declined", .field = "supersedes", .of = 1}}},
    {"a correction of a correction taken back", "owner>nccis",
        {OFFER("owner", "nccis"), ANSWER("nccis", "taken", 0),
            {.from = "nccis", .what = "declined", .field = "supersedes", .of = 1},
            RETRACT("nccis", 2)}},
    {"an answer to what was corrected twice", "knb>",
        {OFFER("owner", "nccis"), INSTEAD("owner", "supersedes", 0, "isoc"),
            INSTEAD("owner", "supersedes", 1, "knb"), ANSWER("knb", "taken", 2)}},
    {"answered twice", "nccis>!",
        {OFFER("owner", "nccis"), ANSWER("nccis", "taken", 0),
            ANSWER("nccis", "declined", 0)}},
    {"an offer corrected after it was answered", "nccis>!",
        {OFFER("owner", "nccis"), ANSWER("nccis", "taken", 0),
            INSTEAD("owner", "supersedes", 0, "knb")}},
    {"a test of taking it", "owner>nccis",
        {OFFER("owner", "nccis"),
            {.from = "nccis", .what = "taken", .field = "re", .test = true}}},
    {"another's answer taken back", "nccis>!",
        {OFFER("owner", "nccis"), ANSWER("nccis", "taken", 0), RETRACT("owner", 1)}},
};

static void custody_goes_only_where_it_was_offered(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * (sizeof stories / sizeof stories[0]); i++) {
        const story_t *story = &stories[i / 2];
        custody_t custody;
        char got[160];
        fold(&custody, story, i % 2 == 1);
        assert_int_equal(custody.chains, 1);
        const chain_t *chain = &custody.chain[0];
        (void)snprintf(got, sizeof got, "%s>%s%s",
            chain->holder ? chain->holder->author : "",
            chain->offer ? chain->offer->to : "", chain->good ? "" : "!");
        if (strcmp(got, story->expected) != 0)
            fail_msg("%s: %s instead of %s", story->name, got, story->expected);
        assert_true(chain->whole);
        custody_close(&custody);
    }
}

static void chains_are_told_apart(void **state)
{
    (void)state;
    static const story_t story = {"", "",
        {OFFER("owner", "nccis"), OFFER("isoc", "nccis"), ANSWER("nccis", "taken", 1),
            ANSWER("nccis", "declined", 0),
            {.from = "knb", .what = "offer", .to = "nccis", .former = "taken"}}};
    custody_t custody;
    fold(&custody, &story, true);
    assert_int_equal(custody.chains, 3);
    assert_string_equal(custody.chain[0].holder->author, "owner");
    assert_string_equal(custody.chain[1].holder->author, "nccis");
    assert_true(custody.chain[1].whole);
    assert_false(custody.chain[2].whole); // its beginning is not here
    assert_int_equal(custody_chain_of(&custody, "2"), 1);
    assert_int_equal(custody_chain_of(&custody, "7"), -1);
    custody_close(&custody);
}

// Naming a manifest is not following it, and what corrects some answer is no custody.
static void strangers_are_no_part_of_a_chain(void **state)
{
    (void)state;
    static const story_t story = {"", "",
        {OFFER("owner", "nccis"), INSTEAD("isoc", "re", 0, "knb"),
            {.from = "knb", .what = "read", .field = "supersedes", .of = 7},
            ANSWER("nccis", "taken", 0)}};
    custody_t custody;
    fold(&custody, &story, true);
    assert_int_equal(custody.n, 3);
    assert_int_equal(custody.chains, 2);
    assert_true(custody.chain[0].good && custody.chain[1].good);
    assert_string_equal(custody.chain[0].holder->author, "nccis");
    assert_string_equal(custody.chain[1].holder->author, "isoc");
    custody_close(&custody);
}

static void other_files_than_before_are_counted(void **state)
{
    (void)state;
    static const story_t story = {"", "",
        {{.from = "owner", .what = "offer", .to = "nccis", .files = "abc"},
            ANSWER("nccis", "taken", 0),
            {.from = "nccis",
                .what = "offer",
                .field = "re",
                .of = 0,
                .to = "knb",
                .former = "taken",
                .files = "cbxa"},
            {.from = "nccis",
                .what = "offer",
                .field = "supersedes",
                .of = 2,
                .to = "knb",
                .former = "taken",
                .files = "x"}}};
    custody_t custody;
    fold(&custody, &story, false);
    assert_int_equal(custody.step[0].files, 3);
    assert_int_equal(custody.step[0].bytes, 30);
    assert_int_equal(custody.step[2].more, 1);
    assert_int_equal(custody.step[2].fewer, 0);
    assert_int_equal(custody.step[3].more, 0);
    assert_int_equal(custody.step[3].fewer, 3);
    custody_close(&custody);
}

static void what_is_no_part_is_left_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {"{}", "{\"kind\": \"acknowledgement\"}",
        "{\"kind\": \"acknowledgement\", \"body\": {\"answer\": \"read\"}}",
        "{\"kind\": 1, \"body\": 2}", "{\"kind\": \"incident.notice\"}"};
    custody_t custody = {0};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        mail_t mail = {.root = json_loads(texts[i], 0, NULL)};
        assert_null(custody_add(&custody, &mail));
    }
    mail_t odd = {.root = json_loads("{\"kind\": \"trace.manifest\", \"to\": [7],"
                                     " \"body\": {\"traces\": [1, {}]}, \"re\": 3}",
                      0, NULL)};
    assert_non_null(custody_add(&custody, &odd)); // and harms nobody
    custody_fold(&custody);
    assert_false(custody.chain[0].good);
    custody_close(&custody);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(custody_goes_only_where_it_was_offered),
        cmocka_unit_test(chains_are_told_apart),
        cmocka_unit_test(strangers_are_no_part_of_a_chain),
        cmocka_unit_test(other_files_than_before_are_counted),
        cmocka_unit_test(what_is_no_part_is_left_alone),
    };
    return test_group(tests, NULL, NULL);
}
