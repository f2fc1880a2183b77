// words_file - a catalogue of translations (GNU .mo) as JSON: English to the other
// language.

#ifndef NODES_CLI_WORDS_FILE_H
#define NODES_CLI_WORDS_FILE_H

#include "lib/base/cause.h"

#include <jansson.h>

// The catalogue of "kk" or "ru", as installed with the program; of "en" an empty one.
json_t *words_file_read(const char *language, cause_t *why);
// One file.
json_t *words_file_parse(const char *path, cause_t *why);

#endif
