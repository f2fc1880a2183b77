// custody - steps that name each other are a chain, in the order of the log.  The hub's
// rules let only take over who was named; this is checked here once more, since a chain
// has to convince somebody who does not trust the hub.  Corrections are followed with the
// code that the hub uses (lib/message/lineage.h); messages with the status `test` do not
// count.

#include "nodes/tools/custody.h"

#include "lib/base/memory.h"

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

static reference_t reference_in(const json_t *root, const char *field)
{
    const json_t *named = json_object_get(root, field);
    reference_t reference = {0};
    (void)snprintf(
        reference.author, sizeof reference.author, "%s", mail_text(named, "author"));
    (void)snprintf(reference.id, sizeof reference.id, "%s", mail_text(named, "id"));
    return reference;
}

static reference_t name_of(const step_t *step)
{
    reference_t name = {0};
    memcpy(name.author, step->author, sizeof name.author);
    (void)snprintf(name.id, sizeof name.id, "%s", mail_text(step->mail.root, "id"));
    return name;
}

// What it corrects or takes back; author "": nothing.
static reference_t withdrawn_by(const step_t *step)
{
    reference_t cancels = reference_in(step->mail.root, "cancels");
    return cancels.author[0] ? cancels : reference_in(step->mail.root, "supersedes");
}

static bool same_chain(const custody_t *self, const reference_t *a, const reference_t *b)
{
    reference_t first_a, first_b;
    if (a->author[0] == 0)
        return false;
    lineage_first(self->lineage, a, &first_a);
    lineage_first(self->lineage, b, &first_b);
    return reference_same(&first_a, &first_b);
}

// An answer follows what it answers, whichever version it names, and a manifest the one
// that it says it follows; what corrects another or takes it back follows that.
static bool follows(const custody_t *self, const step_t *step, const step_t *before)
{
    const json_t *root = step->mail.root;
    const reference_t name = name_of(before);
    reference_t about = withdrawn_by(step);
    if (about.author[0] && same_chain(self, &about, &name))
        return true;
    if (!is_manifest(before->mail.root) ||
        (is_manifest(root) && !json_object_get(json_object_get(root, "body"), "former")))
        return false;
    about = reference_in(root, "re");
    return same_chain(self, &about, &name);
}

// False: it has nothing to do with custody, as far as can be seen before all is there:
// what corrects or takes back an answer has to do with it as that has.
static bool type_of(const json_t *root, step_type_t *type)
{
    const char *answer = answer_of(root);
    bool manifest = is_manifest(root);
    bool answers = strcmp(mail_text(root, "kind"), "acknowledgement") == 0;
    bool cancels = json_object_get(root, "cancels") != NULL;
    bool corrects = json_object_get(root, "supersedes") != NULL;
    if (strcmp(mail_text(root, "status"), "test") == 0)
        return false;
    if (manifest)
        *type = cancels                       ? STEP_WITHDRAWS
                : corrects                    ? STEP_CORRECTS
                : json_object_get(root, "to") ? STEP_OFFERS
                                              : STEP_HOLDS;
    else if (!answers)
        return false;
    else if (cancels || (corrects && strncmp(answer, "custody-", 8) != 0))
        *type = STEP_RETRACTS;
    else if (strncmp(answer, "custody-", 8) == 0)
        *type = strcmp(answer, "custody-taken") == 0 ? STEP_TAKES : STEP_DECLINES;
    else
        return false;
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

static void refer(routing_t *routing, const step_t *step, refer_t field)
{
    reference_t to = reference_in(step->mail.root, refer_name(field));
    route_t route = {.type = ROUTE_REFER, .refer = field};
    if (to.author[0] == 0)
        return;
    (void)snprintf(route.node, sizeof route.node, "%s", to.author);
    (void)snprintf(route.id, sizeof route.id, "%s", to.id);
    routing_add(routing, &route);
}

// As the hub folds it: what is one through all its corrections, and what stands.
static void find_lineage(custody_t *self)
{
    self->lineage = lineage_new();
    for (size_t i = 0; i < self->n; i++) {
        const step_t *step = &self->step[i];
        routing_t routing = {0};
        for (refer_t field = 0; field < REFERS; field++)
            refer(&routing, step, field);
        lineage_add(
            self->lineage, step->author, mail_text(step->mail.root, "id"), &routing);
        routing_close(&routing);
    }
}

// What corrects or takes back an answer that has nothing to do with custody.
static void drop_strangers(custody_t *self)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->n; i++) {
        step_t *step = &self->step[i];
        bool follows_one = false;
        for (size_t k = 0; k < kept && !follows_one; k++)
            follows_one = follows(self, step, &self->step[k]);
        bool own = is_manifest(step->mail.root) ||
                   strncmp(answer_of(step->mail.root), "custody-", 8) == 0;
        if (own || follows_one)
            self->step[kept++] = *step;
        else
            mail_close(&step->mail);
    }
    self->n = kept;
}

// Steps that name each other are of one chain; what is named comes before.
static void find_chains(custody_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        step_t *step = &self->step[i];
        for (size_t k = 0; k < i && step->chain == SIZE_MAX; k++)
            if (follows(self, step, &self->step[k]))
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
        if (follows(self, step, at - 1))
            return at - 1;
    return NULL;
}

// The newest manifest that an answer, or what corrects one or takes it back, is about.
static const step_t *offer_of(const custody_t *self, const step_t *answer)
{
    const step_t *at = before(self, answer);
    while (at && !is_manifest(at->mail.root))
        at = before(self, at);
    return at;
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

// Whether its author may take this step: only the node that a manifest offers to may
// answer it, and once; only its author may correct or take back a step, an offer only
// until it is answered; only the holder may hand on.
static bool may(const custody_t *self, const chain_t *chain, const step_t *step)
{
    const step_t *about = before(self, step);
    const step_t *holder = chain->holder, *offer;
    bool own = about && about->counts && strcmp(about->author, step->author) == 0;
    switch (step->type) {
    case STEP_TAKES:
    case STEP_DECLINES:
        if (withdrawn_by(step).author[0])
            return own;
        offer = offer_of(self, step);
        return offer && offer == chain->offer && strcmp(offer->to, step->author) == 0;
    case STEP_RETRACTS:
        return own;
    case STEP_CORRECTS:
    case STEP_WITHDRAWS:
        return !holder || (own && (about->to[0] == 0 || about == chain->offer));
    case STEP_HOLDS:
    case STEP_OFFERS:
        break;
    }
    return !holder || (strcmp(holder->author, step->author) == 0 && !chain->offer);
}

// It is as it was before this answer: the offer's author holds it.
static void undo(const custody_t *self, chain_t *chain, const step_t *answer)
{
    const step_t *offer = offer_of(self, answer);
    if (chain->holder && chain->holder->type == STEP_TAKES &&
        offer_of(self, chain->holder) == offer)
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
        undo(self, chain, step);
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
        step->counts = step->proven && may(self, chain, step);
        chain->good = chain->good && step->counts;
        if (step->counts)
            take_step(self, chain, step);
    }
}

void custody_fold(custody_t *self)
{
    if (self->n > 0)
        qsort(self->step, self->n, sizeof *self->step, by_position);
    find_lineage(self);
    drop_strangers(self);
    find_chains(self);
    compare_files(self);
    count(self);
}

void custody_close(custody_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        mail_close(&self->step[i].mail);
    lineage_destroy(&self->lineage);
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
