#include "hub/decide/remarks.h"

#include "lib/base/moment.h"
#include "lib/base/times.h"

#include <stdio.h>
#include <string.h>

static const char *text_at(const evaluation_t *evaluation, const char *pointer)
{
    return value_text(value_at(evaluation->document->root, pointer));
}

// Which sector an object is of is not public: only who speaks for it is told.
static void remark_sector(evaluation_t *evaluation)
{
    const char *said = text_at(evaluation, "/body/sector");
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
    const char *text = text_at(evaluation, "/body/detected_at");
    int64_t detected_ms;
    bool first = evaluation->document->supersedes.author[0] == 0;
    if (text && first && strcmp(evaluation->document->kind, "incident.notice") == 0 &&
        time_parse(span_text(text), &detected_ms) &&
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
    route_t route = {.type = ROUTE_EXPIRES, .tell = TELL_NONE};
    const char *text = value_text(value_get(document->root, "expires"));
    char time[TIME_TEXT];
    int64_t expires_ms;
    if (!text || !time_parse(span_text(text), &expires_ms))
        return;
    time_print(expires_ms, time);
    (void)snprintf(route.code, sizeof route.code, "%s", time);
    routing_add(routing, &route);
}
