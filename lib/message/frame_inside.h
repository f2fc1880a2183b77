// frame_inside - what all of the decoders and encoders of frames share.  Inline: they are
// on the way of each message.

#ifndef LIB_MESSAGE_FRAME_INSIDE_H
#define LIB_MESSAGE_FRAME_INSIDE_H

#include "lib/message/frame.h"

static inline void frame_put_header(buf_t *out, frame_type_t type)
{
    buf_put_u8(out, FRAME_VERSION);
    buf_put_u8(out, (uint8_t)type);
}

// The reader of a frame's body; bad when the frame is not of this type.
static inline reader_t frame_body_of(span_t frame, frame_type_t type)
{
    reader_t body;
    if (frame_type(frame, &body) != (int)type)
        body.bad = true;
    return body;
}

// The end of every decoder: all was there, nothing is left, and the values were good.
static inline int frame_finish(
    const reader_t *body, bool good, const char *name, cause_t *why)
{
    if (good && reader_done(body))
        return 0;
    return cause_set(why, "malformed %s frame", name);
}

// A list's length; one beyond the limit ends the decoding.
static inline size_t frame_take_count(reader_t *body, size_t least, size_t most)
{
    size_t n = take_u16(body);
    if (!body->bad && n >= least && n <= most)
        return n;
    body->bad = true;
    return 0;
}

#endif
