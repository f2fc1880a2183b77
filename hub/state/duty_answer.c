#include "hub/state/duty_answer.h"

#include <string.h>

static bool answers(const duty_t *duty, const precedents_t *log, const leaf_t *leaf)
{
    document_t document = {0};
    if (strcmp(leaf->author, duty->debtor) != 0 || !message_stands(log, leaf))
        return false;
    memcpy(document.from, leaf->author, sizeof document.from);
    memcpy(document.kind, leaf->kind, sizeof document.kind);
    document.root = log->document(log->context, leaf);
    bool good = document.root && duty_met_by(duty, &document);
    value_free(&document.root);
    return good;
}

static const char *kind_of(const duty_t *duty)
{
    return duty_by_delivery(duty) ? duty->attested_by : duty->met_by;
}

static bool find_by(
    const duty_t *duty, refer_t field, const precedents_t *log, leaf_t *answer)
{
    thread_walk_t walk = {0};
    while (log->refers(
        log->context, &duty->first, ANY_VERSION, field, kind_of(duty), &walk, answer))
        if (answers(duty, log, answer))
            return true;
    return false;
}

bool duty_answer_find(const duty_t *duty, const precedents_t *log, leaf_t *answer)
{
    if (kind_of(duty)[0] == 0)
        return false;
    bool found = duty->refers != REFER_INCIDENT && find_by(duty, REFER_RE, log, answer);
    leaf_t other;
    if (duty->refers == REFER_RE || !find_by(duty, REFER_INCIDENT, log, &other))
        return found;
    if (!found || other.position > answer->position)
        *answer = other;
    return true;
}
