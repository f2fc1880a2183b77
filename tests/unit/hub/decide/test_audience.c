// Who takes part: whatever a rule means and an author names, the hub, a copy of its log
// and an officer have no inbox.

#include "tests/lib/test.h"

#include "hub/decide/audience.h"

static member_t member(const char *id, const char *role)
{
    member_t self = {0};
    (void)snprintf(self.id, sizeof self.id, "%s", id);
    (void)snprintf(self.role, sizeof self.role, "%s", role);
    return self;
}

static void only_who_takes_part_may_receive(void **state)
{
    (void)state;
    const member_t author = member("isoc-a", "isoc");
    for (size_t r = 0; cert_roles[r] != NULL; r++) {
        const member_t other = member("another", cert_roles[r]);
        const bool outside = strcmp(cert_roles[r], "hub") == 0 ||
                             strcmp(cert_roles[r], "standby") == 0 ||
                             strcmp(cert_roles[r], "officer") == 0;
        assert_int_equal(audience_may_receive(&author, &other), !outside);
    }
    assert_false(audience_may_receive(&author, &author));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_who_takes_part_may_receive),
    };
    return test_group(tests, NULL, NULL);
}
