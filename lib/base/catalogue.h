// catalogue - the words of the tools in Kazakh and Russian, from the files that
// translators edit (po/kk.po, po/ru.po), by libc's gettext.
//
// Daemons choose no language: what they log stays English.
//
// English is in the program itself: it is what comes out where there is no catalogue, no
// translation, or no locale on the machine.  The language is the process's, like libc's
// locale.

#ifndef LIB_BASE_CATALOGUE_H
#define LIB_BASE_CATALOGUE_H

#include <stdbool.h>

// "kk", "ru" or "en" for a language or a locale ("kk_KZ.UTF-8"); NULL for any other.
const char *catalogue_language(const char *name);
// By DABYL_LANG, else the locale that the environment names: what a person wants who said
// nothing else.
const char *catalogue_wanted(void);
// From now on speak this language, with the catalogue found from the program's own place:
// <build>/<mode>/locale, or <prefix>/share/locale.  False when it stays English.
bool catalogue_use(const char *language);
// The same with the catalogue of this folder (<folder>/kk/LC_MESSAGES/dabyl.mo).
bool catalogue_use_from(const char *folder, const char *language);

// The language that is spoken now: "kk", "ru" or "en".
const char *catalogue_spoken(void);

// A text as it stands in the program, in the language that is spoken.
const char *say(const char *english) __attribute__((format_arg(1)));
// A text about so many of something, for one and for more of them.
const char *say_n(const char *one, const char *more, unsigned long long n)
    __attribute__((format_arg(1), format_arg(2)));
// Append such a text to a buf_t: both have one %llu, the number.
#define say_count(out, one, more, n)                                                     \
    buf_printf((out), say_n((one), (more), (n)), (unsigned long long)(n))
// One that means different things in different places, told apart by a context.
const char *say_as(const char *context, const char *english);

// A text that stands in a table, and is looked up where it is printed: so that
// translators see it.
#define MARK(english) english

#endif
