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

enum { TEXT = 1, CLOSE = 8 };

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

static void take_rung(struct player *p, const char *rung, const char *picture)
{
    p->rung_changes += p->rung[0] && rung && strcmp(p->rung, rung) != 0;
    snprintf(p->rung, sizeof(p->rung), "%s", rung ? rung : "");
    p->has_picture = !picture || strcmp(picture, "video") != 0;
}

static int take_text(struct player *p, const struct ws_message *m)
{
    json_t *root = json_loadb((const char *)m->data, m->len, 0, NULL);
    const char *t = json_string_value(json_object_get(root, "t"));
    int err = t ? 0 : -EPROTO;
    if (t && strcmp(t, "welcome") == 0) {
        p->is_welcome = true;
    } else if (t && strcmp(t, "rung") == 0) {
        take_rung(p, json_string_value(json_object_get(root, "rung")),
                  json_string_value(json_object_get(root, "picture")));
    } else if (t && strcmp(t, "bye") == 0) {
        const char *why = json_string_value(json_object_get(root, "why"));
        fprintf(stderr, "viewers: %u: bye: %s\n", (unsigned)p->number, why ? why : "");
        err = -ECONNRESET;
    }
    json_decref(root);
    return err;
}

int player_told(struct player *p, const struct ws_message *message)
{
    if (message->opcode == CLOSE)
        return -ECONNRESET;
    return message->opcode == TEXT ? take_text(p, message) : -EPROTO;
}

/* Another encoding begins: what came before says nothing about what follows. The same one again
 * does: it comes before a keyframe that a viewer starts over at, and frames may be missing. */
static void take_config(struct player *p, struct player_track *track, const struct unit_in *unit)
{
    if (unit->hash == track->encoding_hash)
        return;
    track->node = 0;
    track->encoding_hash = unit->hash;
    p->has_picture |= unit->track == UNIT_VIDEO;
}

static int take_media(struct player *p, struct player_track *track, struct chain *chain,
                      uint64_t now_us, struct player_got *got)
{
    int err = chain_see(chain, track->node, &got->unit, now_us, &got->seen);
    if (err)
        return err;
    got->is_media = true;
    track->node = got->seen.node;
    if (track == &p->voice)
        p->voice_end_ms = got->unit.end_ms;
    return 0;
}

int player_next(struct player *p, struct chain *chain, struct bytes *message, uint64_t now_us,
                struct player_got *got)
{
    *got = (struct player_got){0};
    if (!units_next(&p->units, message, &got->unit))
        return -EPROTO;
    struct player_track *track = got->unit.track == UNIT_VOICE ? &p->voice : &p->video;
    if (got->unit.count > 0)
        return take_media(p, track, chain, now_us, got);
    if (got->unit.kind == UNIT_CONFIG)
        take_config(p, track, &got->unit);
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
