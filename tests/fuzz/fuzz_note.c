// fuzz_note - checkpoints, verifier keys and proofs.  A note is good only if the log
// signed its text: whatever else is found good here is a forgery.

#include "tests/lib/samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The sample's text, which is all that the sample's key has signed.
static bool signed_by_sample(span_t note)
{
    hash_t root = {{0}};
    buf_t sample = {0};
    sample_note(7, &root, &sample);
    const uint8_t *end = memmem(sample.data, sample.size, "\n\n", 2);
    size_t text = (size_t)(end - sample.data) + 2;
    bool same = note.size >= text && memcmp(note.data, sample.data, text) == 0;
    buf_destroy(&sample);
    return same;
}

static void try_key(span_t text)
{
    log_vkey_t vkey;
    char printed[VKEY_MAX];
    cause_t why;
    if (log_vkey_parse(&vkey, text, &why) != 0)
        return;
    log_vkey_print(&vkey, printed);
    if (text.data[text.size - 1] == '\n')
        text.size--;
    if (!span_is(text, printed))
        abort();
}

static void try_proof(span_t text, const log_vkey_t *vkey)
{
    tlog_proof_t proof;
    checkpoint_t checkpoint;
    buf_t again = {0};
    cause_t why;
    if (tlog_proof_parse(&proof, text, &why) != 0)
        return;
    tlog_proof_write(&again, proof.extra, proof.index, proof.path, proof.note);
    if (!span_equal(text, buf_span(&again)))
        abort();
    if (tlog_proof_check(&proof, vkey, &checkpoint, &why) == 0)
        abort(); // nothing has the root zero
    buf_destroy(&again);
    tlog_proof_close(&proof);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    span_t text = span_of(data, size);
    log_vkey_t vkey = sample_vkey();
    checkpoint_t checkpoint;
    cause_t why;
    if (checkpoint_open(&checkpoint, text, &vkey, &why) == 0 && !signed_by_sample(text))
        abort();
    try_key(text);
    try_proof(text, &vkey);
    return 0;
}
