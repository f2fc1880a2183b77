// erasing - one document at a time.  The order found, read, written down, flushed, done,
// flushed, taken away is what makes it whole or not begun.

#include "lib/tlog/erasing.h"

#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/pio.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

// What is to be written: zeros there, and the checksum of the batch.
typedef struct {
    uint64_t segment, offset, size, sum_offset;
    hash_t sum;
} order_t;

static const char magic[] = "DABYLERA";
enum { MAGIC = 8, VERSION = 1, ORDER = MAGIC + 4 + 4 * 8 + 2 * 32 };

static int order_path(const char *folder, char out[PATH_MAX], cause_t *why)
{
    return path_join(out, PATH_MAX, folder, "erasing", why);
}

static int segment_open(const char *folder, uint64_t segment, cause_t *why)
{
    char name[SEGMENT_NAME], segments[PATH_MAX], path[PATH_MAX];
    segment_name(segment, name);
    if (path_join(segments, sizeof segments, folder, "segments", why) != 0 ||
        path_join(path, sizeof path, segments, name, why) != 0)
        return -1;
    return file_open_plain(path, O_RDWR, why);
}

static int order_write(const order_t *self, const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    hash_t hash;
    buf_t bytes = {0};
    buf_put(&bytes, magic, MAGIC);
    buf_put_u32(&bytes, VERSION);
    buf_put_u64(&bytes, self->segment);
    buf_put_u64(&bytes, self->offset);
    buf_put_u64(&bytes, self->size);
    buf_put_u64(&bytes, self->sum_offset);
    buf_put(&bytes, &self->sum, sizeof self->sum);
    sha256(buf_span(&bytes), &hash);
    buf_put(&bytes, &hash, sizeof hash);
    int result = order_path(folder, path, why) == 0
                     ? file_replace(path, buf_span(&bytes), 0600, why)
                     : -1;
    buf_destroy(&bytes);
    return result;
}

// It was replaced whole: a bad one was not left by a crash.
static int order_parse(order_t *self, span_t bytes, cause_t *why)
{
    hash_t hash, said;
    reader_t from = reader_of(bytes);
    if (bytes.size != ORDER)
        return cause_set(why, "it has %zu bytes, not %d", bytes.size, ORDER);
    sha256(span_of(bytes.data, ORDER - sizeof hash), &hash);
    span_t start = take_bytes(&from, MAGIC);
    uint32_t version = take_u32(&from);
    self->segment = take_u64(&from);
    self->offset = take_u64(&from);
    self->size = take_u64(&from);
    self->sum_offset = take_u64(&from);
    (void)take_into(&from, &self->sum, sizeof self->sum);
    (void)take_into(&from, &said, sizeof said);
    if (!reader_done(&from) || memcmp(start.data, magic, MAGIC) != 0 ||
        version != VERSION || !hash_equal(&hash, &said))
        return cause_set(why, "it does not say what was to be erased");
    return 0;
}

// Done as often as may be, it is the same.
static int order_do(const order_t *self, const char *folder, cause_t *why)
{
    int fd = segment_open(folder, self->segment, why);
    if (fd < 0)
        return -1;
    int result = pio_write_zeros(fd, self->offset, self->size) == 0 &&
                         pio_write(fd, span_of(&self->sum, sizeof self->sum),
                             self->sum_offset) == 0 &&
                         fdatasync(fd) == 0
                     ? 0
                     : cause_errno(why, "erasing in segment %020" PRIu64, self->segment);
    (void)close(fd);
    return result;
}

static int order_forget(const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    if (order_path(folder, path, why) != 0)
        return -1;
    if (unlink(path) != 0)
        return cause_errno(why, "%s", path);
    return folder_sync(folder, why);
}

bool erasing_pending(const char *folder)
{
    char path[PATH_MAX];
    cause_t ignored;
    return order_path(folder, path, &ignored) == 0 &&
           (access(path, F_OK) == 0 || errno != ENOENT);
}

int erasing_finish(const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    buf_t bytes = {0};
    order_t order = {0};
    if (!erasing_pending(folder))
        return 0;
    int result = order_path(folder, path, why) == 0
                     ? file_read_plain(path, ORDER + 1, &bytes, why)
                     : -1;
    if (result == 0 && order_parse(&order, buf_span(&bytes), why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&bytes);
    if (result == 0)
        result = order_do(&order, folder, why);
    return result == 0 ? order_forget(folder, why) : -1;
}

// --------------------------------------------------------------------------------

// A batch of a segment, in memory.
typedef struct {
    uint64_t segment, offset;
    batch_header_t header;
    buf_t bytes;
} found_t;

// The segment that has a position is the last that begins with it or before.
static int find_segment(
    const char *folder, uint64_t position, uint64_t *segment, cause_t *why)
{
    char path[PATH_MAX];
    names_t names;
    uint64_t first;
    bool found = false;
    if (path_join(path, sizeof path, folder, "segments", why) != 0 ||
        names_list(&names, path, "", why) != 0)
        return -1;
    for (size_t i = 0; i < names.n; i++)
        if (segment_name_parse(names.name[i], &first) && first <= position) {
            *segment = first;
            found = true;
        }
    names_free(&names);
    return found ? 0 : cause_set(why, "no segment has entry %" PRIu64, position);
}

static bool read_at(int fd, uint64_t offset, size_t size, buf_t *out)
{
    buf_clear(out);
    buf_reserve(out, size);
    out->size = size;
    return pio_read(fd, out->data, size, offset) == (ssize_t)size;
}

// From header to header.
static bool find_batch(found_t *self, int fd, uint64_t position)
{
    self->offset = SEGMENT_HEADER;
    while (read_at(fd, self->offset, BATCH_HEADER, &self->bytes) &&
           batch_header_take(&self->header, buf_span(&self->bytes)) &&
           self->header.first <= position) {
        size_t size = (size_t)self->header.length + BATCH_AROUND;
        if (position - self->header.first < self->header.count)
            return read_at(fd, self->offset, size, &self->bytes);
        self->offset += size;
    }
    return false;
}

// Where the document of an entry of the batch is; a span of no bytes: it has none.
static int find_document(
    const found_t *self, uint64_t position, span_t *document, cause_t *why)
{
    leaf_t leaf;
    entry_t entry = {0};
    span_t whole = buf_span(&self->bytes);
    if (batch_judge(whole, NULL, why) != BATCH_SOUND)
        return cause_set(why, "the batch is damaged");
    reader_t from = reader_of(span_of(whole.data + BATCH_HEADER + self->header.front,
        self->header.length - self->header.front));
    for (uint64_t at = self->header.first; at <= position; at++)
        entry = entry_take(&from, NULL, NULL);
    if (from.bad || leaf_take(&leaf, entry.leaf, why) != 0 || leaf.position != position)
        return cause_set(why, "the entry cannot be read");
    if (!leaf_is_message(&leaf) || !leaf.has_document)
        return cause_set(why, "the entry is no message");
    *document = entry.document;
    return 0;
}

static void plan(found_t *self, span_t document, order_t *order)
{
    size_t at = (size_t)(document.data - self->bytes.data);
    *order = (order_t){.segment = self->segment,
        .offset = self->offset + at,
        .size = document.size,
        .sum_offset = self->offset + self->bytes.size - sizeof order->sum};
    memset(self->bytes.data + at, 0, document.size);
    (void)batch_checksum(buf_span(&self->bytes), &order->sum);
}

// 1: this is what is to be written.  0: nothing is left to be done.
static int prepare(const char *folder, uint64_t position, order_t *order, cause_t *why)
{
    found_t found = {0};
    span_t document = {0};
    if (find_segment(folder, position, &found.segment, why) != 0)
        return -1;
    int fd = segment_open(folder, found.segment, why);
    if (fd < 0)
        return -1;
    int result = find_batch(&found, fd, position)
                     ? find_document(&found, position, &document, why)
                     : cause_set(why, "no batch has it");
    (void)close(fd);
    if (result != 0)
        (void)cause_prefix(
            why, "segment %020" PRIu64 ": entry %" PRIu64, found.segment, position);
    else if (document.size > 0 && !erasure_of(document)) {
        plan(&found, document, order);
        result = 1;
    }
    explicit_bzero(found.bytes.data, found.bytes.size);
    buf_destroy(&found.bytes);
    return result;
}

int erasing_order(const char *folder, uint64_t position, cause_t *why)
{
    order_t order;
    int wanted = prepare(folder, position, &order, why);
    return wanted == 1 && order_write(&order, folder, why) != 0 ? -1 : wanted;
}

int erasing_run(const char *folder, const erasure_t *what, cause_t *why)
{
    if (erasing_finish(folder, why) != 0)
        return -1;
    for (size_t i = 0; i < what->n; i++)
        if (erasing_order(folder, what->position[i], why) < 0 ||
            erasing_finish(folder, why) != 0)
            return -1;
    return 0;
}
