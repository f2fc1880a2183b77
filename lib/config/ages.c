// ages - a short list, in the order in which it was written.

#include "lib/config/ages.h"

#include "lib/base/bytes.h"
#include "lib/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int find(const ages_t *self, const char *kind)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->age[i].kind, kind) == 0)
            return (int)i;
    return -1;
}

static int read_one(ages_t *self, const char *text, cause_t *why)
{
    uint64_t days;
    age_t *age = &self->age[self->n];
    const char *space = strchr(text, ' ');
    size_t size = space ? (size_t)(space - text) : 0;
    if (size == 0 || size >= sizeof age->kind || !text_is_word(span_of(text, size)) ||
        !decimal_decode(span_text(space + 1), &days))
        return cause_set(why,
            "'%.80s' is no kind and a number of days, as in \"advisory 1095\"", text);
    if (days < 1 || days > AGES_DAYS)
        return cause_set(why, "'%.80s': the days must be from 1 to %d", text, AGES_DAYS);
    (void)snprintf(age->kind, sizeof age->kind, "%.*s", (int)size, text);
    age->days = (int64_t)days;
    if (find(self, age->kind) >= 0)
        return cause_set(why, "'%s' is there twice", age->kind);
    self->n++;
    return 0;
}

int ages_read(ages_t *self, const texts_t *texts, cause_t *why)
{
    *self = (ages_t){0};
    if (texts->n > AGES_MOST)
        return cause_set(why, "retention.ages: there are more than %d", AGES_MOST);
    for (size_t i = 0; i < texts->n; i++)
        if (read_one(self, texts->text[i], why) != 0)
            return cause_prefix(why, "%s", "retention.ages");
    return 0;
}

int ages_of(const ages_t *self, const char *kind)
{
    int at = find(self, kind);
    return at >= 0 ? at : find(self, AGES_OTHERS);
}

bool ages_same(const ages_t *a, const ages_t *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->age[i].kind, b->age[i].kind) != 0 ||
            a->age[i].days != b->age[i].days)
            return false;
    return true;
}
