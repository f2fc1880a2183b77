// Links begin one session, once and in time; sessions end when they are idle, when they
// are old, and when somebody says so.

#include "tests/lib/test.h"
#include "web/http/logins.h"

enum { LINK_MS = 60000, IDLE_MS = 600000, END_MS = 3600000 };

static logins_t *logins;
static const person_t aigul = {.name = "aigul"}, berik = {.name = "berik"};

static int set_up(void **state)
{
    (void)state;
    const logins_limits_t limits = {
        .link_ms = LINK_MS, .idle_ms = IDLE_MS, .end_ms = END_MS};
    logins = logins_new(&limits);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    logins_destroy(&logins);
    return 0;
}

static bool who(const char *cookie, int64_t now_ms, const char *name)
{
    person_t person = {0};
    char token[SECRET_TEXT];
    return logins_find(logins, cookie, now_ms, &person, token) &&
           strcmp(person.name, name) == 0;
}

static void enter(const person_t *person, int64_t now_ms, char cookie[SECRET_TEXT])
{
    char secret[SECRET_TEXT];
    logins_invite(logins, person, now_ms, secret);
    assert_true(logins_enter(logins, secret, now_ms, cookie));
}

static void a_link_is_good_once_and_in_time(void **state)
{
    (void)state;
    char secret[SECRET_TEXT], late[SECRET_TEXT], cookie[SECRET_TEXT];
    logins_invite(logins, &aigul, 1000, secret);
    logins_invite(logins, &aigul, 1000, late);
    assert_string_not_equal(secret, late);
    assert_false(logins_enter(logins, "", 1000, cookie));
    assert_true(logins_enter(logins, secret, 1000 + LINK_MS - 1, cookie));
    assert_true(who(cookie, 1000 + LINK_MS, "aigul"));
    assert_false(logins_enter(logins, secret, 1000 + LINK_MS - 1, cookie));
    assert_false(logins_enter(logins, late, 1000 + LINK_MS, cookie));
    assert_false(logins_enter(logins, cookie, 1000, cookie)); // nor is a session a link
    assert_false(who(late, 1000, "aigul"));
}

static void a_session_ends_when_idle_and_when_old(void **state)
{
    (void)state;
    char cookie[SECRET_TEXT];
    enter(&aigul, 0, cookie);
    assert_true(who(cookie, IDLE_MS - 1, "aigul"));
    assert_true(logins_alive(logins, cookie, 2 * IDLE_MS - 2));
    assert_true(who(cookie, 3 * IDLE_MS - 3, "aigul")); // an open stream was there
    assert_false(who(cookie, 4 * IDLE_MS - 3, "aigul"));
    enter(&aigul, 0, cookie);
    for (int64_t now_ms = 0; now_ms < END_MS; now_ms += IDLE_MS / 2)
        assert_true(who(cookie, now_ms, "aigul"));
    assert_false(who(cookie, END_MS, "aigul"));
    enter(&aigul, 0, cookie);
    logins_end(logins, cookie);
    assert_false(who(cookie, 0, "aigul"));
    assert_int_equal(logins_count(logins, 0), 0);
}

static void who_has_too_many_gives_up_his_own(void **state)
{
    (void)state;
    char first[SECRET_TEXT], hers[SECRET_TEXT], cookie[SECRET_TEXT];
    enter(&aigul, 0, hers);
    enter(&berik, 1, first);
    for (int64_t i = 0; i < 300; i++)
        enter(&berik, 2 + i, cookie);
    assert_true(who(hers, 400, "aigul"));
    assert_true(who(cookie, 400, "berik"));
    assert_false(who(first, 400, "berik"));
    assert_true(logins_count(logins, 400) < 20);
}

static void tokens_are_each_sessions_own(void **state)
{
    (void)state;
    person_t person;
    char one[SECRET_TEXT], other[SECRET_TEXT], a[SECRET_TEXT], b[SECRET_TEXT];
    enter(&aigul, 0, one);
    enter(&aigul, 0, other);
    assert_true(logins_find(logins, one, 0, &person, a));
    assert_true(logins_find(logins, other, 0, &person, b));
    assert_string_not_equal(a, b);
    assert_string_not_equal(a, one);
    assert_int_equal(strlen(a), SECRET_TEXT - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_link_is_good_once_and_in_time),
        TEST(a_session_ends_when_idle_and_when_old),
        TEST(who_has_too_many_gives_up_his_own),
        TEST(tokens_are_each_sessions_own),
    };
    return test_group(tests, NULL, NULL);
}
