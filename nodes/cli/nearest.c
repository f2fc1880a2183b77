// nearest - two slips of the finger are a slip; half the word wrong is another word.

#include "nodes/cli/nearest.h"

#include <string.h>

// How many letters to add, drop, change or swap to get from one word to the other.
static unsigned distance(const char *a, const char *b)
{
    enum { LONGEST = 24 };
    size_t m = strnlen(a, LONGEST), n = strnlen(b, LONGEST);
    unsigned d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= m; i++)
        d[i][0] = (unsigned)i;
    for (size_t j = 0; j <= n; j++)
        d[0][j] = (unsigned)j;
    for (size_t i = 1; i <= m; i++)
        for (size_t j = 1; j <= n; j++) {
            unsigned best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            best = d[i - 1][j] + 1 < best ? d[i - 1][j] + 1 : best;
            best = d[i][j - 1] + 1 < best ? d[i][j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    return d[m][n];
}

bool nearest_is(const char *typed, const char *word, unsigned *far)
{
    unsigned slips = distance(typed, word);
    if (slips >= *far || slips * 2 > strlen(word))
        return false;
    *far = slips;
    return true;
}
