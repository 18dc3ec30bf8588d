#include "server/viewer/parcel.h"

int parcel_init(struct parcel *p)
{
    *p = (struct parcel){0};
    return buf_new(&p->message, PARCEL_BYTES);
}

void parcel_release(struct parcel *p)
{
    buf_unref(&p->message);
}

uint8_t *parcel_add(struct parcel *p, uint32_t bytes)
{
    if (bytes > PARCEL_BYTES - p->len)
        return NULL;
    uint8_t *at = p->message->data + p->len;
    p->len += bytes;
    return at;
}

int parcel_send(struct parcel *p, struct ws *ws)
{
    if (p->len == 0)
        return 0;
    p->message->len = p->len;
    p->len = 0;
    return ws_send(ws, p->message);
}
