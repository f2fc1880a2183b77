// notice_text: what leaves says no more than its recipient's marking allows, and a mail
// is one whatever language it is in.

#include "nodes/notify/notice_text.h"

#include "tests/lib/test.h"

static const char *const markings[] = {
    "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"};

static alarm_t alarm = {.id = "n7",
    .on = ON_MESSAGE,
    .number = 7,
    .kind = "incident.notice",
    .level = 4,
    .at_ms = 1785000000000,
    .steps = 1,
    .step = {{.name = "duty", .attempts = 1, .begun_ms = 1}}};

static json_t *document(const char *marking)
{
    return json_pack("{s:s, s:s, s:{s:s}}", "from", "isoc-energy", "marking", marking,
        "summary", "en", "Secret words");
}

static void put_all(const notice_text_t *text, buf_t *out)
{
    notice_text_line(text, out);
    notice_text_lines(text, out);
    notice_text_json(text, out);
}

static void nothing_leaves_above_its_marking(void **state)
{
    (void)state;
    for (int content = -1; content <= TLP_RED; content++)
        for (int i = 0; i <= TLP_RED; i++) {
            buf_t out = {0};
            json_t *root = document(markings[i]);
            recipient_t to = {.name = "duty", .to = "a@b", .content = content};
            put_all(
                &(notice_text_t){"nccis", "en", "", &alarm, &alarm.step[0], &to, root},
                &out);
            bool said = strstr(buf_text(&out), "Secret words") != NULL;
            assert_int_equal(said, i <= content);
            assert_int_equal(strstr(buf_text(&out), "isoc-energy") != NULL, i <= content);
            json_decref(root);
            buf_destroy(&out);
        }
}

// A marking that nobody knows, none, or no message at all: nothing more is said.
static void what_is_not_known_does_not_leave(void **state)
{
    (void)state;
    json_t *odd[] = {document("TLP:WHITE"), document(""),
        json_pack("{s:i}", "marking", 1), json_array(), NULL};
    recipient_t to = {.name = "duty", .to = "a@b", .content = TLP_RED};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        buf_t out = {0};
        put_all(&(notice_text_t){"nccis", "en", "", &alarm, &alarm.step[0], &to, odd[i]},
            &out);
        assert_null(strstr(buf_text(&out), "Secret words"));
        json_decref(odd[i]);
        buf_destroy(&out);
    }
}

static void a_mail_is_ascii_and_folded(void **state)
{
    (void)state;
    buf_t out = {0};
    recipient_t to = {.name = "duty", .to = "a@b", .content = -1};
    char node[NODE_ID_MAX * 3] = "";
    for (int i = 0; i < 40; i++) // some letters of two octets each
        strcat(node, "\xd2\x9b");
    notice_text_t text = {node, "kk", "c@d", &alarm, &alarm.step[0], &to, NULL};
    notice_text_mail(&text, &out);
    const char *mail = buf_text(&out);
    assert_memory_equal(mail, "From: c@d\nTo: a@b\nSubject: =?UTF-8?B?", 37);
    assert_non_null(strstr(mail, "Date: Sat, 25 Jul 2026 "));
    assert_non_null(strstr(mail, "Message-ID: <n7.duty."));
    size_t line = 0;
    for (const char *at = mail; *at; at++) {
        // Of the header that a node's id goes into as it is nothing is wanted here.
        line = *at == '\n' ? 0 : line + 1;
        assert_true(line <= 998);
    }
    buf_destroy(&out);
}

static void a_second_attempt_says_so(void **state)
{
    (void)state;
    buf_t out = {0};
    recipient_t to = {.name = "duty", .to = "a@b", .content = -1};
    step_t step = alarm.step[0];
    notice_text_t text = {"nccis", "en", "", &alarm, &step, &to, NULL};
    notice_text_json(&text, &out);
    assert_non_null(strstr(buf_text(&out), "\"again\":false"));
    step.attempts = 2;
    buf_clear(&out);
    notice_text_json(&text, &out);
    assert_non_null(strstr(buf_text(&out), "\"again\":true"));
    assert_non_null(strstr(buf_text(&out), "a second time"));
    buf_destroy(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_leaves_above_its_marking),
        cmocka_unit_test(what_is_not_known_does_not_leave),
        cmocka_unit_test(a_mail_is_ascii_and_folded),
        cmocka_unit_test(a_second_attempt_says_so),
    };
    return test_group(tests, NULL, NULL);
}
