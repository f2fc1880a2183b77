// inbox_filter - what is asked for by a field alone may be read off the files when the
// catalogue is not at hand: then it is at hand soon or not at all.  Words need it.

#include "nodes/tools/inbox_filter.h"

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "nodes/cli/when.h"
#include "nodes/cli/words.h"
#include "nodes/index/index_find.h"
#include "nodes/index/index_fresh.h"

#include <stdio.h>
#include <string.h>

int inbox_filter_times(
    inbox_filter_t *self, const char *since, const char *until, cause_t *why)
{
    int64_t now_ms = clock_now().wall_ms;
    self->has_since = since != NULL;
    self->has_until = until != NULL;
    if (since && when_read(since, now_ms, &self->since_ms, why) != 0)
        return cause_prefix(why, "--since");
    if (until && when_read(until, now_ms, &self->until_ms, why) != 0)
        return cause_prefix(why, "--until");
    if (since && until && self->since_ms >= self->until_ms)
        return cause_set(why, say("--since %s is not before --until %s"), since, until);
    return 0;
}

void inbox_filter_doubt(const inbox_filter_t *self)
{
    enum { LEVEL_MOST = 5 };
    if (self->kind && !words_find(&words_kinds, self->kind)) {
        const char *nearest = words_nearest(&words_kinds, self->kind);
        fprintf(
            stderr, say("note: there is no kind '%s' that is known here"), self->kind);
        if (nearest)
            fprintf(stderr, say("; did you mean %s?"), nearest);
        fputc('\n', stderr);
    }
    if (self->level > LEVEL_MOST)
        fprintf(stderr, say("note: there is no level above %d\n"), LEVEL_MOST);
}

static bool is_about(const mail_t *mail, const char *object)
{
    size_t i;
    const json_t *item, *body = json_object_get(mail->root, "body");
    if (strcmp(mail_text(body, "object"), object) == 0)
        return true;
    json_array_foreach(json_object_get(body, "objects"), i, item)
    {
        const char *name =
            json_is_string(item) ? json_string_value(item) : mail_text(item, "object");
        if (strcmp(name, object) == 0)
            return true;
    }
    return false;
}

static bool is_of_time(const mail_t *mail, const inbox_filter_t *filter)
{
    int64_t at_ms = 0;
    if (!filter->has_since && !filter->has_until)
        return true;
    if (mail->has_leaf)
        at_ms = mail->leaf.time_ms;
    else if (!time_parse(span_text(mail_text(mail->root, "sent")), &at_ms))
        at_ms = uuid7_time_ms(mail_text(mail->root, "id"));
    return (!filter->has_since || at_ms >= filter->since_ms) &&
           (!filter->has_until || at_ms < filter->until_ms);
}

static bool is_text(const mail_t *mail, const char *field, const char *wanted)
{
    return !wanted || strcmp(mail_text(mail->root, field), wanted) == 0;
}

bool inbox_wanted(const mail_t *mail, const inbox_filter_t *o)
{
    return (o->sent || mail->number > (uint64_t)o->after) &&
           (o->carried == 0 || mail->number == (uint64_t)o->carried) &&
           (!o->feed || mail_in_feed(mail, o->feed, NULL)) &&
           (!o->sector || mail_sector(mail, o->sector)) &&
           (!o->object || is_about(mail, o->object)) && is_text(mail, "kind", o->kind) &&
           is_text(mail, "from", o->from) && is_text(mail, "exercise", o->exercise) &&
           (o->level == 0 || mail_level(mail->root) >= o->level) && is_of_time(mail, o);
}

// Without one of these the newest are what is wanted, and the folder says which.
static bool needs_catalogue(const inbox_filter_t *o)
{
    return o->feed || o->sector || o->kind || o->from || o->object || o->exercise ||
           o->search || o->level > 0 || o->has_since || o->has_until;
}

static index_query_t query_of(const inbox_filter_t *o)
{
    index_query_t query = {.text = o->search,
        .kind = o->kind,
        .from = o->from,
        .sector = o->sector,
        .object = o->object,
        .feed = o->feed,
        .exercise = o->exercise,
        .level = o->level < 0   ? 0
                 : o->level > 9 ? 10
                                : (int)o->level,
        .has_since = o->has_since,
        .since_ms = o->since_ms,
        .has_until = o->has_until,
        .until_ms = o->until_ms,
        .after = (uint64_t)o->after,
        .number = (uint64_t)o->carried};
    query.folder[o->sent          ? INDEX_SENT
                 : o->carried > 0 ? INDEX_CARRIED
                                  : INDEX_INBOX] = true;
    return query;
}

static int ask(inbox_search_t *self, const inbox_filter_t *filter, int64_t last,
    names_t *names, bool *fault, cause_t *why)
{
    const index_fresh_t options = {
        filter->search ? FRESH_EVER : FRESH_SOON, self->progress, self->context};
    const index_query_t query = query_of(filter);
    index_remark_t remark;
    mail_index_t *index = index_fresh(self->node, &options, &remark, why);
    self->in_memory |= remark.in_memory;
    self->anew |= remark.anew;
    *fault = remark.fault;
    if (!index)
        return -1;
    int result = index_names(index, &query, (uint64_t)last, names, why);
    *fault = result != 0;
    mail_index_close(&index);
    return result;
}

inbox_found_t inbox_names(inbox_search_t *self, const inbox_filter_t *filter,
    int64_t last, names_t *names, cause_t *why)
{
    bool fault = false;
    *names = (names_t){0};
    self->in_memory = self->anew = false;
    why->text[0] = 0;
    if (!needs_catalogue(filter))
        return INBOX_READ;
    // One that turns out to be damaged when it is asked is made anew by the second.
    if (ask(self, filter, last, names, &fault, why) == 0 ||
        (fault && ask(self, filter, last, names, &fault, why) == 0))
        return INBOX_NAMED;
    if (filter->search)
        return INBOX_FAILED;
    if (!fault)
        why->text[0] = 0; // it is only not made yet
    return INBOX_READ;
}
