// pick - names alone are read; there may be a hundred thousand of them.

#include "nodes/inbox/pick.h"

#include "lib/base/folder.h"
#include "lib/base/times.h"
#include "nodes/inbox/mail.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool pick_is_piece(const char *text)
{
    size_t length = strlen(text);
    return length >= PICK_LEAST && length < MESSAGE_ID_MAX - 1 &&
           strspn(text, "0123456789abcdefABCDEF-") == length;
}

void pick_begin(pick_t *self, const char *piece)
{
    *self = (pick_t){0};
    for (size_t i = 0; piece[i] && i + 1 < sizeof self->piece; i++)
        self->piece[i] = (char)tolower((unsigned char)piece[i]);
}

static void look_at(void *context, int folder, const char *name)
{
    (void)folder;
    pick_t *self = context;
    uint64_t number;
    char id[MESSAGE_ID_MAX], document[NAME_MAX + 1];
    size_t length = strlen(self->piece);
    if (mail_listed(name, &number, id, document) && uuid7_valid(span_text(id)) &&
        (memcmp(id, self->piece, length) == 0 ||
            memcmp(id + strlen(id) - length, self->piece, length) == 0))
        buf_put(&self->ids, id, sizeof id);
}

void pick_look(pick_t *self, const char *folder)
{
    cause_t ignored;
    int fd = folder_open(folder, &ignored);
    if (fd < 0)
        return;
    (void)folder_each(fd, look_at, self);
    (void)close(fd);
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, MESSAGE_ID_MAX);
}

size_t pick_count(pick_t *self)
{
    size_t n = self->ids.size / MESSAGE_ID_MAX, kept = 0;
    uint8_t *ids = self->ids.data;
    if (n == 0)
        return 0;
    qsort(ids, n, MESSAGE_ID_MAX, by_id);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || by_id(pick_id(self, kept - 1), pick_id(self, i)) != 0)
            memmove(ids + kept++ * MESSAGE_ID_MAX, pick_id(self, i), MESSAGE_ID_MAX);
    self->ids.size = kept * MESSAGE_ID_MAX;
    return kept;
}

const char *pick_id(const pick_t *self, size_t at)
{
    return (const char *)self->ids.data + at * MESSAGE_ID_MAX;
}

void pick_close(pick_t *self)
{
    buf_destroy(&self->ids);
}
