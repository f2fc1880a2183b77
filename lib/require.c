// require - the rules' side reads, the hub's side asks the log.
//
// What is required is always about one other message, the subject.  When a document
// cannot be read any more (it was erased), its fields pass no test: a precondition is
// met by what can be shown, and by nothing else.

#include "lib/require.h"

#include "lib/rule_load.h"

#include <stdio.h>
#include <string.h>

static int read_of(require_t *self, const load_t *load)
{
    const char *of = settings_text(load->file, load->group, "of", 16, load->why);
    if (of == NULL)
        return -1;
    for (refer_t field = 0; field < REFERS; field++)
        if (strcmp(of, refer_name(field)) == 0) {
            self->of = field;
            return 0;
        }
    return complain(load, member_of(load, "of"),
        "of must be \"re\", \"incident\", \"supersedes\" or \"cancels\"");
}

static const char *const words[] = {[REQUIRE_KIND] = "kind",
    [REQUIRE_LATEST] = "latest",
    [REQUIRE_SOME] = "some",
    [REQUIRE_NONE] = "none",
    [REQUIRE_TO_AMONG] = "to_among",
    [REQUIRE_AUTHOR_AMONG] = "author_among",
    [REQUIRE_SEALS] = "seals"};

const char *require_word(require_type_t type)
{
    return words[type];
}

bool require_has_pointer(const require_t *self)
{
    return self->type == REQUIRE_TO_AMONG || self->type == REQUIRE_AUTHOR_AMONG;
}

static int read_type(require_t *self, const load_t *load)
{
    size_t found = 0;
    for (size_t i = 0; i < REQUIRE_SEALS; i++)
        if (member_of(load, words[i]) != NULL) {
            self->type = (require_type_t)i;
            found++;
        }
    if (found != 1)
        return complain(load, load->group,
            "one of kind, latest, some, none, to_among and author_among expected beside "
            "of");
    bool among = require_has_pointer(self);
    const char *key = words[self->type];
    const char *text = settings_text(
        load->file, load->group, key, among ? POINTER_MAX : KIND_MAX, load->why);
    if (text == NULL)
        return -1;
    if (among && !pointer_valid(text))
        return complain(load, member_of(load, key),
            "'%s' is not a JSON pointer such as /body/members", text);
    (void)snprintf(among ? self->pointer : self->kind,
        among ? sizeof self->pointer : sizeof self->kind, "%s", text);
    return 0;
}

static int read_where(require_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "where");
    if (at == NULL)
        return self->type == REQUIRE_LATEST
                   ? complain(load, load->group, "latest needs tests in where")
                   : 0;
    if (require_has_pointer(self))
        return complain(load, at, "where goes with kind, latest, some or none");
    int n = load_list(load, "where", "{ field = ...; }", REQUIRE_CONDITIONS_MAX, "tests");
    if (n == -1)
        return -1;
    for (int i = 0; i < n; i++, self->conditions++)
        if (condition_read(&self->condition[i], load->file,
                config_setting_get_elem(at, (unsigned)i), load->why) == -1)
            return -1;
    return 0;
}

static int read_stands(require_t *self, const load_t *load)
{
    if (settings_flag(load->file, load->group, "stands", &self->stands, load->why) == -1)
        return -1;
    if (self->stands && self->type != REQUIRE_KIND)
        return complain(load, member_of(load, "stands"), "stands goes with kind");
    return 0;
}

static int read_same(require_t *self, const load_t *load)
{
    if (member_of(load, "same") == NULL)
        return 0;
    const char *same =
        settings_text(load->file, load->group, "same", POINTER_MAX, load->why);
    if (same == NULL)
        return -1;
    if (self->type != REQUIRE_KIND)
        return complain(load, member_of(load, "same"), "same goes with kind");
    if (!pointer_valid(same))
        return complain(load, member_of(load, "same"),
            "'%s' is not a JSON pointer such as /body/treaty", same);
    (void)snprintf(self->same, sizeof self->same, "%s", same);
    return 0;
}

int require_read(
    require_t *self, const settings_t *file, const config_setting_t *group, cause_t *why)
{
    static const char *const keys[] = {"of", "kind", "latest", "some", "none", "to_among",
        "author_among", "where", "stands", "same", NULL};
    load_t load = {file, group, why};
    *self = (require_t){.line = config_setting_source_line(group)};
    if (settings_known(file, group, keys, why) == 0 && read_of(self, &load) == 0 &&
        read_type(self, &load) == 0 && read_where(self, &load) == 0 &&
        read_stands(self, &load) == 0 && read_same(self, &load) == 0)
        return 0;
    require_close(self);
    return -1;
}

void require_close(require_t *self)
{
    for (size_t i = 0; i < self->conditions; i++)
        condition_close(&self->condition[i]);
    *self = (require_t){0};
}

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

#define unmet(check, code, pointer, format, ...)                                         \
    refuse((check)->refusal, code, pointer, (check)->rule, "%s%s: " format,              \
        strcmp((check)->cites, "default") == 0 ? "" : "paragraph ", (check)->cites,      \
        __VA_ARGS__)

const reference_t *reference_of(const document_t *document, refer_t field)
{
    switch (field) {
    case REFER_INCIDENT:
        return &document->incident;
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

static bool referred_to(const precedents_t *log, const leaf_t *leaf, refer_t field)
{
    reference_t name;
    thread_walk_t walk = {0};
    leaf_t by;
    memcpy(name.author, leaf->author, sizeof name.author);
    memcpy(name.id, leaf->id, sizeof name.id);
    return log->refers(log->context, &name, field, "", &walk, &by);
}

static bool is_cancellation(const precedents_t *log, const leaf_t *leaf)
{
    span_t record;
    cause_t why;
    routing_t routing;
    bool found = false;
    if (log->record(log->context, leaf, &record, &why) != 0 ||
        routing_parse(&routing, record, &why) != 0)
        return false;
    for (size_t i = 0; i < routing.n; i++)
        found |= routing.route[i].type == ROUTE_REFER &&
                 routing.route[i].refer == REFER_CANCELS;
    routing_close(&routing);
    return found;
}

bool message_stands(const precedents_t *log, const leaf_t *leaf)
{
    return !referred_to(log, leaf, REFER_SUPERSEDES) &&
           !referred_to(log, leaf, REFER_CANCELS) && !is_cancellation(log, leaf);
}

// The first test that the message fails, or NULL.
static const condition_t *failed(const check_t *check, const leaf_t *leaf)
{
    const require_t *require = check->require;
    const condition_t *found = NULL;
    if (require->conditions == 0)
        return NULL;
    value_t *root = check->log->document(check->log->context, leaf);
    for (size_t i = 0; !found && i < require->conditions; i++)
        if (!root || !condition_holds(&require->condition[i], root))
            found = &require->condition[i];
    value_free(&root);
    return found;
}

// Whether a field has the same value in the message and in the subject.
static bool agrees(const check_t *check)
{
    const char *pointer = check->require->same;
    const value_t *here = value_at(check->document->root, pointer);
    value_t *root = check->log->document(check->log->context, &check->leaf);
    const value_t *there = value_at(root, pointer);
    bool same = here && there && value_equal(here, there);
    value_free(&root);
    return same;
}

static int check_kind(const check_t *check)
{
    const require_t *require = check->require;
    char pointer[16];
    (void)snprintf(pointer, sizeof pointer, "/%s", refer_name(require->of));
    if (strcmp(check->leaf.kind, require->kind) != 0)
        return unmet(check, "reference.kind", pointer,
            "%s must name a %s, and this is a %s", pointer + 1, require->kind,
            check->leaf.kind);
    if (require->stands && !message_stands(check->log, &check->leaf))
        return unmet(check, "precondition.withdrawn", pointer,
            "this %s was superseded or cancelled", require->kind);
    if (require->same[0] && !agrees(check))
        return unmet(check, "precondition.unmet", require->same,
            "%s must be that of the %s", require->same, require->kind);
    const condition_t *test = failed(check, &check->leaf);
    return test ? unmet(check, "precondition.unmet", pointer,
                      "this %s does not say what it must in %s", require->kind,
                      test->pointer)
                : 0;
}

// The newest by time alone: a position that was withdrawn does not bring the one before
// it back.
static int check_latest(const check_t *check)
{
    const require_t *require = check->require;
    const precedents_t *log = check->log;
    thread_walk_t walk = {0};
    leaf_t latest;
    char pointer[16];
    (void)snprintf(pointer, sizeof pointer, "/%s", refer_name(require->of));
    if (!log->refers(log->context, check->named, REFERS, require->kind, &walk, &latest))
        return unmet(check, "precondition.unmet", pointer,
            "there is no %s about this %s yet", require->kind, check->leaf.kind);
    if (!message_stands(log, &latest))
        return unmet(check, "precondition.withdrawn", pointer,
            "the latest %s about this %s was withdrawn", require->kind, check->leaf.kind);
    const condition_t *test = failed(check, &latest);
    return test ? unmet(check, "precondition.unmet", pointer,
                      "the latest %s about this %s does not say what it must in %s",
                      require->kind, check->leaf.kind, test->pointer)
                : 0;
}

// Whether a message of the kind about the subject stands and passes the tests.  What the
// message itself corrects does not count: it will no longer stand.
static bool is_there(const check_t *check)
{
    const require_t *require = check->require;
    const precedents_t *log = check->log;
    const reference_t *corrected = &check->document->supersedes;
    thread_walk_t walk = {0};
    leaf_t leaf;
    while (log->refers(log->context, check->named, REFERS, require->kind, &walk, &leaf))
        if (!(strcmp(leaf.id, corrected->id) == 0 &&
                strcmp(leaf.author, corrected->author) == 0) &&
            message_stands(log, &leaf) && !failed(check, &leaf))
            return true;
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
    if (!is_there(check))
        return 0;
    return unmet(check, "precondition.ended", pointer, "a %s has ended this %s",
        require->kind, check->leaf.kind);
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

static int check_author(const check_t *check)
{
    const require_t *require = check->require;
    const document_t *document = check->document;
    value_t *root = check->log->document(check->log->context, &check->leaf);
    bool named = lists(value_at(root, require->pointer), document->from);
    value_free(&root);
    return named ? 0
                 : unmet(check, "author.outside", "/from",
                       "'%s' is not whom the %s names in %s", document->from,
                       check->leaf.kind, require->pointer);
}

static int check_to(const check_t *check)
{
    const require_t *require = check->require;
    const document_t *document = check->document;
    value_t *root = check->log->document(check->log->context, &check->leaf);
    const value_t *names = value_at(root, require->pointer);
    char pointer[32];
    int result = 0;
    if (document->to_count == 0)
        result = unmet(check, "precondition.unmet", "/to",
            "to must name whom this %s is for", document->kind);
    for (size_t i = 0; result == 0 && i < document->to_count; i++) {
        (void)snprintf(pointer, sizeof pointer, "/to/%zu", i);
        if (!lists(names, document->to[i]))
            result = unmet(check, "to.outside", pointer,
                "'%s' is not among those that the %s names in %s", document->to[i],
                check->leaf.kind, require->pointer);
    }
    value_free(&root);
    return result;
}

static int check_seals(const check_t *check)
{
    const document_t *document = check->document;
    size_t n = check->log->officers(check->log->context);
    if (n >= check->require->seals)
        return 0;
    if (check->require->seals == 1)
        return unmet(check, "seals.missing", "",
            "of this %s the seal of an officer of %s is needed, and there is none",
            document->kind, document->from);
    return unmet(check, "seals.missing", "",
        "a %s needs the seals of %zu different officers of %s, and has %zu",
        document->kind, check->require->seals, document->from, n);
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
        return check_seals(&check);
    (void)snprintf(pointer, sizeof pointer, "/%s", refer_name(self->of));
    if (check.named->author[0] == 0)
        return unmet(&check, "precondition.unmet", pointer,
            "%s must name the message that this %s follows", pointer + 1, document->kind);
    if (!log->find(log->context, check.named->author, check.named->id, &check.leaf))
        return unmet(&check, "reference.unknown", pointer, "there is no message %s of %s",
            check.named->id, check.named->author);
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
