// client - a node in C, from schemas/PROTOCOL.md: publish a message and check its
// receipt, or take what is delivered, check it and acknowledge it.
//
//     LIBS="libczmq libsodium libcrypto jansson"
//     cc -o client client.c $(pkg-config --cflags --libs $LIBS)
//     ./client FOLDER tcp://hub:7600 publish notice.json
//     ./client FOLDER tcp://hub:7600 receive 3
//
// FOLDER is a node's, as the README sets it up: keys/, certs/, hub.vkey.  What the client
// remembers between two runs is in FOLDER/example.json.  It is an example: it ends at the
// first thing that is wrong, keeps no outbox, and leaves revocations and the certificate
// profile to whoever copies it.  It believes nothing that is not proven; the numbers of
// sections are those of PROTOCOL.md.

#include <czmq.h>
#include <fcntl.h>
#include <jansson.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sodium.h>

enum {
    VERSION = 1,
    HELLO = 1,
    WELCOME,
    PUBLISH,
    RECEIPT,
    REFUSED,
    DELIVER,
    ACK,
    PULSE = 11,
    RESYNC,
    BYE,
    CARRY = 20,
    CARRIED,
};

enum {
    HASH = 32,
    WINDOW = 256, // deliveries without an acknowledgement
    FRAME_MAX = 32 << 20,
    ITEMS_MAX = 1024, // of a frame
    SIGNATURES_MAX = 4,
    SEALED_MAX = 65536, // documents under one seal
    AUTHORS_MAX = 1024,
    PULSE_MS = 2000,
    SILENCE_MS = 10000,
};

// The first moment that a year of four digits cannot say.
#define TIME_END_MS UINT64_C(253402300800000)

// What a leaf has (section 6).
enum { HAS_DOCUMENT = 1, HAS_SEAL = 2, HAS_RECORD = 4, HAS_ID = 8, HAS_FORMER = 16 };

typedef struct {
    const byte *data;
    size_t size;
} slice_t;

typedef struct {
    char id[2 * HASH + 1]; // of the key: its SHA-256 in hex
    byte public_key[32];
    byte secret_key[64];
} sign_key_t;

typedef struct {
    uint64_t size;
    byte root[HASH];
} tree_t;

typedef struct {
    char id[2 * HASH + 1];
    byte key[32];
    X509 *certificate;
} author_t;

// This node: there is one, and one connection of it.
static struct {
    const char *folder;
    char name[64];
    sign_key_t seal;
    char origin[128]; // the log's name
    byte log_key[32], log_id[4];
    X509 *ca;
    author_t author[AUTHORS_MAX];
    size_t authors;
    zsock_t *hub;
    zactor_t *monitor;
    zlist_t *later; // deliveries that came while something else was awaited
    int64_t heard_ms, spoke_ms;
    // What it remembers.
    uint64_t stored, position; // the last delivery's number, and its entry of the log
    char *checkpoint;          // the newest note
} node;

__attribute__((format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("client: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static void must(bool good, const char *what)
{
    if (!good)
        die("%s", what);
}

// --- octets (section 1) --------------------------------------------------------------

static slice_t slice(const void *data, size_t size)
{
    return (slice_t){data, size};
}

static slice_t text(const char *text)
{
    return slice(text, strlen(text));
}

static bool equal(slice_t a, slice_t b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

// Numbers and octets of a frame, from the front.
static slice_t take(slice_t *from, uint64_t size)
{
    must(size <= from->size, "a frame ends early");
    slice_t taken = slice(from->data, (size_t)size);
    *from = slice(from->data + size, from->size - (size_t)size);
    return taken;
}

static uint64_t take_number(slice_t *from, size_t octets)
{
    uint64_t value = 0;
    slice_t bytes = take(from, octets);
    for (size_t i = 0; i < octets; i++)
        value = value << 8 | bytes.data[i];
    return value;
}

static slice_t take_tiny(slice_t *from)
{
    return take(from, take_number(from, 1));
}

static slice_t take_short(slice_t *from)
{
    return take(from, take_number(from, 2));
}

static slice_t take_long(slice_t *from)
{
    return take(from, take_number(from, 4));
}

static size_t take_count(slice_t *from)
{
    size_t count = (size_t)take_number(from, 2);
    must(count <= ITEMS_MAX, "a frame with too many items");
    return count;
}

// Which of `count` things that came before.
static size_t take_index(slice_t *from, size_t count)
{
    size_t index = (size_t)take_number(from, 2);
    must(index < count, "a frame names what is not in it");
    return index;
}

// What several items have in common stands in a list, in the order in which they first
// name it; `named` is how many of it were.
static void name_next(size_t *named, size_t index)
{
    must(index <= *named, "a list in another order than it is named in");
    *named += index == *named;
}

static void put(zchunk_t *out, slice_t bytes)
{
    (void)zchunk_extend(out, bytes.data, bytes.size);
}

static void put_number(zchunk_t *out, size_t octets, uint64_t value)
{
    byte bytes[8];
    for (size_t i = 0; i < octets; i++)
        bytes[i] = (byte)(value >> 8 * (octets - 1 - i));
    put(out, slice(bytes, octets));
}

static void put_short(zchunk_t *out, slice_t bytes)
{
    put_number(out, 2, bytes.size);
    put(out, bytes);
}

static void put_long(zchunk_t *out, slice_t bytes)
{
    put_number(out, 4, bytes.size);
    put(out, bytes);
}

// --- texts -----------------------------------------------------------------------------

// The next line, without its LF.
static slice_t take_line(slice_t *from)
{
    const byte *end = from->size > 0 ? memchr(from->data, '\n', from->size) : NULL;
    must(end, "a text ends early");
    slice_t line = take(from, (uint64_t)(end - from->data));
    (void)take(from, 1);
    return line;
}

static bool starts(slice_t line, const char *word)
{
    return line.size >= strlen(word) && memcmp(line.data, word, strlen(word)) == 0;
}

// What follows `word` in the next line, which must begin with it.
static slice_t take_value(slice_t *from, const char *word)
{
    slice_t line = take_line(from);
    must(starts(line, word), "a text has not the lines that it should have");
    (void)take(&line, strlen(word));
    return line;
}

static void copy_text(char *out, size_t room, slice_t from)
{
    must(from.size < room, "a word is too long");
    memcpy(out, from.data, from.size);
    out[from.size] = 0;
}

// As texts have it, in its one spelling: no sign, no zero in front.
static uint64_t number_of(slice_t digits)
{
    char copy[24], again[24];
    copy_text(copy, sizeof copy, digits);
    uint64_t value = strtoull(copy, NULL, 10);
    (void)snprintf(again, sizeof again, "%" PRIu64, value);
    must(streq(copy, again), "a number is none");
    return value;
}

// A word of a leaf, or none.
static void copy_word(char *out, size_t room, slice_t from)
{
    for (size_t i = 0; i < from.size; i++)
        must(from.data[i] > ' ' && from.data[i] < 0x7f, "not a word");
    copy_text(out, room, from);
}

static void bytes_of(slice_t base64, byte *out, size_t size)
{
    size_t got;
    must(sodium_base642bin(out, size, (const char *)base64.data, base64.size, NULL, &got,
             NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
             got == size,
        "base64 of another length, or none");
}

// A printed line at the end of `out`.
__attribute__((format(printf, 2, 3))) static void print(
    zchunk_t *out, const char *format, ...)
{
    char line[4096];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    must(size >= 0 && (size_t)size < sizeof line, "a line is too long");
    put(out, slice(line, (size_t)size));
}

typedef struct {
    char text[128];
} base64_t;

static base64_t base64(const byte *bytes, size_t size)
{
    base64_t out;
    (void)sodium_bin2base64(
        out.text, sizeof out.text, bytes, size, sodium_base64_VARIANT_ORIGINAL);
    return out;
}

static slice_t content(zchunk_t *chunk)
{
    return slice(zchunk_data(chunk), zchunk_size(chunk));
}

// --- hashes (section 7)
// ------------------------------------------------------------------

static void sha256(slice_t bytes, byte out[HASH])
{
    (void)crypto_hash_sha256(out, bytes.data, bytes.size);
}

static void hash_leaf(slice_t data, byte out[HASH])
{
    static const byte zero = 0;
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    (void)crypto_hash_sha256_update(&state, &zero, 1);
    (void)crypto_hash_sha256_update(&state, data.data, data.size);
    (void)crypto_hash_sha256_final(&state, out);
}

static void hash_node(const byte left[HASH], const byte right[HASH], byte out[HASH])
{
    byte both[1 + 2 * HASH] = {1};
    memcpy(both + 1, left, HASH);
    memcpy(both + 1 + HASH, right, HASH);
    sha256(slice(both, sizeof both), out);
}

static void name_key(const byte key[32], char id[2 * HASH + 1])
{
    byte hash[HASH];
    sha256(slice(key, 32), hash);
    (void)sodium_bin2hex(id, 2 * HASH + 1, hash, HASH);
}

static void name_id(slice_t octets, char id[37])
{
    char hex[33];
    must(octets.size == 16, "an id is none");
    (void)sodium_bin2hex(hex, sizeof hex, octets.data, octets.size);
    (void)snprintf(
        id, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

// A leaf of a tree: its place, and its hash.
typedef struct {
    uint64_t place;
    byte hash[HASH];
} place_t;

// A leaf of the log; what it does not have is empty, or of zeros.
typedef struct {
    place_t at;
    uint64_t time_ms;
    char kind[64], author[64], id[37];
    byte document[HASH], seal[HASH];
} leaf_t;

static leaf_t read_leaf(slice_t rest)
{
    leaf_t leaf = {.time_ms = 0};
    char type[24];
    hash_leaf(rest, leaf.at.hash);
    must(take_number(&rest, 1) == 1, "a leaf of another version than 1");
    uint64_t has = take_number(&rest, 1);
    leaf.at.place = take_number(&rest, 8);
    leaf.time_ms = take_number(&rest, 8);
    copy_word(type, sizeof type, take_tiny(&rest));
    copy_word(leaf.kind, sizeof leaf.kind, take_tiny(&rest));
    copy_word(leaf.author, sizeof leaf.author, take_tiny(&rest));
    must(type[0] && has < 32 && leaf.time_ms < TIME_END_MS &&
             starts(text(type), "former.") == (has >= HAS_FORMER),
        "not a leaf");
    if (has & HAS_ID)
        name_id(take(&rest, 16), leaf.id);
    if (has & HAS_DOCUMENT)
        memcpy(leaf.document, take(&rest, HASH).data, HASH);
    if (has & HAS_SEAL)
        memcpy(leaf.seal, take(&rest, HASH).data, HASH);
    (void)take(&rest, (has & HAS_RECORD ? HASH : 0) + (has & HAS_FORMER ? 8 : 0));
    must(rest.size == 0, "something follows a leaf");
    return leaf;
}

static bool hashes_to(slice_t bytes, const byte expected[HASH])
{
    byte hash[HASH];
    sha256(bytes, hash);
    return memcmp(hash, expected, HASH) == 0;
}

// The root over places low..high-1: leaves that are known, and the proof's hashes for
// whole parts without any.
static void root_of(const place_t *leaf, size_t n, uint64_t low, uint64_t high,
    slice_t *proof, byte out[HASH])
{
    byte left[HASH], right[HASH];
    uint64_t middle = 1;
    size_t i = 0;
    while (i < n && (leaf[i].place < low || leaf[i].place >= high))
        i++;
    if (i == n) {
        memcpy(out, take(proof, HASH).data, HASH);
    } else if (high - low == 1) {
        memcpy(out, leaf[i].hash, HASH);
    } else {
        while (2 * middle < high - low)
            middle *= 2;
        root_of(leaf, n, low, low + middle, proof, left);
        root_of(leaf, n, low + middle, high, proof, right);
        hash_node(left, right, out);
    }
}

// That these leaves, in their order, are in the tree of this size and root.
static void check_run(const tree_t *tree, const place_t *leaf, size_t n, slice_t proof)
{
    byte root[HASH];
    for (size_t i = 0; i < n; i++)
        must(leaf[i].place < (i + 1 < n ? leaf[i + 1].place : tree->size),
            "places do not rise, or there are none such");
    must(n > 0, "a proof of nothing");
    root_of(leaf, n, 0, tree->size, &proof, root);
    must(proof.size == 0 && memcmp(root, tree->root, HASH) == 0,
        "a proof does not lead to its root");
}

// --- what the log has signed (section 7)
// -------------------------------------------------

static void read_vkey(const char *line)
{
    byte typed[33], hash[HASH];
    char named[160], id[9];
    const char *plus = strchr(line, '+');
    must(plus && strlen(plus) > 10 && plus[9] == '+', "hub.vkey: not a log's key");
    copy_text(node.origin, sizeof node.origin, slice(line, (size_t)(plus - line)));
    bytes_of(slice(plus + 10, strcspn(plus + 10, "\n")), typed, sizeof typed);
    int size = snprintf(named, sizeof named, "%s\n", node.origin);
    memcpy(named + size, typed, sizeof typed);
    sha256(slice(named, (size_t)size + sizeof typed), hash);
    (void)sodium_bin2hex(id, sizeof id, hash, 4);
    must(typed[0] == 1 && memcmp(id, plus + 1, 8) == 0, "hub.vkey: not a log's key");
    memcpy(node.log_id, hash, sizeof node.log_id);
    memcpy(node.log_key, typed + 1, sizeof node.log_key);
}

// "— name base64": whether it is the log's signature of this text.  One that says so has
// to be good; those of others (witnesses) are passed over.
static bool is_signed_by_log(slice_t line, slice_t signed_text)
{
    byte bytes[4 + 64];
    char begin[160];
    must(starts(line, "\u2014 "), "not a signature line");
    (void)snprintf(begin, sizeof begin, "\u2014 %s ", node.origin);
    if (!starts(line, begin))
        return false;
    (void)take(&line, strlen(begin));
    bytes_of(line, bytes, sizeof bytes);
    if (memcmp(bytes, node.log_id, 4) != 0)
        return false;
    must(crypto_sign_verify_detached(
             bytes + 4, signed_text.data, signed_text.size, node.log_key) == 0,
        "the log has not signed this checkpoint");
    return true;
}

static tree_t open_checkpoint(slice_t note)
{
    tree_t checkpoint;
    slice_t rest = note, line;
    bool good = false;
    must(equal(take_line(&rest), text(node.origin)), "a checkpoint of another log");
    checkpoint.size = number_of(take_line(&rest));
    must(checkpoint.size <= INT64_MAX, "a log of a size that none has");
    bytes_of(take_line(&rest), checkpoint.root, HASH);
    while ((line = take_line(&rest)).size > 0)
        continue;
    slice_t signed_text = slice(note.data, (size_t)(line.data - note.data));
    while (rest.size > 0)
        good = is_signed_by_log(take_line(&rest), signed_text) || good;
    must(good, "the log has not signed this checkpoint");
    return checkpoint;
}

// The newest that we have seen is kept; the log only grows.  A real node checks the
// consistency proof of WELCOME too, not only that nothing became smaller.
static tree_t believe(slice_t note)
{
    tree_t fresh = open_checkpoint(note);
    if (node.checkpoint[0]) {
        tree_t kept = open_checkpoint(text(node.checkpoint));
        must(fresh.size > kept.size ||
                 (fresh.size == kept.size && memcmp(fresh.root, kept.root, HASH) == 0),
            "the log has lost what it had: stop, and tell a person");
    }
    free(node.checkpoint);
    node.checkpoint = strndup((const char *)note.data, note.size);
    return fresh;
}

// --- files
// ---------------------------------------------------------------------------------

static const char *path_of(const char *name)
{
    static char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", node.folder, name);
    return path;
}

static FILE *open_file(const char *name)
{
    FILE *file = fopen(path_of(name), "r");
    if (!file)
        die("%s: %s", path_of(name), strerror(errno));
    return file;
}

static X509 *read_certificate(const char *name)
{
    FILE *file = open_file(name);
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    (void)fclose(file);
    must(certificate, "a certificate cannot be read");
    return certificate;
}

// The 32 bytes of a private key, Ed25519 or X25519, and of its public one.
static void read_key(const char *name, byte secret[32], byte public_key[32])
{
    size_t size = 32, also = 32;
    FILE *file = open_file(name);
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    (void)fclose(file);
    must(key && EVP_PKEY_get_raw_private_key(key, secret, &size) == 1 &&
             EVP_PKEY_get_raw_public_key(key, public_key, &also) == 1,
        "a key cannot be read");
    EVP_PKEY_free(key);
}

static void public_key_of(X509 *certificate, byte out[32])
{
    size_t size = 32;
    must(EVP_PKEY_get_raw_public_key(X509_get0_pubkey(certificate), out, &size) == 1,
        "a certificate has another kind of key");
}

static void name_of(X509 *certificate, char out[64])
{
    must(X509_NAME_get_text_by_NID(
             X509_get_subject_name(certificate), NID_commonName, out, 64) > 0,
        "a certificate names nobody");
}

static void read_state(void)
{
    json_t *state = json_load_file(path_of("example.json"), 0, NULL);
    json_int_t stored = 0, position = 0;
    const char *checkpoint = "";
    if (state && json_unpack(state, "{s:I, s:I, s:s}", "stored", &stored, "position",
                     &position, "checkpoint", &checkpoint) != 0)
        die("%s: cannot be understood", path_of("example.json"));
    node.stored = (uint64_t)stored;
    node.position = (uint64_t)position;
    node.checkpoint = strdup(checkpoint);
    json_decref(state);
}

// Whole or not at all, and on the disk: an acknowledgement follows.
static void write_state(void)
{
    char fresh[4096 + 8];
    (void)snprintf(fresh, sizeof fresh, "%s.new", path_of("example.json"));
    json_t *state = json_pack("{s:I, s:I, s:s}", "stored", (json_int_t)node.stored,
        "position", (json_int_t)node.position, "checkpoint", node.checkpoint);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    must(fd >= 0 && json_dumpfd(state, fd, 0) == 0 && fsync(fd) == 0 && close(fd) == 0 &&
             rename(fresh, path_of("example.json")) == 0,
        "example.json: cannot be written");
    json_decref(state);
}

static void read_folder(const char *folder)
{
    byte seed[32];
    char line[256] = "";
    node.folder = folder;
    FILE *file = open_file("hub.vkey");
    must(fgets(line, sizeof line, file) != NULL, "hub.vkey: there is nothing");
    (void)fclose(file);
    read_vkey(line);
    node.ca = read_certificate("certs/ca.pem");
    X509 *own = read_certificate("certs/seal.pem");
    name_of(own, node.name);
    X509_free(own);
    read_key("keys/seal.key", seed, node.seal.public_key);
    (void)crypto_sign_seed_keypair(node.seal.public_key, node.seal.secret_key, seed);
    name_key(node.seal.public_key, node.seal.id);
    read_state();
}

// --- the channel (sections 2 and 3)
// --------------------------------------------------------

static void hang_up(void)
{
    zactor_destroy(&node.monitor);
    zsock_destroy(&node.hub);
}

// zsock_new ends the process where there is no descriptor for it: a daemon looks before.
// No limit on what is received: libzmq may end a process whose input stands still.
static void connect_to(const char *endpoint)
{
    byte secret[32], public_key[32], hub_key[32];
    X509 *hub = read_certificate("certs/hub-channel.pem");
    public_key_of(hub, hub_key);
    X509_free(hub);
    read_key("keys/channel.key", secret, public_key);
    node.hub = zsock_new(ZMQ_DEALER);
    (void)atexit(hang_up);
    zsock_set_curve_serverkey_bin(node.hub, hub_key);
    zsock_set_curve_publickey_bin(node.hub, public_key);
    zsock_set_curve_secretkey_bin(node.hub, secret);
    zsock_set_linger(node.hub, 1000);
    zsock_set_sndtimeo(node.hub, 0);
    zsock_set_rcvhwm(node.hub, 0);
    zsock_set_maxmsgsize(node.hub, FRAME_MAX);
    node.later = zlist_new();
    node.monitor = zactor_new(zmonitor, node.hub);
    (void)zstr_sendx(node.monitor, "LISTEN", "HANDSHAKE_SUCCEEDED",
        "HANDSHAKE_FAILED_AUTH", "DISCONNECTED", NULL);
    (void)zstr_sendx(node.monitor, "START", NULL);
    (void)zsock_wait(node.monitor);
    must(zsock_connect(node.hub, "%s", endpoint) == 0, "an address cannot be understood");
    node.heard_ms = node.spoke_ms = zclock_mono();
}

static zchunk_t *new_frame(int type)
{
    zchunk_t *frame = zchunk_new(NULL, 256);
    put_number(frame, 1, VERSION);
    put_number(frame, 1, (uint64_t)type);
    return frame;
}

static void send_frame(zchunk_t *frame)
{
    zframe_t *message = zframe_new(zchunk_data(frame), zchunk_size(frame));
    must(zframe_send(&message, node.hub, ZFRAME_DONTWAIT) == 0, "the hub takes nothing");
    zchunk_destroy(&frame);
    node.spoke_ms = zclock_mono();
}

static void say_hello(void)
{
    zchunk_t *frame = new_frame(HELLO);
    put_short(frame, text(node.name));
    put_short(frame, text("client.c 1"));
    put_number(frame, 8, node.stored);
    put_number(frame, 8, node.position);
    put_number(frame, 4, WINDOW);
    put_long(frame, text(node.checkpoint));
    send_frame(frame);
}

// Each connection is a new session, also one that libzmq made again by itself.
static void on_event(void)
{
    char *event = zstr_recv(node.monitor);
    zsock_flush(node.monitor);
    must(event && !streq(event, "HANDSHAKE_FAILED_AUTH"),
        "the hub does not know this node's channel key");
    must(!streq(event, "DISCONNECTED"), "the connection ended");
    if (streq(event, "HANDSHAKE_SUCCEEDED"))
        say_hello();
    zstr_free(&event);
}

// The hub has not been heard for long: ask whether it is there.
static void on_silence(void)
{
    must(zclock_mono() - node.heard_ms < SILENCE_MS,
        "nobody answers, or the hub fell silent");
    if (zclock_mono() - node.spoke_ms >= PULSE_MS)
        send_frame(new_frame(PULSE));
}

// The next frame, whatever it is; of several parts it is none.
static zframe_t *next_frame(zpoller_t *poller)
{
    for (;;) {
        void *ready = zpoller_wait(poller, PULSE_MS);
        must(!zpoller_terminated(poller), "interrupted");
        if (ready == node.monitor) {
            on_event();
        } else if (ready == node.hub) {
            zframe_t *frame = zframe_recv(node.hub);
            node.heard_ms = zclock_mono();
            must(frame && !zframe_more(frame), "not a frame");
            return frame;
        } else {
            on_silence();
        }
    }
}

// The type of a frame, and its body.
static int open_frame(zframe_t *frame, slice_t *body)
{
    *body = slice(zframe_data(frame), zframe_size(frame));
    must(take_number(body, 1) == VERSION, "a frame of another version than 1");
    return (int)take_number(body, 1);
}

// Wait for a frame of one of two types, which is the caller's: its type.
static int expect(int one, int other, zframe_t **frame_p, slice_t *body)
{
    zpoller_t *poller = zpoller_new(node.monitor, node.hub, NULL);
    for (;;) {
        zframe_t *known = one == DELIVER ? zlist_pop(node.later) : NULL;
        *frame_p = known ? known : next_frame(poller);
        int type = open_frame(*frame_p, body);
        if (type == BYE) {
            slice_t code = take_short(body), reason = take_short(body);
            die("bye: %.*s: %.*s", (int)code.size, code.data, (int)reason.size,
                reason.data);
        }
        if (type == one || type == other) {
            zpoller_destroy(&poller);
            return type;
        }
        if (type == RESYNC) // a hub that does not know us
            say_hello();
        if (type == DELIVER)
            (void)zlist_append(node.later, *frame_p);
        else
            zframe_destroy(frame_p);
    }
}

static void begin(const char *endpoint)
{
    zframe_t *frame;
    slice_t body;
    connect_to(endpoint);
    (void)expect(WELCOME, WELCOME, &frame, &body);
    must(equal(take_short(&body), text(node.origin)), "it is another hub's log");
    (void)believe(take_long(&body));
    (void)take_long(&body); // the consistency proof
    must(take_number(&body, 8) >= node.stored,
        "the hub has lost deliveries: stop, and tell a person");
    zframe_destroy(&frame);
}

// An acknowledgement is not answered; what answers a pulse has read all before it.
static void finish(void)
{
    zframe_t *frame;
    slice_t body;
    send_frame(new_frame(PULSE));
    (void)expect(PULSE, PULSE, &frame, &body);
    zframe_destroy(&frame);
}

// --- publishing (sections 3 and 5)
// ---------------------------------------------------------

static zchunk_t *signed_by(
    const char *origin, const char *id, uint64_t count, const char *root)
{
    zchunk_t *out = zchunk_new(NULL, 256);
    print(out, "dabyl-seal/v1\n%s\n%s\n%" PRIu64 "\n%s\n", origin, id, count, root);
    return out;
}

// One document under a seal of its own.
static zchunk_t *seal_head(slice_t document)
{
    byte hash[HASH], root[HASH], signature[64];
    sha256(document, hash);
    hash_leaf(slice(hash, HASH), root);
    base64_t root64 = base64(root, HASH);
    zchunk_t *what = signed_by(node.origin, node.seal.id, 1, root64.text);
    (void)crypto_sign_detached(
        signature, NULL, zchunk_data(what), zchunk_size(what), node.seal.secret_key);
    zchunk_destroy(&what);
    zchunk_t *head = zchunk_new(NULL, 512);
    print(head, "dabyl-seal/v1\norigin %s\ncount 1\nroot %s\nsig ed25519 %s %s\n",
        node.origin, root64.text, node.seal.id, base64(signature, 64).text);
    return head;
}

static void refused(slice_t body)
{
    (void)take_count(&body);
    (void)take(&body, HASH + 1);
    slice_t code = take_short(&body), pointer = take_short(&body);
    (void)take_short(&body);
    slice_t reason = take_short(&body);
    die("refused, %.*s at %.*s: %.*s", (int)code.size, code.data, (int)pointer.size,
        pointer.data, (int)reason.size, reason.data);
}

static void print_receipt(const leaf_t *leaf, slice_t told)
{
    printf("receipt %" PRIu64 " %s\n%.*s", leaf->at.place, leaf->id, (int)told.size,
        told.data);
}

static void received(slice_t body, slice_t document)
{
    static slice_t told[ITEMS_MAX];
    static place_t entered[ITEMS_MAX];
    leaf_t own = {.time_ms = 0};
    slice_t own_told = text("");
    tree_t checkpoint = believe(take_long(&body));
    slice_t proof = take_long(&body);
    size_t tolds = take_count(&body), named = 0;
    for (size_t i = 0; i < tolds; i++)
        told[i] = take_long(&body);
    size_t n = take_count(&body);
    for (size_t i = 0; i < n; i++) {
        leaf_t leaf = read_leaf(take_short(&body));
        size_t which = take_index(&body, tolds);
        name_next(&named, which);
        entered[i] = leaf.at;
        if (hashes_to(document, leaf.document)) {
            own = leaf;
            own_told = told[which];
        }
    }
    must(body.size == 0 && named == tolds,
        "a frame has more than its items, or a text that none of them names");
    check_run(&checkpoint, entered, n, proof);
    must(streq(own.author, node.name), "a receipt for something else");
    write_state();
    print_receipt(&own, own_told);
}

static void publish_document(slice_t document)
{
    zframe_t *answer;
    slice_t body;
    zchunk_t *head = seal_head(document), *frame = new_frame(PUBLISH);
    put_number(frame, 2, 1); // one head
    put_long(frame, content(head));
    put_number(frame, 4, 0); // and no proof, since it is over one document
    put_number(frame, 2, 1); // this
    put_number(frame, 2, 0); // of that head
    put_number(frame, 4, 0); // its leaf 0
    put_long(frame, document);
    send_frame(frame);
    zchunk_destroy(&head);
    if (expect(RECEIPT, REFUSED, &answer, &body) == REFUSED)
        refused(body);
    received(body, document);
    zframe_destroy(&answer);
}

// UUIDv7 (RFC 9562): 48 bits of milliseconds, then version, variant and chance.
static void make_id(char out[37])
{
    byte bytes[16];
    uint64_t now = (uint64_t)zclock_time();
    randombytes_buf(bytes, sizeof bytes);
    for (int i = 0; i < 6; i++)
        bytes[i] = (byte)(now >> 8 * (5 - i));
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    name_id(slice(bytes, sizeof bytes), out);
}

// What the daemon would add too, where it is missing.
static void complete(json_t *message)
{
    char id[37], nonce[33], sent[32];
    byte chance[16];
    time_t now = time(NULL);
    make_id(id);
    randombytes_buf(chance, sizeof chance);
    (void)sodium_bin2hex(nonce, sizeof nonce, chance, sizeof chance);
    (void)strftime(sent, sizeof sent, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    json_t *missing = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s}", "dabyl", 1, "id", id,
        "from", node.name, "sent", sent, "status", "actual", "nonce", nonce);
    (void)json_object_update_missing(message, missing);
    json_decref(missing);
}

static void publish(const char *path)
{
    json_error_t error;
    json_t *message = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(message))
        die("%s: %s", path, message ? "not an object" : error.text);
    complete(message);
    char *document = json_dumps(message, JSON_COMPACT);
    publish_document(text(document));
    free(document);
    json_decref(message);
}

// --- deliveries (section 3)
// ----------------------------------------------------------------

// What was sealed: the head's text, and the proof of those of its documents that are
// here.
typedef struct {
    slice_t text, proof;
} head_t;

typedef struct {
    uint64_t number;
    leaf_t leaf;
    slice_t why, document;
    size_t which;       // of the frame's whys
    const head_t *head; // NULL: the log sets it aside, and there is only the leaf
    uint64_t index;     // of the document, under the head
} delivery_t;

// An author's certificate counts when our CA has signed it.
static void learn(slice_t der)
{
    const byte *at = der.data;
    author_t author = {.certificate = d2i_X509(NULL, &at, (long)der.size)};
    must(author.certificate, "a certificate cannot be read");
    must(X509_verify(author.certificate, X509_get0_pubkey(node.ca)) == 1,
        "a certificate that the CA did not issue");
    must(node.authors < AUTHORS_MAX, "too many authors for an example");
    public_key_of(author.certificate, author.key);
    name_key(author.key, author.id);
    node.author[node.authors++] = author;
}

static const author_t *author_of(slice_t id)
{
    for (size_t i = 0; i < node.authors; i++)
        if (equal(id, text(node.author[i].id)))
            return &node.author[i];
    die("nobody has shown the certificate of key %.*s", (int)id.size, id.data);
    return NULL;
}

// The certificate was in force when the hub took the message: at the time of the leaf.
static void check_time(const author_t *author, uint64_t time_ms)
{
    time_t then = (time_t)(time_ms / 1000);
    must(X509_cmp_time(X509_get0_notBefore(author->certificate), &then) < 0 &&
             X509_cmp_time(X509_get0_notAfter(author->certificate), &then) > 0,
        "a certificate was not in force when the hub took the message");
}

// The first signature is the author's own, the others its officers'.
static void check_author(const author_t *author, bool first, const leaf_t *leaf)
{
    char own[64];
    name_of(author->certificate, own);
    bool officer = X509_check_host(author->certificate, leaf->author, 0,
                       X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1;
    must(first ? streq(leaf->author, own) : officer, "another's signature");
    check_time(author, leaf->time_ms);
}

static void check_signature(
    slice_t line, bool first, uint64_t count, slice_t root, const leaf_t *leaf)
{
    byte signature[64];
    char root64[64];
    const author_t *author = author_of(take(&line, 2 * HASH));
    must(starts(line, " "), "a signature without an end");
    (void)take(&line, 1);
    bytes_of(line, signature, sizeof signature);
    check_author(author, first, leaf);
    copy_text(root64, sizeof root64, root);
    zchunk_t *what = signed_by(node.origin, author->id, count, root64);
    must(crypto_sign_verify_detached(
             signature, zchunk_data(what), zchunk_size(what), author->key) == 0,
        "a forged seal");
    zchunk_destroy(&what);
}

// That all that is under this head in a frame is in the tree that was sealed (section 5).
static void check_sealed(const head_t *head, const delivery_t *item, size_t n)
{
    static place_t sealed[ITEMS_MAX];
    tree_t tree;
    size_t here = 0;
    slice_t rest = head->text;
    must(equal(take_line(&rest), text("dabyl-seal/v1")), "not a seal");
    must(equal(take_value(&rest, "origin "), text(node.origin)),
        "it was sealed for another hub");
    tree.size = number_of(take_value(&rest, "count "));
    must(tree.size <= SEALED_MAX, "a seal over too many documents");
    bytes_of(take_value(&rest, "root "), tree.root, HASH);
    for (size_t i = 0; i < n; i++)
        if (item[i].head == head) {
            byte hash[HASH];
            sha256(item[i].document, hash);
            sealed[here].place = item[i].index;
            hash_leaf(slice(hash, HASH), sealed[here++].hash);
        }
    check_run(&tree, sealed, here, head->proof);
}

// The signatures, for one of the documents: check_sealed has read the lines before them.
static void check_signatures(const delivery_t *item)
{
    slice_t head = item->head->text;
    (void)take_line(&head);
    (void)take_line(&head);
    uint64_t count = number_of(take_value(&head, "count "));
    slice_t root = take_value(&head, "root ");
    must(head.size > 0, "a seal without a signature");
    for (bool first = true; head.size > 0; first = false)
        check_signature(
            take_value(&head, "sig ed25519 "), first, count, root, &item->leaf);
}

// The leaf was made of what came: it has the hashes where it says that it has them.
static void check_hashes(const delivery_t *item)
{
    must(hashes_to(item->document, item->leaf.document) &&
             hashes_to(item->head->text, item->leaf.seal),
        "document or seal is not where the leaf has them");
}

static bool member_is(const json_t *message, const char *name, const char *value)
{
    const char *own = json_string_value(json_object_get(message, name));
    return own && streq(own, value);
}

static void check_document(const delivery_t *item)
{
    json_t *message = json_loadb((const char *)item->document.data, item->document.size,
        JSON_REJECT_DUPLICATES, NULL);
    must(member_is(message, "from", item->leaf.author) &&
             member_is(message, "kind", item->leaf.kind) &&
             member_is(message, "id", item->leaf.id),
        "the document is not what the leaf says it is");
    json_decref(message);
}

static void check_number(const delivery_t *item)
{
    char begin[80], asked[96];
    (void)snprintf(begin, sizeof begin, "deliver %s ", node.name);
    (void)snprintf(asked, sizeof asked, "by-subscription %s ", node.name);
    must(item->number == node.stored + 1, "a delivery is missing");
    must(node.stored == 0 || item->leaf.at.place > node.position, "positions only rise");
    must(starts(item->why, begin) || starts(item->why, asked), "it is not for us");
}

static void check(const delivery_t *item)
{
    if (!item->head)
        return; // a real node tells a person
    check_hashes(item);
    check_document(item);
    check_signatures(item);
}

// What is not sent with a message, since we compute it: the leaf around its hashes.
static leaf_t join_leaf(slice_t front, const delivery_t *item, slice_t back)
{
    byte hash[HASH];
    zchunk_t *octets = zchunk_new(front.data, front.size);
    sha256(item->document, hash);
    put(octets, slice(hash, HASH));
    sha256(item->head->text, hash);
    put(octets, slice(hash, HASH));
    put(octets, back);
    leaf_t leaf = read_leaf(content(octets));
    zchunk_destroy(&octets);
    return leaf;
}

static void take_message(
    slice_t *body, delivery_t *item, const head_t *head, size_t heads)
{
    item->head = &head[take_index(body, heads)];
    item->index = take_number(body, 4);
    slice_t front = take_tiny(body), back = take_tiny(body);
    item->document = take_long(body);
    item->leaf = join_leaf(front, item, back);
}

static delivery_t take_delivery(
    slice_t *body, const head_t *head, size_t heads, const slice_t *why, size_t whys)
{
    delivery_t item = {.number = take_number(body, 8)};
    item.which = take_index(body, whys);
    item.why = why[item.which];
    uint64_t kind = take_number(body, 1);
    must(kind <= 1, "an item of another kind");
    if (kind == 1)
        take_message(body, &item, head, heads);
    else
        item.leaf = read_leaf(take_short(body)); // the log sets it aside
    return item;
}

// Up to what we have; the root is that of the checkpoint which came with it (section 8).
static void acknowledge(const tree_t *checkpoint)
{
    byte signature[64];
    zchunk_t *what = zchunk_new(NULL, 256), *frame = new_frame(ACK);
    print(what, "dabyl-ack/v1\n%s\n%s\n%" PRIu64 "\n%s\n", node.origin, node.seal.id,
        node.stored, base64(checkpoint->root, HASH).text);
    (void)crypto_sign_detached(
        signature, NULL, zchunk_data(what), zchunk_size(what), node.seal.secret_key);
    zchunk_destroy(&what);
    put_number(frame, 8, node.stored);
    put(frame, slice(checkpoint->root, HASH));
    put(frame, slice(signature, sizeof signature));
    send_frame(frame);
}

// A frame has one form: its numbers increase, and its lists are named from the first on.
static void check_form(
    const delivery_t *item, size_t n, const head_t *head, size_t heads, size_t whys)
{
    size_t named_heads = 0, named_whys = 0;
    for (size_t i = 0; i < n; i++) {
        must(
            item[i].number > (i > 0 ? item[i - 1].number : 0), "numbers do not increase");
        name_next(&named_whys, item[i].which);
        if (item[i].head)
            name_next(&named_heads, (size_t)(item[i].head - head));
    }
    must(named_heads == heads && named_whys == whys,
        "a list has something that no item names");
}

// The items of a frame, which are in the log, and under their seals.
static tree_t read_items(slice_t *body, delivery_t item[ITEMS_MAX], size_t *n)
{
    static place_t entered[ITEMS_MAX];
    static head_t head[ITEMS_MAX];
    static slice_t why[ITEMS_MAX];
    for (size_t certificates = take_count(body); certificates > 0; certificates--)
        learn(take_long(body));
    tree_t checkpoint = believe(take_long(body));
    slice_t proof = take_long(body);
    size_t heads = take_count(body);
    for (size_t i = 0; i < heads; i++) {
        head[i].text = take_long(body);
        head[i].proof = take_long(body);
    }
    size_t whys = take_count(body);
    for (size_t i = 0; i < whys; i++)
        why[i] = take_short(body);
    *n = take_count(body);
    for (size_t i = 0; i < *n; i++)
        entered[i] = (item[i] = take_delivery(body, head, heads, why, whys)).leaf.at;
    must(body->size == 0, "something follows a frame's last field");
    check_form(item, *n, head, heads, whys);
    check_run(&checkpoint, entered, *n, proof);
    for (size_t i = 0; i < heads; i++)
        check_sealed(&head[i], item, *n);
    return checkpoint;
}

// The lines may have no LF at the end.
static slice_t next_line(slice_t *lines)
{
    const byte *lf = lines->size > 0 ? memchr(lines->data, '\n', lines->size) : NULL;
    if (lf)
        return take_line(lines);
    return take(lines, lines->size);
}

// The next line by which a delivery brings something along for us; empty: there is none.
static slice_t next_older(slice_t *lines)
{
    char begin[80];
    (void)snprintf(begin, sizeof begin, "carries %s ", node.name);
    while (lines->size > 0) {
        slice_t line = next_line(lines);
        if (starts(line, begin))
            return line;
    }
    return slice(NULL, 0);
}

// One that is brought along is what its line says, and from before what brings it.
static void keep_older(const delivery_t *item, slice_t line, uint64_t before)
{
    char names[256];
    const leaf_t *leaf = &item->leaf;
    (void)snprintf(
        names, sizeof names, "carries %s %s %s", node.name, leaf->author, leaf->id);
    must(equal(line, text(names)) && equal(item->why, line) && leaf->at.place < before,
        "it brings another message along than its line says");
    check(item);
    printf("older %s %s %s\n", leaf->kind, leaf->author, leaf->id);
}

// What a delivery brings along has to be here before it is taken (section 3).
static void take_older(const delivery_t *by)
{
    static delivery_t item[ITEMS_MAX];
    slice_t lines = by->why, line = next_older(&lines);
    for (uint64_t place = 1; line.size > 0;) {
        zframe_t *frame;
        slice_t body;
        size_t n;
        zchunk_t *ask = new_frame(CARRY);
        put_number(ask, 8, by->number);
        put_number(ask, 8, place);
        send_frame(ask);
        (void)expect(CARRIED, CARRIED, &frame, &body);
        must(take_number(&body, 8) == by->number, "what another delivery brings along");
        (void)read_items(&body, item, &n);
        for (size_t i = 0; i < n; i++, line = next_older(&lines)) {
            must(item[i].number == place++, "it is not the next of its lines");
            keep_older(&item[i], line, by->leaf.at.place);
        }
        zframe_destroy(&frame);
    }
}

// A real node stores message, seal and proof here, and flushes.
static void keep(const delivery_t *item)
{
    const leaf_t *leaf = &item->leaf;
    slice_t lines = item->why, line = next_line(&lines);
    printf("delivery %" PRIu64 " %s %s %s %.*s\n", item->number, leaf->kind, leaf->author,
        leaf->id, (int)line.size, line.data);
    node.stored = item->number;
    node.position = leaf->at.place;
}

static void take_deliveries(slice_t body)
{
    static delivery_t item[ITEMS_MAX];
    size_t n;
    tree_t checkpoint = read_items(&body, item, &n);
    for (size_t i = 0; i < n; i++)
        if (item[i].number > node.stored) { // else we have it
            check_number(&item[i]);
            check(&item[i]);
            take_older(&item[i]);
            keep(&item[i]);
        }
    write_state();
    acknowledge(&checkpoint);
}

static void receive(const char *how_many)
{
    uint64_t until = node.stored + strtoull(how_many, NULL, 10);
    while (node.stored < until) {
        zframe_t *frame;
        slice_t body;
        (void)expect(DELIVER, DELIVER, &frame, &body);
        take_deliveries(body);
        zframe_destroy(&frame);
    }
}

static void forget(void)
{
    X509_free(node.ca);
    for (size_t i = 0; i < node.authors; i++)
        X509_free(node.author[i].certificate);
    free(node.checkpoint);
    for (zframe_t *frame; node.later && (frame = zlist_pop(node.later)) != NULL;)
        zframe_destroy(&frame);
    zlist_destroy(&node.later);
}

int main(int argc, char **argv)
{
    bool publishes = argc == 5 && streq(argv[3], "publish");
    if (!publishes && !(argc == 5 && streq(argv[3], "receive")))
        die("FOLDER ENDPOINT publish FILE, or FOLDER ENDPOINT receive NUMBER");
    must(sodium_init() >= 0, "libsodium cannot be used");
    (void)atexit(forget);
    read_folder(argv[1]);
    begin(argv[2]);
    if (publishes)
        publish(argv[4]);
    else
        receive(argv[4]);
    finish();
    return fflush(stdout) == 0 ? 0 : 1;
}
