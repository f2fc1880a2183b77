// drafting: a message becomes entries with all that follows from it, or not at all; the
// same again is known, another under its name refused; what the hub says itself must fit
// its schema and the rules.

#include "hub/decide/drafting.h"

#include "lib/base/file.h"
#include "tests/lib/samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const int64_t now_ms = INT64_C(1795348800000);

typedef struct {
    schemas_t *schemas;
    draft_t *draft;
    drafting_t *drafting;
    member_t hub, author;
    document_t document;
    buf_t bytes;
    hash_t hash, seal_hash;
    sealed_message_t message;
    // What the decision on a node's message is.
    rule_t rule;
    size_t emissions;
    emit_t emit[2];
    bool follows;                      // from the alert, as the second emission has it
    const char *refuses, *refuses_own; // a code; a kind
    size_t earlier;                    // of what is to be derived
    bool news;                         // to somebody
    bool unreadable;                   // what is drafted
    leaf_t known;                      // author "": nothing is
    bool sealed;                       // the last decision saw a seal
    char said[512];
    uint64_t position;
    refusal_t refusal;
    cause_t why;
} world_t;

static world_t *the_world; // for the log, which has no context

__attribute__((format(printf, 2, 3))) static void say(
    world_t *world, const char *format, ...)
{
    size_t used = strlen(world->said);
    va_list list;
    assert_true(used < sizeof world->said - 100);
    va_start(list, format);
    (void)vsnprintf(world->said + used, sizeof world->said - used, format, list);
    va_end(list);
}

static void emit(const world_t *world, size_t i, decision_t *decision)
{
    emission_t *emission = &decision->emission[decision->emissions++];
    route_t route = {.type = ROUTE_EMIT, .rule = "notice.alert", .cites = "14"};
    *emission = (emission_t){.rule = &world->rule,
        .emit = &world->emit[i],
        .name = {.incident = {"isoc-energy", "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01"}},
        .earlier = world->earlier};
    memcpy(emission->id, "019abd3c-5c00-7b4e-9b6d-2f1c8e7a9d00", MESSAGE_ID_MAX);
    emission->id[MESSAGE_ID_MAX - 2] = (char)('1' + i);
    memcpy(route.id, emission->id, sizeof route.id);
    memcpy(route.kind, emission->emit->kind, sizeof route.kind);
    routing_add(&decision->routing, &route);
}

static int decide(void *context, const member_t *author, const document_t *document,
    span_t seal, decision_t *decision)
{
    world_t *world = context;
    bool own = author == &world->hub;
    bool refused =
        own ? world->refuses_own && strcmp(world->refuses_own, document->kind) == 0
            : world->refuses != NULL;
    world->sealed = seal.size > 0;
    assert_true(!own || seal.size == 0);
    decision->routing.n = 0;
    decision->emissions = decision->duties = 0;
    decision->refusal = (refusal_t){0};
    if (refused)
        return refuse(&decision->refusal, own ? "role.kind" : world->refuses,
            own ? "/body/level" : "/kind", "", "no");
    route_t route = {.type = ROUTE_DELIVER, .node = "nccis", .rule = "r", .cites = "8"};
    routing_add(&decision->routing, &route);
    bool from_alert = world->follows && strcmp(document->kind, "security.alert") == 0;
    size_t first = from_alert ? 1 : 0, end = from_alert ? 2 : own ? 0 : world->emissions;
    for (size_t i = first; i < end; i++)
        emit(world, i, decision);
    say(world, "decide:%s ", document->kind);
    return 0;
}

static bool find(void *context, const char *author, const char *id, leaf_t *leaf)
{
    const world_t *world = context;
    *leaf = world->known;
    return strcmp(leaf->author, author) == 0 && strcmp(leaf->id, id) == 0;
}

static bool news(void *context, const emission_t *emission, const routing_t *routing)
{
    const world_t *world = context;
    (void)routing;
    assert_int_equal(emission->earlier, world->earlier);
    return world->news;
}

static void drafted(void *context, const leaf_t *leaf, const routing_t *routing)
{
    assert_int_equal(routing->route[0].type, ROUTE_DELIVER);
    say(context, "draft:%u:%s ", (unsigned)leaf->position, leaf->kind);
}

static void undrafted(void *context)
{
    say(context, "undrafted ");
}

static void duties(void *context, const document_t *document, const decision_t *decision,
    uint64_t position)
{
    (void)document;
    (void)decision;
    say(context, "duties:%u ", (unsigned)position);
}

__attribute__((format(printf, 3, 4))) static void note(
    log_level_t level, const char *id, const char *format, ...)
{
    (void)format;
    assert_int_equal(level, LOG_ERROR);
    say(the_world, "log:%s ", id);
}

static int check(void *context, size_t from, refusal_t *refusal)
{
    world_t *world = context;
    if (!world->unreadable)
        return 0;
    draft_cut(world->draft, from);
    return refuse(refusal, "entry.unreadable", "", "", "no");
}

static const emit_t alert = {.kind = "security.alert",
    .carry = true,
    .fields = 3,
    .field = {{"level", "/body/level"}, {"determination", "/body/determination"},
        {"sector", "/body/sector"}}};

static const emit_t abroad = {
    .kind = "crossborder.item", .fields = 1, .field = {{"level", "/body/level"}}};

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    const document_limits_t limits = {1 << 20, 32};
    value_t *root;
    the_world = world;
    world->schemas = schemas_open("schemas", &world->why);
    assert_non_null(world->schemas);
    assert_int_equal(file_read("schemas/examples/incident.notice.json", 1 << 20,
                         &world->bytes, &world->why),
        0);
    assert_int_equal(
        document_load(buf_span(&world->bytes), &limits, &root, &world->refusal), 0);
    assert_int_equal(document_open(&world->document, root, &world->refusal), 0);
    sha256(buf_span(&world->bytes), &world->hash);
    world->hub = (member_t){"hub", "hub", "STS"};
    (void)snprintf(world->author.id, sizeof world->author.id, "isoc-energy");
    (void)snprintf(world->rule.id, sizeof world->rule.id, "notice.alert");
    world->emit[0] = alert;
    world->emit[1] = abroad;
    world->message = (sealed_message_t){.author = &world->author,
        .document = &world->document,
        .bytes = buf_span(&world->bytes),
        .seal = span_text("a seal"),
        .hash = &world->hash,
        .seal_hash = &world->seal_hash};
    world->draft = draft_new();
    draft_clear(world->draft, 20, now_ms);
    world->drafting = drafting_new(&(drafting_setup_t){.hub = &world->hub,
        .draft = world->draft,
        .decide = decide,
        .find = find,
        .news = news,
        .drafted = drafted,
        .undrafted = undrafted,
        .duties = duties,
        .check = check,
        .log = note,
        .context = world});
    drafting_begin(world->drafting, world->schemas, now_ms);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    drafting_destroy(&world->drafting);
    draft_destroy(&world->draft);
    document_close(&world->document);
    buf_destroy(&world->bytes);
    schemas_close(&world->schemas);
    free(world);
    return 0;
}

static int take(world_t *world)
{
    world->said[0] = 0;
    return drafting_take(
        world->drafting, &world->message, &world->position, &world->refusal);
}

static void refused(world_t *world, const char *code)
{
    assert_int_equal(take(world), -1);
    assert_string_equal(world->refusal.code, code);
    assert_int_equal(draft_count(world->draft), 0);
    const char *drafted_at = strstr(world->said, "draft:");
    assert_true(!drafted_at || strstr(drafted_at, "undrafted "));
    assert_null(strstr(world->said, "duties:"));
}

static void what_is_taken_is_drafted_as_it_was_sealed(void **state)
{
    world_t *world = *state;
    assert_int_equal(take(world), 0);
    assert_int_equal(world->position, 20);
    assert_string_equal(
        world->said, "decide:incident.notice draft:20:incident.notice duties:20 ");
    assert_int_equal(draft_count(world->draft), 1);
    const draft_item_t *item = draft_at(world->draft, 0);
    assert_ptr_equal(item->document.data, world->bytes.data); // not a byte is copied
    assert_true(span_is(item->seal, "a seal"));
    assert_string_equal(item->leaf.author, world->document.from);
    assert_false(item->derived);
    assert_non_null(memmem(item->record.data, item->record.size, "deliver nccis r", 15));
}

static void what_follows_comes_right_behind(void **state)
{
    world_t *world = *state;
    world->emissions = 2;
    assert_int_equal(take(world), 0);
    assert_int_equal(world->position, 20);
    assert_string_equal(world->said, "decide:incident.notice draft:20:incident.notice "
                                     "decide:security.alert draft:21:security.alert "
                                     "decide:crossborder.item draft:22:crossborder.item "
                                     "duties:20 duties:21 duties:22 ");
    for (size_t i = 1; i <= 2; i++) {
        const draft_item_t *item = draft_at(world->draft, i);
        value_t *root = document_again(item->document);
        assert_true(item->derived);
        assert_string_equal(item->leaf.author, "hub");
        assert_string_equal(value_text(value_get(root, "for")), "nccis");
        assert_int_equal(value_integer(value_at(root, "/body/level")), 4);
        assert_true((value_at(root, "/body/carried") != NULL) == (i == 1));
        value_free(&root);
    }
}

static void so_does_what_follows_from_that(void **state)
{
    world_t *world = *state;
    world->emissions = 1;
    world->follows = true;
    assert_int_equal(take(world), 0);
    assert_string_equal(world->said, "decide:incident.notice draft:20:incident.notice "
                                     "decide:security.alert draft:21:security.alert "
                                     "decide:crossborder.item draft:22:crossborder.item "
                                     "duties:20 duties:21 duties:22 ");
    span_t record = draft_at(world->draft, 1)->record;
    assert_non_null(memmem(record.data, record.size, "\nemit ", 6));
}

// What all who receive it had before is not sent again, and no record says that it is.
static void what_is_no_news_is_not_derived(void **state)
{
    world_t *world = *state;
    world->emissions = 1;
    world->earlier = 1;
    assert_int_equal(take(world), 0);
    assert_int_equal(draft_count(world->draft), 1);
    span_t record = draft_at(world->draft, 0)->record;
    assert_null(memmem(record.data, record.size, "\nemit ", 6));
    draft_cut(world->draft, 0);
    world->news = true;
    assert_int_equal(take(world), 0);
    assert_int_equal(draft_count(world->draft), 2);
}

// Whoever else would derive it does not say so in its record either.
static void of_each_kind_there_is_one(void **state)
{
    world_t *world = *state;
    world->emissions = 2;
    world->follows = true;
    assert_int_equal(take(world), 0);
    assert_int_equal(draft_count(world->draft), 3);
    span_t record = draft_at(world->draft, 1)->record;
    assert_null(memmem(record.data, record.size, "\nemit ", 6));
}

// An explanation says the same, and leaves nothing.
static void explained_as(world_t *world, const char *code)
{
    world->said[0] = 0;
    const decision_t *decision =
        drafting_explain(world->drafting, &world->author, &world->document);
    assert_string_equal(decision->refusal.code ? decision->refusal.code : "", code);
    assert_int_equal(draft_count(world->draft), 0);
    assert_null(strstr(world->said, "log:"));
    assert_null(strstr(world->said, "duties:"));
}

// Not the notice without the alert, whichever of several cannot be made or sent, and
// however far it is derived from the notice.
static void what_cannot_be_derived_refuses_the_cause(void **state)
{
    world_t *world = *state;
    for (size_t way = 0; way < 8; way++) {
        size_t i = way & 1;
        bool unfit = way & 2;
        world->follows = way & 4;
        world->emissions = world->follows ? 1 : 2;
        world->emit[0] = alert;
        world->emit[1] = abroad;
        world->refuses_own = unfit ? NULL : world->emit[i].kind;
        if (unfit)
            (void)snprintf(world->emit[i].field[0].pointer,
                sizeof world->emit[i].field[0].pointer, "/summary");
        explained_as(world, "rule.emit");
        assert_int_equal(drafting_trouble(world->drafting)->count, 0);
        refused(world, "rule.emit");
        assert_string_equal(world->refusal.by, "notice.alert");
        assert_string_equal(world->refusal.pointer, unfit ? "/summary" : "/body/level");
        assert_true(world->refusal.retry); // nothing is wrong with the message
        assert_non_null(strstr(world->said, "log:derive.refused"));
        const drafting_trouble_t *trouble = drafting_trouble(world->drafting);
        assert_int_equal(trouble->count, 1);
        assert_string_equal(trouble->rule, "notice.alert");
        assert_string_equal(trouble->kind, world->emit[i].kind);
        assert_string_equal(trouble->refusal.code, unfit ? "doc.schema" : "role.kind");
        refused(world, "rule.emit");
        assert_null(strstr(world->said, "log:")); // once a minute is enough
        assert_int_equal(drafting_trouble(world->drafting)->count, 2);
        drafting_forget_trouble(world->drafting);
    }
    world->refuses_own = NULL;
    world->emit[0] = alert;
    world->emit[1] = abroad;
    explained_as(world, "");
    assert_int_equal(take(world), 0);
}

static void the_same_again_is_known(void **state)
{
    world_t *world = *state;
    world->known = (leaf_t){.position = 7, .document = world->hash};
    (void)snprintf(world->known.author, NODE_ID_MAX, "%s", world->document.from);
    (void)snprintf(world->known.id, MESSAGE_ID_MAX, "%s", world->document.id);
    world->refuses = "role.kind"; // whatever would be decided now
    assert_int_equal(take(world), 0);
    assert_int_equal(world->position, 7);
    assert_int_equal(draft_count(world->draft), 0);
    assert_string_equal(world->said, "");
    world->known.document.bytes[0] ^= 1;
    refused(world, "id.reused");
}

static void what_is_refused_leaves_nothing(void **state)
{
    world_t *world = *state;
    world->emissions = 1;
    world->refuses = "role.kind";
    refused(world, "role.kind");
    assert_string_equal(world->refusal.pointer, "/kind");
    world->refuses = NULL;
    assert_int_equal(take(world), 0); // and the refusal of before is forgotten
    assert_null(world->refusal.code);
}

static void what_could_not_be_read_again_is_not_drafted(void **state)
{
    world_t *world = *state;
    world->emissions = 1;
    assert_int_equal(take(world), 0);
    assert_int_equal(draft_count(world->draft), 2);
    world->unreadable = true;
    assert_int_equal(take(world), -1);
    assert_string_equal(world->refusal.code, "entry.unreadable");
    assert_int_equal(draft_count(world->draft), 2); // and what was before stays
}

static void the_hub_speaks_for_itself(void **state)
{
    world_t *world = *state;
    buf_t notice = {0};
    assert_int_equal(
        file_read("schemas/examples/service.notice.json", 1 << 20, &notice, &world->why),
        0);
    drafting_say(world->drafting, buf_span(&notice));
    assert_string_equal(
        world->said, "decide:service.notice draft:20:service.notice duties:20 ");
    assert_true(draft_at(world->draft, 0)->derived);
    assert_int_equal(drafting_trouble(world->drafting)->count, 0);
    world->said[0] = 0;
    drafting_say(world->drafting, span_text("{\"kind\": \"service.notice\"}"));
    assert_string_equal(world->said, "log:derive.refused ");
    assert_string_equal(drafting_trouble(world->drafting)->kind, "service.notice");
    world->said[0] = 0;
    drafting_say(world->drafting, span_text("{\"kind\": "));
    assert_string_equal(drafting_trouble(world->drafting)->refusal.code, "doc.syntax");
    world->said[0] = 0;
    world->refuses_own = "service.notice";
    drafting_say(world->drafting, buf_span(&notice));
    assert_string_equal(world->said, "log:derive.refused ");
    assert_int_equal(draft_count(world->draft), 1);
    assert_int_equal(drafting_trouble(world->drafting)->count, 3);
    buf_destroy(&notice);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
        TEST(the_hub_speaks_for_itself),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
