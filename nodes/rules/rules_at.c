// dabyl rules at - the rules that were in force when an entry was accepted, and the
// entry's routing record explained with them.
//
// The record itself names the rules entry that decided it, so what is shown does not hang
// on which rules are loaded today.  The journal is read as it lies; that it is the log's,
// `dabyl verify --journal` proves.

#include "lib/base/catalogue.h"
#include "lib/base/folder.h"
#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "lib/message/routing.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/segments.h"
#include "nodes/cli/screen.h"
#include "nodes/rules/rules_commands.h"
#include "nodes/rules/rules_route.h"
#include "nodes/rules/rules_words.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *journal;
    bool text;
} options_t;

static const option_t options[] = {
    {"journal", OPTION_TEXT, offsetof(options_t, journal), "DIR", NULL,
        "the hub's journal (else that of DABYL_HUB)"},
    {"text", OPTION_FLAG, offsetof(options_t, text), NULL, NULL,
        "print the rules themselves, byte for byte"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// A rules entry on the way to the position.
typedef struct {
    uint64_t position;
    int64_t time_ms;
    buf_t text;
} loaded_t;

typedef struct {
    uint64_t wanted;
    size_t n;
    loaded_t *loaded;
    leaf_t leaf; // of the wanted entry
    bool found;
    bool routed; // it has a routing record
    routing_t routing;
} search_t;

static void close_search(search_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        buf_destroy(&self->loaded[i].text);
    free(self->loaded);
    routing_close(&self->routing);
}

static void keep_rules(search_t *self, const leaf_t *leaf, span_t text)
{
    self->loaded = memory_grow(self->loaded, self->n + 1, sizeof *self->loaded);
    self->loaded[self->n] =
        (loaded_t){.position = leaf->position, .time_ms = leaf->time_ms};
    buf_put_span(&self->loaded[self->n++].text, text);
}

static int take_entry(search_t *self, const entry_t *entry, cause_t *why)
{
    leaf_t leaf;
    if (leaf_take(&leaf, entry->leaf, why) != 0)
        return cause_prefix(why, "leaf");
    if (strcmp(leaf.type, "rules") == 0)
        keep_rules(self, &leaf, entry->document);
    if (leaf.position != self->wanted)
        return 0;
    self->leaf = leaf;
    self->found = true;
    self->routed = strcmp(leaf.type, "message") == 0;
    return self->routed ? routing_parse(&self->routing, entry->record, why) : 0;
}

static int walk(search_t *self, segments_t *segments, cause_t *why)
{
    batch_t batch = {0};
    int more = 0;
    while (!self->found && (more = segments_next(segments, &batch, why)) > 0) {
        batch_entries_t entries = batch_entries(&batch);
        entry_t entry;
        while (more > 0 && !self->found && batch_next(&entries, &entry))
            more = take_entry(self, &entry, why) != 0 ? -1 : 1;
        if (more < 0)
            break;
    }
    batch_close(&batch);
    if (more < 0)
        return -1;
    if (self->found)
        return 0;
    return cause_set(why, "no entry has position %llu: the journal ends before %llu",
        (unsigned long long)self->wanted,
        (unsigned long long)segments_tail(segments)->position);
}

static int search(search_t *self, const char *journal, cause_t *why)
{
    segments_t *segments = segments_open(journal, NULL, 0, why);
    if (!segments)
        return -1;
    int result = walk(self, segments, why);
    segments_close(&segments);
    return result;
}

// Those that the record names; of an entry without a record, the newest before it.
static const loaded_t *in_force(const search_t *self, cause_t *why)
{
    for (size_t i = self->n; i-- > 0;)
        if (!self->routed || self->loaded[i].position == self->routing.rules_position)
            return &self->loaded[i];
    if (self->routed)
        cause_set(why, "the record names rules at position %llu, and there are none",
            (unsigned long long)self->routing.rules_position);
    else
        cause_set(why, "no rules were in force yet at position %llu",
            (unsigned long long)self->wanted);
    return NULL;
}

static void print_entry(const leaf_t *leaf)
{
    printf(say("position %llu"), (unsigned long long)leaf->position);
    fputs(", ", stdout);
    screen_time_ms(stdout, leaf->time_ms);
    printf(": %s", leaf->type);
    if (leaf->kind[0])
        printf(" %s", leaf->kind);
    if (leaf->author[0])
        printf(" %s %s", say("from"), leaf->author);
    if (leaf->id[0])
        printf(" %s", leaf->id);
    putchar('\n');
}

static void print_loaded(const loaded_t *loaded, const rules_t *rules)
{
    fputs(say("in force: the rules of position "), stdout);
    printf("%llu, ", (unsigned long long)loaded->position);
    screen_time_ms(stdout, loaded->time_ms);
    printf(" (");
    printf(say("number of rules: %zu"), rules_count(rules));
    puts(")");
}

static void print(const search_t *found, const loaded_t *loaded, const rules_t *rules)
{
    print_entry(&found->leaf);
    print_loaded(loaded, rules);
    for (size_t i = 0; i < found->routing.n; i++)
        rules_print_route(&found->routing.route[i], rules);
}

static void add_delegation(json_t *object, const route_t *route)
{
    char from[TIME_TEXT], until[TIME_TEXT];
    time_print(route->from_ms, from);
    time_print(route->until_ms, until);
    json_object_set_new(object, "office", json_string(route->code));
    json_object_set_new(object, "territory", json_string(route->kind));
    json_object_set_new(object, "person", json_string(route->node));
    json_object_set_new(object, "from", json_string(from));
    json_object_set_new(object, "until", json_string(until));
}

static json_t *route_json(const route_t *route, const rules_t *rules)
{
    char digest[HASH_HEX] = "";
    const struct {
        const char *name, *value;
    } fields[] = {{route->type == ROUTE_ABSENT ? "role" : "node", route->node},
        {"author", route->author}, {"kind", route->kind}, {"id", route->id},
        {"rule", route->rule}, {"cites", route->cites}, {"code", route->code},
        {"field", route->type == ROUTE_REFER ? refer_name(route->refer) : ""},
        {"act", route->type == ROUTE_EXERCISE ? exercise_act_name(route->act) : ""},
        {"feed", route->feed},
        {"by", route->type == ROUTE_SUBSCRIBES ? feed_field_name(route->field) : ""},
        {"sha256", digest}};
    if (route->type == ROUTE_ATTACHMENT || route->type == ROUTE_FEED)
        hex_encode(route->digest.bytes, sizeof route->digest.bytes, digest);
    json_t *object = json_pack("{s:s}", "type", route_type_name(route->type));
    if (route->type == ROUTE_ATTACHMENT || route->type == ROUTE_OMITS)
        json_object_set_new(object, route->type == ROUTE_OMITS ? "messages" : "size",
            json_integer((json_int_t)route->size));
    if (route->type == ROUTE_LEVEL || route->type == ROUTE_SUBSCRIBERS ||
        route->type == ROUTE_FEED)
        json_object_set_new(object, "number", json_integer((json_int_t)route->size));
    if (route->type == ROUTE_DELEGATES)
        add_delegation(object, route);
    for (size_t i = 0;
         route->type != ROUTE_DELEGATES && i < sizeof fields / sizeof *fields; i++)
        if (fields[i].value[0])
            json_object_set_new(object, fields[i].name, json_string(fields[i].value));
    const rule_t *rule = route->rule[0] ? rules_route_rule(route->rule, rules) : NULL;
    if (rule)
        json_object_set_new(object, "by", rules_json_rule(rule));
    return object;
}

static void print_json(
    const search_t *found, const loaded_t *loaded, const rules_t *rules)
{
    char time[TIME_TEXT], loaded_at[TIME_TEXT];
    time_print(found->leaf.time_ms, time);
    time_print(loaded->time_ms, loaded_at);
    json_t *routes = json_array();
    for (size_t i = 0; i < found->routing.n; i++)
        json_array_append_new(routes, route_json(&found->routing.route[i], rules));
    json_t *object = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:{s:I, s:s, s:I}, s:o}",
        "position", (json_int_t)found->leaf.position, "time", time, "type",
        found->leaf.type, "kind", found->leaf.kind, "author", found->leaf.author, "id",
        found->leaf.id, "rules", "position", (json_int_t)loaded->position, "time",
        loaded_at, "count", (json_int_t)rules_count(rules), "routes", routes);
    screen_json(stdout, object);
    json_decref(object);
}

static done_t show(const call_t *call, const search_t *found)
{
    const options_t *o = call->options;
    cause_t why;
    const loaded_t *loaded = in_force(found, &why);
    if (!loaded)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (o->text) {
        fwrite(loaded->text.data, 1, loaded->text.size, stdout);
        return DONE_OK;
    }
    rules_t *rules = rules_recall(buf_span(&loaded->text), &why);
    if (!rules)
        return call_fail(call, DONE_NO, "rules of position %llu: %s",
            (unsigned long long)loaded->position, why.text);
    if (call->common.json)
        print_json(found, loaded, rules);
    else
        print(found, loaded, rules);
    rules_close(&rules);
    return DONE_OK;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    char place[PATH_MAX];
    search_t found = {0};
    const char *journal = o->journal, *hub = getenv("DABYL_HUB");
    if (call->operands != 1 ||
        !decimal_decode(span_text(call->operand[0]), &found.wanted))
        return call_usage(call, "which position?  A whole number, as receipts name it");
    if (!journal && hub && path_join(place, sizeof place, hub, "journal", &why) == 0)
        journal = place;
    if (!journal)
        return call_usage(call, "whose journal?  Name its folder with --journal DIR");
    done_t done = search(&found, journal, &why) != 0
                      ? call_fail(call, DONE_NO, "%s", why.text)
                      : show(call, &found);
    close_search(&found);
    return done;
}

const command_t rules_at_command = {
    .name = "at",
    .operands = "POSITION",
    .summary = "the rules in force for an entry of a journal, and the entry by them",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .pages = true,
    .notes = "The journal is read offline and not proven here: dabyl verify --journal "
             "does that.\n"
             "What changed since:  dabyl rules at --text POSITION > then.rules\n"
             "                     dabyl rules diff then.rules hub/rules\n",
};
