// feed - a list of tests, field by field.  The names of a body's members are the words of
// records in the plural, but for the level and the kinds of countries' codes.

#include "lib/message/feed.h"

#include "lib/base/memory.h"
#include "lib/tlog/merkle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const members[] = {[FEED_KIND] = "kinds",
    [FEED_LEVEL] = "level",
    [FEED_SECTOR] = "sectors",
    [FEED_CATEGORY] = "categories",
    [FEED_COUNTRY] = "countries",
    [FEED_OBJECT] = "objects",
    [FEED_AUTHOR] = "authors"};

static int level_of(const char *value)
{
    return value[0] >= '0' && value[0] <= '9' && value[1] == 0 ? value[0] - '0' : 0;
}

static void add(feed_t *self, feed_field_t field, const char *value)
{
    self->test = memory_grow(self->test, self->n + 1, sizeof *self->test);
    feed_test_t *test = &self->test[self->n++];
    *test = (feed_test_t){.field = field};
    (void)snprintf(test->value, sizeof test->value, "%s", value);
    if (field == FEED_LEVEL)
        self->level = level_of(value);
}

static void read_level(feed_t *self, const value_t *level)
{
    char digit[2] = {0};
    double number = value_is_number(level) ? value_number(level) : 0;
    if (number < 1 || number > 9)
        return; // every message has at least 0, and one without a level fits as well
    digit[0] = (char)('0' + (int)number);
    add(self, FEED_LEVEL, digit);
}

void feed_read(feed_t *self, const value_t *body)
{
    *self = (feed_t){0};
    const char *name = value_text(value_get(body, "name"));
    (void)snprintf(self->name, sizeof self->name, "%s", name ? name : "");
    for (feed_field_t field = 0; field < FEED_FIELDS; field++) {
        const value_t *values = value_get(body, members[field]);
        if (field == FEED_LEVEL)
            read_level(self, values);
        else if (values)
            value_each(value, values)
            {
                add(self, field, value_text(value));
            }
    }
}

bool feed_of(feed_t *self, const routing_t *routing)
{
    *self = (feed_t){0};
    for (size_t i = 0; i < routing->n; i++) {
        const route_t *route = &routing->route[i];
        if (route->type != ROUTE_SUBSCRIBES)
            continue;
        memcpy(self->name, route->feed, sizeof self->name);
        add(self, route->field, route->node);
    }
    return self->n > 0;
}

void feed_close(feed_t *self)
{
    free(self->test);
    *self = (feed_t){0};
}

void feed_record(const feed_t *self, routing_t *routing)
{
    for (size_t i = 0; i < self->n; i++) {
        route_t route = {.type = ROUTE_SUBSCRIBES, .field = self->test[i].field};
        memcpy(route.feed, self->name, sizeof route.feed);
        memcpy(route.node, self->test[i].value, sizeof route.node);
        routing_add(routing, &route);
    }
}

const char *feed_value(const feed_t *self, feed_field_t field, size_t *i)
{
    while (*i < self->n) {
        const feed_test_t *test = &self->test[(*i)++];
        if (test->field == field)
            return test->value;
    }
    return NULL;
}

void feed_facts(
    feed_facts_t *self, const value_t *message, const char *kind, const char *author)
{
    const value_t *body = value_get(message, "body");
    const value_t *level = value_get(body, "level");
    *self = (feed_facts_t){.kind = kind, .author = author, .level = -1};
    if (value_is_number(level) && value_number(level) >= 0 && value_number(level) <= 9)
        self->level = (int)value_number(level);
    self->value[FEED_SECTOR] = value_get(body, "sector");
    self->value[FEED_CATEGORY] = value_get(body, "category");
    self->value[FEED_COUNTRY] = value_get(body, "countries");
    self->value[FEED_OBJECT] = value_get(body, "object");
    self->more = value_get(body, "objects");
}

// The next text of one value or of many; what is no text is passed over.
static const char *next_text(const value_t *value, feed_walk_t *walk)
{
    const char *text = NULL;
    if (value_is(value, VALUE_ARRAY)) {
        while (!text && (walk->at = value_next(value, walk->at)) != NULL)
            text = value_text(walk->at);
    } else if (!walk->at) {
        walk->at = value;
        text = value_text(value);
    }
    return text;
}

const char *feed_fact(const feed_facts_t *self, feed_field_t field, feed_walk_t *walk)
{
    const value_t *parts[] = {
        self->value[field], field == FEED_OBJECT ? self->more : NULL};
    const char *text = NULL;
    if (field == FEED_KIND || field == FEED_AUTHOR)
        return walk->part++ > 0 ? NULL : field == FEED_KIND ? self->kind : self->author;
    while (walk->part < 2 && !(text = next_text(parts[walk->part], walk)))
        *walk = (feed_walk_t){.part = walk->part + 1};
    return text;
}

static bool has(const feed_facts_t *facts, const feed_test_t *test)
{
    const char *value;
    feed_walk_t walk = {0};
    if (test->field == FEED_LEVEL)
        return facts->level >= level_of(test->value);
    while ((value = feed_fact(facts, test->field, &walk)) != NULL)
        if (strcmp(value, test->value) == 0)
            return true;
    return false;
}

bool feed_chooses(const feed_t *self, const feed_facts_t *facts)
{
    for (size_t i = 0; i < self->n;) {
        feed_field_t field = self->test[i].field;
        bool found = false;
        for (; i < self->n && self->test[i].field == field; i++)
            found = found || has(facts, &self->test[i]);
        if (!found)
            return false;
    }
    return self->n > 0;
}

void feed_begin(const char *node, const char *feed, hash_t *digest)
{
    buf_t text = {0};
    buf_put_text(&text, "dabyl-feed/v1\n");
    buf_put_text(&text, node);
    buf_put_u8(&text, '\n');
    buf_put_text(&text, feed);
    buf_put_u8(&text, '\n');
    sha256(buf_span(&text), digest);
    buf_destroy(&text);
}

void feed_count(hash_t *digest, const char *author, const char *id)
{
    uint8_t text[sizeof digest->bytes + NODE_ID_MAX + MESSAGE_ID_MAX + 2];
    memcpy(text, digest->bytes, sizeof digest->bytes);
    int size = snprintf((char *)text + sizeof digest->bytes,
        sizeof text - sizeof digest->bytes, "%s\n%s\n", author, id);
    sha256(span_of(text, sizeof digest->bytes + (size_t)size), digest);
}
