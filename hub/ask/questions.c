// questions - an answer is JSON that is written as it is found out, in steps between
// which turns may pass.  A refusal takes the place of whatever was written before it.

#include "hub/ask/questions.h"

#include "hub/ask/topics.h"
#include "lib/base/memory.h"

#include <stdlib.h>

int question_take(question_t *question, int type, span_t frame, cause_t *why)
{
    explain_t explain;
    query_t query;
    if (type == FRAME_EXPLAIN) {
        if (explain_take(&explain, frame, why) != 0)
            return -1;
        *question =
            (question_t){FRAME_EXPLAIN, explain.request, span_of(NULL, 0), explain.text};
        return 0;
    }
    if (query_take(&query, frame, why) != 0)
        return -1;
    *question = (question_t){FRAME_ASK, query.request, query.topic, query.arguments};
    return 0;
}

asking_t *asking_new(const question_t *question)
{
    asking_t *asking = memory_new(1, sizeof *asking);
    asking->question = *question;
    asking->to = writer_to(&asking->answer);
    return asking;
}

void asking_destroy(asking_t **asking_p)
{
    asking_t *asking = *asking_p;
    *asking_p = NULL;
    if (!asking)
        return;
    timeline_drop(&asking->timeline);
    directory_drop(&asking->directory);
    erasures_drop(&asking->erasures);
    for (size_t i = 0; i < asking->answers; i++)
        buf_destroy(&asking->by_node[i].said);
    free(asking->by_node);
    value_free(&asking->arguments);
    routing_close(&asking->routing);
    buf_destroy(&asking->list);
    buf_destroy(&asking->answer);
    free(asking);
}

// What the receipt for this document would say.
static void explain(
    const questions_t *self, const char *asker, span_t text, buf_t *answer)
{
    document_t document;
    decision_t refused = {0};
    if (intake_document(self->intake, text, asker, &document, &refused.refusal) != 0) {
        decision_explain(&refused, answer);
        return;
    }
    const member_t *author = roster_member(self->law->roster, asker);
    decision_explain(drafting_explain(self->drafting, author, &document), answer);
    document_close(&document);
}

static bool begin(const questions_t *self, const char *asker, asking_t *asking)
{
    const question_t *question = &asking->question;
    asking->begun = true;
    asking->topic = topic_named(self, asker, question->topic);
    if (!asking->topic)
        return refuse(&asking->refusal, "ask.topic", "", "",
                   "the topic 'hub' lists what there is") == 0;
    if (document_load(
            question->text, &self->limits, &asking->arguments, &asking->refusal) != 0)
        return false;
    writer_object(&asking->to, NULL);
    return asking->topic->begin(self, asker, asking);
}

static void write_refusal(const refusal_t *refusal, buf_t *answer)
{
    writer_t to = writer_to(answer);
    writer_object(&to, NULL);
    writer_text(&to, "error", refusal->text);
    writer_text(&to, "code", refusal->code);
    writer_text(&to, "pointer", refusal->pointer);
    writer_bool(&to, "retry", refusal->retry);
    writer_end(&to);
}

static void end(asking_t *asking)
{
    if (!asking->refusal.code) {
        writer_end(&asking->to);
        return;
    }
    buf_clear(&asking->answer);
    write_refusal(&asking->refusal, &asking->answer);
}

bool questions_step(
    const questions_t *self, const char *asker, uint64_t work, asking_t *asking)
{
    const question_t *question = &asking->question;
    if (question->type == FRAME_EXPLAIN) {
        explain(self, asker, question->text, &asking->answer);
        return false;
    }
    asking->work = work;
    bool more = asking->begun ? asking->topic->step(self, asker, asking)
                              : begin(self, asker, asking);
    if (!more)
        end(asking);
    return more;
}

static void put(const question_t *question, const buf_t *answer, buf_t *frame)
{
    explain_put(frame, question->type == FRAME_EXPLAIN ? FRAME_EXPLAINED : FRAME_ANSWER,
        &(explain_t){question->request, buf_span(answer)});
}

void questions_put(const asking_t *asking, buf_t *frame)
{
    put(&asking->question, &asking->answer, frame);
}

void questions_refuse(const question_t *question, busy_t busy, buf_t *frame)
{
    static const char *const text[] = {
        [BUSY_RATE] = "too many questions: ask again in a second (operational default)",
        [BUSY_QUEUE] = "too many questions wait for their answers: ask again when there "
                       "is one (operational default)"};
    buf_t answer = {0};
    decision_t refused = {0};
    (void)refuse(&refused.refusal, "rate.limit", "",
        busy == BUSY_RATE ? "limits.explain_rate" : "", "%s", text[busy]);
    refused.refusal.retry = true;
    if (question->type == FRAME_EXPLAIN)
        decision_explain(&refused, &answer);
    else
        write_refusal(&refused.refusal, &answer);
    put(question, &answer, frame);
    buf_destroy(&answer);
}
