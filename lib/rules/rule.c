// rule - one function reads one key of the group, and stops at the first mistake with a
// complaint that names file and line.

#include "lib/rules/rule.h"

#include "lib/rules/citation.h"
#include "lib/rules/rule_load.h"

#include <stdio.h>
#include <string.h>

// An empty list is a mistake: whoever wants nothing leaves the key out.
int load_list(
    const load_t *self, const char *key, const char *example, int most, const char *what)
{
    const config_setting_t *at = member_of(self, key);
    if (at == NULL)
        return 0;
    if (!config_setting_is_list(at))
        return complain(self, at, "%s must be a list ( %s, ... )", key, example);
    int n = config_setting_length(at);
    return n >= 1 && n <= most
               ? n
               : complain(self, at, "%s must have 1 to %d %s", key, most, what);
}

bool rule_allows(const rule_t *self)
{
    return self->targets > 0 || self->emits > 0;
}

bool rule_tests(const rule_t *self, const char *pointer)
{
    for (size_t i = 0; i < self->conditions; i++)
        if (strcmp(self->condition[i].pointer, pointer) == 0)
            return true;
    return false;
}

uint32_t role_bit(const char *role)
{
    for (unsigned i = 0; cert_roles[i] != NULL; i++)
        if (strcmp(cert_roles[i], role) == 0)
            return UINT32_C(1) << i;
    return 0;
}

// All who publish of their own: "any" is neither the hub nor an officer.
static uint32_t any_role(void)
{
    uint32_t bits = 0;
    for (unsigned i = 0; cert_roles[i] != NULL; i++)
        if (cert_role_takes_part(cert_roles[i]))
            bits |= UINT32_C(1) << i;
    return bits;
}

// Words joined by dots: lower-case letters, digits and hyphens.
static bool word_valid(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    size_t size = strlen(text);
    return size > 0 && strspn(text, allowed) == size && text[0] != '.' &&
           text[size - 1] != '.' && strstr(text, "..") == NULL;
}

static int read_word(const load_t *load, const config_setting_t *group, const char *key,
    char *out, size_t room)
{
    const char *text = settings_text(load->file, group, key, room, load->why);
    if (text == NULL)
        return -1;
    if (!word_valid(text))
        return complain(load, config_setting_get_member(group, key),
            "%s '%s' may have lower-case letters, digits, hyphens and single dots", key,
            text);
    (void)snprintf(out, room, "%s", text);
    return 0;
}

// "17" with `default = true` is kept and shown as "488:17, default": the paragraph is why
// the rule exists, and does not itself say what the rule does.
static int read_cites(rule_t *self, const load_t *load, citation_t *citation)
{
    static const char suffix[] = ", default";
    cause_t reason;
    const char *text = settings_text(load->file, load->group, "cites",
        CITES_MAX - INSTRUMENT_MAX - sizeof suffix, load->why);
    if (text == NULL)
        return -1;
    if (citation_parse(text, self->pack, citation, &reason) != 0)
        return complain(load, member_of(load, "cites"), "cites: %s", reason.text);
    bool silent = citation->by_default, by_default = silent;
    if (settings_flag(load->file, load->group, "default", &by_default, load->why) != 0)
        return -1;
    if (silent && !by_default)
        return complain(load, member_of(load, "default"),
            "a rule that cites no paragraph is a default");
    if (silent)
        (void)snprintf(self->cites, sizeof self->cites, "default");
    else
        (void)snprintf(self->cites, sizeof self->cites, "%s:%s%s", self->pack->instrument,
            citation->paragraphs, by_default ? suffix : "");
    citation->by_default = by_default;
    return 0;
}

static int read_role(
    const load_t *load, const char *key, const config_setting_t *at, uint32_t *roles)
{
    const char *role = config_setting_get_string(at);
    if (role == NULL)
        return complain(load, at, "%s must hold roles in quotes", key);
    if (strcmp(role, "any") == 0) {
        *roles |= any_role();
        return 0;
    }
    uint32_t bit = role_bit(role);
    if (bit == 0)
        return complain(load, at, "unknown role '%s'", role);
    if (bit == role_bit("officer"))
        return complain(
            load, at, "officers seal, their nodes publish: name the node's role");
    *roles |= bit;
    return 0;
}

// A non-empty array, or a cause.
static const config_setting_t *array_at(const load_t *load, const char *key, int longest)
{
    const config_setting_t *at = member_of(load, key);
    if (!config_setting_is_array(at) && !config_setting_is_list(at))
        (void)complain(load, at, "%s must be an array [ \"...\" ]", key);
    else if (config_setting_length(at) == 0 || config_setting_length(at) > longest)
        (void)complain(load, at, "%s must have 1 to %d elements", key, longest);
    else
        return at;
    return NULL;
}

static int read_from(rule_t *self, const load_t *load)
{
    if (member_of(load, "from") == NULL)
        return complain(load, load->group, "from is missing");
    const config_setting_t *at = array_at(load, "from", 16);
    for (int i = 0; at != NULL && i < config_setting_length(at); i++)
        if (read_role(load, "from", config_setting_get_elem(at, (unsigned)i),
                &self->roles) != 0)
            return -1;
    return at == NULL ? -1 : 0;
}

// Who may read along, by a subscription of their own.
static int read_subscribe(rule_t *self, const load_t *load)
{
    if (member_of(load, "subscribe") == NULL)
        return 0;
    const config_setting_t *at = array_at(load, "subscribe", 16);
    for (int i = 0; at != NULL && i < config_setting_length(at); i++)
        if (read_role(load, "subscribe", config_setting_get_elem(at, (unsigned)i),
                &self->subscribers) != 0)
            return -1;
    if (self->subscribers & role_bit("hub"))
        return complain(
            load, member_of(load, "subscribe"), "the hub reads everything, and no feed");
    return at == NULL ? -1 : 0;
}

static int read_when(rule_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "when");
    int n = load_list(load, "when", "{ field = ...; }", RULE_CONDITIONS_MAX, "tests");
    for (int i = 0; i < n; i++, self->conditions++)
        if (condition_read(&self->condition[i], load->file,
                config_setting_get_elem(at, (unsigned)i), load->why) != 0)
            return -1;
    return n < 0 ? -1 : 0;
}

static int read_deliver(rule_t *self, const load_t *load)
{
    if (member_of(load, "deliver") == NULL)
        return 0;
    const config_setting_t *at = array_at(load, "deliver", RULE_TARGETS_MAX);
    for (int i = 0; at != NULL && i < config_setting_length(at); i++, self->targets++)
        if (target_read(&self->target[i], "deliver", load->file,
                config_setting_get_elem(at, (unsigned)i), load->why) != 0)
            return -1;
    return at == NULL ? -1 : 0;
}

static int read_field(const load_t *load, emit_t *emit, const config_setting_t *at)
{
    const char *name = config_setting_name(at), *pointer = config_setting_get_string(at);
    size_t i = emit->fields;
    if (strlen(name) >= sizeof emit->field[i].name)
        return complain(load, at, "the name of a field has at most %zu bytes",
            sizeof emit->field[i].name - 1);
    if (strcmp(name, "cause") == 0 || strcmp(name, "carried") == 0)
        return complain(load, at, "%s is what the hub itself writes", name);
    if (pointer == NULL || !pointer_valid(pointer))
        return complain(load, at,
            "%s must be a JSON pointer into the cause, such as \"/body/level\"", name);
    (void)snprintf(emit->field[i].name, sizeof emit->field[i].name, "%s", name);
    (void)snprintf(emit->field[i].pointer, sizeof emit->field[i].pointer, "%s", pointer);
    emit->fields++;
    return 0;
}

static int read_body(const load_t *load, emit_t *emit, const config_setting_t *body)
{
    const int longest = (int)(sizeof emit->field / sizeof emit->field[0]);
    if (body == NULL)
        return 0;
    if (!config_setting_is_group(body) || config_setting_length(body) > longest)
        return complain(load, body,
            "body must be a group { name = \"/pointer\"; } of at most %d", longest);
    for (int i = 0; i < config_setting_length(body); i++)
        if (read_field(load, emit, config_setting_get_elem(body, (unsigned)i)) != 0)
            return -1;
    return 0;
}

static int read_emission(const load_t *load, emit_t *emit, const config_setting_t *group)
{
    static const char *const keys[] = {"kind", "carry", "body", NULL};
    if (settings_known(load->file, group, keys, load->why) != 0 ||
        read_word(load, group, "kind", emit->kind, sizeof emit->kind) != 0 ||
        settings_flag(load->file, group, "carry", &emit->carry, load->why) != 0)
        return -1;
    return read_body(load, emit, config_setting_get_member(group, "body"));
}

static int read_emit(rule_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "emit");
    int n = load_list(load, "emit", "{ kind = ...; }", RULE_EMITS_MAX, "messages");
    for (int i = 0; i < n; i++, self->emits++) {
        const config_setting_t *group = config_setting_get_elem(at, (unsigned)i);
        self->emit[i].line = config_setting_source_line(group);
        if (read_emission(load, &self->emit[i], group) != 0)
            return -1;
        for (int k = 0; k < i; k++)
            if (strcmp(self->emit[k].kind, self->emit[i].kind) == 0)
                return complain(load, group, "'%s' is emitted by this rule already",
                    self->emit[i].kind);
    }
    return n < 0 ? -1 : 0;
}

static int read_requires(rule_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "require");
    int n = load_list(load, "require", "{ of = ...; }", RULE_REQUIRES_MAX, "elements");
    for (int i = 0; i < n; i++, self->requires ++)
        if (require_read(&self->require[i], load->file,
                config_setting_get_elem(at, (unsigned)i), load->why) != 0)
            return -1;
    return n < 0 ? -1 : 0;
}

static int read_obliges(rule_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "oblige");
    int n = load_list(load, "oblige", "{ duty = ...; }", RULE_OBLIGES_MAX, "duties");
    for (int i = 0; i < n; i++, self->obliges++)
        if (oblige_read(&self->oblige[i], self->pack, self->cites, load->file,
                config_setting_get_elem(at, (unsigned)i), load->why) != 0)
            return -1;
    return n < 0 ? -1 : 0;
}

static int read_remarks(rule_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "remarks");
    int n = load_list(
        load, "remarks", "{ code = ...; met = ...; }", RULE_REMARKS_MAX, "elements");
    for (int i = 0; i < n; i++, self->remarks++)
        if (remark_read(&self->remark[i], load->file,
                config_setting_get_elem(at, (unsigned)i), load->why) != 0)
            return -1;
    return n < 0 ? -1 : 0;
}

static int read_enrolments(rule_t *self, const load_t *load, bool leaves)
{
    const char *key = leaves ? "leaves" : "joins";
    const config_setting_t *at = member_of(load, key);
    int n = load_list(load, key, "{ of = ...; }", RULE_ENROLMENTS_MAX / 2, "elements");
    for (int i = 0; i < n; i++, self->enrolments++)
        if (enrolment_read(&self->enrolment[self->enrolments], leaves, load->file,
                config_setting_get_elem(at, (unsigned)i), load->why) != 0)
            return -1;
    return n < 0 ? -1 : 0;
}

static int read_seals(rule_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "seals");
    if (at == NULL)
        return 0;
    require_t *require = &self->require[self->requires ++];
    *require = (require_t){.type = REQUIRE_SEALS, .line = config_setting_source_line(at)};
    return seals_read(&require->seals, load->file, at, load->why);
}

static int read_delegates(rule_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "delegates");
    if (at == NULL)
        return 0;
    if (delegates_read(&self->delegates, load->file, at, load->why) != 0)
        return -1;
    for (size_t i = 0; i < self->requires; i++)
        if (self->require[i].type == REQUIRE_SEALS &&
            delegates_sealed(&self->delegates, &self->require[i].seals))
            return 0;
    return complain(load, at,
        "only who holds an office delegates it: with the office and territory of "
        "delegates "
        "it takes seals = ( { office = ...; territory = ...; held = true; } )");
}

static int read_tell(rule_t *self, const load_t *load)
{
    const char *tell = settings_text(load->file, load->group, "tell", 16, load->why);
    if (tell == NULL)
        return -1;
    self->tell = strcmp(tell, "sender") == 0 ? TELL_SENDER : TELL_NONE;
    if (self->tell == TELL_NONE && strcmp(tell, "none") != 0)
        return complain(
            load, member_of(load, "tell"), "tell must be \"sender\" or \"none\"");
    return 0;
}

// A marking yields to a duty of law, never to a default of ours.
static int read_passes(rule_t *self, const load_t *load, const citation_t *citation)
{
    if (settings_flag(load->file, load->group, "passes_marking", &self->passes_marking,
            load->why) != 0)
        return -1;
    if (!self->passes_marking)
        return 0;
    const config_setting_t *at = member_of(load, "passes_marking");
    if (citation->by_default)
        return complain(
            load, at, "only a duty of the plan passes a marking, not a default");
    if (self->targets == 0)
        return complain(load, at, "passes_marking is about `deliver`, and there is none");
    return 0;
}

static bool names_object(const rule_t *self)
{
    for (size_t i = 0; i < self->targets; i++)
        if (self->target[i].type == TARGET_OBJECT_OWNER ||
            self->target[i].type == TARGET_OBJECT_ISOC)
            return true;
    return false;
}

static int read_objects(rule_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "objects");
    if (at == NULL)
        return 0;
    const char *objects = config_setting_get_string(at);
    self->own_objects = objects && strcmp(objects, "own") == 0;
    if (!self->own_objects && !(objects && strcmp(objects, "any") == 0))
        return complain(load, at, "objects must be \"own\" or \"any\"");
    if (!names_object(self))
        return complain(load, at,
            "objects is about the targets object.owner and object.isoc, and there is "
            "none");
    return 0;
}

// Whom a message brings in its author knows, with what it hands over.
static int read_carries(rule_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "carries");
    if (at == NULL)
        return 0;
    if (carries_read(&self->carries, load->file, at, load->why) != 0)
        return -1;
    if (self->targets == 0)
        return complain(load, at, "carries is about `deliver`, and there is none");
    if (self->tell == TELL_NONE)
        return complain(load, at,
            "who hands something over is told to whom: tell must be \"sender\"");
    if (self->roles & role_bit("hub"))
        return complain(
            load, at, "what the hub sends brings nobody in: leave \"hub\" out of from");
    return 0;
}

// What the hub derives names an incident and no other message, no officer seals it, and
// its own seal is made with the batch: a rule that asks for more lets nothing pass.  One
// that asks for something of the incident would refuse what all of it follows from.
static int check_hub(const rule_t *self, const load_t *load)
{
    if (self->remarks > 0)
        return complain(load, member_of(load, "remarks"),
            "nobody reads what is remarked of the hub's messages: leave \"hub\" out of "
            "from");
    if (self->enrolments > 0)
        return complain(load, member_of(load, enrolment_key(&self->enrolment[0])),
            "the hub lets nobody join or leave: leave \"hub\" out of from");
    if (self->requires > 0) {
        const require_t *require = &self->require[0];
        if (require->type == REQUIRE_SEALS)
            return complain(load, member_of(load, "seals"),
                "no officer seals what the hub sends: leave \"hub\" out of from");
        if (require->of != REFER_INCIDENT)
            return complain(load, member_of(load, "require"),
                "the hub names no message in %s: leave \"hub\" out of from",
                refer_name(require->of));
        return complain(load, member_of(load, "require"),
            "what follows from a message must not wait for another: leave \"hub\" out "
            "of from");
    }
    for (size_t i = 0; i < self->obliges; i++)
        if (self->oblige[i].until[0])
            return complain(load, member_of(load, "oblige"),
                "what the hub sends gives no time of its own: leave until out");
    for (size_t i = 0; i < self->emits; i++)
        if (self->emit[i].carry)
            return complain(load, member_of(load, "emit"),
                "what the hub sends has no seal yet that could be carried");
    return 0;
}

static int read_all(rule_t *self, const load_t *load)
{
    static const char *const keys[] = {"id", "cites", "default", "on", "from", "when",
        "deliver", "emit", "require", "seals", "delegates", "oblige", "joins", "leaves",
        "remarks", "subscribe", "tell", "passes_marking", "objects", "carries", NULL};
    citation_t citation;
    if (settings_known(load->file, load->group, keys, load->why) != 0 ||
        read_word(load, load->group, "id", self->id, sizeof self->id) != 0 ||
        read_cites(self, load, &citation) != 0 ||
        read_word(load, load->group, "on", self->kind, sizeof self->kind) != 0 ||
        read_from(self, load) != 0 || read_when(self, load) != 0 ||
        read_deliver(self, load) != 0 || read_emit(self, load) != 0 ||
        read_requires(self, load) != 0 || read_seals(self, load) != 0 ||
        read_delegates(self, load) != 0 || read_obliges(self, load) != 0 ||
        read_enrolments(self, load, false) != 0 ||
        read_enrolments(self, load, true) != 0 || read_subscribe(self, load) != 0 ||
        read_remarks(self, load) != 0 || read_tell(self, load) != 0 ||
        read_objects(self, load) != 0 || read_carries(self, load) != 0 ||
        read_passes(self, load, &citation) != 0)
        return -1;
    if (self->targets == 0 && self->emits == 0 && self->requires == 0 &&
        self->obliges == 0 && self->enrolments == 0 && self->subscribers == 0 &&
        self->remarks == 0)
        return complain(load, load->group,
            "rule '%s' neither delivers, emits, requires, obliges, enrols, remarks nor "
            "offers a feed",
            self->id);
    return self->roles & role_bit("hub") ? check_hub(self, load) : 0;
}

int rule_read(rule_t *self, const pack_t *pack, const settings_t *file,
    const config_setting_t *group, cause_t *why)
{
    load_t load = {file, group, why};
    *self = (rule_t){.pack = pack, .line = config_setting_source_line(group)};
    if (read_all(self, &load) == 0)
        return 0;
    rule_close(self);
    return -1;
}

void rule_close(rule_t *self)
{
    for (size_t i = 0; i < self->conditions; i++)
        condition_close(&self->condition[i]);
    for (size_t i = 0; i < self->requires; i++)
        require_close(&self->require[i]);
    for (size_t i = 0; i < self->remarks; i++)
        remark_close(&self->remark[i]);
    *self = (rule_t){0};
}
