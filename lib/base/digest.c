// digest - a piece at a time, since files are larger than memory.

#include "lib/base/digest.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024 };

void digest_tell(const digest_watch_t *watch, uint64_t done)
{
    if (watch && watch->told)
        (void)watch->told(watch->context, watch->before + done, watch->of);
}

int digest_read(int fd, hash_t *out, uint64_t *size, cause_t *why)
{
    return digest_read_told(fd, NULL, out, size, why);
}

int digest_read_told(
    int fd, const digest_watch_t *watch, hash_t *out, uint64_t *size, cause_t *why)
{
    crypto_hash_sha256_state state;
    uint8_t *chunk = memory_new(1, CHUNK);
    ssize_t n;
    *size = 0;
    (void)crypto_hash_sha256_init(&state);
    do {
        while ((n = read(fd, chunk, CHUNK)) < 0 && errno == EINTR)
            continue;
        if (n > 0) {
            (void)crypto_hash_sha256_update(&state, chunk, (size_t)n);
            *size += (uint64_t)n;
            digest_tell(watch, *size);
        }
    } while (n > 0);
    free(chunk);
    if (n < 0)
        return cause_errno(why, "cannot be read");
    (void)crypto_hash_sha256_final(&state, out->bytes);
    return 0;
}

int digest_file(const char *path, hash_t *out, uint64_t *size, cause_t *why)
{
    int fd = file_open_plain(path, O_RDONLY, why);
    if (fd < 0)
        return -1;
    int result = digest_read(fd, out, size, why);
    if (result != 0)
        (void)cause_prefix(why, "%s", path);
    (void)close(fd);
    return result;
}
