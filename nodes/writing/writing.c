// writing - where there is nobody to ask, what is missing is wrong use; where there is,
// nothing goes that was not looked at.

#include "nodes/writing/writing.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"
#include "nodes/cli/screen.h"
#include "nodes/inbox/refused.h"
#include "nodes/tools/explanation.h"
#include "nodes/writing/dialogue.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { EXPLAIN_MS = 10000 };

int writing_open(writing_t *self, const call_t *call, const char *node, cause_t *why)
{
    *self = (writing_t){.call = call, .node = node};
    return law_find(&self->law, call, why);
}

void writing_close(writing_t *self)
{
    json_decref(self->begun);
    compose_end(&self->compose);
    form_close(&self->form);
    law_found_close(&self->law);
}

bool writing_knows(const writing_t *self, const char *kind)
{
    return schemas_knows(self->law.law.schemas, kind);
}

// By a law that may be an older one this is for the hub to say.
static int check_role(const writing_t *self, const char *kind, cause_t *why)
{
    const char *role = self->law.role;
    if (!role[0] || rules_permit(self->law.law.rules, kind, role))
        return 0;
    if (self->law.standing == LAW_IN_FORCE)
        return cause_set(why,
            say("by the rules in force the role %s does not send %s; dabyl send --new "
                "list names what it does"),
            role, kind);
    fprintf(
        stderr, say("note: by these rules the role %s does not send %s\n"), role, kind);
    return 0;
}

static int set_field(
    writing_t *self, const char *name, size_t length, const char *text, cause_t *why)
{
    char option[BLANK_OPTION];
    long item;
    (void)snprintf(option, sizeof option, "%.*s", (int)length, name);
    const blank_t *blank = form_find(&self->form, option, &item);
    if (!blank)
        return cause_set(why,
            say("%s has no field '%s'; dabyl send %s --help lists them"), self->form.kind,
            option, self->form.kind);
    if (!text && blank->type != BLANK_TRUTH)
        return cause_set(why, say("--%s needs something behind it"), option);
    if (!blank->listed && !strstr(blank->pointer, "/-/") && !blank->tongue &&
        compose_has(&self->compose, blank))
        return cause_set(why, say("--%s is given twice"), option);
    if (compose_set(&self->compose, blank, item, text ? text : "yes", why) != 0)
        return cause_prefix(why, "--%s", option);
    return 0;
}

static int begin(writing_t *self, const char *kind, bool asks, cause_t *why)
{
    if (check_role(self, kind, why) != 0)
        return -1;
    self->asks = asks && dialogue_possible(stdin, stderr);
    form_open(
        &self->form, self->law.law.rules, self->law.law.schemas, kind, self->law.role);
    compose_begin(&self->compose, &self->form, self->node, clock_now().wall_ms);
    return 0;
}

// A field that is named for the first time stands for all that the original says there;
// an item of a list for that item.
static void make_way(writing_t *self, const option_others_t *fields, size_t at)
{
    char option[BLANK_OPTION], other[BLANK_OPTION];
    long item, ignored;
    (void)snprintf(
        option, sizeof option, "%.*s", (int)fields->length[at], fields->name[at]);
    const blank_t *blank = form_find(&self->form, option, &item);
    if (!blank || item >= 0 || strstr(blank->pointer, "/-/"))
        return;
    for (size_t i = 0; i < at; i++) {
        (void)snprintf(
            other, sizeof other, "%.*s", (int)fields->length[i], fields->name[i]);
        if (form_find(&self->form, other, &ignored) == blank)
            return;
    }
    compose_clear(&self->compose, blank);
}

int writing_amend(writing_t *self, const char *kind, const basis_t *basis,
    const option_others_t *fields, bool asks, cause_t *why)
{
    refusal_t refusal;
    bool corrects = basis->supersedes.author[0];
    const char *author = corrects ? basis->supersedes.author : basis->cancels.author;
    if (begin(self, kind, asks, why) != 0)
        return -1;
    self->amends = true;
    self->changed = fields->n > 0;
    basis_result_t result = basis_begin(&self->compose, basis, author, &refusal);
    if (result == BASIS_ABSENT)
        return cause_set(why, "the message is not in this node's folders any more");
    if (result == BASIS_REFUSED)
        return cause_set(why, "%s: %s", refusal.code, refusal.text);
    if (corrects)
        self->begun = json_deep_copy(self->compose.document);
    for (size_t i = 0; i < fields->n; i++) {
        make_way(self, fields, i);
        if (set_field(self, fields->name[i], fields->length[i], fields->text[i], why) !=
            0)
            return -1;
    }
    return 0;
}

int writing_begin(writing_t *self, const char *kind, const option_others_t *fields,
    bool asks, cause_t *why)
{
    if (begin(self, kind, asks, why) != 0)
        return -1;
    for (size_t i = 0; i < fields->n; i++)
        if (set_field(self, fields->name[i], fields->length[i], fields->text[i], why) !=
            0)
            return -1;
    compose_follow(&self->compose);
    return 0;
}

static void print_document(const writing_t *self, buf_t *document)
{
    char *text =
        json_dumps(self->compose.document, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
    buf_clear(document);
    buf_put_text(document, text ? text : "");
    buf_put_text(document, "\n");
    free(text);
}

static void print_refusal(const refusal_t *refusal)
{
    json_t *reason = json_pack("{s:s, s:s, s:s, s:s}", "code", refusal->code, "pointer",
        refusal->pointer, "by", refusal->by, "text", refusal->text);
    fputc('\n', stderr);
    screen_paint(stderr, PAINT_BAD, "%s", say("This cannot go yet:"));
    fputc('\n', stderr);
    refused_print(reason, stderr);
    json_decref(reason);
}

// A correction that corrects nothing.
static bool says_the_same(const writing_t *self)
{
    return self->begun && json_equal(self->begun, self->compose.document);
}

// Without anybody to ask.
static done_t finish_alone(writing_t *self, buf_t *document)
{
    refusal_t refusal;
    const char *language = call_lang(self->call);
    if (says_the_same(self))
        return call_fail(self->call, DONE_USAGE,
            "nothing of the message is changed: name a field, --level 3 or --summary-ru "
            "TEXT");
    size_t missing = dialogue_missing(&self->compose, language, stderr);
    if (missing > 0)
        return call_fail(self->call, DONE_USAGE, say("%s: these are missing: %zu"),
            self->form.kind, missing);
    if (compose_check(&self->compose, &refusal) != 0) {
        print_refusal(&refusal);
        return DONE_NO;
    }
    print_document(self, document);
    return DONE_OK;
}

// What was typed is not lost with it.
static done_t give_up(writing_t *self)
{
    char name[128], path[PATH_MAX];
    buf_t document = {0};
    cause_t why;
    (void)snprintf(name, sizeof name, "state/draft-%.64s.json", self->form.kind);
    print_document(self, &document);
    fprintf(stderr, "%s\n", say("Nothing was sent."));
    if (path_join(path, sizeof path, self->node, name, &why) == 0 &&
        file_replace(path, buf_span(&document), 0600, &why) == 0)
        fprintf(stderr, say("What was written is in %s\n"), path);
    else // a full disk keeps nobody from knowing it
        fprintf(stderr, say("What was written could not be kept: %s\n"), why.text);
    buf_destroy(&document);
    return DONE_NO;
}

typedef enum { NEXT_AGAIN, NEXT_SEND, NEXT_STOP } next_t;

// Who would receive it; a hub that cannot say so takes it later all the same.
static next_t look_at_receivers(writing_t *self, dialogue_t *dialogue, span_t document)
{
    cause_t why;
    json_t *verdict = explanation_ask(self->node, document, EXPLAIN_MS, &why);
    bool accepts = !verdict || explanation_accepts(verdict);
    fputc('\n', stderr);
    if (verdict)
        explanation_print(verdict, stderr);
    else
        fprintf(stderr, "%s: %s\n%s\n",
            say("The hub cannot be asked now who would receive it"), why.text,
            say("It would wait in the node, and go when the hub is there."));
    next_t next = NEXT_STOP;
    if (!accepts && dialogue_again(dialogue, explanation_field(verdict)))
        next = NEXT_AGAIN;
    else if (accepts && dialogue_yes(dialogue, say("Send it?  yes or no:")))
        next = NEXT_SEND;
    json_decref(verdict);
    return next;
}

static next_t look_once(writing_t *self, dialogue_t *dialogue, buf_t *document)
{
    refusal_t refusal;
    compose_usual(&self->compose);
    if (compose_check(&self->compose, &refusal) != 0) {
        print_refusal(&refusal);
        return dialogue_again(dialogue, refusal.pointer) ? NEXT_AGAIN : NEXT_STOP;
    }
    dialogue_show(dialogue);
    print_document(self, document);
    return look_at_receivers(self, dialogue, buf_span(document));
}

// Of what corrects another, what is to be changed; of what takes it back, why.
static bool ask_amendment(writing_t *self, dialogue_t *dialogue)
{
    if (!self->begun)
        return json_object_size(json_object_get(self->compose.document, "summary")) > 0 ||
               dialogue_again(dialogue, "/summary");
    if (!self->changed && !dialogue_change(dialogue))
        return false;
    if (says_the_same(self))
        fprintf(stderr, "%s\n", say("Nothing was changed."));
    return !says_the_same(self);
}

static done_t finish_asking(writing_t *self, bool shown, buf_t *document)
{
    dialogue_t dialogue = {&self->compose, call_lang(self->call), stdin, stderr, false};
    bool filled =
        self->amends ? ask_amendment(self, &dialogue) : dialogue_fill(&dialogue);
    next_t next = filled ? NEXT_AGAIN : NEXT_STOP;
    if (next == NEXT_AGAIN && !shown) {
        compose_usual(&self->compose);
        return finish_alone(self, document);
    }
    while (next == NEXT_AGAIN)
        next = look_once(self, &dialogue, document);
    return next == NEXT_SEND ? DONE_OK : give_up(self);
}

done_t writing_finish(writing_t *self, bool shown, buf_t *document)
{
    if (self->asks)
        return finish_asking(self, shown, document);
    compose_usual(&self->compose);
    return finish_alone(self, document);
}
