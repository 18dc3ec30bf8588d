#include "tests/bench/client/player.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <jansson.h>

enum { TEXT = 1, BINARY = 2, CLOSE = 8, CONFIG_AT = UNIT_HEADER };

int player_connect(struct player *p, const struct player_join *join)
{
    int on = 1;
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (p->fd < 0)
        return -errno;
    setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (join->receive_buffer)
        setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &join->receive_buffer,
                   sizeof(join->receive_buffer));
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)join->port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(p->fd, (const struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS)
        return -errno;
    p->state = PLAYER_CONNECTING;
    return 0;
}

static int send_all(struct player *p, const void *data, size_t len)
{
    ssize_t n = send(p->fd, data, len, MSG_NOSIGNAL);
    return n == (ssize_t)len ? 0 : -EPIPE; /* a few hundred bytes: taken whole or not at all */
}

static int send_text(struct player *p, const char *text)
{
    uint8_t frame[WS_CLIENT_OUT_MAX];
    return send_all(p, frame, ws_client_text(frame, text, strlen(text)));
}

int player_upgrade(struct player *p, const struct player_join *join)
{
    char request[WS_CLIENT_OUT_MAX];
    int err = 0;
    socklen_t size = sizeof(err);
    getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &err, &size);
    p->state = PLAYER_UPGRADING;
    return err ? -err : send_all(p, request, ws_client_upgrade(request, join->port));
}

int player_upgraded(struct player *p, const struct player_join *join, const char *data, size_t len)
{
    char hello[512];
    int head = ws_client_upgraded(data, len);
    if (head <= 0)
        return head < 0 ? -ECONNREFUSED : 0;
    snprintf(hello, sizeof(hello),
             "{\"t\":\"hello\",\"v\":1,\"lesson\":\"%s\",\"mode\":\"%s\","
             "\"can\":[\"opus\",\"h264\",\"webp\"]}",
             join->lesson, join->mode);
    int err = send_text(p, hello);
    p->state = PLAYER_SEATED;
    return err ? err : head;
}

void player_report(struct player *p, uint64_t now_us)
{
    char text[128];
    snprintf(text, sizeof(text),
             "{\"t\":\"report\",\"pts\":%u,\"buf\":600,\"late\":0,\"hidden\":false}",
             (unsigned)p->voice_end_ms);
    send_text(p, text);
    p->report_us = now_us + PLAYER_REPORT_US;
}

static int take_text(struct player *p, const struct ws_message *m)
{
    json_t *root = json_loadb((const char *)m->data, m->len, 0, NULL);
    const char *t = json_string_value(json_object_get(root, "t"));
    int err = t ? 0 : -EPROTO;
    if (t && strcmp(t, "welcome") == 0) {
        p->is_welcome = true;
    } else if (t && strcmp(t, "rung") == 0) {
        const char *rung = json_string_value(json_object_get(root, "rung"));
        const char *picture = json_string_value(json_object_get(root, "picture"));
        snprintf(p->rung, sizeof(p->rung), "%s", rung ? rung : "");
        p->has_picture = !picture || strcmp(picture, "video") != 0;
    } else if (t && strcmp(t, "bye") == 0) {
        const char *why = json_string_value(json_object_get(root, "why"));
        fprintf(stderr, "viewers: %u: bye: %s\n", (unsigned)p->number, why ? why : "");
        err = -ECONNRESET;
    }
    json_decref(root);
    return err;
}

static uint64_t mix(const uint8_t *p, size_t len)
{
    uint64_t h = 1;
    for (size_t i = 0; i < len; i++)
        h = h * 0x100000001b3u + p[i];
    return h;
}

/* Another encoding begins: what came before says nothing about what follows. The same one again
 * does: it comes before a keyframe that a viewer starts over at, and frames may be missing. */
static void take_config(struct player *p, struct player_track *track, const struct player_got *got)
{
    const struct ws_message *m = got->message;
    uint64_t hash = mix(m->data + CONFIG_AT, m->len - CONFIG_AT);
    if (hash != track->encoding_hash)
        track->node = 0;
    p->has_picture |= hash != track->encoding_hash && got->units.track == UNIT_VIDEO;
    track->encoding_hash = hash;
    if (got->units.packet_us)
        p->packet_us = got->units.packet_us;
}

static int take_media(struct player *p, struct player_track *track, struct chain *chain,
                      uint64_t now_us, struct player_got *got)
{
    int err = chain_see(chain, track->node, got->message->data, got->message->len, &got->units,
                        now_us, &got->seen);
    if (err)
        return err;
    got->is_media = true;
    got->is_miss = got->seen.is_miss;
    track->misses += got->is_miss;
    track->node = got->seen.node;
    if (track == &p->voice)
        p->voice_end_ms = got->units.end_ms;
    return 0;
}

int player_take(struct player *p, struct chain *chain, const struct ws_message *message,
                uint64_t now_us, struct player_got *got)
{
    *got = (struct player_got){.message = message};
    if (message->opcode == TEXT)
        return take_text(p, message);
    if (message->opcode == CLOSE)
        return -ECONNRESET;
    if (message->opcode != BINARY ||
        !units_read(&got->units, message->data, message->len, p->packet_us))
        return -EPROTO;
    if (got->units.track != UNIT_VOICE && got->units.track != UNIT_VIDEO)
        return 0;
    struct player_track *track = got->units.track == UNIT_VOICE ? &p->voice : &p->video;
    if (got->units.kind == UNIT_CONFIG)
        take_config(p, track, got);
    else if (got->units.kind != UNIT_GAP)
        return take_media(p, track, chain, now_us, got);
    return 0;
}

void player_leave(struct player *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
    p->state = PLAYER_GONE;
    ws_input_release(&p->in);
}
