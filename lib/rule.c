// rule - each key has its reader; each complaint names the line it is about.

#include "lib/rule.h"

#include "lib/citation.h"

#include <stdio.h>
#include <string.h>

// What is being read, so that complaints can say where.
typedef struct {
    rule_t *rule;
    const settings_t *file;
    const config_setting_t *group;
    cause_t *why;
} load_t;

#define member_of(load, key) config_setting_get_member((load)->group, key)
#define complain(load, at, ...) settings_fail(at, (load)->file, (load)->why, __VA_ARGS__)

bool rule_allows(const rule_t *self)
{
    return self->targets > 0 || self->emits > 0;
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
        bits |= UINT32_C(1) << i;
    return bits & ~(role_bit("hub") | role_bit("officer"));
}

// Words joined by dots: lower-case letters, digits and hyphens.
static bool word_valid(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    size_t size = strlen(text);
    return size > 0 && strspn(text, allowed) == size && text[0] != '.' &&
           text[size - 1] != '.' && strstr(text, "..") == NULL;
}

static int read_word(
    load_t *load, const config_setting_t *group, const char *key, char *out, size_t room)
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

// "17" with `default = true` is kept and shown as "17, default": the paragraph is why the
// rule exists, and does not itself say what the rule does.
static int read_cites(load_t *load, citation_t *citation)
{
    static const char suffix[] = ", default";
    cause_t reason;
    const char *text = settings_text(load->file, load->group, "cites",
        sizeof load->rule->cites - strlen(suffix), load->why);
    if (text == NULL)
        return -1;
    if (citation_parse(text, citation, &reason) == -1)
        return complain(load, member_of(load, "cites"), "cites: %s", reason.text);
    bool by_default = *citation == CITATION_DEFAULT;
    if (settings_flag(load->file, load->group, "default", &by_default, load->why) == -1)
        return -1;
    if (*citation == CITATION_DEFAULT && !by_default)
        return complain(load, member_of(load, "default"),
            "a rule that cites no paragraph is a default");
    bool both = *citation == CITATION_PLAN && by_default;
    (void)snprintf(
        load->rule->cites, sizeof load->rule->cites, "%s%s", text, both ? suffix : "");
    if (by_default)
        *citation = CITATION_DEFAULT;
    return 0;
}

static int read_role(load_t *load, const config_setting_t *at)
{
    const char *role = config_setting_get_string(at);
    if (role == NULL)
        return complain(load, at, "from must hold roles in quotes");
    if (strcmp(role, "any") == 0) {
        load->rule->roles |= any_role();
        return 0;
    }
    uint32_t bit = role_bit(role);
    if (bit == 0)
        return complain(load, at, "unknown role '%s'", role);
    if (bit == role_bit("officer"))
        return complain(
            load, at, "officers seal, their nodes publish: name the node's role");
    load->rule->roles |= bit;
    return 0;
}

// A non-empty array, or a cause.
static const config_setting_t *array_at(load_t *load, const char *key, int longest)
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

static int read_from(load_t *load)
{
    if (member_of(load, "from") == NULL)
        return complain(load, load->group, "from is missing");
    const config_setting_t *at = array_at(load, "from", 16);
    for (int i = 0; at != NULL && i < config_setting_length(at); i++)
        if (read_role(load, config_setting_get_elem(at, (unsigned)i)) == -1)
            return -1;
    return at == NULL ? -1 : 0;
}

static int read_when(load_t *load)
{
    const config_setting_t *at = member_of(load, "when");
    if (at == NULL)
        return 0;
    if (!config_setting_is_list(at))
        return complain(load, at, "when must be a list ( { field = ...; }, ... )");
    if (config_setting_length(at) == 0 || config_setting_length(at) > RULE_CONDITIONS_MAX)
        return complain(load, at, "when must have 1 to %d tests", RULE_CONDITIONS_MAX);
    for (int i = 0; i < config_setting_length(at); i++, load->rule->conditions++)
        if (condition_read(&load->rule->condition[i], load->file,
                config_setting_get_elem(at, (unsigned)i), load->why) == -1)
            return -1;
    return 0;
}

static int read_deliver(load_t *load)
{
    if (member_of(load, "deliver") == NULL)
        return 0;
    const config_setting_t *at = array_at(load, "deliver", RULE_TARGETS_MAX);
    for (int i = 0; at != NULL && i < config_setting_length(at);
         i++, load->rule->targets++)
        if (target_read(&load->rule->target[i], "deliver", load->file,
                config_setting_get_elem(at, (unsigned)i), load->why) == -1)
            return -1;
    return at == NULL ? -1 : 0;
}

static int read_field(load_t *load, emit_t *emit, const config_setting_t *at)
{
    const char *name = config_setting_name(at), *pointer = config_setting_get_string(at);
    size_t i = emit->fields;
    if (strlen(name) >= sizeof emit->field[i].name)
        return complain(load, at, "the name of a field has at most %zu bytes",
            sizeof emit->field[i].name - 1);
    if (pointer == NULL || !pointer_valid(pointer))
        return complain(load, at,
            "%s must be a JSON pointer into the cause, such as \"/body/level\"", name);
    (void)snprintf(emit->field[i].name, sizeof emit->field[i].name, "%s", name);
    (void)snprintf(emit->field[i].pointer, sizeof emit->field[i].pointer, "%s", pointer);
    emit->fields++;
    return 0;
}

static int read_body(load_t *load, emit_t *emit, const config_setting_t *body)
{
    const int longest = (int)(sizeof emit->field / sizeof emit->field[0]);
    if (body == NULL)
        return 0;
    if (!config_setting_is_group(body) || config_setting_length(body) > longest)
        return complain(load, body,
            "body must be a group { name = \"/pointer\"; } of at most %d", longest);
    for (int i = 0; i < config_setting_length(body); i++)
        if (read_field(load, emit, config_setting_get_elem(body, (unsigned)i)) == -1)
            return -1;
    return 0;
}

static int read_emission(load_t *load, emit_t *emit, const config_setting_t *group)
{
    static const char *const keys[] = {"kind", "carry", "body", NULL};
    if (settings_known(load->file, group, keys, load->why) == -1 ||
        read_word(load, group, "kind", emit->kind, sizeof emit->kind) == -1 ||
        settings_flag(load->file, group, "carry", &emit->carry, load->why) == -1)
        return -1;
    return read_body(load, emit, config_setting_get_member(group, "body"));
}

static int read_emit(load_t *load)
{
    const config_setting_t *at = member_of(load, "emit");
    if (at == NULL)
        return 0;
    if (!config_setting_is_list(at))
        return complain(load, at, "emit must be a list ( { kind = ...; }, ... )");
    if (config_setting_length(at) == 0 || config_setting_length(at) > RULE_EMITS_MAX)
        return complain(load, at, "emit must have 1 to %d messages", RULE_EMITS_MAX);
    for (int i = 0; i < config_setting_length(at); i++, load->rule->emits++) {
        const config_setting_t *group = config_setting_get_elem(at, (unsigned)i);
        load->rule->emit[i].line = config_setting_source_line(group);
        if (read_emission(load, &load->rule->emit[i], group) == -1)
            return -1;
    }
    return 0;
}

static int read_requires(load_t *load)
{
    const config_setting_t *at = member_of(load, "require");
    if (at == NULL)
        return 0;
    if (!config_setting_is_list(at))
        return complain(load, at, "require must be a list ( { of = ...; }, ... )");
    if (config_setting_length(at) == 0 || config_setting_length(at) > RULE_REQUIRES_MAX)
        return complain(
            load, at, "require must have 1 to %d elements", RULE_REQUIRES_MAX);
    for (int i = 0; i < config_setting_length(at); i++, load->rule->requires ++)
        if (require_read(&load->rule->require[i], load->file,
                config_setting_get_elem(at, (unsigned)i), load->why) == -1)
            return -1;
    return 0;
}

static int read_obliges(load_t *load)
{
    const config_setting_t *at = member_of(load, "oblige");
    rule_t *rule = load->rule;
    if (at == NULL)
        return 0;
    if (!config_setting_is_list(at))
        return complain(load, at, "oblige must be a list ( { duty = ...; }, ... )");
    if (config_setting_length(at) == 0 || config_setting_length(at) > RULE_OBLIGES_MAX)
        return complain(load, at, "oblige must have 1 to %d duties", RULE_OBLIGES_MAX);
    for (int i = 0; i < config_setting_length(at); i++, rule->obliges++)
        if (oblige_read(&rule->oblige[i], rule->cites, load->file,
                config_setting_get_elem(at, (unsigned)i), load->why) == -1)
            return -1;
    return 0;
}

static int read_seals(load_t *load)
{
    const config_setting_t *at = member_of(load, "seals");
    if (at == NULL)
        return 0;
    int n = config_setting_type(at) == CONFIG_TYPE_INT ? config_setting_get_int(at) : 0;
    if (n < 1 || n > REQUIRE_SEALS_MAX)
        return complain(
            load, at, "seals must be a number of officers, 1 to %d", REQUIRE_SEALS_MAX);
    load->rule->require[load->rule->requires ++] = (require_t){.type = REQUIRE_SEALS,
        .seals = (size_t)n,
        .line = config_setting_source_line(at)};
    return 0;
}

static int read_tell(load_t *load)
{
    const char *tell = settings_text(load->file, load->group, "tell", 16, load->why);
    if (tell == NULL)
        return -1;
    load->rule->tell = strcmp(tell, "sender") == 0 ? TELL_SENDER : TELL_NONE;
    if (load->rule->tell == TELL_NONE && strcmp(tell, "none") != 0)
        return complain(
            load, member_of(load, "tell"), "tell must be \"sender\" or \"none\"");
    return 0;
}

// A marking yields to a duty of law, never to a default of ours.
static int read_passes(load_t *load, citation_t citation)
{
    if (settings_flag(load->file, load->group, "passes_marking",
            &load->rule->passes_marking, load->why) == -1)
        return -1;
    if (!load->rule->passes_marking)
        return 0;
    const config_setting_t *at = member_of(load, "passes_marking");
    if (citation == CITATION_DEFAULT)
        return complain(
            load, at, "only a duty of the plan passes a marking, not a default");
    if (load->rule->targets == 0)
        return complain(load, at, "passes_marking is about `deliver`, and there is none");
    return 0;
}

static int read_all(load_t *load)
{
    static const char *const keys[] = {"id", "cites", "default", "on", "from", "when",
        "deliver", "emit", "require", "seals", "oblige", "tell", "passes_marking", NULL};
    rule_t *rule = load->rule;
    citation_t citation;
    if (settings_known(load->file, load->group, keys, load->why) == -1 ||
        read_word(load, load->group, "id", rule->id, sizeof rule->id) == -1 ||
        read_cites(load, &citation) == -1 ||
        read_word(load, load->group, "on", rule->kind, sizeof rule->kind) == -1 ||
        read_from(load) == -1 || read_when(load) == -1 || read_deliver(load) == -1 ||
        read_emit(load) == -1 || read_requires(load) == -1 || read_seals(load) == -1 ||
        read_obliges(load) == -1 || read_tell(load) == -1 ||
        read_passes(load, citation) == -1)
        return -1;
    if (rule->targets == 0 && rule->emits == 0 && rule->requires == 0 &&
        rule->obliges == 0)
        return complain(load, load->group,
            "rule '%s' neither delivers, emits, requires nor obliges", rule->id);
    return 0;
}

int rule_read(
    rule_t *self, const settings_t *file, const config_setting_t *group, cause_t *why)
{
    load_t load = {self, file, group, why};
    *self = (rule_t){.line = config_setting_source_line(group)};
    if (read_all(&load) == 0)
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
    *self = (rule_t){0};
}
