// asked_law - for such tests (asked.h): the law as it ships, as if the node had been told
// it.

#ifndef TESTS_LIB_ASKED_LAW_H
#define TESTS_LIB_ASKED_LAW_H

#include "tests/lib/test.h"
#include "web/law.h"

struct web_law {
    law_copy_t copy;
    unsigned taken;
};

static struct web_law asked_law;

static inline struct web_law *asked_law_open(void)
{
    cause_t why;
    asked_law.copy.rules = rules_open("hub/etc/plan.rules", &why);
    asked_law.copy.schemas = schemas_open("schemas", &why);
    if (!asked_law.copy.rules || !asked_law.copy.schemas)
        fail_msg("%s", why.text);
    return &asked_law;
}

static inline void asked_law_close(void)
{
    assert_int_equal(asked_law.taken, 0);
    law_copy_close(&asked_law.copy);
}

const law_copy_t *web_law_take(web_law_t *self, cause_t *why)
{
    if (self) {
        self->taken++;
        return &self->copy;
    }
    (void)cause_set(why, "the node knows no law yet");
    return NULL;
}

void web_law_give(web_law_t *self, const law_copy_t **law)
{
    if (*law)
        self->taken--;
    *law = NULL;
}

#endif
