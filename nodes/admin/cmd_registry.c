// dabyl registry - who serves whom, at a hub: shown, and changed entry by entry.
//
// The new text is read as the hub reads it before anything is touched; what the hub
// refuses all the same is taken back (nodes/upkeep/hub_change.h).  Objects are not named
// to the hub's log, which others may read: the registry that the change puts into the
// journal says which.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/lawcheck/registry.h"
#include "lib/sys/random.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/upkeep/hub_ask.h"
#include "nodes/upkeep/hub_change.h"
#include "nodes/upkeep/registry_edit.h"

#include <string.h>

typedef struct {
    const char *hub, *as, *reason, *kk, *ru, *en, *sector, *owner, *isoc;
    bool no_isoc, out_of_scope, in_scope;
} wish_t;

// clang-format off
#define ACT_OPTIONS                                                                      \
    HUB_OPTION(offsetof(wish_t, hub)),                                                   \
    HUB_AS_OPTION(offsetof(wish_t, as)),                                                 \
    {"reason", OPTION_TEXT, offsetof(wish_t, reason), "TEXT", NULL,                      \
        "why, for the hub's log"}

static const option_t show_options[] = {
    HUB_OPTION(offsetof(wish_t, hub)),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const option_t remove_options[] = {
    ACT_OPTIONS,
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const option_t change_options[] = {
    ACT_OPTIONS,
    {"kk", OPTION_TEXT, offsetof(wish_t, kk), "TEXT", NULL,
        "full name of an organisation in Kazakh"},
    {"ru", OPTION_TEXT, offsetof(wish_t, ru), "TEXT", NULL, "in Russian"},
    {"en", OPTION_TEXT, offsetof(wish_t, en), "TEXT", NULL, "in English"},
    {"sector", OPTION_TEXT, offsetof(wish_t, sector), "SECTOR", NULL,
        "of an object: power-supply, banking ..., or other"},
    {"owner", OPTION_TEXT, offsetof(wish_t, owner), "CODE", NULL,
        "the organisation that owns it"},
    {"isoc", OPTION_TEXT, offsetof(wish_t, isoc), "CODE", NULL,
        "the operational centre that serves it"},
    {"no-isoc", OPTION_FLAG, offsetof(wish_t, no_isoc), NULL, NULL,
        "no centre serves it"},
    {"out-of-scope", OPTION_FLAG, offsetof(wish_t, out_of_scope), NULL, NULL,
        "a protected system, to which the plan does not apply"},
    {"in-scope", OPTION_FLAG, offsetof(wish_t, in_scope), NULL, NULL,
        "the plan applies to it"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};
// clang-format on

// --------------------------------------------------------------------------------
// A hub's registry, open for one command.

typedef struct {
    const call_t *call;
    const wish_t *wish;
    hub_options_t conf;
    hub_change_t *change;
    buf_t text;
    registry_kind_t kind; // of what is changed
    const char *key;
} desk_t;

static void desk_close(desk_t *self)
{
    hub_change_end(&self->change);
    buf_destroy(&self->text);
    conf_free(hub_options_table, &self->conf);
}

static int desk_read(desk_t *self, const char *hub, bool changes, cause_t *why)
{
    change_before_t before;
    if (changes && !(self->change = hub_change_begin(hub, &self->conf, &before, why)))
        return -1;
    if (changes && before == CHANGE_FINISHED)
        puts(say("a change that was cut short before was finished first"));
    if (changes && before == CHANGE_TAKEN_BACK)
        puts(say("a change that was cut short before was refused and taken back"));
    if (file_read(self->conf.registry, 16 << 20, &self->text, why) != 0)
        return -1;
    registry_t *registry =
        registry_parse(self->conf.registry, buf_span(&self->text), why);
    int result = registry ? 0 : -1;
    registry_close(&registry);
    return result;
}

static done_t desk_open(desk_t *self, const call_t *call, const char *named, bool changes)
{
    cause_t why = {""};
    *self = (desk_t){.call = call, .wish = call->options};
    const char *hub = hub_folder(named, &why);
    if (!hub)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (hub_conf_read(hub, &self->conf, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (desk_read(self, hub, changes, &why) == 0)
        return DONE_OK;
    desk_close(self);
    return call_fail(call, DONE_NO, "%s", why.text);
}

// --------------------------------------------------------------------------------

static void print_organisation(const registry_entry_t *entry, bool json)
{
    if (json) {
        json_t *line = json_pack("{s:s,s:s,s:s,s:s}", "organisation", entry->key, "kk",
            entry->name[0], "ru", entry->name[1], "en", entry->name[2]);
        screen_json(stdout, line);
        json_decref(line);
        return;
    }
    screen_column(stdout, entry->key, 24);
    screen_text(stdout, entry->name[1]);
    putchar('\n');
}

static void print_object(const registry_entry_t *entry, bool json)
{
    if (json) {
        json_t *line = json_pack("{s:s,s:s,s:s,s:s,s:b}", "object", entry->key, "sector",
            entry->sector, "owner", entry->owner, "isoc", entry->isoc, "in_scope",
            !entry->outside);
        screen_json(stdout, line);
        json_decref(line);
        return;
    }
    screen_column(stdout, entry->key, 24);
    screen_column(stdout, entry->sector, 20);
    printf(say("of %s"), entry->owner);
    if (entry->isoc[0])
        printf(say(", served by %s"), entry->isoc);
    else
        printf("%s", say(", served by no centre"));
    puts(entry->outside ? say(", outside of the plan") : "");
}

static done_t show(const call_t *call)
{
    desk_t desk;
    cause_t why;
    const wish_t *o = call->options;
    registry_entry_t entry;
    size_t n[2] = {0, 0};
    done_t done =
        desk_open(&desk, call, call->operands ? call->operand[0] : o->hub, false);
    if (done != DONE_OK)
        return done;
    for (registry_kind_t kind = REGISTRY_ORGANISATION; kind <= REGISTRY_OBJECT; kind++)
        while (
            registry_entry_at(&entry, buf_span(&desk.text), kind, n[kind], &why) == 1) {
            n[kind]++;
            if (kind == REGISTRY_ORGANISATION)
                print_organisation(&entry, call->common.json);
            else
                print_object(&entry, call->common.json);
        }
    if (n[0] + n[1] == 0 && !call->common.json)
        puts(say("the registry is empty: dabyl registry add"));
    desk_close(&desk);
    return DONE_OK;
}

// --------------------------------------------------------------------------------

static int set(char *out, size_t room, const char *text, const char *what, cause_t *why)
{
    if (!text)
        return 0;
    if (strlen(text) < room) {
        memcpy(out, text, strlen(text) + 1);
        return 0;
    }
    return cause_set(why, say("--%s: at most %zu bytes can stand there"), what, room - 1);
}

// What was asked for on top of what is there.
static int fill(const desk_t *self, registry_entry_t *entry, cause_t *why)
{
    const wish_t *o = self->wish;
    bool person = o->kk || o->ru || o->en;
    bool thing =
        o->sector || o->owner || o->isoc || o->no_isoc || o->out_of_scope || o->in_scope;
    if (self->kind == REGISTRY_ORGANISATION ? thing : person)
        return cause_set(why, "%s",
            self->kind == REGISTRY_ORGANISATION
                ? say("an organisation has --kk, --ru and --en, and nothing else")
                : say("an object has --sector, --owner, --isoc and whether it is in "
                      "scope"));
    if (o->no_isoc)
        entry->isoc[0] = 0;
    if (o->out_of_scope || o->in_scope)
        entry->outside = o->out_of_scope;
    return set(entry->name[0], sizeof entry->name[0], o->kk, "kk", why) != 0 ||
                   set(entry->name[1], sizeof entry->name[1], o->ru, "ru", why) != 0 ||
                   set(entry->name[2], sizeof entry->name[2], o->en, "en", why) != 0 ||
                   set(entry->sector, sizeof entry->sector, o->sector, "sector", why) !=
                       0 ||
                   set(entry->owner, sizeof entry->owner, o->owner, "owner", why) != 0 ||
                   set(entry->isoc, sizeof entry->isoc, o->isoc, "isoc", why) != 0
               ? -1
               : 0;
}

static int find(const desk_t *self, registry_entry_t *entry, size_t *at, cause_t *why)
{
    int found =
        registry_entry_find(entry, buf_span(&self->text), self->kind, self->key, at, why);
    if (found == 0)
        return cause_set(why, say("%s is not in the registry"), self->key);
    return found == 1 ? 0 : -1;
}

// A new one lacks nothing.
static int check_new(const registry_entry_t *entry, cause_t *why)
{
    if (entry->kind == REGISTRY_ORGANISATION)
        return entry->name[0][0] && entry->name[1][0] && entry->name[2][0]
                   ? 0
                   : cause_set(
                         why, "%s", say("an organisation needs --kk, --ru and --en"));
    return entry->sector[0] && entry->owner[0]
               ? 0
               : cause_set(why, "%s", say("an object needs --sector and --owner"));
}

typedef enum { ADD, CHANGE, REMOVE } what_t;

static int edit(const desk_t *self, what_t what, bool *comments, buf_t *out, cause_t *why)
{
    span_t text = buf_span(&self->text);
    registry_entry_t entry = {.kind = self->kind};
    size_t at = 0;
    if (what == ADD) {
        if (registry_entry_find(&entry, text, self->kind, self->key, &at, why) == 1)
            return cause_set(why, say("%s is in the registry already"), self->key);
        entry = (registry_entry_t){.kind = self->kind};
        return set(entry.key, sizeof entry.key, self->key, "", why) == 0 &&
                       fill(self, &entry, why) == 0 && check_new(&entry, why) == 0
                   ? registry_edit_add(text, &entry, out, why)
                   : -1;
    }
    if (find(self, &entry, &at, why) != 0)
        return -1;
    if (what == REMOVE)
        return registry_edit_remove(text, self->kind, at, comments, out, why);
    return fill(self, &entry, why) == 0
               ? registry_edit_change(text, at, &entry, comments, out, why)
               : -1;
}

// As the hub will read it.
static int check(const desk_t *self, span_t text, cause_t *why)
{
    registry_t *registry = registry_parse(self->conf.registry, text, why);
    int result = registry ? 0 : -1;
    registry_close(&registry);
    return result;
}

static done_t say_done(const desk_t *self, what_t what, bool comments, bool running)
{
    static const char *const words[] = {MARK("added"), MARK("changed"), MARK("removed")};
    if (self->call->common.json) {
        json_t *line = json_pack("{s:b,s:s,s:s,s:b}", "ok", 1,
            self->kind == REGISTRY_OBJECT ? "object" : "organisation", self->key, "done",
            words[what], "in_force", (int)running);
        screen_json(stdout, line);
        json_decref(line);
        return DONE_OK;
    }
    printf("%s: %s\n", self->key, say(words[what]));
    if (comments)
        puts(say("comments within the entry went with what it said before"));
    if (!running)
        puts(say("the hub does not run: it goes by this when it starts, and its log does "
                 "not say who did it"));
    return DONE_OK;
}

static done_t go(desk_t *self, what_t what, const char *act)
{
    cause_t why;
    buf_t text = {0};
    bool comments = false, running = false;
    char to[160];
    (void)snprintf(to, sizeof to, "%s%.64s",
        self->kind == REGISTRY_OBJECT ? "object" : "organisation ",
        self->kind == REGISTRY_OBJECT ? "" : self->key);
    const hub_act_t order = {.line = "reload",
        .as = self->wish->as,
        .act = act,
        .to = to,
        .reason = self->wish->reason};
    int result = edit(self, what, &comments, &text, &why);
    if (result == 0)
        result = check(self, buf_span(&text), &why);
    if (result == 0) {
        hub_change_put(self->change, self->conf.registry, buf_span(&text), 0600);
        result = hub_change_go(self->change, &order, &running, &why);
    }
    buf_destroy(&text);
    if (result != 0)
        return call_fail(
            self->call, DONE_NO, say("refused, all is as it was before: %s"), why.text);
    return say_done(self, what, comments, running);
}

// "organisation CODE", "object ID"; an id that is to be made is "new".
static done_t act_on(const call_t *call, what_t what, const char *act)
{
    desk_t desk;
    char made[24] = "ob-";
    uint8_t random[6];
    const wish_t *o = call->options;
    bool organisation =
        call->operands == 2 && strcmp(call->operand[0], "organisation") == 0;
    if (!organisation && (call->operands != 2 || strcmp(call->operand[0], "object") != 0))
        return call_usage(call, "needs organisation and its code, or object and its id");
    if ((o->isoc && o->no_isoc) || (o->in_scope && o->out_of_scope))
        return call_usage(call, "these exclude each other");
    done_t done = desk_open(&desk, call, o->hub, true);
    if (done != DONE_OK)
        return done;
    desk.kind = organisation ? REGISTRY_ORGANISATION : REGISTRY_OBJECT;
    desk.key = call->operand[1];
    if (what == ADD && !organisation && strcmp(desk.key, "new") == 0) {
        random_bytes(random, sizeof random);
        hex_encode(random, sizeof random, made + 3);
        desk.key = made;
    }
    done = go(&desk, what, act);
    desk_close(&desk);
    return done;
}

static done_t run_add(const call_t *call)
{
    return act_on(call, ADD, "registry-add");
}

static done_t run_change(const call_t *call)
{
    return act_on(call, CHANGE, "registry-change");
}

static done_t run_remove(const call_t *call)
{
    return act_on(call, REMOVE, "registry-remove");
}

static const command_t registry_show = {
    .name = "show",
    .operands = "[DIR]",
    .summary = "organisations, objects, who owns and who serves them",
    .options = show_options,
    .options_size = sizeof(wish_t),
    .run = show,
};

static const command_t registry_add = {
    .name = "add",
    .operands = "organisation CODE|object ID|object new",
    .summary = "put an organisation or an object into the registry, and reload",
    .options = change_options,
    .options_size = sizeof(wish_t),
    .run = run_add,
    .notes =
        "An organisation needs --kk, --ru and --en, an object --sector and --owner.  "
        "`object new`\nmakes an id that tells nothing.  Refused, all is as it was "
        "before.\n",
};

static const command_t registry_change = {
    .name = "change",
    .operands = "organisation CODE|object ID",
    .summary = "change what the registry says of one, and reload",
    .options = change_options,
    .options_size = sizeof(wish_t),
    .run = run_change,
    .notes = "What no option says stays as it is.\n",
};

static const command_t registry_remove = {
    .name = "remove",
    .operands = "organisation CODE|object ID",
    .summary = "take one out of the registry, and reload",
    .options = remove_options,
    .options_size = sizeof(wish_t),
    .run = run_remove,
};

static const command_t *const registry_commands[] = {
    &registry_show, &registry_add, &registry_change, &registry_remove, NULL};

const command_t cmd_registry = {
    .name = "registry",
    .operands = "show|add|change|remove ...",
    .summary = "at a hub: organisations and objects, and who serves whom",
    .commands = registry_commands,
};
