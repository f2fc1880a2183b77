// require - asks the log; require_read.c reads what the rules say.
//
// What is required is always about one other message, the subject.  When a document
// cannot be read any more (it was erased), its fields pass no test: a precondition is
// met by what can be shown, and by nothing else.

#include "lib/rules/require.h"

#include "lib/base/catalogue.h"

#include <stdio.h>
#include <string.h>

enum { CITED_ROOM = CITES_MAX + 24 };

// What one precondition is checked against.
typedef struct {
    const require_t *require;
    const precedents_t *log;
    const document_t *document;
    const reference_t *named; // the subject
    leaf_t leaf;              // its leaf
    const char *rule, *cites;
    refusal_t *refusal;
} check_t;

// What is refused is told anew by its parts where it is printed (nodes/cli/retell.h):
// each of them is in the catalogue.
static const char *by_paragraph(const char *cites, char out[CITED_ROOM])
{
    const char *at = strstr(cites, ", default");
    if (strcmp(cites, "default") == 0)
        (void)snprintf(out, CITED_ROOM, "%s", MARK("default"));
    else if (at)
        (void)snprintf(
            out, CITED_ROOM, MARK("paragraph %.*s, default"), (int)(at - cites), cites);
    else
        (void)snprintf(out, CITED_ROOM, MARK("paragraph %s"), cites);
    return out;
}

#define unmet(check, code, pointer, format, ...)                                         \
    refuse((check)->refusal, code, pointer, (check)->rule, "%s: " format,                \
        by_paragraph((check)->cites, (char[CITED_ROOM]){0}), __VA_ARGS__)

const reference_t *reference_of(const document_t *document, refer_t field)
{
    switch (field) {
    case REFER_INCIDENT:
        return &document->incident;
    case REFER_UNDER:
        return &document->under;
    case REFER_SUPERSEDES:
        return &document->supersedes;
    case REFER_CANCELS:
        return &document->cancels;
    case REFER_RE:
    case REFERS:
        break;
    }
    return &document->re;
}

reference_t message_name(const leaf_t *leaf)
{
    reference_t name = {0};
    memcpy(name.author, leaf->author, sizeof name.author);
    memcpy(name.id, leaf->id, sizeof name.id);
    return name;
}

bool message_stands(const precedents_t *log, const leaf_t *leaf)
{
    const reference_t name = message_name(leaf);
    return log->stands(log->context, &name);
}

// What is wrong with a message that was found: a test that it fails, or that the one that
// is checked does not agree with it.
typedef struct {
    const condition_t *test; // NULL: none
    agreement_fault_t fault;
    char where[AGREEMENT_WHERE];
} miss_t;

static bool says(const check_t *check, const leaf_t *leaf, miss_t *miss)
{
    const require_t *require = check->require;
    *miss = (miss_t){0};
    if (require->conditions == 0 && !agreement_asks(&require->agreement))
        return true;
    value_t *root = check->log->document(check->log->context, leaf);
    for (size_t i = 0; !miss->test && i < require->conditions; i++)
        if (!root || !condition_holds(&require->condition[i], root))
            miss->test = &require->condition[i];
    miss->fault = agreement_check(
        &require->agreement, check->document->root, root, &leaf->document, miss->where);
    value_free(&root);
    return !miss->test && miss->fault == AGREES;
}

// `found` is what it should have said so: "crossborder.measure".
static int miss_refused(
    const check_t *check, const miss_t *miss, const leaf_t *leaf, const char *found)
{
    char pointer[16], digest[HASH_HEX];
    (void)snprintf(pointer, sizeof pointer, "/%s", refer_name(check->require->of));
    if (miss->test)
        return unmet(check, "precondition.unmet", pointer,
            "the %s does not say what it must in %s", found, miss->test->pointer);
    hex_encode(leaf->document.bytes, sizeof leaf->document.bytes, digest);
    if (miss->fault == NOT_DIGEST)
        return unmet(check, "precondition.unmet", miss->where,
            "%s must be the SHA-256 of the %s, %s", miss->where, found, digest);
    if (miss->fault == NOT_SINCE)
        return check->require->agreement.after
                   ? unmet(check, "moment.before", miss->where,
                         "this is not after %s of the %s",
                         check->require->agreement.since_at, found)
                   : unmet(check, "moment.before", miss->where,
                         "this is before %s of the %s",
                         check->require->agreement.since_at, found);
    if (miss->fault == NOT_PART)
        return unmet(check, "precondition.unmet", miss->where,
            "%s is nothing that the %s has there", miss->where, found);
    return unmet(check, "precondition.unmet", miss->where, "%s must be that of the %s",
        miss->where, found);
}

static bool is_of_kind(const check_t *check)
{
    const char *kind;
    for (size_t i = 0; (kind = require_kind(check->require, i)) != NULL; i++)
        if (strcmp(check->leaf.kind, kind) == 0)
            return true;
    return false;
}

static int check_kind(const check_t *check)
{
    const require_t *require = check->require;
    miss_t miss;
    char pointer[16];
    (void)snprintf(pointer, sizeof pointer, "/%s", refer_name(require->of));
    if (!is_of_kind(check) && require->others > 0)
        return unmet(check, "reference.kind", pointer,
            "%s must name a %s or %s, and this is a %s", pointer + 1, require->kind,
            require->other[0], check->leaf.kind);
    if (!is_of_kind(check))
        return unmet(check, "reference.kind", pointer,
            "%s must name a %s, and this is a %s", pointer + 1, require->kind,
            check->leaf.kind);
    if (require->stands && !message_stands(check->log, &check->leaf))
        return unmet(check, "precondition.withdrawn", pointer,
            "this %s was superseded or cancelled", check->leaf.kind);
    return says(check, &check->leaf, &miss)
               ? 0
               : miss_refused(check, &miss, &check->leaf, check->leaf.kind);
}

// One node, or several of them.
static bool lists(const value_t *names, const char *node)
{
    if (value_is(names, VALUE_STRING))
        return strcmp(value_text(names), node) == 0;
    value_each(one, names)
    {
        const char *name = value_text(one);
        if (name && strcmp(name, node) == 0)
            return true;
    }
    return false;
}

// The version of the subject that a message names; false: none by this field.
static bool named_by(const check_t *check, const leaf_t *leaf, reference_t *version)
{
    const precedents_t *log = check->log;
    reference_t subject, first;
    span_t record;
    cause_t why;
    routing_t routing;
    bool found = false;
    log->first(log->context, check->named, &subject);
    if (log->record(log->context, leaf, &record, &why) != 0 ||
        routing_parse(&routing, record, &why) != 0)
        return false;
    for (size_t i = 0; i < routing.n && !found; i++) {
        const route_t *route = &routing.route[i];
        if (route->type != ROUTE_REFER ||
            (check->require->refers != REFERS && route->refer != check->require->refers))
            continue;
        *version = (reference_t){0};
        memcpy(version->author, route->node, sizeof version->author);
        memcpy(version->id, route->id, sizeof version->id);
        log->first(log->context, version, &first);
        found = reference_same(&first, &subject);
    }
    routing_close(&routing);
    return found;
}

// What can be said of who wrote a message; unknown is never in favour.
typedef enum { NOT_HIS, HIS, UNKNOWN } whose_t;

static whose_t is_addressee(const check_t *check, const leaf_t *version, const char *node)
{
    value_t *root = check->log->document(check->log->context, version);
    whose_t whose = !root ? UNKNOWN : lists(value_at(root, "/to"), node) ? HIS : NOT_HIS;
    value_free(&root);
    return whose;
}

static whose_t is_receiver(const check_t *check, const leaf_t *version, const char *node)
{
    span_t record;
    cause_t why;
    routing_t routing;
    if (check->log->record(check->log->context, version, &record, &why) != 0 ||
        routing_parse(&routing, record, &why) != 0)
        return UNKNOWN;
    reference_t name = message_name(version);
    thread_walk_t walk = {0};
    leaf_t carrier;
    bool had =
        routing_find(&routing, node) || check->log->carried(check->log->context, &name,
                                            THIS_VERSION, node, &walk, &carrier);
    routing_close(&routing);
    return had ? HIS : NOT_HIS;
}

static whose_t had_it(const check_t *check, const leaf_t *leaf)
{
    const precedents_t *log = check->log;
    reference_t name;
    leaf_t version;
    if (!named_by(check, leaf, &name) ||
        !log->find(log->context, name.author, name.id, &version))
        return UNKNOWN;
    return check->require->by == BY_ADDRESSEE
               ? is_addressee(check, &version, leaf->author)
               : is_receiver(check, &version, leaf->author);
}

static whose_t whose(const check_t *check, const leaf_t *leaf)
{
    const require_t *require = check->require;
    const char *role;
    switch (require->by) {
    case BY_ANY:
        break;
    case BY_SELF:
        return strcmp(leaf->author, check->document->from) == 0 ? HIS : NOT_HIS;
    case BY_AUTHOR:
        return strcmp(leaf->author, check->leaf.author) == 0 ? HIS : NOT_HIS;
    case BY_ADDRESSEE:
    case BY_RECEIVER:
        return had_it(check, leaf);
    case BY_ROLE:
        role = check->log->role(check->log->context, leaf->author);
        return !role ? UNKNOWN : strcmp(role, require->role) == 0 ? HIS : NOT_HIS;
    }
    return HIS;
}

// The next message about the subject, newest first, that may be of whom the rule means.
static bool next_about(
    const check_t *check, thread_walk_t *walk, leaf_t *leaf, whose_t *author)
{
    const require_t *require = check->require;
    const precedents_t *log = check->log;
    while (log->refers(log->context, check->named, require->version, require->refers,
        require->kind, walk, leaf)) {
        *author = whose(check, leaf);
        if (*author != NOT_HIS)
            return true;
    }
    return false;
}

// The newest by time alone: a position that was withdrawn does not bring the one before
// it back.
static int check_latest(const check_t *check)
{
    const require_t *require = check->require;
    thread_walk_t walk = {0};
    leaf_t latest;
    whose_t author;
    miss_t miss;
    char pointer[16], found[2 * KIND_MAX + 24];
    (void)snprintf(pointer, sizeof pointer, "/%s", refer_name(require->of));
    if (!next_about(check, &walk, &latest, &author))
        return unmet(check, "precondition.unmet", pointer,
            "there is no %s about this %s yet", require->kind, check->leaf.kind);
    if (!message_stands(check->log, &latest))
        return unmet(check, "precondition.withdrawn", pointer,
            "the latest %s about this %s was withdrawn", require->kind, check->leaf.kind);
    if (author == UNKNOWN)
        return unmet(check, "precondition.unmet", pointer,
            "whose the latest %s about this %s is, cannot be shown any more",
            require->kind, check->leaf.kind);
    if (says(check, &latest, &miss))
        return 0;
    (void)snprintf(found, sizeof found, MARK("latest %s about this %s"), require->kind,
        check->leaf.kind);
    return miss_refused(check, &miss, &latest, found);
}

// Whether a message of the kind about the subject stands and passes the tests.  What the
// message itself corrects does not count: it will no longer stand.
static bool is_there(const check_t *check)
{
    const reference_t *corrected = &check->document->supersedes;
    thread_walk_t walk = {0};
    leaf_t leaf;
    whose_t author;
    miss_t miss;
    while (next_about(check, &walk, &leaf, &author)) {
        const reference_t name = message_name(&leaf);
        bool shown = author == HIS || check->require->type == REQUIRE_NONE;
        if (shown && !reference_same(&name, corrected) &&
            message_stands(check->log, &leaf) && says(check, &leaf, &miss))
            return true;
    }
    return false;
}

static int check_some(const check_t *check)
{
    const require_t *require = check->require;
    char pointer[16];
    (void)snprintf(pointer, sizeof pointer, "/%s", refer_name(require->of));
    if (is_there(check))
        return 0;
    return unmet(check, "precondition.unmet", pointer,
        "no %s about this %s says what it must", require->kind, check->leaf.kind);
}

static int check_none(const check_t *check)
{
    const require_t *require = check->require;
    char pointer[16];
    (void)snprintf(pointer, sizeof pointer, "/%s", refer_name(require->of));
    const agreement_t *agreement = &require->agreement;
    if (!is_there(check))
        return 0;
    if (agreement->after)
        return unmet(check, "moment.before", agreement->moment_at,
            "%s of the %s about it would be before this", agreement->since_at,
            require->kind);
    return unmet(check, "precondition.ended", pointer,
        "there is a %s about this %s, which excludes it", require->kind,
        check->leaf.kind);
}

// Whom the rule means: those whom the subject lists in a field, or who is in its set.
typedef struct {
    const check_t *check;
    value_t *root; // NULL: the set
} among_t;

static among_t open_among(const check_t *check)
{
    const precedents_t *log = check->log;
    bool listed = check->require->pointer[0] != 0;
    return (among_t){check, listed ? log->document(log->context, &check->leaf) : NULL};
}

static bool is_among(const among_t *self, const char *node)
{
    const check_t *check = self->check;
    const precedents_t *log = check->log;
    reference_t first;
    if (check->require->pointer[0])
        return lists(value_at(self->root, check->require->pointer), node);
    log->first(log->context, check->named, &first);
    return log->belongs(log->context, &first, node);
}

static int check_author(const check_t *check)
{
    const require_t *require = check->require;
    const document_t *document = check->document;
    among_t among = open_among(check);
    bool named = is_among(&among, document->from);
    value_free(&among.root);
    if (named)
        return 0;
    if (!require->pointer[0])
        return unmet(check, "author.outside", "/from",
            "'%s' does not belong to what the %s began", document->from,
            check->leaf.kind);
    return unmet(check, "author.outside", "/from", "'%s' is not whom the %s names in %s",
        document->from, check->leaf.kind, require->pointer);
}

static int refuse_outside(const check_t *check, const char *pointer, const char *node)
{
    if (!check->require->pointer[0])
        return unmet(check, "to.outside", pointer,
            "'%s' does not belong, or no more, to what the %s began", node,
            check->leaf.kind);
    return unmet(check, "to.outside", pointer,
        "'%s' is not among those that the %s names in %s", node, check->leaf.kind,
        check->require->pointer);
}

static int check_to(const check_t *check)
{
    const document_t *document = check->document;
    among_t among = open_among(check);
    char pointer[32];
    int result = 0;
    if (document->to_count == 0)
        result = unmet(check, "precondition.unmet", "/to",
            "to must name whom this %s is for", document->kind);
    for (size_t i = 0; result == 0 && i < document->to_count; i++) {
        (void)snprintf(pointer, sizeof pointer, "/to/%zu", i);
        if (!is_among(&among, document->to[i]))
            result = refuse_outside(check, pointer, document->to[i]);
    }
    value_free(&among.root);
    return result;
}

static int check_seals(const check_t *check, const value_t *root)
{
    const document_t *document = check->document;
    sealers_t sealers = {0};
    cause_t why;
    if (!check->log->sealers(check->log->context, &sealers))
        return 0;
    const char *code = seals_check(
        &check->require->seals, &sealers, root, document->kind, document->from, &why);
    return code ? unmet(check, code, "", "%s", why.text) : 0;
}

// Of whoever has left nobody can say any more what role it had: nothing is asked then.
static bool is_asked(const check_t *check)
{
    const precedents_t *log = check->log;
    const char *subject = check->require->subject;
    if (subject[0] == 0)
        return true;
    const char *role = log->role(log->context, check->leaf.author);
    return role && strcmp(role, subject) == 0;
}

int require_check(const require_t *self, const precedents_t *log,
    const document_t *document, const char *rule, const char *cites, refusal_t *refusal)
{
    check_t check = {.require = self,
        .log = log,
        .document = document,
        .named = reference_of(document, self->of),
        .rule = rule,
        .cites = cites,
        .refusal = refusal};
    char pointer[16];
    if (self->type == REQUIRE_SEALS)
        return check_seals(&check, document->root);
    (void)snprintf(pointer, sizeof pointer, "/%s", refer_name(self->of));
    if (check.named->author[0] == 0)
        return unmet(&check, "precondition.unmet", pointer,
            "%s must name the message that this %s follows", pointer + 1, document->kind);
    if (!log->find(log->context, check.named->author, check.named->id, &check.leaf))
        return unmet(&check, "reference.unknown", pointer, "there is no message %s of %s",
            check.named->id, check.named->author);
    if (!is_asked(&check))
        return 0;
    switch (self->type) {
    case REQUIRE_KIND:
        return check_kind(&check);
    case REQUIRE_LATEST:
        return check_latest(&check);
    case REQUIRE_SOME:
        return check_some(&check);
    case REQUIRE_NONE:
        return check_none(&check);
    case REQUIRE_AUTHOR_AMONG:
        return check_author(&check);
    case REQUIRE_TO_AMONG:
    case REQUIRE_SEALS:
        break;
    }
    return check_to(&check);
}

int require_seals(const require_t *self, const precedents_t *log,
    const document_t *document, const value_t *root, const char *rule, const char *cites,
    refusal_t *refusal)
{
    check_t check = {.require = self,
        .log = log,
        .document = document,
        .rule = rule,
        .cites = cites,
        .refusal = refusal};
    return check_seals(&check, root);
}
