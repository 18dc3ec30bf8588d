#include "server/config/keys.h"

#include <string.h>

#include "server/config/config.h"

/* clang-format off */
#define TEXT(type_, section_, name_, field, fallback_, help_)                                      \
    {.type = (type_), .section = (section_), .name = (name_), .fallback = (fallback_),             \
     .help = (help_), .offset = offsetof(struct config, field),                                    \
     .size = sizeof(((struct config *)0)->field)}
#define NUMBER(section_, name_, field, unit_, fallback_, min_, max_, help_)                        \
    {.type = KEY_NUMBER, .section = (section_), .name = (name_), .fallback = (fallback_),          \
     .unit = (unit_), .min = (min_), .max = (max_), .help = (help_),                               \
     .offset = offsetof(struct config, field)}
#define LESSON(type_, name_, field, fallback_, help_)                                              \
    {.type = (type_), .section = "lesson", .name = (name_), .fallback = (fallback_),               \
     .help = (help_), .offset = offsetof(struct lesson_config, field),                             \
     .size = sizeof(((struct lesson_config *)0)->field)}
#define MINUTES(n) ((n) * 60000u)
/* clang-format on */

const struct config_key config_keys[] = {
    TEXT(KEY_ADDRESS, "server", "bind", server.bind, "",
         "Address to listen on for pages, API and players. Empty: all, IPv4 and IPv6."),
    NUMBER(
        "server", "port", server.port, UNIT_COUNT, "8080", 0, 65535,
        "Port of pages, API and players (HTTP and WebSocket). 0: any free one, told in the log."),
    NUMBER("server", "admin-port", server.admin_port, UNIT_COUNT, "8081", 0, 65535,
           "Port of the admin API, on 127.0.0.1 only. 0: any free one. 65535: no admin API."),
    TEXT(KEY_TEXT, "server", "web-root", server.web_root, "",
         "Folder with the built pages. Empty: found beside the program."),
    TEXT(KEY_TEXT, "server", "data-dir", server.data_dir, "data",
         "Folder of what the server keeps, such as the admin API's token. Made when missing."),
    TEXT(KEY_ORIGINS, "server", "origins", server.origins, "",
         "Other sites whose pages may play lessons, as in https://school.example, separated by\n"
         "blanks. This server's own pages always may."),
    TEXT(
        KEY_ADDRESSES, "server", "trusted-proxies", server.trusted_proxies, "",
        "Addresses (or ranges, as in 10.0.0.0/8) of proxies in front of this server, separated by\n"
        "blanks. Who is behind them, and comes by https, is believed as they say it in\n"
        "X-Forwarded-For and X-Forwarded-Proto, which they must set anew; from others never."),
    NUMBER(
        "server", "max-connections", server.max_connections, UNIT_COUNT, "20000", 16, 1000000,
        "Connections to all HTTP ports together; fewer where the system grants fewer open files."),
    NUMBER("server", "max-per-address", server.max_per_address, UNIT_COUNT, "5000", 1, 1000000,
           "Connections from one address. A whole school may sit behind one: be generous."),
    NUMBER("server", "audit-days", server.audit_days, UNIT_COUNT, "365", 180, 36500,
           "Days for which the audit log is kept, at least: once a day what is older is cut off.\n"
           "In China the law asks for six months, which may have 184 days."),
    {.type = KEY_LEVEL,
       .section = "server",
       .name = "log-level",
       .fallback = "info",
       .help = "What the log tells: error, warn, info, debug or trace.",
       .offset = offsetof(struct config, server.log_level)},

    TEXT(KEY_TEXT, "tls", "certificate", tls.certificate, "",
         "File with the certificate and those that lead to its issuer (PEM, as certbot's\n"
         "fullchain.pem). Empty: no TLS. When the file changes, or on SIGHUP, it is read again."),
    TEXT(KEY_TEXT, "tls", "key", tls.key, "",
         "File with its private key (PEM, without a password)."),
    NUMBER("tls", "port", tls.port, UNIT_COUNT, "8443", 0, 65535,
           "Port of pages, API, players and teachers over TLS. 0: any free one, told in the log."),
    NUMBER("tls", "hsts", tls.hsts_s, UNIT_S, "0s", 0, 2 * 365 * 86400,
           "Browsers that came over TLS once come by no other way for so long: only for a name of\n"
           "its own, whose certificate will be renewed. 0s: they are not told so."),

    TEXT(KEY_ADDRESS, "rtmp", "bind", rtmp.bind, "",
         "Address to listen on for teachers' encoders. Empty: all."),
    NUMBER("rtmp", "port", rtmp.port, UNIT_COUNT, "1935", 0, 65535,
           "Port for rtmp://host:port/live/STREAM_KEY. 0: any free one, told in the log."),
    NUMBER("rtmp", "max-connections", rtmp.max_connections, UNIT_COUNT, "200", 1, 10000,
           "Encoders connected at the same time."),
    NUMBER("rtmp", "max-per-address", rtmp.max_per_address, UNIT_COUNT, "32", 1, 10000,
           "The same from one address."),
    NUMBER("rtmp", "hello-timeout", rtmp.hello_timeout_ms, UNIT_MS, "10s", 1000, MINUTES(1),
           "Time for an encoder from its connection to an accepted stream key."),
    NUMBER("rtmp", "silence-timeout", rtmp.silence_timeout_ms, UNIT_MS, "15s", 1000, MINUTES(10),
           "An encoder that sends nothing for so long counts as gone; it may come back."),

    TEXT(KEY_TEXT, "codec", "program", codec.program, "",
         "The program airclass-codec. Empty: found beside this program."),
    TEXT(KEY_TEXT, "codec", "ladder", codec.ladder, "",
         "Ladder file: which bitrates and pictures exist (see ladder.conf). Empty: built in."),
    NUMBER(
        "codec", "memory", codec.memory_mb, UNIT_MIB, "1GiB", 384, 65536,
        "Address space of one lesson's codec process. One that wants more ends and is restarted."),
    NUMBER("codec", "heartbeat", codec.heartbeat_ms, UNIT_MS, "2s", 500, MINUTES(1),
           "A codec process that does not answer for so long is killed and restarted."),
    NUMBER("codec", "crashes", codec.crashes, UNIT_COUNT, "5", 1, 1000,
           "After so many crashes ..."),
    NUMBER("codec", "crash-window", codec.crash_window_s, UNIT_S, "1min", 1, 3600,
           "... within this time, a lesson goes on without moving pictures."),

    NUMBER("session", "linger", session.linger_s, UNIT_S, "10min", 0, 86400,
           "How long pupils stay seated and wait for a teacher whose stream is away."),

    NUMBER("viewer", "send-buffer", viewer.send_buffer, UNIT_BYTES, "64KiB", 4096, 4 << 20,
           "Kernel send buffer of each player's connection: the memory that a stalled one holds."),
    TEXT(
        KEY_WORD, "viewer", "congestion", viewer.congestion, "",
        "TCP congestion control for players, such as bbr or cubic. Empty: the system's. With bbr voice\n"
        "stays nearer to live where packets are lost; as root: modprobe tcp_bbr."),
    NUMBER(
        "viewer", "hello-timeout", viewer.hello_timeout_ms, UNIT_MS, "15s", 500, MINUTES(1),
        "Time for a player from its connection to saying which lesson it wants. A thin link that loses\n"
        "packets may take 10 s for it."),
    NUMBER("viewer", "stall", viewer.stall_ms, UNIT_MS, "30s", 1000, MINUTES(60),
           "A player that takes nothing for so long is disconnected."),
    NUMBER("viewer", "max-viewers", viewer.max_viewers, UNIT_COUNT, "20000", 1, 1000000,
           "Players of all lessons together."),
    {.name = NULL},
};

const struct config_key lesson_keys[] = {
    LESSON(KEY_TEXT, "title", title, "", "What the page shows. Empty: the ID."),
    LESSON(KEY_SECRET, "stream-key", stream_key, "",
           "Who has it may teach: 8 to 39 letters, digits, '-' and '_'."),
    LESSON(KEY_SECRET, "watch-key", watch_key, "",
           "Who has it may watch; written the same way. Not needed when the lesson is open."),
    LESSON(KEY_BOOL, "open", is_open, "no", "yes: anybody may watch."),
    {.name = NULL},
};

const struct config_key *key_find(const struct config_key *keys, const char *section,
                                  const char *name)
{
    for (; keys->name; keys++) {
        if (strcmp(keys->section, section) == 0 && strcmp(keys->name, name) == 0)
            return keys;
    }
    return NULL;
}
