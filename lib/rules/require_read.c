// require_read - a precondition from its group in the rules.  What it says that does not
// go together is refused, so that none is ever met for not being understood.

#include "lib/rules/require.h"

#include "lib/rules/rule_load.h"

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
        "of must be \"re\", \"incident\", \"under\", \"supersedes\" or \"cancels\"");
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

const char *require_kind(const require_t *self, size_t i)
{
    if (i == 0)
        return self->kind[0] ? self->kind : NULL;
    return i <= self->others ? self->other[i - 1] : NULL;
}

// One of a few kinds.
static int read_kinds(require_t *self, const load_t *load, const config_setting_t *at)
{
    int n = config_setting_length(at);
    if (n < 1 || n > REQUIRE_KINDS_MAX)
        return complain(load, at, "kind must be one kind, or 1 to %d", REQUIRE_KINDS_MAX);
    for (int i = 0; i < n; i++) {
        const char *kind = config_setting_get_string_elem(at, i);
        if (kind == NULL || !kind[0] || strlen(kind) >= KIND_MAX)
            return complain(load, at, "kind must hold kinds in quotes");
        (void)snprintf(
            i ? self->other[self->others++] : self->kind, KIND_MAX, "%s", kind);
    }
    return 0;
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
    if (self->type == REQUIRE_KIND && config_setting_is_array(member_of(load, key)))
        return read_kinds(self, load, member_of(load, key));
    const char *text = settings_text(
        load->file, load->group, key, among ? POINTER_MAX : KIND_MAX, load->why);
    if (text == NULL)
        return -1;
    if (among && strcmp(text, "members") == 0)
        return 0;
    if (among && !pointer_valid(text))
        return complain(load, member_of(load, key),
            "'%s' is neither \"members\" nor a JSON pointer such as /body/members", text);
    (void)snprintf(among ? self->pointer : self->kind,
        among ? sizeof self->pointer : sizeof self->kind, "%s", text);
    return 0;
}

static const char *const authors[] = {[BY_ANY] = "any",
    [BY_SELF] = "self",
    [BY_AUTHOR] = "author",
    [BY_ADDRESSEE] = "addressee",
    [BY_RECEIVER] = "receiver"};

bool require_looks_about(const require_t *self)
{
    return self->type == REQUIRE_LATEST || self->type == REQUIRE_SOME ||
           self->type == REQUIRE_NONE;
}

void require_by(const require_t *self, char out[ROLE_MAX + 8])
{
    if (self->by == BY_ROLE)
        (void)snprintf(out, ROLE_MAX + 8, "role:%s", self->role);
    else
        (void)snprintf(out, ROLE_MAX + 8, "%s", authors[self->by]);
}

static int read_refers(require_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "refers");
    self->refers = REFER_RE;
    if (at == NULL)
        return 0;
    const char *word = config_setting_get_string(at);
    if (!require_looks_about(self))
        return complain(load, at, "refers goes with latest, some or none");
    return word && refers_parse(word, &self->refers)
               ? 0
               : complain(load, at,
                     "refers must be \"re\", \"incident\", \"under\", \"supersedes\", "
                     "\"cancels\" or \"any\"");
}

static int read_version(require_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "version");
    if (at == NULL)
        return 0;
    const char *word = config_setting_get_string(at);
    if (!require_looks_about(self))
        return complain(load, at, "version goes with latest, some or none");
    self->version = word && strcmp(word, "this") == 0 ? THIS_VERSION : ANY_VERSION;
    return self->version == THIS_VERSION || (word && strcmp(word, "any") == 0)
               ? 0
               : complain(load, at, "version must be \"this\" or \"any\"");
}

// Whom the condition is about: { of = "incident"; subject = "role:isoc"; ... }
static int read_subject(require_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "subject");
    if (at == NULL)
        return 0;
    const char *word = config_setting_get_string(at);
    if (!word || strncmp(word, "role:", 5) != 0)
        return complain(load, at, "subject must be \"role:\" and a role");
    for (size_t i = 0; cert_roles[i]; i++)
        if (strcmp(cert_roles[i], word + 5) == 0) {
            (void)snprintf(self->subject, sizeof self->subject, "%s", word + 5);
            return 0;
        }
    return complain(load, at, "unknown role '%s' in subject", word + 5);
}

static int read_role(require_t *self, const load_t *load, const char *role)
{
    const config_setting_t *at = member_of(load, "author");
    for (size_t i = 0; cert_roles[i]; i++)
        if (strcmp(cert_roles[i], role) == 0) {
            self->by = BY_ROLE;
            (void)snprintf(self->role, sizeof self->role, "%s", role);
            return 0;
        }
    return complain(load, at, "unknown role '%s' in author", role);
}

static int read_author(require_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "author");
    if (at == NULL)
        return 0;
    const char *word = config_setting_get_string(at);
    if (!require_looks_about(self))
        return complain(load, at, "author goes with latest, some or none");
    if (word && strncmp(word, "role:", 5) == 0)
        return read_role(self, load, word + 5);
    for (size_t i = 0; word && i < sizeof authors / sizeof authors[0]; i++)
        if (strcmp(authors[i], word) == 0) {
            self->by = (require_by_t)i;
            return 0;
        }
    return complain(load, at,
        "author must be \"self\", \"author\", \"addressee\", \"receiver\", \"any\" or "
        "\"role:\" and a role");
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
    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++, self->conditions++)
        if (condition_read(&self->condition[i], load->file,
                config_setting_get_elem(at, (unsigned)i), load->why) != 0)
            return -1;
    return 0;
}

static int read_stands(require_t *self, const load_t *load)
{
    if (settings_flag(load->file, load->group, "stands", &self->stands, load->why) != 0)
        return -1;
    if (self->stands && self->type != REQUIRE_KIND)
        return complain(load, member_of(load, "stands"), "stands goes with kind");
    return 0;
}

static int read_agreement(require_t *self, const load_t *load)
{
    if (agreement_read(&self->agreement, load->file, load->group, load->why) != 0)
        return -1;
    return agreement_asks(&self->agreement) && require_has_pointer(self)
               ? complain(load, load->group,
                     "same, part, digest, not_before and after go with kind, latest, "
                     "some or none")
               : 0;
}

int require_read(
    require_t *self, const settings_t *file, const config_setting_t *group, cause_t *why)
{
    static const char *const keys[] = {"of", "kind", "latest", "some", "none", "to_among",
        "author_among", "refers", "version", "author", "where", "stands", "same", "part",
        "digest", "subject", "not_before", "after", NULL};
    load_t load = {file, group, why};
    *self = (require_t){.line = config_setting_source_line(group)};
    if (settings_known(file, group, keys, why) == 0 && read_of(self, &load) == 0 &&
        read_type(self, &load) == 0 && read_subject(self, &load) == 0 &&
        read_refers(self, &load) == 0 && read_version(self, &load) == 0 &&
        read_author(self, &load) == 0 && read_where(self, &load) == 0 &&
        read_stands(self, &load) == 0 && read_agreement(self, &load) == 0)
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
