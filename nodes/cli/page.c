// page - a stream in front of the descriptor keeps back the word that is not complete
// yet, and writes it on this line or the next.  What is flushed goes out at once, so that
// a question stands there before it is answered.
//
// How wide a character is, libc says, in a locale of its own: that of the process stays
// "C", by which numbers and texts are read.

#include "nodes/cli/page.h"

#include "lib/base/bytes.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

enum { COLUMNS_UNKNOWN = 80, COLUMNS_LEAST = 20, TAB = 8, HELD = 1 << 16 };

typedef struct {
    int fd;
    pid_t pager; // 0: none
    bool read;   // the pager has something to show
    unsigned columns, column, hang, blanks, width;
    bool escape;   // inside a terminal's control sequence
    bool begun;    // the line has a word
    locale_t wide; // (locale_t)0: there is none
    buf_t word, out;
} page_t;

static void put_blanks(page_t *self, unsigned n)
{
    for (; n > 0; n--)
        buf_put_text(&self->out, " ");
}

// A column begins behind two blanks or more; one far to the right is none to go on below.
static void note_column(page_t *self)
{
    if ((!self->begun || self->blanks > 1) && self->column <= self->columns / 2)
        self->hang = self->column;
    self->begun = true;
}

static void put_word(page_t *self)
{
    if (self->word.size == 0)
        return;
    bool fits = self->column + self->blanks + self->width <= self->columns;
    if (self->width > 0 && !fits && self->begun && self->column > self->hang) {
        buf_put_text(&self->out, "\n");
        put_blanks(self, self->hang);
        self->column = self->hang;
    } else {
        put_blanks(self, self->blanks);
        self->column += self->blanks;
        if (self->width > 0)
            note_column(self);
    }
    buf_put(&self->out, self->word.data, self->word.size);
    self->column += self->width;
    self->blanks = self->width = 0;
    buf_clear(&self->word);
}

static void new_line(page_t *self)
{
    put_word(self);
    self->column = self->hang = self->blanks = 0;
    self->begun = false;
}

static unsigned width_of(const page_t *self, uint32_t c)
{
    if (!self->wide)
        return 1;
    locale_t before = uselocale(self->wide);
    int width = wcwidth((wchar_t)c);
    (void)uselocale(before);
    return width > 0 ? (unsigned)width : 0;
}

static void put_character(page_t *self, span_t bytes, uint32_t c)
{
    buf_put(&self->word, bytes.data, bytes.size);
    if (c == 033)
        self->escape = true;
    else if (self->escape)
        self->escape = !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
    else
        self->width += width_of(self, c);
}

static void take(page_t *self, span_t bytes, uint32_t c)
{
    if (c == '\n' || c == '\r') {
        new_line(self);
        buf_put(&self->out, bytes.data, bytes.size);
    } else if (c == ' ' || c == '\t') {
        put_word(self);
        self->blanks += c == ' ' ? 1 : TAB - (self->column + self->blanks) % TAB;
    } else
        put_character(self, bytes, c);
}

static bool write_out(page_t *self)
{
    for (size_t at = 0; at < self->out.size;) {
        ssize_t n = write(self->fd, self->out.data + at, self->out.size - at);
        if (n < 0 && errno != EINTR)
            return false;
        at += n > 0 ? (size_t)n : 0;
    }
    buf_clear(&self->out);
    return true;
}

static ssize_t page_write(void *cookie, const char *data, size_t size)
{
    page_t *self = cookie;
    span_t rest = span_of((const uint8_t *)data, size);
    // The reader of a pager interrupts what it does, not us; until there is something to
    // read, he means us.
    if (self->pager > 0 && !self->read)
        (void)signal(SIGINT, SIG_IGN);
    self->read = true;
    while (rest.size > 0) {
        uint32_t c = '?';
        size_t length = text_code_point(rest, &c);
        length = length ? length : 1;
        take(self, span_of(rest.data, length), c);
        rest = span_of(rest.data + length, rest.size - length);
    }
    put_word(self);
    put_blanks(self, self->blanks);
    self->column += self->blanks;
    self->blanks = 0;
    return write_out(self) ? (ssize_t)size : 0;
}

static int page_close(void *cookie)
{
    page_t *self = cookie;
    if (self->pager > 0) {
        (void)close(self->fd);
        while (waitpid(self->pager, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (self->wide)
        freelocale(self->wide);
    buf_destroy(&self->word);
    buf_destroy(&self->out);
    free(self);
    return 0;
}

static FILE *open_stream(int fd, unsigned columns, pid_t pager)
{
    page_t *self = memory_new(1, sizeof *self);
    *self = (page_t){.fd = fd, .pager = pager, .columns = columns};
    self->wide = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    FILE *stream = fopencookie(
        self, "w", (cookie_io_functions_t){NULL, page_write, NULL, page_close});
    if (!stream)
        page_close(self);
    return stream;
}

FILE *page_stream(int fd, unsigned columns)
{
    return open_stream(fd, columns, 0);
}

static unsigned columns_of(int fd)
{
    struct winsize size = {0};
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return COLUMNS_UNKNOWN;
    return size.ws_col < COLUMNS_LEAST ? COLUMNS_LEAST : size.ws_col;
}

// The descriptor of one of libc's own streams, or of the stream in its place.
static int descriptor(FILE *stream)
{
    return stream == stdout   ? STDOUT_FILENO
           : stream == stderr ? STDERR_FILENO
                              : fileno(stream);
}

bool page_terminal(FILE *stream)
{
    int fd = descriptor(stream);
    return fd >= 0 && isatty(fd);
}

void page_wrap(void)
{
    FILE *out = isatty(STDOUT_FILENO)
                    ? page_stream(STDOUT_FILENO, columns_of(STDOUT_FILENO))
                    : NULL;
    FILE *err = isatty(STDERR_FILENO)
                    ? page_stream(STDERR_FILENO, columns_of(STDERR_FILENO))
                    : NULL;
    if (out) {
        (void)setvbuf(out, NULL, _IOLBF, HELD);
        stdout = out;
    }
    if (err) { // by lines as well: without a buffer each letter were a word
        (void)setvbuf(err, NULL, _IOLBF, HELD);
        stderr = err;
    }
}

// Whether what follows this line is the same sentence still.
static bool runs_on(const char *line, size_t length)
{
    const char *next = line + length;
    return length > 0 && line[0] != ' ' && next[0] == '\n' && next[1] != 0 &&
           next[1] != ' ' && next[1] != '\n';
}

// Two blanks would begin a column.
static void put_line(FILE *out, const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (line[0] == ' ' || line[i] != ' ' || i + 1 == length || line[i + 1] != ' ')
            (void)fputc(line[i], out);
}

void page_run_on(FILE *out, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        put_line(out, text, length);
        if (text[length])
            (void)fputc(runs_on(text, length) ? ' ' : '\n', out);
        text += length + (text[length] != 0);
    }
}

void page_paragraphs(FILE *out, const char *text)
{
    if (page_terminal(out))
        page_run_on(out, text);
    else
        (void)fputs(text, out);
}

// A stream of ours has no descriptor of its own.
static void leave(FILE *stream)
{
    if (fileno(stream) < 0)
        (void)fclose(stream);
}

void page_end(void)
{
    leave(stderr);
}

// That a shell would find the first word of the command.
static bool runs(const char *command)
{
    const char *path = getenv("PATH");
    int length = (int)strcspn(command, " \t");
    char file[PATH_MAX];
    if (memchr(command, '/', (size_t)length)) {
        (void)snprintf(file, sizeof file, "%.*s", length, command);
        return access(file, X_OK) == 0;
    }
    for (const char *at = path ? path : ""; *at;) {
        int folder = (int)strcspn(at, ":");
        int n = snprintf(file, sizeof file, "%.*s/%.*s", folder, at, length, command);
        if (n > 0 && (size_t)n < sizeof file && access(file, X_OK) == 0)
            return true;
        at += folder + (at[folder] == ':');
    }
    return false;
}

static const char *choose_pager(void)
{
    const char *chosen = getenv("DABYL_PAGER");
    chosen = chosen ? chosen : getenv("PAGER");
    chosen = chosen ? chosen : "less";
    return chosen[0] && strcmp(chosen, "cat") != 0 && runs(chosen) ? chosen : NULL;
}

static void be_pager(const char *command, int in)
{
    // Ends by itself when all fits on the screen, shows colours, leaves what was shown.
    (void)setenv("LESS", "FRX", 0);
    (void)setenv("LESSCHARSET", "utf-8", 0);
    if (dup2(in, STDIN_FILENO) == STDIN_FILENO)
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

void page_long(void)
{
    const char *term = getenv("TERM"), *command = choose_pager();
    int ends[2];
    if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO) || !term || !command ||
        strcmp(term, "dumb") == 0 || pipe2(ends, O_CLOEXEC) != 0)
        return;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        be_pager(command, ends[0]);
    (void)close(ends[0]);
    FILE *out = child > 0 ? open_stream(ends[1], columns_of(STDOUT_FILENO), child) : NULL;
    if (!out) {
        (void)close(ends[1]);
        return;
    }
    leave(stdout);
    stdout = out;
}
