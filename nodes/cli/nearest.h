// nearest - which word somebody meant who mistyped one.
//
//     unsigned far = NEAREST_FAR;
//     for (...)
//         if (nearest_is(typed, word, &far))
//             nearest = word;

#ifndef NODES_CLI_NEAREST_H
#define NODES_CLI_NEAREST_H

#include <stdbool.h>

enum { NEAREST_FAR = 3 }; // too many slips

// Whether this word is nearer than `*far` slips, which it then is.
bool nearest_is(const char *typed, const char *word, unsigned *far);

#endif
