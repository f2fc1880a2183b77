// hub_options - one table: key, type, range, default, help.  Every default of a number is
// an operational default: the plan gives none of them.

#include "lib/config/hub_options.h"

#include <inttypes.h>

#define FIELD(name) offsetof(hub_options_t, name)
#define DAY_MS (24 * 3600 * 1000LL)

const conf_option_t hub_options_table[] = {
    {"origin", CONF_TEXT, FIELD(origin), 0, 0, NULL,
        "the log's name, in every checkpoint and seal; it can never change"},
    {"listen", CONF_TEXTS, FIELD(listen), 0, 0, NULL,
        "endpoints for nodes, such as tcp://127.0.0.1:7600"},

    {"keys.log", CONF_PATH, FIELD(log_key), 0, 0, "keys/log.key",
        "Ed25519 key that signs checkpoints"},
    {"keys.seal", CONF_PATH, FIELD(seal_key), 0, 0, "keys/seal.key",
        "Ed25519 key that seals what the hub derives"},
    {"keys.channel", CONF_PATH, FIELD(channel_key), 0, 0, "keys/channel.key",
        "X25519 key of the CURVE channel"},
    {"certificate", CONF_PATH, FIELD(certificate), 0, 0, "certs/seal.pem",
        "the hub's own sealing certificate (role hub)"},
    {"channel_certificate", CONF_PATH, FIELD(channel_certificate), 0, 0,
        "certs/channel.pem", "the hub's own channel certificate, for nodes"},
    {"next_channel_certificate", CONF_PATH, FIELD(next_channel_certificate), 0, 0,
        "certs/next-channel.pem",
        "the channel certificate that comes after it, which nodes are told ahead"},
    {"ca", CONF_PATH, FIELD(ca), 0, 0, "certs/ca.pem", "the CA's certificate"},
    {"crl", CONF_PATH, FIELD(crl), 0, 0, "certs/crl.pem", "the CA's revocation list"},

    {"roster", CONF_PATH, FIELD(roster), 0, 0, "roster",
        "folder with the certificates of nodes and officers"},
    {"rules", CONF_PATH, FIELD(rules), 0, 0, "rules",
        "folder with packs of rules, or one; beside each its seal, ending in .seal"},
    {"registry", CONF_PATH, FIELD(registry), 0, 0, "registry.conf",
        "organisations, objects, who serves whom"},
    {"schemas", CONF_PATH, FIELD(schemas), 0, 0, "schemas",
        "folder with the JSON Schemas, one file a kind"},
    {"absent_roles", CONF_TEXTS, FIELD(absent_roles), 0, 0, "",
        "roles that the rules address and that nobody is meant to have here yet"},

    {"journal.folder", CONF_PATH, FIELD(journal), 0, 0, "journal",
        "segments, tiles and checkpoint"},
    {"journal.segment_bytes", CONF_NUMBER, FIELD(segment_bytes), 64 << 20, UINT32_MAX,
        "67108864", "bytes reserved at a time"},
    {"state", CONF_PATH, FIELD(state), 0, 0, "state",
        "what the journal comes to, made again from it when it is gone"},
    {"cache.snapshot_entries", CONF_NUMBER, FIELD(snapshot_entries), 1, 1LL << 40,
        "50000", "what is kept in `state` is brought up to date after so many entries"},
    {"cache.bytes", CONF_NUMBER, FIELD(state_cache), 1 << 16, 1LL << 40, "8388608",
        "memory for parts of `state` that were looked up lately"},
    {"mark", CONF_PATH, FIELD(mark), 0, 0, "log.mark",
        "where the newest checkpoint is kept beside the journal; best on another disk"},
    {"control", CONF_PATH, FIELD(control), 0, 0, "run/control",
        "socket for `dabyl hub status`, in a folder only its owner may enter"},

    {"join.listen", CONF_TEXTS, FIELD(join_listen), 0, 0, "",
        "endpoints for newcomers, such as tcp://127.0.0.1:7601; none: only while "
        "`dabyl hub joins open` says so"},
    {"join.folder", CONF_PATH, FIELD(joins), 0, 0, "joins",
        "requests of newcomers, and what became of them"},
    {"join.requests", CONF_NUMBER, FIELD(join_requests), 1, 10000, "64",
        "requests that wait for an operator, at most"},
    {"join.address_requests", CONF_NUMBER, FIELD(join_address_requests), 1, 10000, "8",
        "of those, requests of one address, at most"},
    {"join.hours", CONF_NUMBER, FIELD(join_hours), 1, 8760, "24",
        "after which a request that nobody has accepted is gone"},

    {"predecessor.vkey", CONF_PATH, FIELD(predecessor_vkey), 0, 0, "",
        "verifier key of the log that this one goes on from; empty: it begins by itself"},
    {"predecessor.checkpoint", CONF_PATH, FIELD(predecessor_checkpoint), 0, 0, "",
        "the newest signed checkpoint of that log that anybody has"},
    {"predecessor.journal", CONF_PATH, FIELD(predecessor_journal), 0, 0, "",
        "a copy of its journal that reaches the checkpoint; needed until it is taken "
        "over"},

    {"attachments.folder", CONF_PATH, FIELD(attachments), 0, 0, "attachments",
        "files that messages name, as their authors handed them in"},
    {"attachments.bytes", CONF_NUMBER, FIELD(attachment_bytes), 1, 1LL << 50,
        "1073741824", "bytes of one attachment"},
    {"attachments.total_bytes", CONF_NUMBER, FIELD(attachment_total), 1, 1LL << 60,
        "68719476736", "bytes of all attachments together"},
    {"attachments.node_bytes", CONF_NUMBER, FIELD(attachment_share), 0, 1LL << 60,
        "8589934592", "bytes of all attachments of one node together; 0: no share"},
    {"attachments.piece_bytes", CONF_NUMBER, FIELD(attachment_piece), 1024, 1 << 20,
        "65536", "bytes of one piece of an attachment"},
    {"attachments.reserve_bytes", CONF_NUMBER, FIELD(attachment_reserve), 0, 1LL << 60,
        "1073741824", "free disk that attachments leave alone"},
    {"attachments.keep_days", CONF_NUMBER, FIELD(attachment_days), 1, 3650, "30",
        "days that an attachment of which only a part came is kept"},

    {"retention.ages", CONF_TEXTS, FIELD(retention_ages), 0, 0, "",
        "kinds of messages and the days they are kept, such as \"advisory 1095\"; * is "
        "all others; none: nothing goes by its age"},
    {"retention.erase", CONF_FLAG, FIELD(retention_erase), 0, 0, "false",
        "whether what is past its age is erased; else it is only counted"},
    {"retention.a_minute", CONF_NUMBER, FIELD(retention_a_minute), 1, 600, "60",
        "messages that go by their age in a minute, at most"},
    {"retention.pause_minutes", CONF_NUMBER, FIELD(retention_pause), 0, 43200, "60",
        "after other ages came into force nothing goes by them for so long"},

    {"limits.document_bytes", CONF_NUMBER, FIELD(size_limit), 1024, 4 << 20, "1048576",
        "bytes of one document"},
    {"limits.document_depth", CONF_NUMBER, FIELD(depth_limit), 4, 256, "32",
        "nested arrays and objects of one document"},
    {"limits.frame_bytes", CONF_NUMBER, FIELD(frame_limit), 64 << 10, 64 << 20, "4194304",
        "bytes of one frame on the wire"},
    {"limits.publish_window", CONF_NUMBER, FIELD(publish_window), 1, 4096, "1024",
        "messages a node may have unanswered"},
    {"limits.deliver_window", CONF_NUMBER, FIELD(deliver_window), 1, 65536, "4096",
        "deliveries a node may have unacknowledged, at most"},
    {"limits.publish_rate", CONF_NUMBER, FIELD(rate_limit), 1, 10000000, "100000",
        "messages a node may publish in a second"},
    {"limits.explain_rate", CONF_NUMBER, FIELD(explain_rate), 1, 10000, "20",
        "explain requests a node may make in a second"},
    {"limits.subscriptions", CONF_NUMBER, FIELD(subscriptions), 1, 4096, "32",
        "feeds that a node may have"},
    {"limits.connections", CONF_NUMBER, FIELD(connections), 1, 100000, "4096",
        "connections open at the same time"},
    {"limits.node_connections", CONF_NUMBER, FIELD(node_connections), 1, 1000, "16",
        "connections of one node, open at the same time"},
    {"limits.address_handshakes", CONF_NUMBER, FIELD(address_handshakes), 1, 100000,
        "256", "handshakes of one address that are not finished"},
    {"limits.queue_frames", CONF_NUMBER, FIELD(queue_limit), 16, 100000, "1000",
        "frames queued for one slow node"},
    {"limits.waiting_bytes", CONF_NUMBER, FIELD(waiting_bytes), 32 << 20, 1LL << 40,
        "33554432", "bytes of frames from one node that wait to be read"},
    {"limits.waiting_total_bytes", CONF_NUMBER, FIELD(waiting_total), 64 << 20, 1LL << 40,
        "268435456", "bytes of frames from all nodes that wait to be read"},

    {"timing.handshake_ms", CONF_NUMBER, FIELD(handshake_ms), 100, 60000, "5000",
        "a handshake that takes longer is dropped"},
    {"timing.hello_ms", CONF_NUMBER, FIELD(hello_ms), 100, 600000, "10000",
        "a connection that has said nothing so long after its handshake is ended"},
    {"timing.heartbeat_ms", CONF_NUMBER, FIELD(heartbeat_ms), 100, 20000, "5000",
        "a node says something at least so often, PULSE when there is nothing else"},
    {"timing.acknowledgement_ms", CONF_NUMBER, FIELD(ack_delay_ms), 1, 1000, "50",
        "an acknowledgement waits for a batch to ride on at most so long"},
    {"timing.resend_ms", CONF_NUMBER, FIELD(resend_ms), 100, 3600000, "15000",
        "what is not acknowledged goes out again after this, then after twice, ..."},
    {"timing.checkpoint_ms", CONF_NUMBER, FIELD(publish_interval_ms), 10, 3600000, "1000",
        "the public checkpoint and tiles are written at most so often"},
    {"timing.refusals_ms", CONF_NUMBER, FIELD(refusals_ms), 100, 3600000, "60000",
        "counts of refusals are journalled at least so often"},
    {"timing.future_ms", CONF_NUMBER, FIELD(future_tolerance_ms), 0, DAY_MS, "300000",
        "`sent` may be ahead of the hub's clock by this much"},
    {"timing.late_ms", CONF_NUMBER, FIELD(late_after_ms), 0, 365 * DAY_MS, "900000",
        "a message sent longer ago than this is marked late"},
    {"timing.detection_hours", CONF_NUMBER, FIELD(detection_hours), 1, 8760, "24",
        "an incident notice that comes longer after the detection is remarked"},
    {"timing.past_days", CONF_NUMBER, FIELD(past_days), 1, 36500, "3650",
        "a moment that a duty counts from may lie back so many days"},
    {"timing.clock_step_ms", CONF_NUMBER, FIELD(clock_step_ms), 100, DAY_MS, "2000",
        "wall and monotonic clock parting by more is journalled as a step"},
    {"timing.expiry_days", CONF_NUMBER, FIELD(expiry_notice_days), 0, 365, "30",
        "days ahead that the end of a certificate is announced"},

    {"workers", CONF_NUMBER, FIELD(workers), 0, 64, "1",
        "threads that check seals and schemas beside the main one"},
    {"io_threads", CONF_NUMBER, FIELD(io_threads), 1, 16, "2",
        "threads that carry frames and encrypt them"},
    {"log_level", CONF_TEXT, FIELD(log_level), 0, 0, "info",
        "error, warning, info or debug"},
    {0},
};

// Beside the document: the head of a seal by four, places in a tree, lengths.
enum { FRAME_AROUND = 16 << 10 };

int hub_options_check(const hub_options_t *options, cause_t *why)
{
    ages_t ages;
    if (ages_read(&ages, &options->retention_ages, why) != 0)
        return -1;
    if (options->size_limit + FRAME_AROUND > options->frame_limit)
        return cause_set(why,
            "limits.document_bytes (%" PRId64 ") and %d bytes around a document do not "
            "fit into limits.frame_bytes (%" PRId64 ")",
            options->size_limit, FRAME_AROUND, options->frame_limit);
    if (options->attachment_piece + FRAME_AROUND > options->frame_limit)
        return cause_set(why,
            "attachments.piece_bytes (%" PRId64
            ") and %d bytes around a piece do not fit "
            "into limits.frame_bytes (%" PRId64 ")",
            options->attachment_piece, FRAME_AROUND, options->frame_limit);
    if (options->attachment_share > 0 &&
        options->attachment_bytes > options->attachment_share)
        return cause_set(why,
            "attachments.bytes (%" PRId64 ") is more than attachments.node_bytes "
            "(%" PRId64 ")",
            options->attachment_bytes, options->attachment_share);
    if (options->attachment_bytes > options->attachment_total)
        return cause_set(why,
            "attachments.bytes (%" PRId64 ") is more than attachments.total_bytes "
            "(%" PRId64 ")",
            options->attachment_bytes, options->attachment_total);
    return 0;
}
