// resp - RESP2: a line says what comes, and of a bulk string how long it is.

#include "tests/bench/peers/resp.h"

#include <stdlib.h>

enum { BULK_MAX = 1 << 20 };

static int64_t number_of(span_t text)
{
    int64_t value = 0;
    bool below = text.size > 0 && text.data[0] == '-';
    for (size_t i = below ? 1 : 0; i < text.size && i < 19; i++)
        value = value * 10 + (text.data[i] - '0');
    return below ? -value : value;
}

// A bulk string behind its line; `line` bytes were taken for that.
static int take_bulk(channel_t *channel, size_t line, resp_part_t *part, cause_t *why)
{
    if (part->number < 0) {
        part->type = RESP_NOTHING;
        return 1;
    }
    if (part->number > BULK_MAX)
        return cause_set(why, "redis: a string of %lld bytes", (long long)part->number);
    size_t size = (size_t)part->number;
    span_t rest = channel_rest(channel);
    if (rest.size < size + 2) {
        channel->taken -= line;
        return 0;
    }
    part->text = span_of(rest.data, size);
    channel_take(channel, size + 2);
    return 1;
}

int resp_take(channel_t *channel, resp_part_t *part, cause_t *why)
{
    span_t line;
    if (!channel_line(channel, &line))
        return 0;
    if (line.size == 0)
        return cause_set(why, "redis: an empty line");
    part->text = span_of(line.data + 1, line.size - 1);
    part->number = 0;
    switch (line.data[0]) {
    case '+':
        part->type = RESP_TEXT;
        return 1;
    case ':':
        part->type = RESP_NUMBER;
        part->number = number_of(part->text);
        return 1;
    case '*':
        part->number = number_of(part->text);
        part->type = part->number < 0 ? RESP_NOTHING : RESP_ARRAY;
        return 1;
    case '$':
        part->type = RESP_TEXT;
        part->number = number_of(part->text);
        return take_bulk(channel, line.size + 2, part, why);
    default:
        return cause_set(why, "redis: %.*s", (int)line.size, (const char *)line.data);
    }
}

int resp_await(channel_t *channel, resp_part_t *part, cause_t *why)
{
    int got;
    while ((got = resp_take(channel, part, why)) == 0)
        if (channel_read(channel, why) != 0)
            return -1;
    return got < 0 ? -1 : 0;
}

int resp_expect(channel_t *channel, resp_type_t type, resp_part_t *part, cause_t *why)
{
    if (resp_await(channel, part, why) != 0)
        return -1;
    if (part->type != type)
        return cause_set(why, "redis: an answer of another kind than expected");
    return 0;
}
