// mail_index: what is found in which words, by what it is about and when; and that no
// damage to the file is ever an answer.

#include "nodes/index/mail_index.h"

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "nodes/index/index_find.h"
#include "nodes/index/index_update.h"
#include "nodes/index/mail_index_state.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <fcntl.h>

#define ID(n) "01933f2a-1234-7abc-8def-0000000000" n

static scratch_t scratch;
static cause_t why;
static mail_index_t *catalogue;

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    assert_int_equal(folder_make(scratch_at(&scratch, "state"), 0700, &why), 0);
    assert_int_equal(folder_make(scratch_at(&scratch, "inbox"), 0700, &why), 0);
    assert_int_equal(folder_make(scratch_at(&scratch, "sent"), 0700, &why), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mail_index_close(&catalogue);
    scratch_close(&scratch);
    return 0;
}

static void put_file(const char *name, const char *text)
{
    if (file_replace(scratch_at(&scratch, name), span_text(text), 0600, &why) != 0)
        fail_msg("%s", why.text);
}

// "number" in the inbox, with more fields of the envelope and the body as JSON.
static void deliver(
    unsigned number, const char *id, const char *kind, const char *more, const char *body)
{
    char name[100], text[2000];
    (void)snprintf(name, sizeof name, "inbox/%012u-%s.json", number, id);
    (void)snprintf(text, sizeof text,
        "{\"id\": \"%s\", \"kind\": \"%s\", \"from\": \"isoc\", \"status\": \"actual\", "
        "\"marking\": \"TLP:AMBER\", \"sent\": \"2026-11-22T10:%02u:00Z\", \"nonce\": "
        "\"hidden\"%s%s, \"body\": {%s}}",
        id, kind, number % 60, more[0] ? ", " : "", more, body);
    put_file(name, text);
}

static void send_one(const char *id, const char *kind, const char *more, const char *body)
{
    char name[100], text[2000];
    (void)snprintf(name, sizeof name, "sent/%s.json", id);
    (void)snprintf(text, sizeof text,
        "{\"id\": \"%s\", \"kind\": \"%s\", \"from\": \"desk\", \"status\": \"actual\", "
        "\"sent\": \"2026-11-22T11:%s:00Z\", %s, \"body\": {%s}}",
        id, kind, id + strlen(id) - 2, more, body);
    put_file(name, text);
    (void)snprintf(name, sizeof name, "sent/%s.tlog-proof", id);
    put_file(name, "not one");
}

static void bring(void)
{
    mail_index_close(&catalogue);
    if (mail_index_write(scratch.path, INDEX_CHECK_SMALL, &catalogue, &why) !=
            INDEX_WRITES ||
        index_update(catalogue, NULL, NULL, &why) != 0)
        fail_msg("%s", why.text);
    const char *anew = mail_index_anew(catalogue);
    mail_index_close(&catalogue);
    catalogue = mail_index_read(scratch.path, &why);
    if (!catalogue)
        fail_msg("%s", why.text);
    (void)anew;
}

// The ends of the ids that are found, the newest first: "03 01 ".
static const char *found(const index_query_t *query)
{
    static char out[500];
    out[0] = 0;
    index_found_t *rows = index_find(catalogue, query, 100, &why);
    if (!rows)
        return why.text;
    int more;
    while ((more = index_found_next(rows, &why)) == 1) {
        const char *stem = index_found_stem(rows);
        size_t length = strlen(stem);
        (void)snprintf(out + strlen(out), sizeof out - strlen(out), "%s ",
            length >= 2 ? stem + length - 2 : "??");
    }
    index_found_close(&rows);
    int64_t n = index_count(catalogue, query, 0, &why);
    if (more == 0 && !catalogue->damaged)
        assert_int_equal((int)n, (int)strlen(out) / 3);
    return more == 0 ? out : why.text;
}

static const char *found_text(const char *text)
{
    return found(&(index_query_t){.text = text});
}

static void words_are_found_in_three_languages(void **state)
{
    (void)state;
    deliver(1, ID("01"), "incident.notice",
        "\"summary\": {\"kk\": \"ӘҢГІМЕ ҒЫЛЫМ Өзен ұлттық үйлер ҺАУА қазақ\"}", "");
    deliver(2, ID("02"), "incident.notice",
        "\"summary\": {\"ru\": \"Ангиме, казак; йод и СЧЁТ\"}", "");
    deliver(3, ID("03"), "threat.report", "\"summary\": {\"en\": \"Substation stopped\"}",
        "\"description\": \"deep \\\"inside\\\" of a text\", \"object\": \"kz-0417\"");
    bring();
    assert_string_equal(found_text("әңгіме"), "01 ");
    assert_string_equal(found_text("Ангиме"), "02 ");
    assert_string_equal(found_text("ғылым ӨЗЕН Ұлттық ҮЙЛЕР һауа"), "01 ");
    assert_string_equal(found_text("қазақ"), "01 ");
    assert_string_equal(found_text("казак"), "02 ");
    assert_string_equal(found_text("иод"), "");
    assert_string_equal(found_text("ЙОД счёт"), "02 ");
    assert_string_equal(found_text("substat"), "03 "); // as it begins
    assert_string_equal(found_text("station"), "");
    assert_string_equal(found_text("inside"), "03 ");
    assert_string_equal(found_text("KZ-04"), "03 ");
    assert_string_equal(found_text("incident.notice"), "02 01 ");
    assert_string_equal(found_text("hidden"), ""); // a nonce says nothing
}

static void what_is_typed_is_no_syntax(void **state)
{
    (void)state;
    deliver(1, ID("01"), "advisory", "\"summary\": {\"en\": \"NEAR the OR gate\"}", "");
    bring();
    static const char *const garbage[] = {"\"", "\"\"\"", "a* OR", "(", ")",
        "NEAR(a b, 2)", "text:gate", "^gate^ - + {", "gate AND",
        "'; DROP TABLE message; --", "*", "-gate", "\x01 \x7f", "\xff\xfe"};
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        (void)found_text(garbage[i]);
        assert_false(mail_index_damaged(catalogue));
    }
    assert_string_equal(found_text("or near"), "01 ");
    assert_string_equal(found_text("\"gate\""), "01 ");
    assert_string_equal(found_text("gate —"), "01 ");
    assert_string_equal(found_text("!?"), "");
    char many[20000] = "";
    for (int i = 0; i < 5000; i++)
        (void)strcat(many, "a  ");
    assert_string_equal(found_text(many), "01 "); // the first of them, each a beginning
}

static void filters_leave_what_they_say(void **state)
{
    (void)state;
    char feeds[] = "deliver desk r sender 1\nfeed desk grave 3 "
                   "0000000000000000000000000000000000000000000000000000000000000000\n";
    deliver(1, ID("01"), "incident.notice", "\"exercise\": \"autumn\"",
        "\"level\": 4, \"sector\": \"banking\", \"object\": \"o-1\"");
    deliver(2, ID("02"), "advisory", "\"to\": [\"x\"]",
        "\"objects\": [\"o-1\", \"o-2\", 7], \"level\": \"4\"");
    deliver(3, ID("03"), "incident.notice", "\"to\": []",
        "\"level\": 0, \"sector\": \"transport\"");
    put_file("inbox/000000000003-" ID("03") ".why", feeds);
    send_one(ID("04"), "incident.notice", "\"x\": 1", "\"level\": 5");
    bring();
    int64_t minute_2;
    assert_true(time_parse(span_text("2026-11-22T10:02:00Z"), &minute_2));
    assert_string_equal(found(&(index_query_t){.level = 0}), "04 03 02 01 ");
    assert_string_equal(found(&(index_query_t){.level = 1}), "04 01 ");
    assert_string_equal(found(&(index_query_t){.level = 5}), "04 ");
    assert_string_equal(found(&(index_query_t){.object = "o-1"}), "02 01 ");
    assert_string_equal(found(&(index_query_t){.object = "o-2", .text = "advis"}), "02 ");
    assert_string_equal(found(&(index_query_t){.sector = "banking"}), "01 ");
    assert_string_equal(found(&(index_query_t){.kind = "advisory"}), "02 ");
    assert_string_equal(found(&(index_query_t){.from = "desk"}), "04 ");
    assert_string_equal(found(&(index_query_t){.exercise = "autumn"}), "01 ");
    assert_string_equal(found(&(index_query_t){.feed = "grave"}), "03 ");
    assert_string_equal(found(&(index_query_t){.feed = "grave", .object = "o-1"}), "");
    assert_string_equal(found(&(index_query_t){.folder = {[INDEX_SENT] = true}}), "04 ");
    assert_string_equal(
        found(&(index_query_t){.has_since = true, .since_ms = minute_2}), "04 03 02 ");
    assert_string_equal(
        found(&(index_query_t){.has_until = true, .until_ms = minute_2}), "01 ");
    assert_string_equal(found(&(index_query_t){.after = 2}), "03 ");
    assert_string_equal(
        found(&(index_query_t){.number = 2, .folder = {[INDEX_INBOX] = true}}), "02 ");
    assert_string_equal(
        found(&(index_query_t){.number = 4, .folder = {[INDEX_INBOX] = true}}), "");
    assert_string_equal(found(&(index_query_t){.author = "isoc", .id = ID("02")}), "02 ");
    assert_string_equal(found(&(index_query_t){.author = "desk", .id = ID("02")}), "");
}

// Page after page comes to the same as all at once.
static void pages_follow_each_other(void **state)
{
    (void)state;
    char id[40], all[500], paged[500] = "";
    for (unsigned i = 1; i <= 60; i++) {
        (void)snprintf(id, sizeof id, ID("%02u"), i);
        deliver(i, id, "advisory", "\"x\": 1", "");
    }
    bring();
    (void)snprintf(all, sizeof all, "%s", found(&(index_query_t){.level = 0}));
    index_query_t query = {.level = 0};
    for (int n = 7; n == 7;) {
        index_found_t *rows = index_find(catalogue, &query, 7, &why);
        for (n = 0; index_found_next(rows, &why) == 1; n++) {
            const char *stem = index_found_stem(rows);
            query.has_before = true;
            query.before = index_found_key(rows);
            (void)snprintf(paged + strlen(paged), sizeof paged - strlen(paged), "%s ",
                stem + strlen(stem) - 2);
        }
        index_found_close(&rows);
    }
    assert_string_equal(paged, all);
    assert_int_equal((int)strlen(all), 180);
}

// What it began as and which incident it belongs to: "01 01".
static const char *place_of(const char *id)
{
    static char out[100];
    sqlite3_stmt *ask = index_prepare(
        catalogue, "SELECT first_id, incident_id FROM message WHERE id = ?", &why);
    assert_non_null(ask);
    index_bind(ask, 1, id);
    assert_int_equal(index_step(catalogue, ask, &why), 1);
    const char *first = index_text(ask, 0), *incident = index_text(ask, 1);
    (void)snprintf(out, sizeof out, "%s %s", first[0] ? first + strlen(first) - 2 : "",
        incident[0] ? incident + strlen(incident) - 2 : "");
    (void)sqlite3_finalize(ask);
    return out;
}

#define ORIGINAL(field, n) "\"" field "\": {\"author\": \"isoc\", \"id\": \"" ID(n) "\"}"

static void check_chain(void)
{
    assert_string_equal(place_of(ID("01")), "01 01");
    assert_string_equal(place_of(ID("02")), "01 01");
    assert_string_equal(place_of(ID("03")), "01 01");
    // What is about a correction is about the incident.
    assert_string_equal(place_of(ID("04")), "04 01");
}

// Whichever comes first into the catalogue.
static void a_chain_is_the_same_in_any_order(void **state)
{
    (void)state;
    static const char *const orders[] = {"1234", "4321", "2143", "3142", "2413"};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        for (const char *at = orders[i]; *at; at++) {
            if (*at == '1')
                deliver(1, ID("01"), "incident.notice", "\"x\": 1", "");
            if (*at == '2')
                deliver(2, ID("02"), "incident.notice", ORIGINAL("supersedes", "01"), "");
            if (*at == '3')
                deliver(3, ID("03"), "incident.notice", ORIGINAL("cancels", "02"), "");
            if (*at == '4')
                deliver(4, ID("04"), "incident.update", ORIGINAL("incident", "02"), "");
            bring();
        }
        check_chain();
        tear_down(NULL);
        set_up(NULL);
    }
}

static void nobody_takes_back_what_is_anothers(void **state)
{
    (void)state;
    deliver(1, ID("01"), "incident.notice", "\"x\": 1", "");
    send_one(ID("02"), "incident.notice", ORIGINAL("cancels", "01"), "");
    bring();
    assert_string_equal(place_of(ID("01")), "01 01");
    assert_string_equal(place_of(ID("02")), "02 02");
}

static void a_thread_is_found_by_its_beginning(void **state)
{
    (void)state;
    static const reference_t thread = {"isoc", ID("01")}, other = {"desk", ID("01")};
    deliver(1, ID("01"), "incident.notice", "\"x\": 1", "\"level\": 4");
    deliver(2, ID("02"), "incident.update", ORIGINAL("incident", "01"), "\"level\": 5");
    deliver(3, ID("03"), "incident.notice", "\"x\": 1", "\"level\": 4");
    send_one(ID("04"), "acknowledgement", ORIGINAL("re", "01"), "\"answer\": \"read\"");
    deliver(5, ID("05"), "incident.notice", ORIGINAL("supersedes", "01"), "");
    bring();
    assert_string_equal(found(&(index_query_t){.thread = &thread}), "04 05 02 01 ");
    assert_string_equal(found(&(index_query_t){.thread = &other}), "");
}

static const char *names_of_query(const index_query_t *query, uint64_t last)
{
    static char out[500];
    names_t names;
    out[0] = 0;
    assert_int_equal(index_names(catalogue, query, last, &names, &why), 0);
    for (size_t i = 0; i < names.n; i++)
        (void)snprintf(
            out + strlen(out), sizeof out - strlen(out), "%.*s ", 2, names.name[i] + 10);
    names_free(&names);
    return out;
}

static void what_was_moved_away_is_not_found(void **state)
{
    (void)state;
    index_query_t all = {.folder = {[INDEX_INBOX] = true}};
    deliver(1, ID("01"), "advisory", "\"x\": 1", "");
    deliver(2, ID("02"), "advisory", "\"x\": 1", "");
    deliver(3, ID("03"), "advisory", "\"x\": 1", "");
    put_file("inbox/000000000004-" ID("04") ".json", "{\"cut");
    bring();
    assert_string_equal(names_of_query(&all, 0), "01 02 03 04 ");
    assert_string_equal(names_of_query(&all, 1), "03 04 ");
    assert_string_equal(found_text("advisory"), "03 02 01 ");
    const char *second = "inbox/000000000002-" ID("02") ".json";
    assert_int_equal(
        rename(scratch_at(&scratch, second), scratch_at(&scratch, "away.json")), 0);
    bring();
    assert_string_equal(names_of_query(&all, 0), "01 03 04 ");
    assert_string_equal(found_text("advisory"), "03 01 ");
    assert_int_equal(
        rename(scratch_at(&scratch, "away.json"), scratch_at(&scratch, second)), 0);
    deliver(4, ID("04"), "advisory", "\"x\": 1", "");
    bring();
    assert_string_equal(found_text("advisory"), "04 03 02 01 ");
    assert_string_equal(names_of_query(&all, 2), "03 04 ");
}

static void no_question_goes_through_all_messages(void **state)
{
    (void)state;
    deliver(1, ID("01"), "advisory", "\"x\": 1", "");
    bring();
    const index_query_t asked[] = {
        {.level = 0},
        {.text = "word"},
        {.kind = "k"},
        {.from = "a"},
        {.sector = "s"},
        {.object = "o"},
        {.feed = "f"},
        {.exercise = "e"},
        {.level = 2},
        {.level = 4},
        {.author = "a", .id = "i"},
        {.has_since = true, .has_until = true},
        {.text = "word", .object = "o", .feed = "f", .kind = "k", .level = 4},
        {.folder = {[INDEX_SENT] = true}},
        {.folder = {[INDEX_INBOX] = true}, .after = 5},
        {.folder = {[INDEX_CARRIED] = true}, .number = 5},
        {.folder = {[INDEX_INBOX] = true}, .number = 5},
        {.id = "i"},
        {.has_before = true, .before = 5, .sector = "s", .kind = "k"},
        {.thread = &(reference_t){"a", "i"}},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        buf_t plan = {0};
        assert_int_equal(index_plan(catalogue, &asked[i], &plan, &why), 0);
        for (const char *at = buf_text(&plan); (at = strstr(at, "SCAN ")); at++)
            // A list of keys, counted rows, and what FTS5 finds are no table's rows.
            if (strncmp(at, "SCAN m\n", 7) == 0 || strncmp(at, "SCAN m ", 7) == 0 ||
                strncmp(at, "SCAN message", 12) == 0 ||
                (strncmp(at, "SCAN d ", 7) == 0 && !strstr(at, "VIRTUAL TABLE")))
                fail_msg("question %zu:\n%s", i, buf_text(&plan));
        buf_destroy(&plan);
    }
}

// --- what becomes of the file
// -----------------------------------------------------------

static void make_some(void)
{
    char id[40], body[1500];
    for (unsigned i = 1; i <= 40; i++) {
        (void)snprintf(id, sizeof id, ID("%02u"), i);
        (void)snprintf(body, sizeof body,
            "\"object\": \"o-%u\", \"level\": %u, \"description\": \"word%u сбой "
            "%0500u\"",
            i % 5, i % 6, i, i);
        deliver(i, id, "incident.notice", "\"summary\": {\"ru\": \"Сбой\"}", body);
    }
}

static const char *index_path(void)
{
    return scratch_at(&scratch, "state/index.sqlite");
}

// Everything into the file itself.
static void settle_file(void)
{
    bring();
    mail_index_close(&catalogue);
    assert_int_equal(
        mail_index_write(scratch.path, INDEX_CHECK_ALL, &catalogue, &why), INDEX_WRITES);
    assert_int_equal(index_run(catalogue, "PRAGMA wal_checkpoint(TRUNCATE)", &why), 0);
    mail_index_close(&catalogue);
}

static void zero_at(size_t at, size_t size)
{
    static const char zeros[4096];
    int fd = open(index_path(), O_WRONLY);
    assert_true(fd >= 0 && pwrite(fd, zeros, size, (off_t)at) == (ssize_t)size);
    (void)close(fd);
}

// Ask all there is to ask of it; true: every answer was right.
static bool answers_right(const char *all)
{
    const index_query_t asked[] = {{.level = 0}, {.text = "сбой"},
        {.kind = "incident.notice"}, {.from = "isoc"}, {.text = "notice"}};
    catalogue = mail_index_read(scratch.path, &why);
    bool right = catalogue != NULL;
    for (size_t i = 0; right && i < sizeof asked / sizeof *asked; i++) {
        const char *got = found(&asked[i]);
        right = strcmp(got, all) == 0;
        // An answer that is not right is none: it is known that the file is damaged.
        if (!right)
            assert_true(mail_index_damaged(catalogue));
    }
    mail_index_close(&catalogue);
    return right;
}

static void a_zeroed_page_is_no_answer(void **state)
{
    (void)state;
    char all[500];
    struct stat info;
    make_some();
    settle_file();
    catalogue = mail_index_read(scratch.path, &why);
    (void)snprintf(all, sizeof all, "%s", found(&(index_query_t){.level = 0}));
    assert_int_equal((int)strlen(all), 120);
    mail_index_close(&catalogue);
    assert_int_equal(stat(index_path(), &info), 0);
    size_t pages = (size_t)info.st_size / 4096, wrong = 0;
    for (size_t page = 0; page < pages; page++) {
        zero_at(page * 4096, 4096);
        wrong += !answers_right(all);
        // Whatever was noticed or not: who writes next finds it, and makes it anew.
        bring();
        mail_index_close(&catalogue);
        assert_true(answers_right(all));
        settle_file();
    }
    assert_true(pages > 10 && wrong > 5);
}

static void made_anew_for(const char *reason)
{
    assert_int_equal(mail_index_write(scratch.path, INDEX_CHECK_SMALL, &catalogue, &why),
        INDEX_WRITES);
    const char *anew = mail_index_anew(catalogue);
    if (!anew || strcmp(anew, reason) != 0)
        fail_msg("not made anew because %s: %s", reason, anew ? anew : "good");
    assert_int_equal(index_update(catalogue, NULL, NULL, &why), 0);
    mail_index_close(&catalogue);
    bring();
    assert_string_equal(found_text("word7"), "07 ");
    mail_index_close(&catalogue);
}

static void set_pragma(const char *sql)
{
    assert_int_equal(mail_index_write(scratch.path, INDEX_CHECK_SMALL, &catalogue, &why),
        INDEX_WRITES);
    assert_int_equal(index_run(catalogue, sql, &why), 0);
    mail_index_close(&catalogue);
}

static void what_will_not_do_is_made_anew(void **state)
{
    (void)state;
    make_some();
    settle_file();
    set_pragma("PRAGMA user_version = 99");
    made_anew_for("it was of another version");
    set_pragma("PRAGMA application_id = 5");
    made_anew_for("it was another file");
    settle_file(); // else all that is asked for stands in the log beside it
    put_file("state/index.sqlite", "no catalogue at all, and more than sixteen bytes");
    made_anew_for("it was damaged");
    settle_file();
    assert_int_equal(truncate(index_path(), 4096), 0);
    made_anew_for("it was damaged");
    put_file("state/.dabyl", "0123456789abcdef0123456789abcdef\n");
    made_anew_for("it was another node's");
    set_pragma("DROP TABLE feed");
    catalogue = mail_index_read(scratch.path, &why);
    assert_null(index_find(catalogue, &(index_query_t){.feed = "x"}, 10, &why));
    mail_index_close(&catalogue); // leaves the mark
    assert_null(mail_index_read(scratch.path, &why));
    made_anew_for("it was damaged");
    assert_int_equal(unlink(index_path()), 0);
    bring(); // and there was none
    assert_string_equal(found_text("word8"), "08 ");
}

static void one_writes_and_all_read(void **state)
{
    (void)state;
    mail_index_t *other = NULL;
    make_some();
    bring();
    mail_index_close(&catalogue);
    assert_int_equal(mail_index_write(scratch.path, INDEX_CHECK_SMALL, &catalogue, &why),
        INDEX_WRITES);
    assert_int_equal(
        mail_index_write(scratch.path, INDEX_CHECK_SMALL, &other, &why), INDEX_HELD);
    assert_null(other);
    other = mail_index_read(scratch.path, &why);
    assert_non_null(other);
    assert_int_equal(
        (int)index_count(other, &(index_query_t){.text = "сбой"}, 0, &why), 40);
    assert_int_equal(
        (int)index_count(other, &(index_query_t){.text = "сбой"}, 7, &why), 7);
    mail_index_close(&other);
}

static bool stop_at_once(void *context, uint64_t done, uint64_t of)
{
    uint64_t *seen = context;
    seen[0] = done;
    seen[1] = of;
    return false;
}

static void a_portion_is_kept_when_it_stops(void **state)
{
    (void)state;
    enum { MANY = 600 };
    char id[40];
    uint64_t seen[2] = {0, 0};
    index_state_t at;
    for (unsigned i = 1; i <= MANY; i++) {
        (void)snprintf(id, sizeof id, "01933f2a-1234-7abc-8def-%012u", i);
        deliver(i, id, "advisory", "\"x\": 1", "");
    }
    assert_int_equal(mail_index_write(scratch.path, INDEX_CHECK_SMALL, &catalogue, &why),
        INDEX_WRITES);
    assert_int_equal(index_update(catalogue, stop_at_once, seen, &why), 0);
    assert_int_equal(seen[1], MANY);
    assert_true(seen[0] > 0 && seen[0] < MANY);
    mail_index_state(catalogue, &at);
    assert_false(at.ready);
    assert_int_equal(at.done, seen[0]);
    assert_int_equal(at.of, MANY);
    assert_false(mail_index_current(catalogue));
    assert_string_equal(found(&(index_query_t){.after = MANY - 1}), "00 "); // the newest
    bring();
    mail_index_state(catalogue, &at);
    assert_true(at.ready && at.done == MANY);
    assert_int_equal((int)index_count(catalogue, &(index_query_t){0}, 0, &why), MANY);
}

static void in_memory_it_is_the_same(void **state)
{
    (void)state;
    make_some();
    catalogue = mail_index_in_memory(scratch.path, &why);
    assert_non_null(catalogue);
    assert_int_equal(index_update(catalogue, NULL, NULL, &why), 0);
    assert_string_equal(found_text("word9"), "09 ");
    assert_int_not_equal(access(index_path(), F_OK), 0);
}

int main(void)
{
    scratch_in_memory();
    const struct CMUnitTest tests[] = {
        TEST(words_are_found_in_three_languages),
        TEST(what_is_typed_is_no_syntax),
        TEST(filters_leave_what_they_say),
        TEST(pages_follow_each_other),
        TEST(a_chain_is_the_same_in_any_order),
        TEST(nobody_takes_back_what_is_anothers),
        TEST(a_thread_is_found_by_its_beginning),
        TEST(what_was_moved_away_is_not_found),
        TEST(no_question_goes_through_all_messages),
        TEST(a_zeroed_page_is_no_answer),
        TEST(what_will_not_do_is_made_anew),
        TEST(one_writes_and_all_read),
        TEST(a_portion_is_kept_when_it_stops),
        TEST(in_memory_it_is_the_same),
    };
    return test_group(tests, NULL, NULL);
}
