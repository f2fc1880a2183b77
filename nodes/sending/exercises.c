// exercises - openings, then what names each of them: a closing, or this node's own
// joining.  A name is used for one exercise only.

#include "nodes/sending/exercises.h"

#include "lib/base/catalogue.h"
#include "lib/base/memory.h"
#include "nodes/cli/progress.h"
#include "nodes/index/index_find.h"
#include "nodes/index/index_fresh.h"

#include <stdlib.h>
#include <string.h>

enum { OPENINGS_MOST = 1000, JOININGS_MOST = 10000 };

const char *exercise_name(const exercise_t *self)
{
    return mail_text(json_object_get(self->opening.root, "body"), "exercise");
}

typedef void visit_t(void *context, mail_t *mail);

// Each message of a kind that stands, the newest first; the visitor may take it over.
static int each(mail_index_t *index, const char *node, const index_query_t *query,
    size_t most, visit_t *visit, void *context, cause_t *why)
{
    int more;
    index_found_t *found = index_find(index, query, most, why);
    if (!found)
        return -1;
    while ((more = index_found_next(found, why)) == 1) {
        char folder[PATH_MAX], name[NAME_MAX + 1];
        mail_t mail = {0};
        cause_t ignored;
        const char *stem = index_found_stem(found);
        if ((size_t)snprintf(name, sizeof name, "%s.json", stem) < sizeof name &&
            path_join(folder, sizeof folder, node,
                index_folder_name(index_found_folder(found)), &ignored) == 0 &&
            mail_open(&mail, folder, name, &ignored) == 0 &&
            mail_amended(&mail).state == AMENDED_NOT)
            visit(context, &mail);
        mail_close(&mail);
    }
    index_found_close(&found);
    return more;
}

static void take_opening(void *context, mail_t *mail)
{
    exercises_t *self = context;
    exercise_t opened = {.opening = *mail};
    if (exercise_name(&opened)[0] == 0 || self->n == OPENINGS_MOST)
        return;
    for (size_t i = 0; i < self->n; i++) // in inbox and sent
        if (strcmp(exercise_name(&self->item[i]), exercise_name(&opened)) == 0)
            return;
    self->item[self->n++] = opened;
    *mail = (mail_t){0};
}

static bool is_of(const exercise_t *self, const mail_t *mail)
{
    return strcmp(mail_text(json_object_get(mail->root, "body"), "exercise"),
               exercise_name(self)) == 0;
}

static void take_closing(void *context, mail_t *mail)
{
    exercises_t *self = context;
    for (size_t i = 0; i < self->n; i++)
        self->item[i].closed |= is_of(&self->item[i], mail);
}

static void take_joining(void *context, mail_t *mail)
{
    exercises_t *self = context;
    for (size_t i = 0; i < self->n; i++)
        self->item[i].joined |= is_of(&self->item[i], mail);
}

static int read_all(
    exercises_t *self, mail_index_t *index, const char *node, cause_t *why)
{
    index_query_t joinings = {.kind = "exercise.joining"};
    joinings.folder[INDEX_SENT] = true; // others' are theirs
    const index_query_t openings = {.kind = "exercise.opening"},
                        closings = {.kind = "exercise.closing"};
    return each(index, node, &openings, OPENINGS_MOST, take_opening, self, why) == 0 &&
                   each(index, node, &closings, OPENINGS_MOST, take_closing, self, why) ==
                       0 &&
                   each(index, node, &joinings, JOININGS_MOST, take_joining, self, why) ==
                       0
               ? 0
               : -1;
}

static int by_id(const void *a, const void *b)
{
    const exercise_t *one = a, *other = b;
    return strcmp(
        mail_text(one->opening.root, "id"), mail_text(other->opening.root, "id"));
}

int exercises_read(exercises_t *self, const char *node, cause_t *why)
{
    progress_t progress;
    index_remark_t remark;
    *self = (exercises_t){0, memory_new(OPENINGS_MOST, sizeof(exercise_t))};
    progress_begin(&progress, say("making the catalogue of messages"), PROGRESS_ITEMS);
    const index_fresh_t ever = {FRESH_EVER, progress_show, &progress};
    mail_index_t *index = index_fresh(node, &ever, &remark, why);
    progress_end(&progress);
    int result = index ? read_all(self, index, node, why) : -1;
    mail_index_close(&index);
    if (self->n > 0)
        qsort(self->item, self->n, sizeof *self->item, by_id);
    return result;
}

const exercise_t *exercises_find(const exercises_t *self, const char *name)
{
    for (size_t i = 0; i < self->n; i++)
        if (!self->item[i].closed && strcmp(exercise_name(&self->item[i]), name) == 0)
            return &self->item[i];
    return NULL;
}

void exercises_close(exercises_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        mail_close(&self->item[i].opening);
    free(self->item);
    *self = (exercises_t){0};
}
