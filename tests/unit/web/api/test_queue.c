// The order of what is owed, how it is grouped, what is shown of it without the hub, and
// how "seen" lapses: all at moments that the test gives.

#include "web/api/queue.h"

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "nodes/inbox/mail.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"
#include "web/api/seen.h"

#define ID(n) "01933f2a-1234-7abc-8def-00000000000" n
enum { NOW_MS = 1000 * 1000 };

static json_t *no_row(void *context, const reference_t *message)
{
    const json_t *rows = context;
    json_t *row = json_object_get(rows, message->id);
    return row ? json_incref(row) : json_null();
}

static json_t *no_seen(void *context, const reference_t *message)
{
    (void)context;
    (void)message;
    return json_null();
}

// Of the message, due in so many seconds, as part of an incident or not.
static json_t *duty(
    const char *name, const char *message, int due_s, const char *incident)
{
    char due[TIME_TEXT];
    time_print(NOW_MS + due_s * 1000, due);
    json_t *one = json_pack("{s:s, s:s, s:s, s:s, s:b, s:{s:s, s:s}}", "duty", name, "id",
        name, "state", "open", "due", due, "mine", 1, "message", "author", "isoc-energy",
        "id", message);
    if (incident)
        json_object_set_new(one, "incident",
            json_pack("{s:s, s:s}", "author", "isoc-energy", "id", incident));
    return one;
}

static json_t *groups_of(json_t *duties, json_t *rows)
{
    const queue_known_t known = {rows, no_row, no_seen};
    json_t *groups = queue_groups(duties, NOW_MS, &known);
    json_decref(duties);
    json_decref(rows);
    return groups;
}

// "first second | third": groups in order, with the names of their duties.
static void assert_order(const json_t *groups, const char *expected)
{
    char text[512] = "";
    size_t i, k;
    json_t *group, *one;
    json_array_foreach((json_t *)groups, i, group)
    {
        (void)strcat(text, i ? " |" : "");
        json_array_foreach(json_object_get(group, "duties"), k, one)
        {
            (void)strcat(text, i || k ? " " : "");
            (void)strcat(text, mail_text(one, "duty"));
        }
    }
    assert_string_equal(text, expected);
}

static void the_least_time_left_comes_first(void **state)
{
    (void)state;
    json_t *groups = groups_of(
        json_pack("[o, o, o, o]", duty("later", ID("1"), 60, NULL),
            duty("over", ID("2"), -60, NULL), duty("also", ID("3"), 3600, ID("1")),
            duty("soon", ID("4"), 30, NULL)),
        json_object());
    assert_order(groups, "over | soon | later also");
    json_t *first =
        json_array_get(json_object_get(json_array_get(groups, 0), "duties"), 0);
    assert_int_equal(json_integer_value(json_object_get(first, "left_ms")), -60 * 1000);
    assert_true(json_is_null(json_object_get(first, "message")));
    assert_string_equal(mail_text(json_object_get(first, "about"), "id"), ID("2"));
    assert_true(json_is_null(json_object_get(first, "seen")));
    json_decref(groups);
}

static void what_is_real_comes_before_an_exercise(void **state)
{
    (void)state;
    json_t *played = duty("played", ID("1"), 60, NULL),
           *real = duty("real", ID("1"), 60, NULL);
    json_object_set_new(played, "exercise", json_string("spring"));
    json_t *groups = groups_of(json_pack("[o, o]", played, real), json_object());
    // Of one message, and yet never in one group.
    assert_order(groups, "real | played");
    assert_string_equal(mail_text(json_array_get(groups, 1), "exercise"), "spring");
    json_decref(groups);
}

static void what_was_handed_over_stands_last(void **state)
{
    (void)state;
    json_t *handed = duty("handed", ID("1"), -3600, NULL);
    json_object_set_new(handed, "state", json_string("handed"));
    json_t *groups = groups_of(
        json_pack("[o, o]", handed, duty("open", ID("2"), 7200, NULL)), json_object());
    assert_order(groups, "open | handed");
    json_t *left = json_object_get(json_array_get(groups, 1), "left_ms");
    assert_true(json_is_null(left));
    json_decref(groups);
}

static void a_group_is_as_grave_as_its_gravest(void **state)
{
    (void)state;
    json_t *rows = json_pack("{s:{s:i, s:{s:s}, s:s}, s:{s:i, s:{s:s}, s:s}}", ID("1"),
        "level", 2, "summary", "en", "the notice", "marking", "TLP:AMBER", ID("2"),
        "level", 4, "summary", "en", "the alert", "marking", "TLP:RED");
    json_t *groups =
        groups_of(json_pack("[o]", duty("alert", ID("2"), 60, ID("1"))), rows);
    json_t *group = json_array_get(groups, 0);
    assert_int_equal(json_integer_value(json_object_get(group, "level")), 4);
    assert_string_equal(mail_text(json_object_get(group, "summary"), "en"), "the notice");
    assert_string_equal(mail_text(group, "marking"), "TLP:AMBER");
    json_decref(groups);
}

// Names that look alike are different names.
static void look_alikes_are_apart(void **state)
{
    (void)state;
    json_t *other = duty("other", ID("1"), 61, NULL), *message;
    message = json_object_get(other, "message");
    json_object_set_new(message, "author", json_string("isoc-enerqy"));
    json_t *groups = groups_of(
        json_pack("[o, o]", duty("one", ID("1"), 60, NULL), other), json_object());
    assert_order(groups, "one | other");
    json_decref(groups);
}

static void what_is_no_duty_is_left_out(void **state)
{
    (void)state;
    json_t *odd = duty("odd", "../../etc/passwd", 60, NULL);
    json_t *groups = groups_of(json_pack("[o, s, n, {}]", odd, "text"), json_object());
    assert_int_equal(json_array_size(groups), 0);
    json_decref(groups);
}

static void put(const scratch_t *scratch, const char *name, const char *text)
{
    cause_t why;
    assert_int_equal(folder_make(scratch_at(scratch, "state/waiting"), 0700, &why), 0);
    assert_int_equal(
        file_replace(scratch_at(scratch, name), span_text(text), 0600, &why), 0);
}

static void the_nodes_own_list_stands_in(void **state)
{
    (void)state;
    scratch_t scratch;
    scratch_open(&scratch);
    put(&scratch, "state/waiting/000000000007-" ID("1"),
        "acknowledgement isoc-energy 2026-11-22T14:11:38.000Z 488:14, default\n");
    put(&scratch, "state/waiting/000000000008-" ID("2"),
        "response.report isoc-energy 2026-11-22T14:11:38.000Z 488:19\n");
    put(&scratch, "state/waiting/nonsense", "no duty\n");
    put(&scratch, "state/waiting/000000000009-" ID("3"), "torn isoc-en");
    json_t *known = duty("known", ID("1"), 60, NULL), *duties = json_pack("[o]", known);
    json_object_set_new(known, "met_by", json_string("acknowledgement"));
    queue_add_waiting(duties, scratch.path, "knb");
    assert_int_equal(json_array_size(duties), 2);
    const json_t *added = json_array_get(duties, 1);
    assert_string_equal(mail_text(added, "met_by"), "response.report");
    assert_string_equal(mail_text(added, "due"), "2026-11-22T14:11:38.000Z");
    assert_string_equal(mail_text(added, "cites"), "488:19");
    assert_string_equal(mail_text(added, "debtor"), "knb");
    assert_true(json_is_true(json_object_get(added, "mine")));
    json_decref(duties);
    scratch_close(&scratch);
}

static bool is_seen(const scratch_t *scratch, const reference_t *message, int64_t now_ms)
{
    json_t *seen = seen_json(scratch->path, message, now_ms);
    bool is = !json_is_null(seen);
    json_decref(seen);
    return is;
}

static void seen_lapses_by_itself(void **state)
{
    (void)state;
    static const reference_t message = {"isoc-energy", ID("1")},
                             other = {"isoc-enerqy", ID("1")}, bad = {"..", ID("1")};
    scratch_t scratch;
    cause_t why;
    scratch_open(&scratch);
    assert_false(is_seen(&scratch, &message, NOW_MS));
    assert_int_equal(
        seen_note(scratch.path, &message, "aigul", NOW_MS, NOW_MS + 900, &why), 0);
    assert_true(is_seen(&scratch, &message, NOW_MS));
    assert_true(is_seen(&scratch, &message, NOW_MS + 899));
    assert_false(is_seen(&scratch, &message, NOW_MS + 900));
    assert_false(is_seen(&scratch, &message, NOW_MS - 1)); // the clock was set back
    assert_false(is_seen(&scratch, &other, NOW_MS));
    // Whoever says it again, from another console, has it for as long again.
    assert_int_equal(
        seen_note(scratch.path, &message, "daniyar", NOW_MS + 800, NOW_MS + 1700, &why),
        0);
    assert_true(is_seen(&scratch, &message, NOW_MS + 1699));
    assert_int_equal(seen_note(scratch.path, &bad, "aigul", 0, 1, &why), -1);
    assert_int_equal(seen_note(scratch.path, &message, "a b", 0, 1, &why), -1);
    scratch_close(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_time_left_comes_first),
        cmocka_unit_test(what_is_real_comes_before_an_exercise),
        cmocka_unit_test(what_was_handed_over_stands_last),
        cmocka_unit_test(a_group_is_as_grave_as_its_gravest),
        cmocka_unit_test(look_alikes_are_apart),
        cmocka_unit_test(what_is_no_duty_is_left_out),
        cmocka_unit_test(the_nodes_own_list_stands_in),
        cmocka_unit_test(seen_lapses_by_itself),
    };
    return test_group(tests, NULL, NULL);
}
