// answered - an answer is noted once it is in the log.  One that is still on its way is
// looked for where the node keeps what it has to send.

#include "nodes/inbox/answered.h"

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/base/times.h"
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

// An answer: an acknowledgement by its word, any other by its kind.
static bool read_answer(
    span_t document, reference_t *re, char id[MESSAGE_ID_MAX], char word[KIND_MAX])
{
    // Hardly anything that is reported or told is one: it need not be read.
    if (!memmem(document.data, document.size, "\"re\"", 4))
        return false;
    value_t *root = document_again(document);
    bool found = root && take(root, "/kind", word, KIND_MAX) &&
                 take(root, "/re/author", re->author, sizeof re->author) &&
                 take(root, "/re/id", re->id, sizeof re->id) &&
                 (strcmp(word, "acknowledgement") != 0 ||
                     take(root, "/body/answer", word, KIND_MAX)) &&
                 text_is_word(span_text(word));
    if (found && !take(root, "/id", id, MESSAGE_ID_MAX))
        id[0] = 0; // one that the node has not taken yet
    value_free(&root);
    return found && about_fits(re);
}

// A word is noted once, a report of each time; one that is heard of again is the same.
static bool is_noted(span_t kept, const char *word, const char *id)
{
    bool kind = strchr(word, '.') != NULL;
    return kind ? kept.size > 0 && memmem(kept.data, kept.size, id, strlen(id))
                : about_has(kept, word);
}

int answered_note(const char *node, span_t document, cause_t *why)
{
    reference_t re = {{0}, {0}};
    char id[MESSAGE_ID_MAX], word[KIND_MAX];
    buf_t text = {0};
    if (!read_answer(document, &re, id, word) || !id[0])
        return 0;
    int result = 0;
    (void)about_read(node, "answered", &re, &text);
    if (!is_noted(buf_span(&text), word, id) && text.size < ABOUT_MAX / 2) {
        buf_printf(&text, "%s %s\n", word, id);
        result = about_write(node, "answered", &re, buf_span(&text), why);
    }
    buf_destroy(&text);
    return result;
}

size_t answered_with(
    const char *node, const reference_t *message, answer_note_t *out, size_t room)
{
    buf_t text = {0};
    size_t n = 0;
    (void)about_read(node, "answered", message, &text);
    reader_t reader = reader_of(buf_span(&text));
    while (n < room && reader.rest.size > 0) {
        span_t line = take_line(&reader);
        reader_t words = reader_of(line);
        span_t word = take_word(&words), id = take_rest(&words);
        if (reader.bad)
            break;
        if (!words.bad && uuid7_valid(id) && text_copy(word, out[n].word, KIND_MAX) &&
            text_copy(id, out[n].id, MESSAGE_ID_MAX))
            n++;
    }
    buf_destroy(&text);
    return n;
}

// A document of the outbox, or one of many in a sealed parcel.
static bool answers(span_t bytes, const reference_t *message, const char *word)
{
    reference_t re = {{0}, {0}};
    char id[MESSAGE_ID_MAX], said[KIND_MAX], quoted[KIND_MAX + 2];
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
    bool found = waits_in(node, "outbox", message, word) ||
                 waits_in(node, "state/spool", message, word) ||
                 (about_read(node, "answered", message, &text) &&
                     about_has(buf_span(&text), word));
    buf_destroy(&text);
    return found;
}
