// custody - steps that name each other are a chain, and the log's order is its order. The
// hub's rules see to it that only who was named takes over; here it is looked at once
// more, since a chain has to convince who trusts no hub.

#include "nodes/custody.h"

#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *answer_of(const json_t *root)
{
    return mail_text(json_object_get(root, "body"), "answer");
}

static bool is_manifest(const json_t *root)
{
    return strcmp(mail_text(root, "kind"), "trace.manifest") == 0;
}

static bool names(const json_t *root, const char *field, const step_t *step)
{
    const json_t *reference = json_object_get(root, field);
    return reference && strcmp(mail_text(reference, "author"), step->author) == 0 &&
           strcmp(mail_text(reference, "id"), mail_text(step->mail.root, "id")) == 0;
}

static bool follows(const step_t *step, const step_t *before)
{
    const json_t *root = step->mail.root;
    if (step->type == STEP_RETRACTS)
        return names(root, "cancels", before);
    return is_manifest(before->mail.root) &&
           (names(root, "re", before) || names(root, "supersedes", before) ||
               names(root, "cancels", before));
}

// False: it has nothing to do with custody.
static bool type_of(const json_t *root, step_type_t *type)
{
    const char *answer = answer_of(root);
    bool manifest = is_manifest(root);
    bool answers = strcmp(mail_text(root, "kind"), "acknowledgement") == 0;
    if (manifest)
        *type = json_object_get(root, "cancels")      ? STEP_WITHDRAWS
                : json_object_get(root, "supersedes") ? STEP_CORRECTS
                : json_object_get(root, "to")         ? STEP_OFFERS
                                                      : STEP_HOLDS;
    else if (!answers || strncmp(answer, "custody-", 8) != 0)
        return false;
    else
        *type = json_object_get(root, "cancels")       ? STEP_RETRACTS
                : strcmp(answer, "custody-taken") == 0 ? STEP_TAKES
                                                       : STEP_DECLINES;
    return true;
}

static void count_files(step_t *step)
{
    const json_t *body = json_object_get(step->mail.root, "body");
    const json_t *traces = json_object_get(body, "traces");
    step->files = json_array_size(traces);
    for (size_t i = 0; i < step->files; i++) {
        const json_t *trace = json_array_get(traces, i);
        json_int_t size =
            json_integer_value(json_object_get(json_object_get(trace, "file"), "size"));
        step->bytes += size > 0 ? (uint64_t)size : 0;
    }
}

static bool known(const custody_t *self, const step_t *step)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->step[i].author, step->author) == 0 &&
            strcmp(mail_text(self->step[i].mail.root, "id"),
                mail_text(step->mail.root, "id")) == 0)
            return true;
    return false;
}

step_t *custody_add(custody_t *self, mail_t *mail)
{
    step_t step = {.mail = *mail, .chain = SIZE_MAX};
    const json_t *to = json_array_get(json_object_get(mail->root, "to"), 0);
    (void)snprintf(step.author, sizeof step.author, "%s", mail_text(mail->root, "from"));
    if (!type_of(mail->root, &step.type) || known(self, &step)) {
        mail_close(mail);
        return NULL;
    }
    if (is_manifest(mail->root) && json_is_string(to) && step.type != STEP_WITHDRAWS)
        (void)snprintf(step.to, sizeof step.to, "%s", json_string_value(to));
    count_files(&step);
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->step = memory_grow(self->step, self->room, sizeof *self->step);
    }
    self->step[self->n] = step;
    return &self->step[self->n++];
}

static int by_position(const void *a, const void *b)
{
    const leaf_t *x = &((const step_t *)a)->mail.leaf,
                 *y = &((const step_t *)b)->mail.leaf;
    return (x->position > y->position) - (x->position < y->position);
}

// Steps that name each other are of one chain; what is named comes before.
static void find_chains(custody_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        step_t *step = &self->step[i];
        for (size_t k = 0; k < i && step->chain == SIZE_MAX; k++)
            if (follows(step, &self->step[k]))
                step->chain = self->step[k].chain;
        if (step->chain == SIZE_MAX)
            step->chain = self->chains++;
    }
}

static size_t missing(const json_t *from, const json_t *in)
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(from); i++) {
        const char *sha256_hex =
            mail_text(json_object_get(json_array_get(from, i), "file"), "sha256");
        bool found = false;
        for (size_t k = 0; !found && k < json_array_size(in); k++)
            found = strcmp(sha256_hex,
                        mail_text(json_object_get(json_array_get(in, k), "file"),
                            "sha256")) == 0;
        n += !found;
    }
    return n;
}

// The newest step that this one follows; NULL when there is none.
static const step_t *before(const custody_t *self, const step_t *step)
{
    for (const step_t *at = step; at && at > self->step; at--)
        if (follows(step, at - 1))
            return at - 1;
    return NULL;
}

static void compare_files(custody_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        step_t *step = &self->step[i];
        const step_t *earlier = is_manifest(step->mail.root) ? before(self, step) : NULL;
        if (!earlier)
            continue;
        const json_t *here =
            json_object_get(json_object_get(step->mail.root, "body"), "traces");
        const json_t *there =
            json_object_get(json_object_get(earlier->mail.root, "body"), "traces");
        step->more = missing(here, there);
        step->fewer = missing(there, here);
    }
}

// Who could do this: answer, whom the manifest offered to; hand on, who holds it.
static bool may(const custody_t *self, const step_t *step, const step_t *holder)
{
    const step_t *about = before(self, step);
    if (step->type == STEP_TAKES || step->type == STEP_DECLINES)
        return about && about->counts && strcmp(about->to, step->author) == 0;
    if (step->type == STEP_RETRACTS)
        return about && about->counts && strcmp(about->author, step->author) == 0;
    return !holder || strcmp(holder->author, step->author) == 0;
}

// It is as it was before this answer: the offer's author holds it.
static void undo(const custody_t *self, chain_t *chain, const step_t *answer)
{
    const step_t *offer = before(self, answer);
    if (chain->holder && chain->holder->type == STEP_TAKES &&
        before(self, chain->holder) == offer)
        chain->holder = offer;
    chain->offer = offer;
}

static void take_step(const custody_t *self, chain_t *chain, const step_t *step)
{
    switch (step->type) {
    case STEP_TAKES:
        chain->holder = step;
        chain->offer = NULL;
        break;
    case STEP_DECLINES:
        undo(self, chain, step); // it may correct a taking
        chain->offer = NULL;
        break;
    case STEP_RETRACTS:
        undo(self, chain, before(self, step));
        break;
    case STEP_WITHDRAWS:
        chain->offer = NULL;
        break;
    case STEP_HOLDS:
    case STEP_OFFERS:
    case STEP_CORRECTS:
        if (!chain->holder)
            chain->holder = step;
        chain->offer = step->to[0] ? step : NULL;
        break;
    }
}

static bool begins(const step_t *step)
{
    const json_t *body = json_object_get(step->mail.root, "body");
    return (step->type == STEP_HOLDS || step->type == STEP_OFFERS) &&
           !json_object_get(body, "former");
}

static void count(custody_t *self)
{
    self->chain = memory_new(self->chains, sizeof *self->chain);
    for (size_t i = 0; i < self->n; i++) {
        step_t *step = &self->step[i];
        chain_t *chain = &self->chain[step->chain];
        if (!chain->first)
            *chain = (chain_t){.first = step, .whole = begins(step), .good = true};
        step->counts = step->proven && may(self, step, chain->holder);
        chain->good = chain->good && step->counts;
        if (step->counts)
            take_step(self, chain, step);
    }
}

void custody_fold(custody_t *self)
{
    if (self->n > 0)
        qsort(self->step, self->n, sizeof *self->step, by_position);
    find_chains(self);
    compare_files(self);
    count(self);
}

void custody_close(custody_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        mail_close(&self->step[i].mail);
    free(self->step);
    free(self->chain);
    *self = (custody_t){0};
}

long custody_chain_of(const custody_t *self, const char *wanted)
{
    uint64_t number = 0;
    if (!decimal_decode(span_text(wanted[0] == '#' ? wanted + 1 : wanted), &number))
        number = 0;
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(mail_text(self->step[i].mail.root, "id"), wanted) == 0 ||
            (number > 0 && self->step[i].mail.number == number))
            return (long)self->step[i].chain;
    return -1;
}
