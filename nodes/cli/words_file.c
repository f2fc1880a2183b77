// words_file - libc's gettext speaks one language for the whole process; each browser
// wants its own, so the file is read here.
//
// The format: magic, revision, number of texts, offset of a table of originals, offset of
// a table of translations; a table's rows are length and offset.

#include "nodes/cli/words_file.h"

#include "lib/base/bytes.h"
#include "lib/base/file.h"
#include "lib/sys/program.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 8 << 20, MAGIC = 0x950412de };

static bool take_number(span_t file, uint64_t at, uint32_t *out)
{
    uint32_t value;
    if (at > file.size || file.size - at < sizeof value)
        return false;
    memcpy(&value, file.data + at, sizeof value);
    *out = le32toh(value);
    return true;
}

static bool take_text(span_t file, uint64_t row, span_t *out)
{
    uint32_t size, at;
    if (!take_number(file, row, &size) || !take_number(file, row + 4, &at) ||
        at > file.size || file.size - at < size)
        return false;
    *out = span_of(file.data + at, size);
    return true;
}

static bool take_all(span_t file, json_t *words)
{
    uint32_t magic, n, originals, translations;
    if (!take_number(file, 0, &magic) || magic != (uint32_t)MAGIC ||
        !take_number(file, 8, &n) || !take_number(file, 12, &originals) ||
        !take_number(file, 16, &translations) || n > file.size / 16)
        return false;
    for (uint64_t i = 0; i < n; i++) {
        span_t english, said;
        char key[4096];
        if (!take_text(file, originals + 8 * i, &english) ||
            !take_text(file, translations + 8 * i, &said))
            return false;
        if (english.size == 0 || english.size >= sizeof key)
            continue; // "" is the file's header
        memcpy(key, english.data, english.size);
        key[english.size] = 0;
        if (json_object_set_new(
                words, key, json_stringn((const char *)said.data, said.size)) != 0)
            return false;
    }
    return true;
}

json_t *words_file_parse(const char *path, cause_t *why)
{
    buf_t file = {0};
    if (file_read(path, FILE_MAX, &file, why) != 0)
        return NULL;
    json_t *words = json_object();
    if (!words || !take_all(buf_span(&file), words)) {
        (void)cause_set(why, "%s: not a catalogue of translations", path);
        json_decref(words);
        words = NULL;
    }
    buf_destroy(&file);
    return words;
}

// Where nodes/cli/catalogue.c looks as well.
json_t *words_file_read(const char *language, cause_t *why)
{
    static const char *const places[] = {"locale", "../locale", "../share/locale"};
    char program[PATH_MAX], path[PATH_MAX + 64];
    if (strcmp(language, "en") == 0)
        return json_object();
    program_folder(program);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        (void)snprintf(path, sizeof path, "%s/%s/%s/LC_MESSAGES/dabyl.mo", program,
            places[i], language);
        if (access(path, R_OK) == 0)
            return words_file_parse(path, why);
    }
    (void)cause_set(why, "there is no catalogue of %s beside the program", language);
    return NULL;
}
