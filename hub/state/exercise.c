// exercise - an opening, joining or closing is real itself and names the exercise in its
// body; what is said within one has its status and names it in the envelope.

#include "hub/state/exercise.h"

#include <string.h>

const char *exercise_within(const document_t *document)
{
    return document->status == STATUS_EXERCISE
               ? value_text(value_get(document->root, "exercise"))
               : NULL;
}

bool exercise_act(const document_t *document, exercise_act_t *act, const char **name)
{
    static const char *const kinds[] = {[EXERCISE_OPENS] = "exercise.opening",
        [EXERCISE_JOINS] = "exercise.joining",
        [EXERCISE_CLOSES] = "exercise.closing"};
    if (document->status == STATUS_EXERCISE) {
        *act = EXERCISE_WITHIN;
        *name = exercise_within(document);
        return true;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(document->kind, kinds[i]) == 0) {
            *act = (exercise_act_t)i;
            *name = value_text(value_get(document->body, "exercise"));
            // what takes an opening, joining or closing back does none of it
            return *name && document->cancels.author[0] == 0;
        }
    return false;
}

static int check_open(
    const history_t *log, const char *name, const char *pointer, refusal_t *refusal)
{
    if (!name || !history_exercise(log, EXERCISE_OPENS, name, ""))
        return refuse(refusal, "exercise.unknown", pointer, "",
            "no exercise '%s' was opened", name ? name : "");
    if (history_exercise(log, EXERCISE_CLOSES, name, ""))
        return refuse(refusal, "exercise.closed", pointer, "",
            "the exercise '%s' has been closed", name);
    return 0;
}

int exercise_check(const history_t *log, const document_t *document,
    const member_t *author, refusal_t *refusal)
{
    const char *name;
    exercise_act_t act;
    if (!exercise_act(document, &act, &name))
        return 0;
    if (act == EXERCISE_OPENS && document->supersedes.author[0] == 0)
        return history_exercise(log, act, name, "")
                   ? refuse(refusal, "exercise.taken", "/body/exercise", "",
                         "there was an exercise '%s' before", name)
                   : 0;
    bool within = act == EXERCISE_WITHIN;
    if (check_open(log, name, within ? "/exercise" : "/body/exercise", refusal) != 0)
        return -1;
    if (!within || strcmp(author->role, "hub") == 0 ||
        history_exercise(log, EXERCISE_JOINS, name, author->id))
        return 0;
    return refuse(refusal, "exercise.absent", "/exercise", "",
        "%s has not joined the exercise '%s'", author->id, name);
}

static bool is_test(const routing_t *routing)
{
    for (size_t i = 0; i < routing->n; i++)
        if (strcmp(routing->route[i].rule, "status.test") == 0)
            return true;
    return false;
}

bool exercise_may_refer(const document_t *document, const routing_t *subject)
{
    const char *within = exercise_within(document);
    return document->status == STATUS_TEST ||
           (!is_test(subject) &&
               strcmp(routing_within(subject), within ? within : "") == 0);
}
