// topic_law - rules and schemas in force, with the proof that they are the log's entries:
// who asks need not believe that these are the words that an officer sealed.
//
// An entry is read in a step of its own.  The proof comes last and is for all of them,
// under the checkpoint of that moment.

#include "hub/ask/topics.h"

enum { LAW_ANSWER_MAX = 4 << 20 }; // bytes of texts: an answer is one frame

static void add_part(asking_t *asking, uint64_t position)
{
    size_t at = asking->parts;
    if (position == 0)
        return;
    for (; at > 0 && asking->part[at - 1] > position; at--)
        asking->part[at] = asking->part[at - 1];
    asking->part[at] = position;
    asking->parts++;
}

// {"known": [positions]} of what the asker has already.
static bool knows_all(const asking_t *asking)
{
    const value_t *known = value_get(asking->arguments, "known");
    size_t i = 0;
    if (value_count(known) != asking->parts)
        return false;
    value_each(position, known)
    {
        if (value_integer(position) != (int64_t)asking->part[i++])
            return false;
    }
    return true;
}

bool topic_law(const questions_t *self, const char *asker, asking_t *asking)
{
    (void)asker;
    add_part(asking, self->enacted->schemas_position);
    add_part(asking, self->enacted->rules_position);
    if (knows_all(asking)) {
        writer_bool(&asking->to, "same", true);
        return false;
    }
    writer_array(&asking->to, "entries");
    return true;
}

static bool write_part(const questions_t *self, asking_t *asking, uint64_t position)
{
    entry_t entry;
    cause_t why;
    writer_t *to = &asking->to;
    if (entries_read(self->entries, position, &entry, &why) != 0)
        return refuse(&asking->refusal, "ask.topic", "", "", "%s", why.text) == 0;
    writer_object(to, NULL);
    writer_base64(to, "leaf", entry.leaf);
    writer_span(to, "document", entry.document);
    if (entry.seal.size)
        writer_span(to, "seal", entry.seal);
    writer_end(to);
    if (asking->answer.size <= LAW_ANSWER_MAX)
        return true;
    return refuse(&asking->refusal, "ask.topic", "", "",
               "the law is too long for an answer: more than %d bytes (operational "
               "default)",
               LAW_ANSWER_MAX) == 0;
}

static bool write_proof(const questions_t *self, asking_t *asking)
{
    cause_t why;
    buf_t proof = {0};
    writer_t *to = &asking->to;
    writer_end(to);
    if (tree_prove_run(
            self->tree, asking->part, asking->parts, self->size, &proof, &why) == 0) {
        writer_span(to, "checkpoint", self->note);
        writer_base64(to, "proof", buf_span(&proof));
    } else
        (void)refuse(&asking->refusal, "ask.topic", "", "", "%s", why.text);
    buf_destroy(&proof);
    return false;
}

bool topic_law_step(const questions_t *self, const char *asker, asking_t *asking)
{
    (void)asker;
    if (asking->at < asking->parts)
        return write_part(self, asking, asking->part[asking->at++]);
    return write_proof(self, asking);
}
