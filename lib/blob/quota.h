// quota - how much is kept for each owner and for all of them, and whether there is room
// for more.

#ifndef LIB_BLOB_QUOTA_H
#define LIB_BLOB_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

typedef struct quota quota_t;

typedef enum {
    QUOTA_ROOM,
    QUOTA_SHARE, // this owner has its share
    QUOTA_TOTAL, // there is none for anybody
} quota_room_t;

// `share` 0: an owner may have it all.  What is nobody's ("") counts for the total alone.
quota_t *quota_new(uint64_t total, uint64_t share);
void quota_destroy(quota_t **self_p);
void quota_clear(quota_t *self);
// Add `more` and take `less` away, down to 0.
void quota_count(quota_t *self, const char *owner, uint64_t more, uint64_t less);
uint64_t quota_used(const quota_t *self); // by all together
quota_room_t quota_room(const quota_t *self, const char *owner, uint64_t more);

#endif
