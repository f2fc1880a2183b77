// Which messages are meant by a piece of an id: its beginning or its end.

#include "nodes/inbox/pick.h"

#include "lib/base/file.h"
#include "nodes/inbox/mail.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define FIRST "01933f2a-1234-7abc-8def-0123456789ab"
#define SECOND "01933f2a-1234-7abc-8def-0123456789cd"
#define THIRD "01944444-5555-7abc-8def-99999999f2a1"

static void pieces_are_told_from_other_words(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "0193", "89AB", "01933f2a-12", "-8def-", "12345"};
    static const char *const others[] = {
        "", "019", "#1234", "12 34", "nccis", FIRST, FIRST "0", "0193/", "0193\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        assert_true(pick_is_piece(pieces[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(pick_is_piece(others[i]));
}

static void put(const char *node, const char *folder, const char *name)
{
    char path[PATH_MAX];
    cause_t why;
    (void)snprintf(path, sizeof path, "%s/%s", node, folder);
    assert_int_equal(folder_make(path, 0700, &why), 0);
    (void)snprintf(path, sizeof path, "%s/%s/%s", node, folder, name);
    assert_int_equal(
        file_create(path, span_text("{\"kind\":\"advisory\"}"), 0600, &why), 0);
}

static void fill(const char *node)
{
    put(node, "inbox", "000000001234-" FIRST ".json");
    put(node, "inbox", "000000001235-" SECOND ".json");
    put(node, "sent", FIRST ".json"); // came back to whom it is from: still one message
    put(node, "sent", THIRD ".json");
    put(node, "sent", "0194.json"); // not a message's name
    put(node, "sent", THIRD ".told");
    put(node, "former/1/sent", "01955555-5555-7abc-8def-999999990000.json");
}

static void a_piece_is_one_message_or_several(void **state)
{
    (void)state;
    static const struct {
        mail_among_t among;
        const char *wanted, *meant; // NULL: several
    } cases[] = {
        {MAIL_HERE, "0194", THIRD}, // by its beginning
        {MAIL_HERE, "F2A1", THIRD}, // by its end
        {MAIL_HERE, "89ab", FIRST}, {MAIL_HERE, "01933f2a", NULL},
        {MAIL_HERE, "8def", "8def"},   // neither: it is looked for as it stands
        {MAIL_HERE, "1234", "1234"},   // a number of the inbox
        {MAIL_HERE, "#1234", "#1234"}, // nothing else
        {MAIL_HERE, FIRST, FIRST},     // whole
        {MAIL_HERE, "0195", "01955555-5555-7abc-8def-999999990000"}, // of a log left
        {MAIL_HAD, "0194", "0194"},                                  // was not delivered
        {MAIL_OWN, "0193", FIRST}, // the only one of them that was sent
        {MAIL_OWN, "0195", "0195"},
        {MAIL_WAITING, "0193", "0193"}, // there is no such folder
    };
    scratch_t scratch;
    scratch_open(&scratch);
    fill(scratch.path);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char id[MESSAGE_ID_MAX];
        cause_t why;
        const char *meant =
            mail_meant(scratch.path, cases[i].among, cases[i].wanted, id, NULL, &why);
        if (cases[i].meant)
            assert_string_equal(meant, cases[i].meant);
        else
            assert_null(meant);
    }
    scratch_close(&scratch);
}

// Each once, the oldest first, and both are named.
static void several_are_listed(void **state)
{
    (void)state;
    scratch_t scratch;
    char id[MESSAGE_ID_MAX];
    pick_t several;
    cause_t why;
    scratch_open(&scratch);
    fill(scratch.path);
    assert_null(mail_meant(scratch.path, MAIL_HERE, "0193", id, &several, &why));
    assert_int_equal(pick_count(&several), 2);
    assert_string_equal(pick_id(&several, 0), FIRST);
    assert_string_equal(pick_id(&several, 1), SECOND);
    assert_non_null(strstr(why.text, FIRST));
    pick_close(&several);
    mail_t mail;
    assert_int_equal(mail_open_here(&mail, scratch.path, "0193", &why), -1);
    assert_non_null(strstr(why.text, SECOND));
    assert_int_equal(mail_open_here(&mail, scratch.path, "0194", &why), 0);
    mail_close(&mail);
    scratch_close(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_told_from_other_words),
        cmocka_unit_test(a_piece_is_one_message_or_several),
        cmocka_unit_test(several_are_listed),
    };
    return test_group(tests, NULL, NULL);
}
