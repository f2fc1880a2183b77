// tallies: what becomes of messages in the figures of a supervisor.

#include "web/figures/tallies.h"

#include "nodes/index/index_put.h"
#include "nodes/index/mail_index_state.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <stdlib.h>

#define ID(n) "01933f2a-1234-7abc-8def-0000000000" n

static scratch_t scratch;
static mail_index_t *catalogue;
static cause_t why;
static const int64_t day_ms = 86400000, begin_ms = 1767225600000; // 2026-01-01

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    catalogue = mail_index_in_memory(scratch.path, &why);
    assert_non_null(catalogue);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mail_index_close(&catalogue);
    scratch_close(&scratch);
    return 0;
}

static reference_t name_of(const char *author, const char *id)
{
    reference_t name = {{0}, {0}};
    (void)snprintf(name.author, sizeof name.author, "%s", author);
    (void)snprintf(name.id, sizeof name.id, "%s", id);
    return name;
}

static index_entry_t entry(const char *id, const char *kind, int64_t at_ms, int level)
{
    return (index_entry_t){.folder = INDEX_INBOX,
        .stem = id,
        .id = id,
        .author = "isoc",
        .kind = kind,
        .status = "actual",
        .exercise = "",
        .at_ms = at_ms,
        .position = 1,
        .level = level,
        .sector = "banking",
        .object = ""};
}

static void put(const index_entry_t *item)
{
    index_put_t *to = index_put_begin(catalogue, &why);
    if (!to || index_put(to, item, &why) != 0)
        fail_msg("%s", why.text);
    index_put_end(&to);
}

static void check(json_t *table, const char *wanted)
{
    assert_non_null(table);
    char *text = json_dumps(json_object_get(table, "rows"), JSON_COMPACT);
    assert_string_equal(text, wanted);
    free(text);
    json_decref(table);
}

static const period_t always = {false, false, 0, 0};

static void incidents_are_counted_once_as_they_stand(void **state)
{
    (void)state;
    index_entry_t one = entry(ID("01"), "incident.notice", begin_ms, 4);
    index_entry_t update = entry(ID("02"), "incident.notice", begin_ms + 3 * day_ms, 2);
    update.withdraws = WITHDRAWS_CORRECTS;
    update.original = name_of("isoc", ID("01"));
    update.sector = "transport";
    index_entry_t two = entry(ID("03"), "incident.notice", begin_ms + day_ms, 5);
    index_entry_t gone = entry(ID("04"), "incident.notice", begin_ms + 4 * day_ms, -1);
    gone.withdraws = WITHDRAWS_CANCELS;
    gone.original = name_of("isoc", ID("03"));
    index_entry_t alert = entry(ID("05"), "security.alert", begin_ms, 4);
    alert.incident = alert.cause = name_of("isoc", ID("01"));
    index_entry_t game = entry(ID("06"), "incident.notice", begin_ms, 5);
    game.status = "exercise";
    index_entry_t three = entry(ID("07"), "incident.notice", begin_ms + 40 * day_ms, -1);
    three.sector = "";
    const index_entry_t *const all[] = {
        &gone, &alert, &update, &one, &three, &two, &game};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        put(all[i]);
    check(tally_levels(catalogue, &always, CALENDAR_MONTH, &why),
        "[[\"2026-01\",0,0,1,0,0,0,0],[\"2026-02\",0,0,0,0,0,0,1]]");
    check(tally_sectors(catalogue, &always, CALENDAR_MONTH, &why),
        "[[\"2026-01\",1,0],[\"2026-02\",0,1]]");
    const period_t january = {true, true, begin_ms, begin_ms + 31 * day_ms};
    check(tally_levels(catalogue, &january, CALENDAR_DAY, &why),
        "[[\"2026-01-01\",0,0,1,0,0,0,0]]");
    const period_t none = {true, true, begin_ms, begin_ms};
    check(tally_levels(catalogue, &none, CALENDAR_DAY, &why), "[]");
    const period_t old = {false, true, 0, -1};
    check(tally_sectors(catalogue, &old, CALENDAR_WEEK, &why), "[]");
}

static void answer_of(const char *id, const char *to, int64_t at_ms)
{
    index_entry_t answer = entry(id, "acknowledgement", at_ms, -1);
    answer.folder = INDEX_SENT;
    answer.author = "desk";
    answer.re = name_of("isoc", to);
    put(&answer);
}

static void times_to_answer_are_of_the_first_answer(void **state)
{
    (void)state;
    char id[60];
    for (int i = 0; i < 10; i++) {
        (void)snprintf(id, sizeof id, ID("%02d"), i);
        index_entry_t asked = entry(id, "security.alert", begin_ms, 3);
        asked.stem = id;
        put(&asked);
    }
    index_entry_t low = entry(ID("20"), "directive", begin_ms, -1);
    put(&low);
    low.id = low.stem = ID("21"); // asks nothing
    put(&low);
    index_entry_t back = entry(ID("22"), "security.alert", begin_ms + day_ms, 3);
    back.withdraws = WITHDRAWS_CANCELS;
    back.original = name_of("isoc", ID("09"));
    put(&back);
    for (int i = 0; i < 8; i++) {
        char to[60];
        (void)snprintf(id, sizeof id, ID("%02d"), 30 + i);
        (void)snprintf(to, sizeof to, ID("%02d"), i);
        answer_of(id, to, begin_ms + (i + 1) * 10000);
    }
    answer_of(ID("40"), ID("00"), begin_ms + day_ms);
    answer_of(ID("41"), ID("20"), begin_ms + 500);
    // 08 waits, 09 was taken back.
    check(tally_answers(catalogue, &always, &why),
        "[[\"directive\",1,1,1,1,1],[\"security.alert\",9,8,40,80,80]]");
}

static const char *role_of(void *context, const char *node)
{
    (void)context;
    return strcmp(node, "knb") == 0 ? "national-security" : NULL;
}

static void duties_are_summed_by_role(void **state)
{
    (void)state;
    json_t *duties = json_loads(
        "[{\"debtor\": \"knb\", \"state\": \"open\"}, {\"debtor\": \"knb\", \"state\": "
        "\"near\"}, {\"debtor\": \"knb\", \"state\": \"overdue\"}, {\"debtor\": \"x\", "
        "\"state\": \"met-late\"}, {\"debtor\": \"x\", \"state\": \"withdrawn\"}, "
        "{\"debtor\": \"x\", \"state\": 7}, 8]",
        0, NULL);
    assert_non_null(duties);
    check(tally_overdue(duties, role_of, NULL),
        "[[\"national-security\",2,1,0,0],[\"x\",0,0,0,1]]");
    json_decref(duties);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(incidents_are_counted_once_as_they_stand),
        TEST(times_to_answer_are_of_the_first_answer),
        TEST(duties_are_summed_by_role),
    };
    return test_group(tests, NULL, NULL);
}
