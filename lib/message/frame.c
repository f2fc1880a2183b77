// frame - each frame is two header bytes and a body of numbers and length-prefixed
// strings.
//
// A decoder reads everything with a reader that never goes past the end, then asks once
// whether anything was short or left over.  Words and lines that others will log are
// checked here, so that nobody above has to think of control characters.
//
// Here are those of a session; frame_messages.c has those that carry messages and what
// became of them, frame_asking.c questions and the pieces of files.

#include "lib/message/frame.h"

#include "lib/base/edition.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
#include "lib/message/frame_inside.h"
#include "lib/message/peer.h"

#include <assert.h>
#include <string.h>

enum { AHEAD_LEVEL_MAX = 9 };

int frame_type(span_t frame, reader_t *body)
{
    *body = reader_of(frame);
    uint8_t version = take_u8(body);
    uint8_t type = take_u8(body);
    return body->bad || version != FRAME_VERSION ? -1 : type;
}

int frame_check_version(span_t frame, cause_t *why)
{
    if (frame.size == 0)
        return cause_set(why, "a frame of nothing");
    return edition_number(frame.data[0], FRAME_VERSION, "a frame", why);
}

static bool agent_good(span_t agent)
{
    return text_is_line(agent) && agent.size <= AGENT_SIZE_MAX;
}

void hello_put(buf_t *out, const hello_t *self)
{
    frame_put_header(out, FRAME_HELLO);
    buf_put_short(out, self->node);
    buf_put_short(out, self->agent);
    buf_put_u64(out, self->stored);
    buf_put_u64(out, self->position);
    buf_put_u32(out, self->window);
    buf_put_long(out, self->checkpoint);
}

int hello_take(hello_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_HELLO);
    self->node = take_short(&body);
    self->agent = take_short(&body);
    self->stored = take_u64(&body);
    self->position = take_u64(&body);
    self->window = take_u32(&body);
    self->checkpoint = take_long(&body);
    bool good = text_is_word(self->node) && self->node.size < NODE_ID_MAX &&
                agent_good(self->agent) && self->window > 0 &&
                (self->stored > 0 || self->position == 0);
    return frame_finish(&body, good, "HELLO", why);
}

void welcome_put(buf_t *out, const welcome_t *self)
{
    frame_put_header(out, FRAME_WELCOME);
    buf_put_short(out, self->origin);
    buf_put_long(out, self->checkpoint);
    buf_put_long(out, self->consistency);
    buf_put_u64(out, self->inbox_last);
    buf_put_u32(out, self->window);
    buf_put_u32(out, self->size_limit);
    buf_put_u64(out, (uint64_t)self->time_ms);
}

int welcome_take(welcome_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_WELCOME);
    self->origin = take_short(&body);
    self->checkpoint = take_long(&body);
    self->consistency = take_long(&body);
    self->inbox_last = take_u64(&body);
    self->window = take_u32(&body);
    self->size_limit = take_u32(&body);
    uint64_t time_ms = take_u64(&body);
    self->time_ms = (int64_t)time_ms;
    bool good = text_is_word(self->origin) && self->window > 0 && time_ms < TIME_END_MS &&
                self->consistency.size % sizeof(hash_t) == 0;
    return frame_finish(&body, good, "WELCOME", why);
}

void knows_put(buf_t *out, span_t agent)
{
    frame_put_header(out, FRAME_KNOWS);
    buf_put_short(out, agent);
}

int knows_take(span_t *agent, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_KNOWS);
    *agent = take_short(&body);
    return frame_finish(&body, agent_good(*agent), "KNOWS", why);
}

void follow_put(buf_t *out, const follow_t *self)
{
    frame_put_header(out, FRAME_FOLLOW);
    buf_put_u64(out, self->segment);
    buf_put_u64(out, self->offset);
    buf_put_u64(out, self->entries);
}

int follow_take(follow_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_FOLLOW);
    self->segment = take_u64(&body);
    self->offset = take_u64(&body);
    self->entries = take_u64(&body);
    return frame_finish(&body, self->entries >= self->segment, "FOLLOW", why);
}

void tail_put(buf_t *out, const tail_t *self)
{
    frame_put_header(out, FRAME_TAIL);
    buf_put_u64(out, self->segment);
    buf_put_u64(out, self->offset);
    buf_put_u8(out, self->over);
    buf_put_long(out, self->note);
    buf_put_long(out, self->data);
}

int tail_take(tail_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_TAIL);
    self->segment = take_u64(&body);
    self->offset = take_u64(&body);
    uint8_t over = take_u8(&body);
    self->over = over == 1;
    self->note = take_long(&body);
    self->data = take_long(&body);
    bool good = over <= 1 && (self->data.size > 0 || over == 1 || self->note.size > 0);
    return frame_finish(&body, good, "TAIL", why);
}

void ack_put(buf_t *out, const ack_t *self)
{
    frame_put_header(out, FRAME_ACK);
    buf_put_u64(out, self->number);
    buf_put(out, self->root.bytes, sizeof self->root.bytes);
    buf_put(out, self->signature, sizeof self->signature);
}

int ack_take(ack_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_ACK);
    self->number = take_u64(&body);
    (void)take_into(&body, self->root.bytes, sizeof self->root.bytes);
    (void)take_into(&body, self->signature, sizeof self->signature);
    return frame_finish(&body, self->number > 0, "ACK", why);
}

void again_put(buf_t *out, const again_t *self)
{
    frame_put_header(out, FRAME_AGAIN);
    buf_put_u64(out, self->first);
    buf_put_u64(out, self->last);
}

int again_take(again_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_AGAIN);
    self->first = take_u64(&body);
    self->last = take_u64(&body);
    return frame_finish(
        &body, self->first >= 1 && self->first <= self->last, "AGAIN", why);
}

void ahead_put(buf_t *out, const ahead_t *self)
{
    frame_put_header(out, FRAME_AHEAD);
    buf_put_u32(out, self->more);
    buf_put_u16(out, (uint16_t)self->n);
    for (size_t i = 0; i < self->n; i++) {
        const ahead_item_t *item = &self->item[i];
        buf_put_u64(out, item->number);
        buf_put_u8(out, item->level);
        buf_put_u8(out, item->marks);
        if (item->marks & AHEAD_OWED)
            buf_put_u64(out, (uint64_t)item->due_ms);
    }
}

// It says a level or a duty, or it would say nothing.
static bool take_ahead(reader_t *body, ahead_item_t *item)
{
    item->number = take_u64(body);
    item->level = take_u8(body);
    item->marks = take_u8(body);
    bool owed = item->marks & AHEAD_OWED;
    uint64_t due_ms = owed ? take_u64(body) : 0;
    item->due_ms = (int64_t)due_ms;
    bool leveled = item->level >= LEVEL_URGENT && item->level <= AHEAD_LEVEL_MAX;
    return item->marks <= (AHEAD_OWED | AHEAD_PLAYED) && due_ms < TIME_END_MS &&
           (leveled || (owed && item->level == 0));
}

int ahead_take(ahead_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_AHEAD);
    uint64_t last = 0;
    self->more = take_u32(&body);
    self->n = frame_take_count(&body, 1, AHEAD_MAX);
    bool good = true;
    for (size_t i = 0; i < self->n && !body.bad; i++) {
        good &= take_ahead(&body, &self->item[i]) && self->item[i].number > last;
        last = self->item[i].number;
    }
    return frame_finish(&body, good, "AHEAD", why);
}

void bare_put(buf_t *out, frame_type_t type)
{
    assert(type == FRAME_PULSE || type == FRAME_RESYNC);
    frame_put_header(out, type);
}

int bare_take(span_t frame, cause_t *why)
{
    reader_t body;
    (void)frame_type(frame, &body);
    return frame_finish(&body, true, "bare", why);
}

void bye_put(buf_t *out, const char *code, const char *text)
{
    frame_put_header(out, FRAME_BYE);
    buf_put_short(out, span_text(code));
    buf_put_short(out, span_text(text));
}

int bye_take(span_t frame, span_t *code, span_t *text, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_BYE);
    *code = take_short(&body);
    *text = take_short(&body);
    return frame_finish(&body, text_is_word(*code) && text_is_line(*text), "BYE", why);
}
