// document_load - the bytes of a document before anybody believes them.
//
// value_parse does the work; here its faults become refusals with a place: line and
// column for people who edit, a pointer for programs.

#include "lib/base/times.h"
#include "lib/message/document.h"

#include <stdio.h>
#include <string.h>

// "line 3, column 7 (byte 61)" for people; columns count bytes.
static void place(span_t text, size_t offset, char out[80])
{
    size_t line = 1;
    size_t start = 0;
    for (size_t i = 0; i < offset && i < text.size; i++)
        if (text.data[i] == '\n') {
            line++;
            start = i + 1;
        }
    (void)snprintf(
        out, 80, "line %zu, column %zu (byte %zu)", line, offset - start + 1, offset);
}

// Behind the string that begins at `offset`: a key is a place from there on.
static size_t behind_string(span_t text, size_t offset)
{
    size_t at = offset + 1;
    while (at < text.size && text.data[at] != '"')
        at += text.data[at] == '\\' ? 2 : 1;
    return at + 1;
}

static int refuse_at(refusal_t *refusal, const char *code, span_t text, size_t offset,
    const char *by, const char *what)
{
    char where[80];
    buf_t pointer = {0};
    bool key = strcmp(code, "doc.duplicate-key") == 0;
    place(text, offset, where);
    document_locate(text, key ? behind_string(text, offset) : offset, &pointer);
    refuse(refusal, code, buf_text(&pointer), by, "%s: %s", where, what);
    buf_destroy(&pointer);
    return -1;
}

static int refuse_fault(span_t text, const document_limits_t *limits,
    const value_fault_t *fault, refusal_t *refusal)
{
    static const struct {
        const char *code, *by;
    } words[] = {
        [VALUE_SYNTAX] = {"doc.syntax", ""},
        [VALUE_UTF8] = {"doc.utf8", ""},
        [VALUE_NUMBER] = {"doc.number", ""},
        [VALUE_DUPLICATE] = {"doc.duplicate-key", ""},
        [VALUE_DEPTH] = {"doc.depth", "limit depth"},
        [VALUE_MANY] = {"doc.size", "limit values"},
    };
    char deep[80];
    (void)snprintf(deep, sizeof deep, "nested deeper than %u levels", limits->depth);
    return refuse_at(refusal, words[fault->kind].code, text, fault->at,
        words[fault->kind].by, fault->kind == VALUE_DEPTH ? deep : fault->what);
}

int document_load(
    span_t bytes, const document_limits_t *limits, value_t **root, refusal_t *refusal)
{
    const value_limits_t within = {limits->depth, DOCUMENT_VALUES_MAX, .strict = true};
    value_fault_t fault;
    *root = NULL;
    if (bytes.size > limits->size)
        return refuse(refusal, "doc.size", "", "limit size",
            "the document has %zu bytes, the limit is %zu", bytes.size, limits->size);
    if (bytes.size >= 3 && memcmp(bytes.data, "\xef\xbb\xbf", 3) == 0)
        return refuse_at(
            refusal, "doc.syntax", bytes, 0, "", "starts with a byte order mark");
    value_t *value = value_parse(bytes, &within, &fault);
    if (!value)
        return refuse_fault(bytes, limits, &fault, refusal);
    if (!value_is(value, VALUE_OBJECT)) {
        value_free(&value);
        return refuse(
            refusal, "doc.syntax", "", "", "the document must be one JSON object");
    }
    *root = value;
    return 0;
}

value_t *document_again(span_t bytes)
{
    // Twice the depth that can be configured, since derived messages nest what they copy.
    const value_limits_t limits = {.depth = 512, .values = 2 * DOCUMENT_VALUES_MAX};
    value_fault_t fault;
    return value_parse(bytes, &limits, &fault);
}

static int check_name(
    const char *pointer, const value_t *value, const char *recorded, cause_t *why)
{
    const char *said = value_text(value);
    if (said && said[0] && strcmp(said, recorded) == 0)
        return 0;
    return cause_set(why, "the document says %s '%.80s', its leaf '%s'", pointer,
        said ? said : "", recorded);
}

static int check_names(const value_t *root, const leaf_t *leaf, cause_t *why)
{
    return check_name("/id", value_get(root, "id"), leaf->id, why) == 0 &&
                   check_name("/kind", value_get(root, "kind"), leaf->kind, why) == 0 &&
                   check_name("/from", value_get(root, "from"), leaf->author, why) == 0
               ? 0
               : -1;
}

int document_fits(span_t bytes, const leaf_t *leaf, cause_t *why)
{
    value_t *root = document_again(bytes);
    if (!root)
        return cause_set(why, "the document is not one JSON object");
    int result = check_names(root, leaf, why);
    value_free(&root);
    if (result == 0 && !uuid7_valid(span_text(leaf->id)))
        result = cause_set(why, "'%s' is no message id", leaf->id);
    return result;
}
