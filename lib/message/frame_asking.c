// frame_asking - questions and their answers, and files that are handed in and fetched
// piece by piece.

#include "lib/base/text.h"
#include "lib/message/frame_inside.h"

#include <assert.h>

void explain_put(buf_t *out, frame_type_t type, const explain_t *self)
{
    assert(type == FRAME_EXPLAIN || type == FRAME_EXPLAINED || type == FRAME_ANSWER);
    frame_put_header(out, type);
    buf_put_u32(out, self->request);
    buf_put_long(out, self->text);
}

int explain_take(explain_t *self, span_t frame, cause_t *why)
{
    reader_t body;
    int type = frame_type(frame, &body);
    body.bad |= type != FRAME_EXPLAIN && type != FRAME_EXPLAINED && type != FRAME_ANSWER;
    self->request = take_u32(&body);
    self->text = take_long(&body);
    return frame_finish(&body, true, "EXPLAIN", why);
}

void query_put(buf_t *out, const query_t *self)
{
    frame_put_header(out, FRAME_ASK);
    buf_put_u32(out, self->request);
    buf_put_short(out, self->topic);
    buf_put_long(out, self->arguments);
}

int query_take(query_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_ASK);
    self->request = take_u32(&body);
    self->topic = take_short(&body);
    self->arguments = take_long(&body);
    return frame_finish(&body, text_is_word(self->topic), "ASK", why);
}

static void put_digest(buf_t *out, const hash_t *digest)
{
    buf_put(out, digest->bytes, sizeof digest->bytes);
}

static void take_digest(reader_t *body, hash_t *digest)
{
    (void)take_into(body, digest->bytes, sizeof digest->bytes);
}

void give_put(buf_t *out, const give_t *self)
{
    frame_put_header(out, FRAME_GIVE);
    put_digest(out, &self->digest);
    buf_put_u64(out, self->size);
}

int give_take(give_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_GIVE);
    take_digest(&body, &self->digest);
    self->size = take_u64(&body);
    return frame_finish(&body, true, "GIVE", why);
}

void held_put(buf_t *out, const held_t *self)
{
    frame_put_header(out, FRAME_HELD);
    put_digest(out, &self->digest);
    buf_put_u64(out, self->size);
    buf_put_u64(out, self->offset);
    buf_put_u32(out, self->piece);
}

int held_take(held_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_HELD);
    take_digest(&body, &self->digest);
    self->size = take_u64(&body);
    self->offset = take_u64(&body);
    self->piece = take_u32(&body);
    return frame_finish(
        &body, self->offset <= self->size && self->piece > 0, "HELD", why);
}

void fetch_put(buf_t *out, const fetch_t *self)
{
    frame_put_header(out, FRAME_FETCH);
    put_digest(out, &self->digest);
    buf_put_u64(out, self->offset);
}

int fetch_take(fetch_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_FETCH);
    take_digest(&body, &self->digest);
    self->offset = take_u64(&body);
    return frame_finish(&body, true, "FETCH", why);
}

void piece_put(buf_t *out, const piece_t *self)
{
    frame_put_header(out, FRAME_PIECE);
    put_digest(out, &self->digest);
    buf_put_u64(out, self->size);
    buf_put_u64(out, self->offset);
    buf_put_long(out, self->data);
}

int piece_take(piece_t *self, span_t frame, cause_t *why)
{
    reader_t body = frame_body_of(frame, FRAME_PIECE);
    take_digest(&body, &self->digest);
    self->size = take_u64(&body);
    self->offset = take_u64(&body);
    self->data = take_long(&body);
    bool good = self->offset <= self->size &&
                self->data.size <= self->size - self->offset &&
                (self->data.size > 0 || self->size == 0);
    return frame_finish(&body, good, "PIECE", why);
}
