// seals - elements and persons are few, three of each at most: who stands for which
// element is found by trying.

#include "lib/rules/seals.h"

#include "lib/rules/rule_load.h"

#include <stdio.h>
#include <string.h>

static int read_word(seal_wanted_t *self, const load_t *load, const config_setting_t *at)
{
    const char *word = config_setting_get_string(at);
    if (word == NULL || !cert_office_valid(span_text(word)))
        return complain(load, at,
            "office must be a word such as \"deputy-head\", a list of such words, or a "
            "JSON pointer such as \"/body/office\"");
    (void)snprintf(self->office[self->offices++], OFFICE_MAX, "%s", word);
    return 0;
}

static int read_pointer(const load_t *load, const char *key, char out[POINTER_MAX])
{
    const config_setting_t *at = member_of(load, key);
    const char *pointer = at ? config_setting_get_string(at) : "";
    if (pointer == NULL || strlen(pointer) >= POINTER_MAX ||
        (at && !pointer_valid(pointer)))
        return complain(
            load, at, "%s must be a JSON pointer such as \"/body/%s\"", key, key);
    (void)snprintf(out, POINTER_MAX, "%s", pointer);
    return 0;
}

static int read_office(seal_wanted_t *self, const load_t *load)
{
    const config_setting_t *at = member_of(load, "office");
    if (at == NULL)
        return 0;
    if (config_setting_type(at) == CONFIG_TYPE_STRING)
        return config_setting_get_string(at)[0] == '/'
                   ? read_pointer(load, "office", self->pointer)
                   : read_word(self, load, at);
    int n = config_setting_is_array(at) || config_setting_is_list(at)
                ? config_setting_length(at)
                : 0;
    if (n < 1 || n > SEALS_OFFICES_MAX)
        return complain(load, at, "office must be a word, or a list of 1 to %d words",
            SEALS_OFFICES_MAX);
    for (int i = 0; i < n; i++)
        if (read_word(self, load, config_setting_get_elem(at, (unsigned)i)) != 0)
            return -1;
    return 0;
}

static int read_wanted(seal_wanted_t *self, const load_t *load)
{
    static const char *const keys[] = {"office", "territory", "held", NULL};
    if (settings_known(load->file, load->group, keys, load->why) != 0 ||
        read_office(self, load) != 0 ||
        read_pointer(load, "territory", self->territory) != 0 ||
        settings_flag(load->file, load->group, "held", &self->held, load->why) != 0)
        return -1;
    if (self->offices == 0 && !self->pointer[0] && (self->territory[0] || self->held))
        return complain(load, load->group, "territory and held go with an office");
    return 0;
}

int seals_read(
    seals_t *self, const settings_t *file, const config_setting_t *at, cause_t *why)
{
    load_t load = {file, at, why};
    bool list = config_setting_is_list(at);
    int n = list ? config_setting_length(at) : 0;
    if (config_setting_type(at) == CONFIG_TYPE_INT)
        n = config_setting_get_int(at);
    *self = (seals_t){0};
    if (n < 1 || n > SEALS_WANTED_MAX)
        return complain(&load, at,
            "seals must be a number of officers, 1 to %d, or a list ( { office = ...; } "
            ") "
            "of as many",
            SEALS_WANTED_MAX);
    for (int i = 0; list && i < n; i++) {
        load.group = config_setting_get_elem(at, (unsigned)i);
        if (read_wanted(&self->wanted[i], &load) != 0)
            return -1;
    }
    self->n = (size_t)n;
    return 0;
}

static bool same_wanted(const seal_wanted_t *a, const seal_wanted_t *b)
{
    bool same = a->offices == b->offices && a->held == b->held &&
                strcmp(a->pointer, b->pointer) == 0 &&
                strcmp(a->territory, b->territory) == 0;
    for (size_t i = 0; same && i < a->offices; i++)
        same = strcmp(a->office[i], b->office[i]) == 0;
    return same;
}

bool seals_same(const seals_t *a, const seals_t *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = same_wanted(&a->wanted[i], &b->wanted[i]);
    return same;
}

void seal_wanted_print(const seal_wanted_t *self, buf_t *out)
{
    for (size_t i = 0; i < self->offices; i++)
        buf_printf(out, "%s%s", i ? " or " : "", self->office[i]);
    buf_put_text(out, self->pointer);
}

// --------------------------------------------------------------------------------

static const char *text_at(const value_t *root, const char *pointer)
{
    const char *text = value_text(value_at(root, pointer));
    return text ? text : "";
}

// Whether the officer has this office; of an element with a territory also that.
static bool has_office(const seal_wanted_t *self, const sealers_t *sealers,
    const cert_t *officer, const char *office, const value_t *root)
{
    bool anywhere = self->territory[0] == 0;
    const char *territory =
        anywhere ? officer->territory : text_at(root, self->territory);
    if (strcmp(officer->office, office) == 0 &&
        strcmp(officer->territory, territory) == 0)
        return true;
    reference_t by;
    return !self->held && sealers->acts &&
           sealers->acts(
               sealers->context, officer, office, anywhere ? NULL : territory, &by);
}

static bool fulfils(const seal_wanted_t *self, const sealers_t *sealers,
    const cert_t *officer, const value_t *root)
{
    if (self->pointer[0]) {
        const char *office = text_at(root, self->pointer);
        return office[0] && has_office(self, sealers, officer, office, root);
    }
    for (size_t i = 0; i < self->offices; i++)
        if (has_office(self, sealers, officer, self->office[i], root))
            return true;
    return self->offices == 0;
}

const cert_t *seal_wanted_by(
    const seal_wanted_t *self, const sealers_t *sealers, const value_t *root)
{
    for (size_t i = 0; i < sealers->n; i++)
        if (fulfils(self, sealers, sealers->officer[i], root))
            return sealers->officer[i];
    return NULL;
}

static bool is_taken(
    const sealers_t *sealers, const size_t *taken, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(sealers->officer[taken[i]]->name, name) == 0)
            return true;
    return false;
}

// Whether the elements from `n` on have persons beside those who are taken.
static bool assign(const seals_t *self, const sealers_t *sealers, const value_t *root,
    size_t *taken, size_t n)
{
    if (n == self->n)
        return true;
    for (size_t i = 0; i < sealers->n; i++) {
        const cert_t *officer = sealers->officer[i];
        taken[n] = i;
        if (!is_taken(sealers, taken, n, officer->name) &&
            fulfils(&self->wanted[n], sealers, officer, root) &&
            assign(self, sealers, root, taken, n + 1))
            return true;
    }
    return false;
}

static size_t count_persons(const sealers_t *sealers)
{
    size_t first[SEALS_WANTED_MAX];
    size_t n = 0;
    for (size_t i = 0; i < sealers->n; i++)
        if (!is_taken(sealers, first, n, sealers->officer[i]->name))
            first[n++] = i;
    return n;
}

static void print_sealers(const sealers_t *sealers, buf_t *out)
{
    for (size_t i = 0; i < sealers->n; i++) {
        const cert_t *officer = sealers->officer[i];
        buf_printf(out, "%s%s (%s%s%s)", i ? ", " : "", officer->name,
            officer->office[0] ? officer->office : "no office",
            officer->territory[0] ? " in " : "", officer->territory);
    }
}

// What the element asks for in this message: a pointer is followed.
static void print_wanted(const seal_wanted_t *self, const value_t *root, buf_t *out)
{
    const char *territory = self->territory[0] ? text_at(root, self->territory) : "";
    if (self->pointer[0] && text_at(root, self->pointer)[0])
        buf_put_text(out, text_at(root, self->pointer));
    else
        seal_wanted_print(self, out);
    buf_printf(out, "%s%s", territory[0] ? " in " : "", territory);
}

// All elements: "head, any".
static void print_all(const seals_t *self, const value_t *root, buf_t *out)
{
    for (size_t i = 0; i < self->n; i++) {
        size_t before = out->size;
        buf_put_text(out, i ? ", " : "");
        print_wanted(&self->wanted[i], root, out);
        if (out->size == before + (i ? 2 : 0))
            buf_put_text(out, "any");
    }
}

// The first element that nobody who sealed fulfils; NULL: one person would be for
// several.
static const seal_wanted_t *find_lacking(
    const seals_t *self, const sealers_t *sealers, const value_t *root)
{
    for (size_t i = 0; i < self->n; i++)
        if (!seal_wanted_by(&self->wanted[i], sealers, root))
            return &self->wanted[i];
    return NULL;
}

static const char *say_office(const seals_t *self, const sealers_t *sealers,
    const value_t *root, const char *kind, const char *node, cause_t *why)
{
    const seal_wanted_t *lacking = find_lacking(self, sealers, root);
    buf_t office = {0}, who = {0};
    print_sealers(sealers, &who);
    if (lacking)
        print_wanted(lacking, root, &office);
    else
        print_all(self, root, &office);
    if (lacking)
        (void)cause_set(why,
            "of this %s the seal of the %s of %s is needed%s; it was sealed by %s", kind,
            buf_text(&office), node, lacking->held ? ", and not of who acts for him" : "",
            buf_text(&who));
    else
        (void)cause_set(why,
            "a %s needs the seals of %zu different officers of %s (%s); it was sealed by "
            "%s",
            kind, self->n, node, buf_text(&office), buf_text(&who));
    buf_destroy(&office);
    buf_destroy(&who);
    return "seals.office";
}

static const char *say_missing(const seals_t *self, size_t persons, const value_t *root,
    const char *kind, const char *node, cause_t *why)
{
    buf_t office = {0};
    print_all(self, root, &office);
    if (self->n > 1)
        (void)cause_set(why,
            "a %s needs the seals of %zu different officers of %s (%s), and has %zu",
            kind, self->n, node, buf_text(&office), persons);
    else
        (void)cause_set(why,
            "of this %s the seal of an officer of %s (%s) is needed, and there is none",
            kind, node, buf_text(&office));
    buf_destroy(&office);
    return "seals.missing";
}

const char *seals_check(const seals_t *self, const sealers_t *sealers,
    const value_t *root, const char *kind, const char *node, cause_t *why)
{
    size_t taken[SEALS_WANTED_MAX];
    size_t persons = count_persons(sealers);
    if (persons < self->n)
        return say_missing(self, persons, root, kind, node, why);
    return assign(self, sealers, root, taken, 0)
               ? NULL
               : say_office(self, sealers, root, kind, node, why);
}

// Whether the officer acts in this office, as the element wants it.
static bool acts_in(const seal_wanted_t *self, const sealers_t *sealers,
    const char *office, const value_t *root, acting_seal_t *acting)
{
    const char *territory = self->territory[0] ? text_at(root, self->territory) : NULL;
    if (!sealers->acts(sealers->context, acting->officer, office, territory, &acting->by))
        return false;
    (void)snprintf(acting->office, sizeof acting->office, "%s", office);
    (void)snprintf(
        acting->territory, sizeof acting->territory, "%s", territory ? territory : "");
    return true;
}

static bool find_acting(const seal_wanted_t *self, const sealers_t *sealers,
    const value_t *root, acting_seal_t *acting)
{
    if (self->pointer[0])
        return acts_in(self, sealers, text_at(root, self->pointer), root, acting);
    for (size_t i = 0; i < self->offices; i++)
        if (acts_in(self, sealers, self->office[i], root, acting))
            return true;
    return false;
}

size_t seals_acting(const seals_t *self, const sealers_t *sealers, const value_t *root,
    acting_seal_t acting[SEALS_WANTED_MAX])
{
    sealers_t holders = *sealers;
    size_t taken[SEALS_WANTED_MAX], n = 0;
    holders.acts = NULL;
    if (assign(self, &holders, root, taken, 0) || !assign(self, sealers, root, taken, 0))
        return 0;
    for (size_t i = 0; i < self->n; i++) {
        acting[n] = (acting_seal_t){.officer = sealers->officer[taken[i]]};
        if (!fulfils(&self->wanted[i], &holders, acting[n].officer, root) &&
            find_acting(&self->wanted[i], sealers, root, &acting[n]))
            n++;
    }
    return n;
}
