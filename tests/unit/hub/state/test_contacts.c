// contacts: of each owner the newest messages in their order, whoever else says how much.

#include "hub/state/contacts.h"

#include "tests/lib/test.h"

static void owners_are_by_name(void **state)
{
    (void)state;
    contacts_t *contacts = contacts_new();
    static const char *const authors[] = {"m", "a", "z", "m", "b"};
    static const char *const by_name[] = {"a", "b", "m", "z"};
    for (size_t i = 0; i < 5; i++)
        contacts_add(contacts, authors[i], "id", i);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(contacts_author(contacts_at(contacts, i)), by_name[i]);
    assert_null(contacts_at(contacts, 4));
    assert_null(contacts_of(contacts, "c"));
    assert_null(contacts_of(contacts, "zz"));
    assert_int_equal(contacts_said(contacts_of(contacts, "m")), 2);
    assert_int_equal(contacts_change(contacts_of(contacts, "m"), 1)->position, 3);
    contacts_destroy(&contacts);
    assert_null(contacts);
}

static void the_newest_are_remembered(void **state)
{
    (void)state;
    enum { MANY = CONTACTS_OF_OWNER + 3 };
    contacts_t *contacts = contacts_new();
    contacts_add(contacts, "b", "id", 0);
    for (uint64_t i = 0; i < MANY; i++)
        contacts_add(contacts, "a", "id", 10 + i);
    const contacts_owner_t *owner = contacts_of(contacts, "a");
    assert_int_equal(contacts_said(owner), MANY);
    assert_int_equal(contacts_first(owner), 3);
    for (uint64_t i = contacts_first(owner); i < contacts_said(owner); i++)
        assert_int_equal(contacts_change(owner, i)->position, 10 + i);
    assert_int_equal(contacts_first(contacts_of(contacts, "b")), 0);
    contacts_destroy(&contacts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owners_are_by_name),
        cmocka_unit_test(the_newest_are_remembered),
    };
    return test_group(tests, NULL, NULL);
}
