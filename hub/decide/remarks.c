#include "hub/decide/remarks.h"

#include "lib/base/moment.h"
#include "lib/base/times.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const evaluation_t *evaluation, const char *field)
{
    return value_text(value_get(evaluation->document->body, field));
}

// Which sector an object is of is not public: only who speaks for it is told.
static void remark_sector(evaluation_t *evaluation)
{
    const char *said = text_of(evaluation, "sector");
    const member_t *author = evaluation->author;
    for (size_t i = 0; said && i < evaluation->objects; i++) {
        const object_t *object = evaluation->object[i];
        bool own = strcmp(author->role, "nccis") == 0 ||
                   strcmp(author->organisation, object->owner) == 0 ||
                   strcmp(author->organisation, object->isoc) == 0;
        if (own && strcmp(object->sector, said) != 0)
            evaluation_remark_once(evaluation, "sector.contradicts");
    }
}

static void remark_detection(evaluation_t *evaluation, int64_t detection_ms)
{
    int64_t detected_ms;
    bool first = evaluation->document->supersedes.author[0] == 0;
    if (!first || strcmp(evaluation->document->kind, "incident.notice") != 0)
        return;
    const char *text = text_of(evaluation, "detected_at");
    if (text && time_parse(span_text(text), &detected_ms) &&
        moment_between(detected_ms, evaluation->entry_ms) > detection_ms)
        evaluation_remark_once(evaluation, "notice.late");
}

void remarks_facts(evaluation_t *evaluation, int64_t detection_ms)
{
    remark_sector(evaluation);
    remark_detection(evaluation, detection_ms);
}

void remarks_answered(evaluation_t *evaluation, const routing_t *answered)
{
    int64_t expires_ms;
    for (size_t i = 0; i < answered->n; i++)
        if (answered->route[i].type == ROUTE_EXPIRES &&
            time_parse(span_text(answered->route[i].code), &expires_ms) &&
            evaluation->entry_ms > expires_ms)
            evaluation_remark_once(evaluation, "answer.expired");
}

void remarks_note_expiry(routing_t *routing, const document_t *document)
{
    const char *text = value_text(value_get(document->root, "expires"));
    int64_t expires_ms;
    if (!text || !time_parse(span_text(text), &expires_ms))
        return;
    time_print(expires_ms, routing_next(routing, ROUTE_EXPIRES, TELL_NONE)->code);
}
