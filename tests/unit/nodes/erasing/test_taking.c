// taking: the text of one message goes, wherever it lies, and of no other; done half, it
// is done whole the next time.

#include "nodes/erasing/taking.h"

#include "lib/base/file.h"
#include "nodes/inbox/erased.h"
#include "nodes/inbox/mail.h"
#include "nodes/index/mail_index.h"
#include "tests/lib/proven.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define FIRST "019abd3c-5c00-7a4e-9b6d-000000000001"
#define SECOND "019abd3c-5c00-7a4e-9b6d-000000000002"
#define DIGEST "23cf493f0febddf88d1a6bffff9a39142335e9e266cea9fab969ec07f1f83a79"

typedef struct {
    scratch_t scratch;
    proven_t log;
    cause_t why;
} world_t;

static const reference_t first = {"nccis", FIRST};

static void path_of(const world_t *world, const char *name, char out[PATH_MAX])
{
    (void)snprintf(out, PATH_MAX, "%s/%s", world->scratch.path, name);
}

static bool is_there(const world_t *world, const char *name)
{
    char path[PATH_MAX];
    path_of(world, name, path);
    return access(path, F_OK) == 0;
}

static void put(world_t *world, const char *name, span_t data)
{
    char path[PATH_MAX];
    path_of(world, name, path);
    assert_int_equal(file_replace(path, data, 0600, &world->why), 0);
}

// A message as a node has it: what names a file is the first one.
static void keep(world_t *world, const char *stem, const char *id)
{
    buf_t document = {0}, proof = {0};
    char name[PATH_MAX];
    size_t at = proven_message(&world->log, id);
    span_t note = proven_note(&world->log);
    link_delivery_t delivery = proven_delivery(&world->log, 1, at);
    buf_printf(&document,
        "{\"id\":\"%s\",\"from\":\"nccis\",\"kind\":\"advisory\",\"body\":{\"files\":"
        "[{\"name\":\"a\",\"size\":1,\"sha256\":\"%s\"}]}}",
        id, strcmp(id, FIRST) == 0 ? DIGEST : "../../state/index.lock");
    tlog_proof_write(&proof, delivery.leaf_bytes, at, delivery.path, note);
    (void)snprintf(name, sizeof name, "%s.json", stem);
    put(world, name, buf_span(&document));
    (void)snprintf(name, sizeof name, "%s.tlog-proof", stem);
    put(world, name, buf_span(&proof));
    buf_destroy(&document);
    buf_destroy(&proof);
}

static int set_up(void **state)
{
    static const char *const folders[] = {"state", "inbox", "sent", "carried", "former",
        "former/1", "former/1/inbox", "attachments", "attachments/whole",
        "attachments/coming", "attachments/wanted"};
    world_t *world = calloc(1, sizeof *world);
    char path[PATH_MAX];
    scratch_open(&world->scratch);
    proven_open(&world->log, "hub.example/log");
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        path_of(world, folders[i], path);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    keep(world, "inbox/000000000001-" FIRST, FIRST);
    keep(world, "inbox/000000000002-" SECOND, SECOND);
    keep(world, "carried/000000000002.0001-" FIRST, FIRST);
    keep(world, "former/1/inbox/000000000007-" FIRST, FIRST);
    put(world, "attachments/whole/" DIGEST, span_text("a"));
    put(world, "attachments/wanted/" DIGEST, span_text("1\n"));
    put(world, "attachments/coming/" DIGEST ".1", span_text("a"));
    put(world, "state/index.sqlite", span_text("words"));
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    proven_close(&world->log);
    scratch_close(&world->scratch);
    free(world);
    return 0;
}

static void check_gone(const world_t *world)
{
    assert_false(taking_text_here(world->scratch.path, &first));
    assert_false(is_there(world, "inbox/000000000001-" FIRST ".json"));
    assert_false(is_there(world, "carried/000000000002.0001-" FIRST ".json"));
    assert_false(is_there(world, "former/1/inbox/000000000007-" FIRST ".json"));
    assert_true(is_there(world, "inbox/000000000001-" FIRST ".erased"));
    assert_true(is_there(world, "former/1/inbox/000000000007-" FIRST ".erased"));
    assert_true(is_there(world, "inbox/000000000001-" FIRST ".tlog-proof"));
    assert_true(is_there(world, "inbox/000000000002-" SECOND ".json"));
    assert_false(is_there(world, "attachments/whole/" DIGEST));
    assert_false(is_there(world, "attachments/wanted/" DIGEST));
    assert_false(is_there(world, "attachments/coming/" DIGEST ".1"));
    assert_false(is_there(world, "state/index.sqlite"));
    assert_false(is_there(world, "state/erase/nccis." FIRST));
    assert_true(is_there(world, "state/index.lock"));
}

static void it_goes_wherever_it_lies(void **state)
{
    world_t *world = *state;
    const char *node = world->scratch.path;
    mail_t mail;
    names_t names;
    char inbox[PATH_MAX];
    assert_true(taking_text_here(node, &first));
    assert_int_equal(taking_run(node, &first, "aigul", &world->why), TAKEN);
    check_gone(world);
    assert_int_equal(taking_run(node, &first, "somebody", &world->why), TAKEN);
    path_of(world, "inbox", inbox);
    assert_int_equal(mail_names(&names, inbox, &world->why), 0);
    assert_int_equal(names.n, 2);
    assert_int_equal(mail_open(&mail, inbox, names.name[0], &world->why), 0);
    assert_true(mail.gone);
    assert_int_equal(mail.number, 1);
    assert_string_equal(mail_text(mail.root, "kind"), "advisory");
    mail_close(&mail);
    names_free(&names);
    assert_int_equal(mail_open_here(&mail, node, "1", &world->why), 0);
    assert_string_equal(mail_text(mail.root, "id"), FIRST);
    mail_close(&mail);
    assert_int_equal(mail_open_here(&mail, node, FIRST, &world->why), 0);
    mail_close(&mail);
}

// The words would be in a catalogue that somebody makes at this moment.
static void it_waits_for_the_catalogue(void **state)
{
    world_t *world = *state;
    const char *node = world->scratch.path;
    char by[ERASED_BY_MAX];
    mail_index_t *index = NULL;
    assert_int_equal(mail_index_forget(node, &index, &world->why), INDEX_WRITES);
    assert_int_equal(taking_run(node, &first, "aigul", &world->why), TAKEN_LATER);
    assert_true(taking_text_here(node, &first));
    assert_true(erased_begun(node, &first, by));
    mail_index_close(&index);
    assert_int_equal(taking_run(node, &first, by, &world->why), TAKEN);
    check_gone(world);
}

// Killed behind the first of the texts: the others go, and only then is it done.
static void half_of_it_is_ended(void **state)
{
    world_t *world = *state;
    char path[PATH_MAX];
    const char *node = world->scratch.path;
    assert_int_equal(erased_begin(node, &first, "aigul", &world->why), 0);
    put(world, "inbox/000000000001-" FIRST ".erased", span_text("time x\nby aigul\n"));
    path_of(world, "inbox/000000000001-" FIRST ".json", path);
    assert_int_equal(unlink(path), 0);
    assert_true(taking_text_here(node, &first));
    assert_int_equal(taking_run(node, &first, "aigul", &world->why), TAKEN);
    check_gone(world);
}

static void anothers_message_of_that_id_stays(void **state)
{
    world_t *world = *state;
    const reference_t other = {"isoc-a", FIRST};
    const char *node = world->scratch.path;
    assert_false(taking_text_here(node, &other));
    assert_int_equal(taking_run(node, &other, "aigul", &world->why), TAKEN);
    assert_true(taking_text_here(node, &first));
    assert_false(is_there(world, "inbox/000000000001-" FIRST ".erased"));
}

// What cannot be looked at may have a copy: it stays owed until somebody has looked.
static void where_nobody_can_look_it_is_owed(void **state)
{
    world_t *world = *state;
    char carried[PATH_MAX], aside[PATH_MAX], by[ERASED_BY_MAX];
    const char *node = world->scratch.path;
    path_of(world, "carried", carried);
    path_of(world, "aside", aside);
    assert_int_equal(rename(carried, aside), 0);
    put(world, "carried", span_text("no folder"));
    assert_int_equal(taking_run(node, &first, "aigul", &world->why), TAKEN_NOT);
    assert_true(taking_text_here(node, &first));
    assert_true(erased_begun(node, &first, by));
    assert_int_equal(unlink(carried), 0);
    assert_int_equal(rename(aside, carried), 0);
    assert_int_equal(taking_run(node, &first, by, &world->why), TAKEN);
    check_gone(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_goes_wherever_it_lies),
        TEST(it_waits_for_the_catalogue),
        TEST(half_of_it_is_ended),
        TEST(anothers_message_of_that_id_stays),
        TEST(where_nobody_can_look_it_is_owed),
    };
    return test_group(tests, NULL, NULL);
}
