// answered - an answer is noted once it is in the log.  One that is still on its way is
// looked for where the node keeps what it has to send.

#include "nodes/inbox/answered.h"

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "nodes/inbox/about.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MOST = 64 << 20, FILES_MOST = 2000 };

static bool take(const value_t *root, const char *pointer, char *out, size_t room)
{
    const char *text = value_text(value_at(root, pointer));
    return text && text_copy(span_text(text), out, room) && out[0];
}

// An acknowledgement that answers something.
static bool read_answer(
    span_t document, reference_t *re, char id[MESSAGE_ID_MAX], char word[32])
{
    char kind[KIND_MAX];
    if (!memmem(document.data, document.size, "\"acknowledgement\"", 17))
        return false;
    value_t *root = document_again(document);
    bool found = root && take(root, "/kind", kind, sizeof kind) &&
                 strcmp(kind, "acknowledgement") == 0 &&
                 take(root, "/re/author", re->author, sizeof re->author) &&
                 take(root, "/re/id", re->id, sizeof re->id) &&
                 take(root, "/body/answer", word, 32) && text_is_word(span_text(word));
    if (found && !take(root, "/id", id, MESSAGE_ID_MAX))
        id[0] = 0; // one that the node has not taken yet
    value_free(&root);
    return found && about_fits(re);
}

static bool has_word(span_t text, const char *word)
{
    reader_t reader = reader_of(text);
    while (reader.rest.size > 0) {
        span_t line = take_line(&reader);
        if (line.size == 0)
            return false;
        if (line.size > strlen(word) && line.data[strlen(word)] == ' ' &&
            memcmp(line.data, word, strlen(word)) == 0)
            return true;
    }
    return false;
}

int answered_note(const char *node, span_t document, cause_t *why)
{
    reference_t re = {{0}, {0}};
    char id[MESSAGE_ID_MAX], word[32];
    buf_t text = {0};
    if (!read_answer(document, &re, id, word))
        return 0;
    int result = 0;
    (void)about_read(node, "answered", &re, &text);
    if (!has_word(buf_span(&text), word) && text.size < ABOUT_MAX / 2) {
        buf_printf(&text, "%s %s\n", word, id);
        result = about_write(node, "answered", &re, buf_span(&text), why);
    }
    buf_destroy(&text);
    return result;
}

// A document of the outbox, or one of many in a sealed parcel.
static bool answers(span_t bytes, const reference_t *message, const char *word)
{
    reference_t re = {{0}, {0}};
    char id[MESSAGE_ID_MAX], said[32], quoted[40];
    if (read_answer(bytes, &re, id, said))
        return reference_same(&re, message) && strcmp(said, word) == 0;
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", word);
    return memmem(bytes.data, bytes.size, message->id, strlen(message->id)) &&
           memmem(bytes.data, bytes.size, "\"acknowledgement\"", 17) &&
           memmem(bytes.data, bytes.size, quoted, strlen(quoted));
}

static bool waits_in(
    const char *node, const char *folder, const reference_t *message, const char *word)
{
    char path[PATH_MAX], file[PATH_MAX];
    names_t names = {0};
    cause_t ignored;
    bool found = false;
    if (path_join(path, sizeof path, node, folder, &ignored) != 0 ||
        names_list(&names, path, "", &ignored) != 0)
        return false;
    // A folder as full as that belongs to a program, not to a person who answers.
    for (size_t i = 0; i < names.n && i < FILES_MOST && !found; i++) {
        buf_t bytes = {0};
        found = path_join(file, sizeof file, path, names.name[i], &ignored) == 0 &&
                file_read(file, FILE_MOST, &bytes, &ignored) == 0 &&
                answers(buf_span(&bytes), message, word);
        buf_destroy(&bytes);
    }
    names_free(&names);
    return found;
}

bool answered_before(const char *node, const reference_t *message, const char *word)
{
    buf_t text = {0};
    // In the order in which the node moves it, so that it is not missed on its way.
    bool found =
        waits_in(node, "outbox", message, word) ||
        waits_in(node, "state/spool", message, word) ||
        (about_read(node, "answered", message, &text) && has_word(buf_span(&text), word));
    buf_destroy(&text);
    return found;
}
