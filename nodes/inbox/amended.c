// amended - the notes only tell people which messages to look at, so that they are
// checked for their form alone.  Each is read with one look-up, however long the chain.

#include "nodes/inbox/amended.h"

#include "lib/base/text.h"
#include "nodes/inbox/about.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { NOTE_MAX = 256 };

static bool take_name(
    const value_t *root, const char *author, const char *id, reference_t *out)
{
    const char *words[] = {
        value_text(value_at(root, author)), value_text(value_at(root, id))};
    *out = (reference_t){0};
    return words[0] && words[1] &&
           text_copy(span_text(words[0]), out->author, sizeof out->author) &&
           text_copy(span_text(words[1]), out->id, sizeof out->id) && about_fits(out);
}

static bool read_withdrawal(
    const value_t *root, reference_t *message, reference_t *original, amended_as_t *as)
{
    const char *status = value_text(value_get(root, "status"));
    if (status && strcmp(status, "test") == 0)
        return false; // it takes back nothing
    *as = AMENDED_WITHDRAWN;
    if (!take_name(root, "/cancels/author", "/cancels/id", original)) {
        *as = AMENDED_CORRECTED;
        if (!take_name(root, "/supersedes/author", "/supersedes/id", original))
            return false;
    }
    // Nobody else's word counts.
    return take_name(root, "/from", "/id", message) &&
           strcmp(message->author, original->author) == 0;
}

bool amended_does(
    span_t document, reference_t *message, reference_t *original, amended_as_t *as)
{
    // Hardly any does: most need not be read.
    if (!memmem(document.data, document.size, "\"cancels\"", 9) &&
        !memmem(document.data, document.size, "\"supersedes\"", 12))
        return false;
    value_t *root = document_again(document);
    bool found = root && read_withdrawal(root, message, original, as);
    value_free(&root);
    return found;
}

static bool read_note(const char *node, const reference_t *message, amended_t *out)
{
    char word[16];
    buf_t text = {0};
    amended_t found = {0};
    bool good = about_read(node, "withdrawn", message, &text) &&
                sscanf(buf_text(&text), "%15s %63s %36s %" SCNu64, word, found.by.author,
                    found.by.id, &found.number) == 4 &&
                (strcmp(word, "cancels") == 0 || strcmp(word, "supersedes") == 0) &&
                about_fits(&found.by);
    if (good) {
        found.state = word[0] == 'c' ? AMENDED_WITHDRAWN : AMENDED_CORRECTED;
        *out = found;
    }
    buf_destroy(&text);
    return good;
}

reference_t amended_first(const char *node, const reference_t *message)
{
    buf_t text = {0};
    reference_t first = {0};
    bool known = about_read(node, "began", message, &text) &&
                 sscanf(buf_text(&text), "%63s %36s", first.author, first.id) == 2 &&
                 about_fits(&first);
    buf_destroy(&text);
    return known ? first : *message;
}

int amended_note(const char *node, uint64_t number, span_t document, cause_t *why)
{
    char note[NOTE_MAX];
    reference_t message, original;
    amended_as_t as;
    amended_t before;
    if (!amended_does(document, &message, &original, &as))
        return 0;
    reference_t first = amended_first(node, &original);
    if (read_note(node, &first, &before) && before.number > number)
        return 0; // that one is said again
    (void)snprintf(note, sizeof note, "%s %s\n", first.author, first.id);
    if (!reference_same(&message, &first) &&
        about_write(node, "began", &message, span_text(note), why) != 0)
        return -1;
    (void)snprintf(note, sizeof note, "%s %s %s %" PRIu64 "\n",
        as == AMENDED_WITHDRAWN ? "cancels" : "supersedes", message.author, message.id,
        number);
    return about_write(node, "withdrawn", &first, span_text(note), why);
}

void amended_of(const char *node, const reference_t *message, amended_t *out)
{
    static const amended_t stands = {AMENDED_NOT, {{0}, {0}}, 0};
    reference_t first = amended_first(node, message);
    *out = stands;
    if (read_note(node, &first, out) && !reference_same(message, &first) &&
        reference_same(message, &out->by))
        *out = stands; // it is the newest itself
}
