// cause - why something failed, in words, owned by the caller.
//
// A function that can fail takes `cause_t *why`; on failure it fills the text and returns
// -1 or NULL.  Callers put context in front with cause_prefix, so that the final line
// reads from the general to the particular: "hub.conf: rules: demo.rules:14: unknown role
// 'isok'".
//
// The text is in the language that the process speaks.  No program goes by it.

#ifndef LIB_BASE_CAUSE_H
#define LIB_BASE_CAUSE_H

typedef struct {
    char text[512];
} cause_t;

// Set the text.  Always returns -1, so that `return cause_set(why, ...)` is one line.
int cause_set(cause_t *why, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Put "<prefix>: " in front of the text there is, nothing where the prefix is empty.
// Always returns -1.
int cause_prefix(cause_t *why, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// As cause_set, with ": " and the words for the current errno behind.
int cause_errno(cause_t *why, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// The words for an errno, in the language spoken and in UTF-8, which libc's strerror is
// not sure to give.
const char *cause_of_errno(int error);

#endif
