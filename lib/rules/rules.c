// rules - read once into an array sorted by kind, in the order of the files within a
// kind.
//
// Deciding is then a walk over the few rules of one kind: roles are bits, `when` is a
// handful of comparisons.  What is wrong with one rule is found while it is read; what
// needs the whole (can the hub send what is emitted?  does it end?) is checked when all
// are in.

#include "lib/rules/rules.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/rules/rules_part.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    const char *name;  // borrowed from the rules
    size_t first, end; // its rules
    uint32_t roles;    // who may publish it by any of them
} kind_t;

struct rules {
    size_t n, room;
    rule_t *rule; // sorted by kind, and by file and line within a kind
    size_t kinds;
    kind_t *kind; // sorted by name
    size_t paths;
    char **path; // in reading order
    buf_t text;
};

static int check_id(const rules_t *self, const rule_t *rule, const settings_t *file,
    const config_setting_t *group, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++) {
        const rule_t *other = &self->rule[i];
        if (strcmp(other->id, rule->id) == 0)
            return settings_fail(config_setting_get_member(group, "id"), file, why,
                "rule id '%s' is taken by %s:%u", rule->id, other->path, other->line);
    }
    return 0;
}

static int add_rule(rules_t *self, const settings_t *file, const char *path,
    const config_setting_t *group, cause_t *why)
{
    if (self->n == self->room) {
        self->room = self->room == 0 ? 32 : 2 * self->room;
        self->rule = memory_grow(self->rule, self->room, sizeof *self->rule);
    }
    rule_t *rule = &self->rule[self->n];
    if (rule_read(rule, file, group, why) != 0)
        return -1;
    rule->path = path;
    if (check_id(self, rule, file, group, why) != 0) {
        rule_close(rule);
        return -1;
    }
    self->n++;
    return 0;
}

static int add_all(rules_t *self, const settings_t *file, const char *path, cause_t *why)
{
    static const char *const keys[] = {"rules", NULL};
    const config_setting_t *root = config_root_setting(&file->config);
    if (settings_known(file, root, keys, why) != 0)
        return -1;
    const config_setting_t *list = config_setting_get_member(root, "rules");
    if (list == NULL || !config_setting_is_list(list))
        return cause_set(why, "%s: a list rules = ( { ... }, ... ) was expected", path);
    for (int i = 0; i < config_setting_length(list); i++) {
        const config_setting_t *group = config_setting_get_elem(list, (unsigned)i);
        if (add_rule(self, file, path, group, why) != 0)
            return -1;
    }
    return 0;
}

static int add_file(rules_t *self, const char *path, cause_t *why)
{
    settings_t file;
    self->path = memory_grow(self->path, self->paths + 1, sizeof *self->path);
    const char *kept = self->path[self->paths++] = memory_text(path);
    if (settings_read(&file, path, &self->text, why) != 0)
        return -1;
    int result = add_all(self, &file, kept, why);
    settings_close(&file);
    return result;
}

static int add_folder(rules_t *self, const char *folder, cause_t *why)
{
    names_t names = {0};
    int result = names_list(&names, folder, ".rules", why);
    for (size_t i = 0; result == 0 && i < names.n; i++) {
        char path[4096];
        result = path_join(path, sizeof path, folder, names.name[i], why);
        if (result == 0)
            result = add_file(self, path, why);
    }
    names_free(&names);
    return result;
}

// Sorted by insertion into place: the order of reading must stay within a kind.
static void sort_by_kind(rules_t *self)
{
    for (size_t i = 1; i < self->n; i++) {
        rule_t rule = self->rule[i];
        size_t at = i;
        for (; at > 0 && strcmp(self->rule[at - 1].kind, rule.kind) > 0; at--)
            self->rule[at] = self->rule[at - 1];
        self->rule[at] = rule;
    }
}

static void index_kinds(rules_t *self)
{
    sort_by_kind(self);
    self->kind = memory_new(self->n, sizeof *self->kind);
    for (size_t i = 0; i < self->n; i++) {
        const rule_t *rule = &self->rule[i];
        if (i == 0 || strcmp(rule->kind, self->rule[i - 1].kind) != 0)
            self->kind[self->kinds++] = (kind_t){.name = rule->kind, .first = i};
        kind_t *kind = &self->kind[self->kinds - 1];
        kind->end = i + 1;
        if (rule_allows(rule))
            kind->roles |= rule->roles;
    }
}

static const kind_t *find_kind(const rules_t *self, const char *name)
{
    size_t low = 0, high = self->kinds;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, self->kind[middle].name);
        if (order == 0)
            return &self->kind[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

// Mark all kinds that a message of this kind may lead to by emissions.  Each kind is
// entered once, so the recursion is no deeper than there are kinds.
static void mark_reached(const rules_t *self, const kind_t *kind, bool *reached)
{
    for (size_t i = kind->first; i < kind->end; i++)
        for (size_t e = 0; e < self->rule[i].emits; e++) {
            const kind_t *next = find_kind(self, self->rule[i].emit[e].kind);
            assert(next != NULL); // check_emission came first
            if (reached[next - self->kind])
                continue;
            reached[next - self->kind] = true;
            mark_reached(self, next, reached);
        }
}

// Of each kind one message follows from another at most, so this bounds a batch.
static int check_number(const rules_t *self, const rule_t *rule, size_t e, cause_t *why)
{
    const kind_t *kind = find_kind(self, rule->kind);
    bool *reached = memory_new(self->kinds, sizeof *reached);
    size_t n = 0;
    assert(kind != NULL);
    mark_reached(self, kind, reached);
    for (size_t i = 0; i < self->kinds; i++)
        n += reached[i];
    free(reached);
    return n <= EMISSIONS_MAX
               ? 0
               : cause_set(why,
                     "%s:%u: rule '%s': from one '%s' messages of %zu kinds would be "
                     "derived in all, and %d is the most",
                     rule->path, rule->emit[e].line, rule->id, rule->kind, n,
                     EMISSIONS_MAX);
}

// Whatever the roles and tests of the rules on the way: an end must not hang on them.
static bool leads_to(const rules_t *self, const kind_t *from, const kind_t *to)
{
    bool *reached = memory_new(self->kinds, sizeof *reached);
    mark_reached(self, from, reached);
    bool result = from == to || reached[to - self->kind];
    free(reached);
    return result;
}

static int check_emission(const rules_t *self, const rule_t *rule, size_t e, cause_t *why)
{
    const kind_t *kind = find_kind(self, rule->emit[e].kind);
    if (kind == NULL || (kind->roles & role_bit("hub")) == 0)
        return cause_set(why,
            "%s:%u: rule '%s' emits '%s', which no rule lets the hub send", rule->path,
            rule->emit[e].line, rule->id, rule->emit[e].kind);
    return 0;
}

static int check_end(const rules_t *self, const rule_t *rule, size_t e, cause_t *why)
{
    const kind_t *to = find_kind(self, rule->kind),
                 *from = find_kind(self, rule->emit[e].kind);
    assert(to != NULL && from != NULL); // check_emission came first
    if (leads_to(self, from, to))
        return cause_set(why, "%s:%u: rule '%s' emits '%s', which leads back to '%s'",
            rule->path, rule->emit[e].line, rule->id, rule->emit[e].kind, rule->kind);
    return 0;
}

// A kind that nobody may send would be a precondition that nothing meets, or an end that
// never comes.
static int check_looked_at(
    const rules_t *self, const rule_t *rule, const require_t *require, cause_t *why)
{
    const char *name;
    for (size_t i = 0; (name = require_kind(require, i)) != NULL; i++) {
        const kind_t *kind = find_kind(self, name);
        if (kind == NULL || kind->roles == 0)
            return cause_set(why,
                "%s:%u: rule '%s' requires a look at '%s', which no rule lets anybody "
                "send",
                rule->path, require->line, rule->id, name);
        if (require->by == BY_ROLE && !(kind->roles & role_bit(require->role)))
            return cause_set(why,
                "%s:%u: rule '%s' looks for '%s' by %s, whom no rule lets send it",
                rule->path, require->line, rule->id, name, require->role);
    }
    return 0;
}

static int check_requires(const rules_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        for (size_t r = 0; r < self->rule[i].requires; r++)
            if (check_looked_at(self, &self->rule[i], &self->rule[i].require[r], why) !=
                0)
                return -1;
    return 0;
}

static int check_carried(const rules_t *self, const rule_t *rule, cause_t *why)
{
    for (size_t k = 0; k < rule->carries.kinds; k++) {
        const kind_t *kind = find_kind(self, rule->carries.kind[k]);
        if (kind == NULL || kind->roles == 0)
            return cause_set(why,
                "%s:%u: rule '%s' carries '%s', which no rule lets anybody send",
                rule->path, rule->carries.line, rule->id, rule->carries.kind[k]);
    }
    return 0;
}

static int check_carries(const rules_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        if (check_carried(self, &self->rule[i], why) != 0)
            return -1;
    return 0;
}

// What meets a duty must be something that those who have the duty may send.
static int check_duty(const rules_t *self, const rule_t *rule, size_t o, cause_t *why)
{
    const oblige_t *oblige = &rule->oblige[o];
    const kind_t *kind = find_kind(self, oblige->kind);
    bool role = oblige->debtor.role[0] != 0;
    uint32_t debtor = role ? role_bit(oblige->debtor.role) : UINT32_MAX;
    if (oblige->met_by != MET_BY_KIND || (kind != NULL && (kind->roles & debtor) != 0))
        return 0;
    return cause_set(why,
        "%s:%u: duty '%s' of rule '%s' is met by '%s', which no rule lets %s send",
        rule->path, oblige->line, oblige->duty, rule->id, oblige->kind,
        role ? oblige->debtor.role : "anybody");
}

static int check_duties(const rules_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        for (size_t o = 0; o < self->rule[i].obliges; o++)
            if (check_duty(self, &self->rule[i], o, why) != 0)
                return -1;
    return 0;
}

static int each_emission(const rules_t *self,
    int (*check)(const rules_t *, const rule_t *, size_t, cause_t *), cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        for (size_t e = 0; e < self->rule[i].emits; e++)
            if (check(self, &self->rule[i], e, why) != 0)
                return -1;
    return 0;
}

// What can only be checked when all rules are in.
static int finish(rules_t *self, const char *path, cause_t *why)
{
    if (self->n == 0)
        return cause_set(why, "%s: no rule in it", path);
    index_kinds(self);
    if (each_emission(self, check_emission, why) != 0 ||
        each_emission(self, check_end, why) != 0 ||
        each_emission(self, check_number, why) != 0 || check_requires(self, why) != 0 ||
        check_carries(self, why) != 0)
        return -1;
    return check_duties(self, why);
}

rules_t *rules_open(const char *path, cause_t *why)
{
    rules_t *self = memory_new(1, sizeof *self);
    struct stat info;
    int result;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        result = add_folder(self, path, why);
    else
        result = add_file(self, path, why);
    if (result != 0 || finish(self, path, why) != 0)
        rules_close(&self);
    return self;
}

static int add_part(rules_t *self, const char *name, span_t text, cause_t *why)
{
    settings_t file;
    if (settings_parse(&file, name, text, why) != 0)
        return -1;
    int result = add_all(self, &file, name, why);
    settings_close(&file);
    return result;
}

rules_t *rules_parse(const char *name, span_t text, cause_t *why)
{
    rules_t *self = memory_new(1, sizeof *self);
    self->path = memory_grow(NULL, 1, sizeof *self->path);
    const char *kept = self->path[self->paths++] = memory_text(name);
    int result = 0;
    buf_put_span(&self->text, text);
    for (span_t rest = text; result == 0 && rest.size > 0;) {
        size_t size = rules_part(rest);
        result = add_part(self, kept, span_of(rest.data, size), why);
        rest = span_of(rest.data + size, rest.size - size);
    }
    if (result != 0 || finish(self, name, why) != 0)
        rules_close(&self);
    return self;
}

void rules_close(rules_t **self_p)
{
    rules_t *self = *self_p;
    *self_p = NULL;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->n; i++)
        rule_close(&self->rule[i]);
    for (size_t i = 0; i < self->paths; i++)
        free(self->path[i]);
    buf_destroy(&self->text);
    free(self->path);
    free(self->kind);
    free(self->rule);
    free(self);
}

size_t rules_count(const rules_t *self)
{
    return self->n;
}

const rule_t *rules_at(const rules_t *self, size_t i)
{
    return &self->rule[i];
}

span_t rules_text(const rules_t *self)
{
    return buf_span(&self->text);
}

bool rules_permit(const rules_t *self, const char *kind, const char *role)
{
    const kind_t *found = find_kind(self, kind);
    return found != NULL && (found->roles & role_bit(role)) != 0;
}

static bool applies(const rule_t *rule, uint32_t role, const value_t *message)
{
    if ((rule->roles & role) == 0)
        return false;
    for (size_t i = 0; i < rule->conditions; i++)
        if (!condition_holds(&rule->condition[i], message))
            return false;
    return true;
}

const rule_t *rules_next(const rules_t *self, size_t *i, const char *kind,
    const char *role, const value_t *message)
{
    const kind_t *found = find_kind(self, kind);
    if (found == NULL)
        return NULL;
    uint32_t bit = role_bit(role);
    if (*i < found->first)
        *i = found->first;
    while (*i < found->end) {
        const rule_t *rule = &self->rule[(*i)++];
        if (applies(rule, bit, message))
            return rule;
    }
    return NULL;
}
