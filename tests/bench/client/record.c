#include "tests/bench/client/record.h"

#include <errno.h>
#include <stdlib.h>

#include "server/base/bytes.h"

enum { MESSAGE_MAX = 4 << 20, HEADER_MAX = 10, ROOM_FIRST = 256, BINARY = 0x82 };

void record_write(FILE *file, uint64_t at_us, const void *message, size_t len)
{
    uint32_t size = (uint32_t)len;
    fwrite(&at_us, sizeof(at_us), 1, file);
    fwrite(&size, sizeof(size), 1, file);
    fwrite(message, len, 1, file);
}

static size_t write_header(uint8_t *frame, uint32_t len)
{
    uint8_t *p = put_u8(frame, BINARY);
    if (len < 126)
        p = put_u8(p, (uint8_t)len);
    else if (len < 65536)
        p = put_u16(put_u8(p, 126), (uint16_t)len);
    else
        p = put_u32(put_u32(put_u8(p, 127), 0), len);
    return (size_t)(p - frame);
}

/* 0; -ENODATA at the end; -EBADMSG when it breaks off. */
static int read_one(struct record *r, FILE *file)
{
    uint32_t len;
    *r = (struct record){0};
    if (fread(&r->at_us, sizeof(r->at_us), 1, file) != 1)
        return -ENODATA;
    if (fread(&len, sizeof(len), 1, file) != 1 || len > MESSAGE_MAX)
        return -EBADMSG;
    r->frame = malloc(HEADER_MAX + len);
    if (!r->frame)
        return -ENOMEM;
    size_t header = write_header(r->frame, len);
    r->len = header + len;
    return len == 0 || fread(r->frame + header, len, 1, file) == 1 ? 0 : -EBADMSG;
}

static int grow(struct record **records, size_t n, size_t *room)
{
    if (n < *room)
        return 0;
    size_t more = *room ? *room * 2 : ROOM_FIRST;
    struct record *grown = realloc(*records, more * sizeof(**records));
    if (!grown)
        return -ENOMEM;
    *records = grown;
    *room = more;
    return 0;
}

int record_load(struct record **out, size_t *n, const char *path)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return -errno;
    struct record *records = NULL;
    size_t room = 0;
    int err = 0;
    for (*n = 0; !err; *n += !err) {
        err = grow(&records, *n, &room);
        if (!err)
            err = read_one(&records[*n], file);
        if (err == -EBADMSG)
            free(records[*n].frame);
    }
    fclose(file);
    if (err == -ENODATA && *n > 0) {
        *out = records;
        return 0;
    }
    record_free(&records, *n);
    return err;
}

void record_free(struct record **records, size_t n)
{
    for (size_t i = 0; i < n && *records; i++)
        free((*records)[i].frame);
    free(*records);
    *records = NULL;
}
