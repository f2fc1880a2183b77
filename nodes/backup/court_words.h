// court_words - what lies beside exported entries, for who reads them: in each language.

#ifndef NODES_BACKUP_COURT_WORDS_H
#define NODES_BACKUP_COURT_WORDS_H

typedef struct {
    const char *name, *text; // of a file; NULL after the last
} court_word_t;

extern const court_word_t court_words[];

#endif
