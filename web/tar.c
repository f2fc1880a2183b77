// tar - a header of 512 bytes before each file, whose bytes are filled up to as many; two
// empty blocks are the end.  Numbers are octal.

#include "web/tar.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 512 };

// As POSIX has it; all of it is bytes.
typedef struct {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100],
        magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155],
        rest[12];
} header_t;
static_assert(sizeof(header_t) == BLOCK, "a header is a block");

static void octal(char *field, size_t size, uint64_t value)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%0*" PRIo64, (int)size - 1, value);
    memcpy(field, text, size - 1);
}

// Of all bytes, with blanks in the place of the sum.
static unsigned sum_of(const header_t *header)
{
    const unsigned char *bytes = (const unsigned char *)header;
    unsigned sum = 0;
    for (size_t i = 0; i < BLOCK; i++)
        sum += bytes[i];
    return sum;
}

static void fill(buf_t *tar, size_t size)
{
    static const char zeros[BLOCK];
    buf_put(tar, zeros, size);
}

bool tar_add(buf_t *tar, const char *folder, const char *name, span_t bytes, int64_t at_s)
{
    header_t header = {.type = '0', .magic = "ustar", .version = {'0', '0'}};
    size_t in = strlen(folder), length = strlen(name);
    if (in > sizeof header.prefix || length > sizeof header.name || length == 0 ||
        bytes.size >= UINT64_C(1) << 33)
        return false;
    memcpy(header.name, name, length);
    memcpy(header.prefix, folder, in);
    octal(header.mode, sizeof header.mode, 0644);
    octal(header.uid, sizeof header.uid, 0);
    octal(header.gid, sizeof header.gid, 0);
    octal(header.size, sizeof header.size, bytes.size);
    octal(header.mtime, sizeof header.mtime,
        at_s > 0 && at_s < INT64_C(1) << 33 ? (uint64_t)at_s : 0);
    memset(header.sum, ' ', sizeof header.sum);
    octal(header.sum, sizeof header.sum - 1, sum_of(&header));
    header.sum[6] = 0;
    buf_put(tar, &header, sizeof header);
    buf_put_span(tar, bytes);
    fill(tar, (BLOCK - bytes.size % BLOCK) % BLOCK);
    return true;
}

void tar_end(buf_t *tar)
{
    fill(tar, BLOCK);
    fill(tar, BLOCK);
}
