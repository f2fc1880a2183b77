// law_copy: the words of the log and no others are taken for the law.

#include "nodes/roles/law_copy.h"

#include "lib/json/writer.h"
#include "tests/lib/data.h"
#include "tests/lib/proven.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define ORIGIN "hub.example/log"

typedef struct {
    proven_t log;
    buf_t answer, proof;
    span_t schemas, rules;
    rules_t *plan;
    schemas_t *forms;
    cause_t why;
} world_t;

static size_t add(world_t *world, const char *type, span_t words)
{
    leaf_t leaf = {.has_document = true};
    (void)snprintf(leaf.type, sizeof leaf.type, "%s", type);
    sha256(words, &leaf.document);
    return proven_add(&world->log, &leaf);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    proven_open(&world->log, ORIGIN);
    world->plan = rules_open("hub/etc/plan.rules", &world->why);
    world->forms = schemas_open("schemas", &world->why);
    assert_true(world->plan && world->forms);
    world->rules = rules_text(world->plan);
    world->schemas = schemas_text(world->forms);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    proven_close(&world->log);
    buf_destroy(&world->answer);
    buf_destroy(&world->proof);
    rules_close(&world->plan);
    schemas_close(&world->forms);
    free(world);
    return 0;
}

static int fetch(void *context, unsigned level, uint64_t index, hash_t *out)
{
    const proven_t *log = context;
    merkle_t tree = {0};
    for (uint64_t i = index << level; i < (index + 1) << level; i++)
        merkle_add(&tree, &log->hash[i]);
    merkle_root(&tree, out);
    return 0;
}

static void put_entry(world_t *world, writer_t *to, size_t at, span_t words)
{
    buf_t leaf = {0};
    buf_put_base64(&leaf, buf_span(&world->log.text[at]));
    writer_object(to, NULL);
    writer_span(to, "leaf", buf_span(&leaf));
    buf_destroy(&leaf);
    writer_span(to, "document", words);
    writer_end(to);
}

// What a hub answers that has the two at these places of its log.
static span_t answer(world_t *world, size_t first, span_t one, size_t second, span_t two)
{
    buf_t proof = {0};
    const uint64_t positions[] = {first, second};
    writer_t to = writer_to(&world->answer);
    buf_clear(&world->answer);
    assert_int_equal(merkle_prove_run(positions, second > first ? 2 : 1, world->log.n,
                         fetch, &world->log, &proof),
        0);
    buf_clear(&world->proof);
    buf_put_base64(&world->proof, buf_span(&proof));
    writer_object(&to, NULL);
    writer_array(&to, "entries");
    put_entry(world, &to, first, one);
    if (second > first)
        put_entry(world, &to, second, two);
    writer_end(&to);
    writer_span(&to, "checkpoint", proven_note(&world->log));
    writer_span(&to, "proof", buf_span(&world->proof));
    writer_end(&to);
    buf_destroy(&proof);
    return buf_span(&world->answer);
}

// A log whose entries 1 and 3 are the law.
static span_t good(world_t *world)
{
    add(world, "start", span_text("start"));
    size_t schemas = add(world, "schemas", world->schemas);
    add(world, "roster", span_text("roster"));
    size_t rules = add(world, "rules", world->rules);
    add(world, "start", span_text("again"));
    return answer(world, schemas, world->schemas, rules, world->rules);
}

static void refused(world_t *world, span_t text, const char *reason)
{
    law_copy_t copy;
    assert_int_equal(law_copy_read(&copy, text, &world->log.vkey, &world->why), -1);
    if (!strstr(world->why.text, reason))
        fail_msg("'%s' is not in '%s'", reason, world->why.text);
    assert_null(copy.rules);
}

static void what_is_proven_is_read(void **state)
{
    world_t *world = *state;
    law_copy_t copy;
    buf_t asked = {0};
    assert_int_equal(law_copy_read(&copy, good(world), &world->log.vkey, &world->why), 0);
    assert_int_equal(rules_count(copy.rules), rules_count(world->plan));
    assert_true(schemas_knows(copy.schemas, "incident.notice"));
    assert_int_equal(law_copy_newest(&copy), 3);
    law_copy_ask(&copy, &asked);
    assert_string_equal(buf_text(&asked), "{\"known\":[1,3]}");
    buf_clear(&asked);
    law_copy_ask(NULL, &asked);
    assert_string_equal(buf_text(&asked), "{\"known\":[]}");
    buf_destroy(&asked);
    law_copy_close(&copy);
    assert_true(law_copy_same(span_text("{\"same\":true}")));
    assert_false(law_copy_same(span_text("{\"same\":false}")));
    assert_false(law_copy_same(span_text("{")));
}

static void other_words_are_refused(void **state)
{
    world_t *world = *state;
    buf_t changed = {0};
    (void)good(world);
    buf_put_span(&changed, world->rules);
    changed.data[changed.size / 2] ^= 1;
    refused(world, answer(world, 1, world->schemas, 3, buf_span(&changed)),
        "not those that the log recorded");
    refused(world, answer(world, 3, world->rules, 3, world->rules), "a part of it");
    refused(world, answer(world, 1, world->schemas, 2, span_text("roster")), "roster");
    buf_destroy(&changed);
    refused(world, span_text("{}"), "no law in it");
    refused(world, span_text(""), "cannot be read");
    refused(world, span_text("{\"error\":\"too often\"}"), "no law in it");
}

static void another_log_proves_nothing(void **state)
{
    world_t *world = *state;
    proven_t other;
    law_copy_t copy;
    span_t text = good(world);
    proven_open(&other, ORIGIN);
    assert_int_equal(law_copy_read(&copy, text, &other.vkey, &world->why), -1);
    proven_close(&other);
    // The log's words, at a place that is not theirs.
    buf_clear(&world->log.text[3]);
    leaf_put(&world->log.leaf[2], &world->log.text[3]);
    refused(world, answer(world, 1, world->schemas, 3, world->rules), "");
}

// Cut or changed anywhere: nothing of it is believed, and nothing reads beyond it.
static void broken_answers_are_refused(void **state)
{
    world_t *world = *state;
    law_copy_t copy;
    buf_t text = {0};
    span_t whole = good(world);
    for (size_t cut = 0; cut < whole.size; cut += 997)
        refused(world, span_of(whole.data, cut), "");
    buf_put_span(&text, whole);
    for (size_t at = 0; at < 900; at += 7) {
        size_t from_end = text.size - 1 - at;
        text.data[from_end] ^= 2;
        if (law_copy_read(&copy, buf_span(&text), &world->log.vkey, &world->why) == 0)
            law_copy_close(&copy); // of a character between the words
        text.data[from_end] ^= 2;
    }
    buf_destroy(&text);
}

static void it_is_kept_as_it_came(void **state)
{
    world_t *world = *state;
    scratch_t scratch;
    law_copy_t copy;
    char folder[PATH_MAX];
    scratch_open(&scratch);
    (void)snprintf(folder, sizeof folder, "%s/state", scratch.path);
    assert_int_equal(mkdir(folder, 0700), 0);
    const log_vkey_t *vkey = &world->log.vkey;
    assert_int_equal(law_copy_load(&copy, scratch.path, vkey, &world->why), -1);
    assert_int_equal(law_copy_keep(scratch.path, good(world), &world->why), 0);
    assert_int_equal(law_copy_load(&copy, scratch.path, vkey, &world->why), 0);
    assert_int_equal(law_copy_newest(&copy), 3);
    law_copy_close(&copy);
    assert_int_equal(law_copy_keep(scratch.path, span_text("{}"), &world->why), 0);
    assert_int_equal(law_copy_load(&copy, scratch.path, vkey, &world->why), -1);
    assert_non_null(strstr(world->why.text, "state/law.json"));
    scratch_close(&scratch);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_proven_is_read),
        TEST(other_words_are_refused),
        TEST(another_log_proves_nothing),
        TEST(broken_answers_are_refused),
        TEST(it_is_kept_as_it_came),
    };
    return test_group(tests, NULL, NULL);
}
