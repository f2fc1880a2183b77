// packset - the packs in force as one text, as the journal keeps them and a hub tells
// them: each with the name of its file and its bytes as they were sealed.
//
//     dabyl-packs/v1 LF
//     pack <file> <bytes> LF <that many bytes>       for each, the highest act first

#ifndef LIB_RULES_PACKSET_H
#define LIB_RULES_PACKSET_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum { PACK_FILE_MAX = 128 }; // bytes of the name of a pack's file

void packset_begin(buf_t *out);
void packset_put(buf_t *out, const char *file, span_t text);
// Whether a text begins like one; then `rest` is what packset_next takes.
bool packset_open(span_t text, span_t *rest);

// One pack after the other.  1: there is one; 0: the end; -1: it is no such text.
int packset_next(span_t *rest, char file[PACK_FILE_MAX], span_t *text, cause_t *why);

// Whether these packs, with their seals one after the other (lib/pki/rulesseal.h), have
// this very pack under this very seal.
bool packset_has(span_t packs, span_t seals, span_t pack, span_t seal);

#endif
