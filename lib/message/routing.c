// routing - a line's fields are words with one space between them, as the table `lines`
// has them; `cites` is the rest of the line, so that a rule may cite several paragraphs
// in its own words.  A message may go to a thousand nodes: the lines that deliver it are
// found by their node without a look at all of them.

#include "lib/message/routing.h"

#include "lib/base/edition.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/base/times.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char VERSION_LINE[] = "dabyl-routing/v1";

// A line takes some 400 bytes in memory; this bounds what a record can make us take.
enum { LINES_MAX = 65536 };

static const char *const refer_names[] = {[REFER_INCIDENT] = "incident",
    [REFER_RE] = "re",
    [REFER_UNDER] = "under",
    [REFER_SUPERSEDES] = "supersedes",
    [REFER_CANCELS] = "cancels"};

static const char *const act_names[] = {[EXERCISE_OPENS] = "opens",
    [EXERCISE_JOINS] = "joins",
    [EXERCISE_CLOSES] = "closes",
    [EXERCISE_WITHIN] = "within"};

static const char *const field_names[] = {[FEED_KIND] = "kind",
    [FEED_LEVEL] = "level",
    [FEED_SECTOR] = "sector",
    [FEED_CATEGORY] = "category",
    [FEED_COUNTRY] = "country",
    [FEED_OBJECT] = "object",
    [FEED_AUTHOR] = "author"};

// What stands in a line behind its name, one word after the other.
typedef enum {
    WORD_NONE, // behind the last
    WORD_NODE,
    WORD_AUTHOR,
    WORD_KIND,
    WORD_ID,
    WORD_RULE,
    WORD_TELL,
    WORD_CODE,
    WORD_REFER,
    WORD_ACT,
    WORD_FEED,
    WORD_FIELD,
    WORD_DIGEST,
    WORD_SIZE,
    WORD_FROM,
    WORD_UNTIL,
    WORD_CITES, // the last in its line: it may have spaces
    WORDS
} word_t;

// Where a route has those words that are names; the others are read and printed each in
// its own way.
static const struct {
    size_t at, room;
} names[WORDS] = {
    [WORD_NODE] = {offsetof(route_t, node), NODE_ID_MAX},
    [WORD_AUTHOR] = {offsetof(route_t, author), NODE_ID_MAX},
    [WORD_KIND] = {offsetof(route_t, kind), KIND_MAX},
    [WORD_ID] = {offsetof(route_t, id), MESSAGE_ID_MAX},
    [WORD_RULE] = {offsetof(route_t, rule), RULE_ID_MAX},
    [WORD_CODE] = {offsetof(route_t, code), CODE_MAX},
    [WORD_FEED] = {offsetof(route_t, feed), FEED_NAME_MAX},
};

enum { WORDS_MAX = 5 }; // in a line

static const struct {
    const char *name;
    word_t word[WORDS_MAX + 1]; // WORD_NONE is behind the last
    bool told;                  // to the author, where no word says so
} lines[] = {
    [ROUTE_DELIVER] = {"deliver", {WORD_NODE, WORD_RULE, WORD_TELL, WORD_CITES}, false},
    [ROUTE_WITHHOLD] = {"withhold",
        {WORD_NODE, WORD_RULE, WORD_TELL, WORD_CODE, WORD_CITES}, false},
    [ROUTE_EMIT] = {"emit", {WORD_KIND, WORD_ID, WORD_RULE, WORD_TELL, WORD_CITES},
        false},
    [ROUTE_REMARK] = {"remark", {WORD_CODE, WORD_TELL}, false},
    [ROUTE_REFER] = {"refers", {WORD_REFER, WORD_NODE, WORD_ID}, false},
    [ROUTE_EXERCISE] = {"exercise", {WORD_ACT, WORD_NODE}, false},
    [ROUTE_ATTACHMENT] = {"attachment", {WORD_DIGEST, WORD_SIZE}, false},
    [ROUTE_CAUSE] = {"cause", {WORD_NODE, WORD_ID}, false},
    [ROUTE_CARRIES] = {"carries", {WORD_NODE, WORD_AUTHOR, WORD_ID}, true},
    [ROUTE_OMITS] = {"omits", {WORD_NODE, WORD_CODE, WORD_SIZE}, true},
    [ROUTE_JOINS] = {"joins", {WORD_AUTHOR, WORD_ID, WORD_NODE}, false},
    [ROUTE_LEAVES] = {"leaves", {WORD_AUTHOR, WORD_ID, WORD_NODE}, false},
    [ROUTE_ABSENT] = {"absent", {WORD_NODE, WORD_RULE, WORD_TELL, WORD_CITES}, false},
    [ROUTE_DELEGATES] = {"delegates",
        {WORD_CODE, WORD_KIND, WORD_NODE, WORD_FROM, WORD_UNTIL}, false},
    [ROUTE_ACTS] = {"acts", {WORD_CODE, WORD_KIND, WORD_NODE, WORD_AUTHOR, WORD_ID},
        true},
    [ROUTE_LEVEL] = {"level", {WORD_SIZE}, false},
    [ROUTE_BY_SUBSCRIPTION] = {"by-subscription",
        {WORD_NODE, WORD_RULE, WORD_TELL, WORD_CITES}, false},
    [ROUTE_SUBSCRIBERS] = {"subscribers", {WORD_SIZE, WORD_TELL}, false},
    [ROUTE_FEED] = {"feed", {WORD_NODE, WORD_FEED, WORD_SIZE, WORD_DIGEST}, false},
    [ROUTE_SUBSCRIBES] = {"subscribes", {WORD_FEED, WORD_FIELD, WORD_NODE}, false},
    [ROUTE_UNSUBSCRIBES] = {"unsubscribes", {WORD_FEED}, false},
    [ROUTE_EXPIRES] = {"expires", {WORD_CODE}, false},
    [ROUTE_UNREACHED] = {"unreached", {WORD_NODE}, true},
};

const char *exercise_act_name(exercise_act_t act)
{
    return act_names[act];
}

const char *feed_field_name(feed_field_t field)
{
    return field_names[field];
}

bool route_delivers(const route_t *route)
{
    return route->type == ROUTE_DELIVER || route->type == ROUTE_BY_SUBSCRIPTION;
}

const char *refer_name(refer_t field)
{
    return refer_names[field];
}

const char *refers_word(refer_t field)
{
    return field == REFERS ? "any" : refer_names[field];
}

bool refers_parse(const char *word, refer_t *field)
{
    for (refer_t i = 0; i <= REFERS; i++)
        if (strcmp(word, refers_word(i)) == 0) {
            *field = i;
            return true;
        }
    return false;
}

void routing_close(routing_t *self)
{
    free(self->route);
    free(self->by_node);
    *self = (routing_t){0};
}

void routing_clear(routing_t *self)
{
    self->n = 0;
    self->delivers = 0;
}

routing_t *routing_in(arena_t *arena, size_t room)
{
    routing_t *self = arena_take(arena, sizeof *self);
    *self = (routing_t){.room = room,
        .route = arena_take(arena, room * sizeof *self->route),
        .by_node = arena_take(arena, room * sizeof *self->by_node)};
    return self;
}

static route_t *add(routing_t *self)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 8;
        self->route = memory_grow(self->route, self->room, sizeof *self->route);
        self->by_node = memory_grow(self->by_node, self->room, sizeof *self->by_node);
    }
    return &self->route[self->n++];
}

static const route_t *delivering(const routing_t *self, size_t i)
{
    return &self->route[self->by_node[i]];
}

// How many of those that deliver it are before this node.  Rules name nodes in the order
// of the roster: mostly all are.
static size_t count_before(const routing_t *self, const char *node)
{
    size_t low = 0, high = self->delivers;
    if (high > 0 && strcmp(delivering(self, high - 1)->node, node) < 0)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(delivering(self, middle)->node, node) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The line that was added last delivers it.
static void put_in_order(routing_t *self)
{
    uint32_t place = (uint32_t)(self->n - 1);
    size_t before = count_before(self, self->route[place].node);
    uint32_t *at = &self->by_node[before];
    memmove(at + 1, at, (self->delivers - before) * sizeof *at);
    *at = place;
    self->delivers++;
}

void routing_add(routing_t *self, const route_t *route)
{
    *add(self) = *route;
    if (route_delivers(route))
        put_in_order(self);
}

route_t *routing_next(routing_t *self, route_type_t type, tell_t tell)
{
    route_t *route = add(self);
    *route = (route_t){.type = type, .tell = tell};
    assert(!route_delivers(route));
    return route;
}

route_t *routing_deliver(
    routing_t *self, route_type_t type, tell_t tell, const char node[static NODE_ID_MAX])
{
    route_t *route = add(self);
    *route = (route_t){.type = type, .tell = tell};
    memcpy(route->node, node, sizeof route->node);
    assert(route_delivers(route));
    put_in_order(self);
    return route;
}

void routing_drop(routing_t *self, size_t place)
{
    assert(place < self->n && !route_delivers(&self->route[place]));
    self->n--;
    memmove(&self->route[place], &self->route[place + 1],
        (self->n - place) * sizeof *self->route);
    for (size_t i = 0; i < self->delivers; i++)
        self->by_node[i] -= self->by_node[i] > place;
}

const route_t *routing_find(const routing_t *self, const char *node)
{
    size_t i = count_before(self, node);
    return i < self->delivers && strcmp(delivering(self, i)->node, node) == 0
               ? delivering(self, i)
               : NULL;
}

bool routing_carries(
    const routing_t *self, const char *node, const char *author, const char *id)
{
    for (size_t i = 0; i < self->n; i++) {
        const route_t *route = &self->route[i];
        if (route->type == ROUTE_CARRIES && strcmp(route->node, node) == 0 &&
            strcmp(route->id, id) == 0 && strcmp(route->author, author) == 0)
            return true;
    }
    return false;
}

const route_t *routing_withdraws(const routing_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        if (self->route[i].type == ROUTE_REFER &&
            (self->route[i].refer == REFER_SUPERSEDES ||
                self->route[i].refer == REFER_CANCELS))
            return &self->route[i];
    return NULL;
}

static const route_t *first_of(const routing_t *self, route_type_t type)
{
    for (size_t i = 0; i < self->n; i++)
        if (self->route[i].type == type)
            return &self->route[i];
    return NULL;
}

const route_t *routing_exercise(const routing_t *self)
{
    return first_of(self, ROUTE_EXERCISE);
}

const route_t *routing_cause(const routing_t *self)
{
    return first_of(self, ROUTE_CAUSE);
}

int routing_level(const routing_t *self)
{
    const route_t *line = first_of(self, ROUTE_LEVEL);
    return line ? (int)line->size : -1;
}

const char *routing_within(const routing_t *self)
{
    const route_t *line = routing_exercise(self);
    return line && line->act == EXERCISE_WITHIN ? line->node : "";
}

static const char *tell_name(tell_t tell)
{
    return tell == TELL_SENDER ? "sender" : "none";
}

static void put_time(int64_t ms, buf_t *out)
{
    char text[TIME_TEXT];
    time_print(ms, text);
    buf_put_text(out, text);
}

static void put_value(const route_t *route, word_t word, buf_t *out)
{
    switch (word) {
    case WORD_TELL:
        buf_put_text(out, tell_name(route->tell));
        break;
    case WORD_REFER:
        buf_put_text(out, refer_names[route->refer]);
        break;
    case WORD_ACT:
        buf_put_text(out, act_names[route->act]);
        break;
    case WORD_FIELD:
        buf_put_text(out, field_names[route->field]);
        break;
    case WORD_DIGEST:
        buf_put_hex(out, span_of(route->digest.bytes, sizeof route->digest.bytes));
        break;
    case WORD_SIZE:
        buf_put_decimal(out, route->size);
        break;
    case WORD_FROM:
        put_time(route->from_ms, out);
        break;
    case WORD_UNTIL:
        put_time(route->until_ms, out);
        break;
    default:
        buf_put_text(out, route->cites);
    }
}

static void put_word(const route_t *route, word_t word, buf_t *out)
{
    buf_put_u8(out, ' ');
    if (names[word].room > 0)
        buf_put_text(out, (const char *)route + names[word].at);
    else
        put_value(route, word, out);
}

void route_print(const route_t *route, buf_t *out)
{
    buf_put_text(out, lines[route->type].name);
    for (const word_t *word = lines[route->type].word; *word != WORD_NONE; word++)
        put_word(route, *word, out);
    buf_put_u8(out, '\n');
}

void routing_print(const routing_t *self, buf_t *out)
{
    buf_put_text(out, VERSION_LINE);
    buf_put_text(out, "\nnonce ");
    buf_put_hex(out, span_of(self->nonce, sizeof self->nonce));
    buf_put_text(out, "\nrules ");
    buf_put_decimal(out, self->rules_position);
    buf_put_u8(out, '\n');
    for (size_t i = 0; i < self->n; i++)
        route_print(&self->route[i], out);
}

// The next word, without the space behind it; the last has nothing behind it.  Empty
// where there is none.
static span_t next_word(span_t *line, bool last)
{
    span_t rest = *line;
    size_t size = text_word_size(rest);
    if (last)
        return span_of(rest.data, size == rest.size ? size : 0);
    if (size == rest.size || rest.data[size] != ' ')
        return span_of(rest.data, 0);
    *line = span_of(rest.data + size + 1, rest.size - size - 1);
    return span_of(rest.data, size);
}

static bool copy(span_t text, char *out, size_t room)
{
    if (text.size == 0 || text.size >= room)
        return false;
    memcpy(out, text.data, text.size);
    out[text.size] = 0;
    return true;
}

static bool set_name(route_t *route, word_t word, span_t text)
{
    return copy(text, (char *)route + names[word].at, names[word].room);
}

static bool parse_tell(span_t word, tell_t *out)
{
    *out = span_is(word, "sender") ? TELL_SENDER : TELL_NONE;
    return *out == TELL_SENDER || span_is(word, "none");
}

static bool parse_refer(span_t word, refer_t *out)
{
    for (size_t i = 0; i < REFERS; i++)
        if (span_is(word, refer_names[i])) {
            *out = (refer_t)i;
            return true;
        }
    return false;
}

static bool parse_act(span_t word, exercise_act_t *out)
{
    for (size_t i = 0; i < sizeof act_names / sizeof *act_names; i++)
        if (span_is(word, act_names[i])) {
            *out = (exercise_act_t)i;
            return true;
        }
    return false;
}

// As it is printed, and in no other way.
static bool take_time(span_t text, int64_t *ms)
{
    char printed[TIME_TEXT];
    if (!time_parse(text, ms))
        return false;
    time_print(*ms, printed);
    return span_is(text, printed);
}

static bool parse_field(span_t word, feed_field_t *out)
{
    for (size_t i = 0; i < FEED_FIELDS; i++)
        if (span_is(word, field_names[i])) {
            *out = (feed_field_t)i;
            return true;
        }
    return false;
}

// A word of the line that is no name.
static bool set_value(route_t *route, word_t word, span_t text)
{
    switch (word) {
    case WORD_TELL:
        return parse_tell(text, &route->tell);
    case WORD_REFER:
        return parse_refer(text, &route->refer);
    case WORD_ACT:
        return parse_act(text, &route->act);
    case WORD_FIELD:
        return parse_field(text, &route->field);
    case WORD_DIGEST:
        return hex_decode(text, route->digest.bytes, sizeof route->digest.bytes);
    case WORD_SIZE:
        return decimal_decode(text, &route->size);
    case WORD_FROM:
        return take_time(text, &route->from_ms);
    case WORD_UNTIL:
        return take_time(text, &route->until_ms);
    default:
        return false;
    }
}

static bool set_cites(route_t *route, span_t text)
{
    return text_is_line(text) && copy(text, route->cites, sizeof route->cites);
}

static bool take_route(span_t line, route_t *route)
{
    const word_t *word = lines[route->type].word;
    for (; *word != WORD_NONE && *word != WORD_CITES; word++) {
        span_t text = next_word(&line, word[1] == WORD_NONE);
        if (!(names[*word].room > 0 ? set_name : set_value)(route, *word, text))
            return false;
    }
    return *word == WORD_NONE || set_cites(route, line);
}

const char *route_type_name(route_type_t type)
{
    return lines[type].name;
}

static bool parse_type(span_t word, route_type_t *type)
{
    for (size_t i = 0; word.size > 0 && i < sizeof lines / sizeof *lines; i++)
        if (word.data[0] == (uint8_t)lines[i].name[0] && span_is(word, lines[i].name)) {
            *type = (route_type_t)i;
            return true;
        }
    return false;
}

bool route_take_type(span_t *line, route_type_t *type)
{
    return parse_type(next_word(line, false), type);
}

int route_parse(route_t *route, span_t line, cause_t *why)
{
    if (line.size && line.data[line.size - 1] == '\n')
        line.size--;
    *route = (route_t){0};
    if (!route_take_type(&line, &route->type))
        return cause_set(
            why, "malformed routing line: it begins with no word that lines have");
    return take_route(line, route) ? 0 : cause_set(why, "malformed routing line");
}

span_t route_take_line(reader_t *text)
{
    const uint8_t *lf =
        text->rest.size ? memchr(text->rest.data, '\n', text->rest.size) : NULL;
    return lf ? take_line(text) : take_rest(text);
}

bool route_is(span_t line, route_type_t type)
{
    reader_t reader = reader_of(line);
    return line.size > 0 && line.data[0] == (uint8_t)lines[type].name[0] &&
           span_is(take_word(&reader), lines[type].name);
}

static int take_lines(routing_t *self, reader_t *reader, cause_t *why)
{
    while (reader->rest.size) {
        span_t line = take_line(reader);
        if (reader->bad || self->n == LINES_MAX)
            return cause_set(why,
                "malformed routing record: its last line has no LF, or it "
                "has more than %d lines",
                LINES_MAX);
        if (route_parse(add(self), line, why) != 0)
            return -1;
        if (route_delivers(&self->route[self->n - 1]))
            self->by_node[self->delivers++] = (uint32_t)(self->n - 1);
    }
    return 0;
}

static int by_node(const void *a, const void *b, void *routing)
{
    const route_t *route = ((const routing_t *)routing)->route;
    return strcmp(route[*(const uint32_t *)a].node, route[*(const uint32_t *)b].node);
}

// How many are in order from the first on, and none twice.
static size_t count_in_order(const routing_t *self)
{
    size_t n = 1;
    while (n < self->delivers &&
           strcmp(delivering(self, n - 1)->node, delivering(self, n)->node) < 0)
        n++;
    return n;
}

// NULL, or a node that two lines deliver to.  Those that do come into their order.
static const char *delivered_twice(routing_t *self)
{
    if (count_in_order(self) >= self->delivers)
        return NULL;
    qsort_r(self->by_node, self->delivers, sizeof *self->by_node, by_node, self);
    size_t n = count_in_order(self);
    return n < self->delivers ? delivering(self, n)->node : NULL;
}

static bool goes_along(route_type_t type)
{
    return type == ROUTE_CARRIES || type == ROUTE_OMITS;
}

// NULL, or a node for whom something goes along that it does not have: these lines stand
// right behind the one that delivers the message to the node.
static const char *carried_to_nobody(const routing_t *self)
{
    const route_t *with = NULL;
    for (size_t i = 0; i < self->n; i++) {
        const route_t *route = &self->route[i];
        if (!goes_along(route->type))
            with = route_delivers(route) ? route : NULL;
        else if (!with || strcmp(with->node, route->node) != 0)
            return route->node;
    }
    return NULL;
}

// Nobody has it twice, and who gets older messages with it has it itself.
static int check_receivers(routing_t *self, cause_t *why)
{
    const char *twice = delivered_twice(self), *with = carried_to_nobody(self);
    if (twice)
        return cause_set(why, "two lines deliver it to %s", twice);
    return with ? cause_set(why,
                      "it carries something to %s, and not behind the line that "
                      "delivers it there",
                      with)
                : 0;
}

int routing_read(routing_t *self, span_t text, cause_t *why)
{
    reader_t reader = reader_of(text);
    routing_clear(self);
    if (edition_line(take_line(&reader), VERSION_LINE, "a routing record", why) != 0)
        return -1;
    if (!hex_decode(take_field(&reader, "nonce"), self->nonce, sizeof self->nonce) ||
        !decimal_decode(take_field(&reader, "rules"), &self->rules_position))
        return cause_set(why, "malformed routing record: nonce or rules");
    if (take_lines(self, &reader, why) != 0)
        return -1;
    return check_receivers(self, why);
}

void routing_salvage(routing_t *self, span_t text)
{
    reader_t reader = reader_of(text);
    route_t route;
    cause_t ignored;
    routing_clear(self);
    while (!reader.bad && reader.rest.size > 0 && self->n < LINES_MAX) {
        span_t line = take_line(&reader);
        if (!reader.bad && route_parse(&route, line, &ignored) == 0 &&
            route_delivers(&route) && !routing_find(self, route.node))
            routing_add(self, &route);
    }
}

int routing_parse(routing_t *self, span_t text, cause_t *why)
{
    *self = (routing_t){0};
    int result = routing_read(self, text, why);
    if (result != 0)
        routing_close(self);
    return result;
}

// A word of its own says so, in lines that have it.
bool route_is_told(route_type_t type, span_t words)
{
    for (const word_t *word = lines[type].word; *word != WORD_NONE; word++) {
        span_t text = next_word(&words, word[1] == WORD_NONE);
        if (*word == WORD_TELL)
            return span_is(text, "sender");
    }
    return lines[type].told;
}

void routing_salvage_told(span_t text, buf_t *out)
{
    reader_t reader = reader_of(text);
    route_t route;
    cause_t ignored;
    while (!reader.bad && reader.rest.size > 0) {
        span_t line = take_line(&reader);
        if (reader.bad || route_parse(&route, line, &ignored) != 0 ||
            !(route.tell == TELL_SENDER || lines[route.type].told))
            continue;
        buf_put_span(out, line);
        buf_put_u8(out, '\n');
    }
}
