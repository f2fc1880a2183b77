// planted: what another user puts under a name that we are about to use is neither
// followed, nor written to, nor waited for, nor lost.
//
// For each place where we make or read a file, and each kind of thing that can lie there,
// the victim keeps its bytes, and what we do either succeeds or fails at once.

#include "hub/journal/column.h"
#include "hub/journal/owed.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/blob/partial.h"
#include "nodes/inbox/mail.h"
#include "nodes/inbox/returned.h"
#include "nodes/inbox/stage.h"
#include "nodes/outbox/tray.h"
#include "tests/lib/planted.h"
#include "tests/lib/test.h"

#include <fcntl.h>
#include <sys/file.h>

typedef struct {
    const char *name, *planted;
    bool (*run)(void); // true: it holds what it should
    bool must;         // succeed, whatever lies there
} place_t;

static const char *here(void)
{
    return scratch_at(&scratch, "folder/name");
}

static bool run_replace(void)
{
    return file_replace(here(), span_text("ours"), 0600, &why) == 0 &&
           reads(here(), "ours");
}

static bool run_create(void)
{
    return file_create(here(), span_text("ours"), 0600, &why) == 0;
}

static bool run_make(void)
{
    int fd = file_make(here(), 0600, &why);
    bool good = fd >= 0 && write(fd, "ours", 4) == 4 && reads(here(), "ours");
    if (fd >= 0)
        (void)close(fd);
    return good;
}

static bool run_column(void)
{
    column_t *column = column_open(here(), 8, &why);
    bool good = column != NULL;
    column_close(&column);
    return good;
}

static bool run_lock(void)
{
    int fd = lock_take(here(), &why);
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

static bool run_owed(void)
{
    owed_t *owed = owed_open(here(), &why);
    bool good = owed != NULL;
    owed_close(&owed);
    return good;
}

static bool run_partial(void)
{
    partial_t *part = partial_open(here(), 100, &why);
    bool good = part && partial_write(part, span_text("ours"), &why) == 0;
    partial_close(&part);
    return good;
}

static bool run_stage(void)
{
    stage_t *stage = stage_open(scratch_at(&scratch, "folder"), &why);
    assert_non_null(stage);
    stage_begin(stage, 1);
    bool good = stage_put(stage, "name", span_text("ours"), &why) == 0 &&
                stage_commit(stage, &why) == 0 && reads(here(), "ours");
    stage_close(&stage);
    return good;
}

static bool run_tray(void)
{
    char take[TAKEN_MAX];
    look_t look;
    tray_t *tray = tray_open(scratch_at(&scratch, "folder"), &why);
    const char *path = scratch_at(&scratch, "folder/outbox/name");
    if (!tray)
        return false;
    assert_int_equal(file_create(path, span_text("ours"), 0600, &why), 0);
    assert_int_equal(tray_look(tray, "name", &look, &why), LOOK_GOOD);
    bool good = tray_take(tray, "name", &look, 1, take, &why) == TRAY_TAKEN;
    look_close(&look);
    tray_close(&tray);
    return good;
}

static bool run_returned(void)
{
    hash_t hash;
    refusal_t refusal = {.code = "doc.syntax"};
    sha256(span_text("ours"), &hash);
    int folder = folder_open(scratch_at(&scratch, "folder"), &why);
    assert_true(folder >= 0);
    returned_t item = {.name = "name",
        .mark = "",
        .hash = &hash,
        .document = span_text("ours"),
        .refusal = &refusal};
    bool good =
        returned_keep(folder, "folder", &item, &why) == 0 && reads(here(), "ours");
    (void)close(folder);
    json_t *reason = mail_load(scratch_at(&scratch, "folder/name.reason.json"), &why);
    good = good && strcmp(mail_text(reason, "code"), "doc.syntax") == 0;
    json_decref(reason);
    return good;
}

static bool run_load(void)
{
    json_t *root = mail_load(here(), &why);
    json_decref(root);
    return root == NULL; // nothing of it is read
}

static const place_t places[] = {
    {"file_replace", "folder/name", run_replace, false},
    {"file_create", "folder/name", run_create, false},
    {"file_make", "folder/name", run_make, true},
    {"a column", "folder/name", run_column, true},
    {"a lock", "folder/name", run_lock, false},
    {"what is owed", "folder/name", run_owed, false},
    {"a part", "folder/name", run_partial, false},
    {"a stage", "folder/name", run_stage, true},
    {"a stage's former names", "folder/.stage-0", run_stage, true},
    {"the folder of what is taken", "folder/state/taken", run_tray, false},
    {"a refusal", "folder/name", run_returned, true},
    {"its reason", "folder/name.reason.json", run_returned, true},
    {"a refusal put aside", "folder/name~1", run_returned, true},
    {"reading a reason", "folder/name", run_load, false},
};

static void nothing_planted_is_used(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (int kind = 0; kind < KINDS; kind++) {
            open_world();
            assert_int_equal(mkdir(scratch_at(&scratch, "folder"), 0700), 0);
            assert_int_equal(mkdir(scratch_at(&scratch, "folder/state"), 0700), 0);
            plant(places[i].planted, (kind_t)kind);
            alarm(60); // whoever waits for a pipe does so for ever
            bool good = places[i].run();
            alarm(0);
            if (places[i].must && !good)
                fail_msg("%s, over %s: %s", places[i].name, kinds[kind], why.text);
            nothing_happened(places[i].name, (kind_t)kind);
            scratch_close(&scratch);
        }
}

static bool read_plain(void)
{
    return reads(here(), VICTIM);
}

static bool read_at(void)
{
    buf_t bytes = {0};
    int folder = folder_open(scratch_at(&scratch, "folder"), &why);
    assert_true(folder >= 0);
    bool good = file_read_at(folder, "name", 4096, &bytes, &why) == 0;
    buf_destroy(&bytes);
    (void)close(folder);
    return good;
}

// Whether somebody holds it: the victim is held.
static bool read_lock(void)
{
    cause_t holder;
    int fd = open(scratch_at(&scratch, "victim"), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    bool held = lock_held(here(), &holder);
    (void)close(fd);
    return held;
}

// What lies in folders that others may write to is read by its own name.
static void no_link_is_read_through(void **state)
{
    (void)state;
    static const place_t readers[] = {{"file_read_plain", "folder/name", read_plain, 0},
        {"file_read_at", "folder/name", read_at, 0},
        {"lock_held", "folder/name", read_lock, 0}};
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        for (int kind = 0; kind < KINDS; kind++) {
            open_world();
            assert_int_equal(mkdir(scratch_at(&scratch, "folder"), 0700), 0);
            plant(readers[i].planted, (kind_t)kind);
            alarm(60);
            if (readers[i].run() != (kind == HARD_LINK)) // that is a file like others
                fail_msg("%s, over %s", readers[i].name, kinds[kind]);
            alarm(0);
            scratch_close(&scratch);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_planted_is_used),
        cmocka_unit_test(no_link_is_read_through)};
    return test_group(tests, NULL, NULL);
}
