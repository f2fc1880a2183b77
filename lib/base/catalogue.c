// catalogue - nothing of this needs a locale to be installed.  LANGUAGE picks the
// catalogue as long as the locale of messages is any but "C", and C.UTF-8 comes with libc
// itself; the characters are asked for in UTF-8 whatever LC_CTYPE says.  Numbers, order
// and times stay those of the C locale: only messages change.

#include "lib/base/catalogue.h"

#include "lib/sys/program.h"

#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN "dabyl"

static const char *const languages[] = {"kk", "ru", "en"};

const char *catalogue_language(const char *name)
{
    size_t length = strcspn(name, "_.@");
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (length == 2 && strncmp(name, languages[i], 2) == 0)
            return languages[i];
    return NULL;
}

const char *catalogue_wanted(void)
{
    static const char *const names[] = {"DABYL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        const char *language = value && value[0] ? catalogue_language(value) : NULL;
        if (value && value[0])
            return language ? language : "en";
    }
    return "en";
}

// Any locale will do whose name is not "C" or "POSIX".
static bool leave_c_locale(void)
{
    static const char *const names[] = {
        "C.UTF-8", "C.utf8", "kk_KZ.UTF-8", "ru_RU.UTF-8", "en_US.UTF-8", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *set = setlocale(LC_MESSAGES, names[i]);
        if (set && strcmp(set, "C") != 0 && strcmp(set, "POSIX") != 0)
            return true;
    }
    return false;
}

static void speak_english(void)
{
    (void)setlocale(LC_MESSAGES, "C");
    (void)unsetenv("LANGUAGE");
}

bool catalogue_use_from(const char *folder, const char *language)
{
    char path[PATH_MAX];
    int length =
        snprintf(path, sizeof path, "%s/%s/LC_MESSAGES/" DOMAIN ".mo", folder, language);
    speak_english();
    if (strcmp(language, "en") == 0 || length < 0 || (size_t)length >= sizeof path ||
        access(path, R_OK) != 0 || !leave_c_locale())
        return false;
    if (setenv("LANGUAGE", language, 1) != 0 || !bindtextdomain(DOMAIN, folder) ||
        !bind_textdomain_codeset(DOMAIN, "UTF-8")) {
        speak_english();
        return false;
    }
    return true;
}

bool catalogue_use(const char *language)
{
    static const char *const places[] = {"locale", "../locale", "../share/locale"};
    char program[PATH_MAX], folder[PATH_MAX + 32];
    program_folder(program);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        snprintf(folder, sizeof folder, "%s/%s", program, places[i]);
        if (catalogue_use_from(folder, language))
            return true;
    }
    return false;
}

const char *catalogue_spoken(void)
{
    const char *now = setlocale(LC_MESSAGES, NULL), *language = getenv("LANGUAGE");
    if (!now || !language || strcmp(now, "C") == 0)
        return "en";
    language = catalogue_language(language);
    return language ? language : "en";
}

const char *say(const char *english)
{
    return english[0] ? dgettext(DOMAIN, english) : ""; // "" would be the file's header
}

const char *say_n(const char *one, const char *more, unsigned long long n)
{
    // Beyond a million the last digits decide.
    unsigned long few = (unsigned long)(n < 1000000 ? n : 1000000 + n % 1000000);
    return dngettext(DOMAIN, one, more, few);
}

// A catalogue keeps context and text as one key, with the byte 4 between them.
const char *say_as(const char *context, const char *english)
{
    char key[1024];
    int length = snprintf(key, sizeof key, "%s\004%s", context, english);
    if (length < 0 || (size_t)length >= sizeof key)
        return english;
    const char *found = dgettext(DOMAIN, key);
    return found == key ? english : found;
}
