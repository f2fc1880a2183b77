// sink: whatever the descriptor is, nothing waits and nobody is ended; what was lost is
// counted, and what gets through is whole lines.

#include "lib/base/sink.h"

#include "tests/lib/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static span_t line_of(size_t size, char text[SINK_LINE])
{
    memset(text, 'x', size);
    text[size - 1] = '\n';
    return span_of(text, size);
}

static bool put(sink_t *sink, size_t size)
{
    char text[SINK_LINE];
    return sink_write(sink, line_of(size, text));
}

// Everything that lies in the descriptor; each line has to have as many bytes.
static size_t drain(int fd, size_t size)
{
    static char bytes[8 << 20];
    size_t n = 0;
    ssize_t got;
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    while ((got = read(fd, bytes + n, sizeof bytes - n)) > 0)
        n += (size_t)got;
    assert_int_equal(n % size, 0);
    for (size_t at = size; at <= n; at += size)
        assert_int_equal(bytes[at - 1], '\n');
    return n / size;
}

static void fill_and_empty(int write_fd, int read_fd, size_t size)
{
    sink_t sink;
    size_t through = 0;
    sink_open(&sink, write_fd);
    int flags = fcntl(write_fd, F_GETFL);
    for (size_t i = 0; i < 20000; i++)
        through += put(&sink, size);
    assert_true(through > 0 && sink.lost > 0);
    assert_int_equal(through + sink.lost, 20000);
    assert_int_equal(drain(read_fd, size), through);
    assert_true(put(&sink, size));                     // the reader is back
    assert_int_equal(fcntl(write_fd, F_GETFL), flags); // others wait as they did
    sink_close(&sink);
}

static void a_reader_that_stands_still_keeps_nobody(void **state)
{
    int pipes[2];
    (void)state;
    for (size_t size = 30; size <= SINK_LINE;
         size = size * 4 > SINK_LINE && size < SINK_LINE ? SINK_LINE : size * 4) {
        assert_int_equal(pipe(pipes), 0);
        fill_and_empty(pipes[1], pipes[0], size);
        (void)close(pipes[0]);
        (void)close(pipes[1]);
        assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pipes), 0);
        fill_and_empty(pipes[1], pipes[0], size);
        (void)close(pipes[0]);
        (void)close(pipes[1]);
    }
}

// Of a stream a part may have got out: the next line does not stand behind it.
static void a_line_in_part_ends_before_the_next(void **state)
{
    static char bytes[8 << 20];
    int pair[2];
    sink_t sink;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    sink_open(&sink, pair[1]);
    sink.cut = true; // as after a part
    assert_true(put(&sink, 30));
    assert_true(put(&sink, 30));
    ssize_t n = read(pair[0], bytes, sizeof bytes);
    assert_int_equal(n, 61);
    assert_int_equal(bytes[0], '\n');
    while (put(&sink, 1000))
        ;
    assert_int_equal(sink.lost, 1);
    (void)close(pair[0]);
    assert_false(put(&sink, 30));
    sink_close(&sink);
    (void)close(pair[1]);
}

static void a_reader_that_is_gone_ends_nobody(void **state)
{
    int pipes[2];
    sink_t sink;
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN); // as log_open does
    assert_int_equal(pipe(pipes), 0);
    sink_open(&sink, pipes[1]);
    (void)close(pipes[0]);
    assert_false(put(&sink, 30));
    sink_close(&sink);
    sink_open(&sink, pipes[1]); // gone before we came
    assert_false(put(&sink, 30));
    assert_int_equal(sink.lost, 1);
    sink_close(&sink);
    (void)close(pipes[1]);
}

static void what_takes_nothing_loses_all(void **state)
{
    sink_t sink;
    (void)state;
    int full = open("/dev/full", O_WRONLY);
    sink_open(&sink, full);
    assert_false(put(&sink, 30));
    sink_close(&sink);
    (void)close(full);
    sink_open(&sink, full); // closed
    assert_false(put(&sink, 30));
    sink_open(&sink, -1);
    assert_false(put(&sink, 30));
    assert_int_equal(sink.lost, 1);
    sink_close(&sink);
}

// Others write to the same file: nobody's lines are overwritten.
static void a_file_is_appended_to(void **state)
{
    char path[] = "/tmp/dabyl-sink-XXXXXX";
    sink_t sink;
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    sink_open(&sink, fd);
    for (int i = 0; i < 100; i++) {
        assert_true(put(&sink, 30));
        assert_int_equal(write(fd, "other\n", 6), 6);
    }
    assert_int_equal(lseek(fd, 0, SEEK_END), 3600);
    sink_close(&sink);
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_that_stands_still_keeps_nobody),
        cmocka_unit_test(a_line_in_part_ends_before_the_next),
        cmocka_unit_test(a_reader_that_is_gone_ends_nobody),
        cmocka_unit_test(what_takes_nothing_loses_all),
        cmocka_unit_test(a_file_is_appended_to),
    };
    return test_group(tests, NULL, NULL);
}
