#include "server/xlsx/xlsx.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/xlsx/sheet.h"

struct place {
    char id[PART_NAME_SIZE]; /* of the sheet's relation */
};

struct xlsx {
    struct package package;
    char book[PART_NAME_SIZE]; /* the part that points to the sheets */
    struct xlsx_sheet *sheets;
    struct place *places; /* of each */
    size_t n_sheets, room;
    size_t at; /* the one that is read; n_sheets: none */
    struct strings strings;
    struct styles styles;
    struct sheet sheet;
    bool has_shared; /* texts and styles were read */
    bool is_open;    /* the sheet is */
    bool is_refused; /* before the first row */
    bool has_ended;
    const struct message *last_wrong;
    struct csv_place last_at;
};

/* ---- which kind of file it is ---- */

/* The compound files of OLE, which old Excel's workbooks are, and encrypted ones of any. */
static bool is_compound(const void *bytes, size_t len)
{
    static const char mark[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    return len >= sizeof(mark) - 1 && memcmp(bytes, mark, sizeof(mark) - 1) == 0;
}

bool xlsx_is_one(const void *bytes, size_t len)
{
    bool is_zip = len >= 4 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0);
    return is_zip || is_compound(bytes, len);
}

static enum wrong wrong_of_compound(const void *bytes, size_t len)
{
    static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e"; /* UTF-16 */
    return memmem(bytes, len, name, sizeof(name)) ? WRONG_ENCRYPTED : WRONG_OLD;
}

static enum wrong wrong_of_zip(const struct package *p)
{
    if (package_has(p, "mimetype") && package_has(p, "content.xml"))
        return WRONG_ODS;
    return package_has(p, "xl/workbook.bin") ? WRONG_BINARY : WRONG_OTHER;
}

/* ---- the workbook: which sheets there are ---- */

struct book {
    struct part part; /* first: what part_read() is called with */
    struct xlsx *xlsx;
    bool is_one; /* a workbook, not a letter */
    bool is_1904;
};

static bool make_room(struct xlsx *x)
{
    size_t room = x->room ? 2 * x->room : 8;
    if (x->n_sheets < x->room)
        return true;
    struct xlsx_sheet *sheets = realloc(x->sheets, room * sizeof(*sheets));
    if (sheets)
        x->sheets = sheets;
    struct place *places = realloc(x->places, room * sizeof(*places));
    if (places)
        x->places = places;
    if (sheets && places)
        x->room = room;
    return sheets && places;
}

static void take_sheet(struct book *b, const char **attributes)
{
    struct xlsx *x = b->xlsx;
    const char *name = part_attribute(attributes, "name");
    const char *state = part_attribute(attributes, "state");
    const char *id = part_attribute(attributes, "id");
    if (!id || strlen(id) >= PART_NAME_SIZE || x->n_sheets == XLSX_SHEETS_MAX)
        return;
    if (!make_room(x)) {
        part_fail(&b->part, -ENOMEM, WRONG_NOTHING);
        return;
    }
    memcpy(x->places[x->n_sheets].id, id, strlen(id) + 1);
    utf8_copy(x->sheets[x->n_sheets].name, XLSX_SHEET_SIZE, name ? name : "");
    x->sheets[x->n_sheets++].is_hidden = state && strcmp(state, "visible") != 0;
}

static void on_start(void *arg, const char *name, const char **attributes)
{
    struct book *b = arg;
    if (strcmp(name, "workbook") == 0)
        b->is_one = true;
    else if (strcmp(name, "workbookPr") == 0)
        b->is_1904 = part_flag(attributes, "date1904");
    else if (strcmp(name, "sheet") == 0)
        take_sheet(b, attributes);
}

static void on_end(void *arg, const char *name)
{
    (void)arg;
    (void)name;
}

static int read_book(struct xlsx *x)
{
    static const struct part_kind kind = {.start = on_start, .end = on_end};
    struct book b = {.xlsx = x};
    int err = part_read(&b.part, &x->package, x->book, &kind);
    if (err)
        return err;
    x->sheet.is_1904 = b.is_1904;
    x->package.wrong = b.is_one ? WRONG_NOTHING : WRONG_OTHER;
    return b.is_one ? 0 : -EINVAL;
}

/* The one of that name; NULL: the first that is not hidden. -EINVAL: there is none. */
static int choose(struct xlsx *x, const char *wanted)
{
    for (x->at = 0; x->at < x->n_sheets; x->at++) {
        const struct xlsx_sheet *s = &x->sheets[x->at];
        if (wanted ? strcmp(s->name, wanted) == 0 : !s->is_hidden)
            return 0;
    }
    x->package.wrong = WRONG_NO_SHEET;
    return -EINVAL;
}

/* ---- opening ---- */

/* What is pointed to, but not there. */
static int must(struct xlsx *x, int err)
{
    if (err != -ENOENT)
        return err;
    x->package.wrong = WRONG_DAMAGED;
    return -EINVAL;
}

/* A workbook of numbers alone has no texts; one without formats may have no styles. */
static int read_shared(struct xlsx *x)
{
    char name[PART_NAME_SIZE];
    int err = package_follow(&x->package, x->book, NULL, "/sharedStrings", name);
    if (!err)
        err = must(x, strings_read(&x->strings, &x->package, name));
    if (err && err != -ENOENT)
        return err;
    err = package_follow(&x->package, x->book, NULL, "/styles", name);
    if (!err)
        err = must(x, styles_read(&x->styles, &x->package, name));
    return err == -ENOENT ? 0 : err;
}

/* Late: who only asks which sheets there are does not wait for 50,000 texts. */
static int open_sheet(struct xlsx *x)
{
    char name[PART_NAME_SIZE];
    int err = x->has_shared ? 0 : read_shared(x);
    x->has_shared = x->is_open = true;
    x->is_refused |= err != 0; /* half of the texts are none, for the other sheets neither */
    if (!err)
        err = must(x, package_follow(&x->package, x->book, x->places[x->at].id, NULL, name));
    return err ? err : must(x, sheet_open(&x->sheet, &x->package, name));
}

static int open_book(struct xlsx *x, const char *wanted)
{
    int err = package_follow(&x->package, "", NULL, "/officeDocument", x->book);
    if (err == -ENOENT || (!err && strstr(x->book, ".bin"))) {
        x->package.wrong = wrong_of_zip(&x->package);
        return -EINVAL;
    }
    if (!err)
        err = must(x, read_book(x));
    return err ? err : choose(x, wanted);
}

static int open_file(struct xlsx *x, const void *bytes, size_t len, const char *wanted)
{
    if (is_compound(bytes, len)) {
        x->package.wrong = wrong_of_compound(bytes, len);
        return -EINVAL;
    }
    int err = package_open(&x->package, bytes, len);
    return err ? err : open_book(x, wanted);
}

int xlsx_new(struct xlsx **out, const void *bytes, size_t len, const char *sheet)
{
    struct xlsx *x = calloc(1, sizeof(*x));
    if (!x)
        return -ENOMEM;
    x->sheet.strings = &x->strings;
    x->sheet.styles = &x->styles;
    int err = open_file(x, bytes, len, sheet && *sheet ? sheet : NULL);
    if (err == -ENOMEM) {
        xlsx_free(&x);
        return err;
    }
    x->is_refused = err != 0;
    *out = x;
    return 0;
}

void xlsx_free(struct xlsx **xlsx)
{
    struct xlsx *x = *xlsx;
    *xlsx = NULL;
    if (!x)
        return;
    part_close(&x->sheet.part);
    strings_release(&x->strings);
    styles_release(&x->styles);
    package_close(&x->package);
    free(x->sheets);
    free(x->places);
    free(x);
}

/* ---- sheets ---- */

size_t xlsx_sheets(const struct xlsx *x, const struct xlsx_sheet **out)
{
    *out = x->sheets;
    return x->n_sheets;
}

int xlsx_sheet(const struct xlsx *x, size_t *out)
{
    *out = x->at;
    return x->at < x->n_sheets ? 0 : -ENOENT;
}

void xlsx_turn(struct xlsx *x, size_t i)
{
    x->at = i;
    x->is_open = x->has_ended = false;
    x->sheet.row = 0;
}

/* ---- rows ---- */

const struct message *xlsx_last_wrong(const struct xlsx *x, struct csv_place *at)
{
    *at = x->last_at;
    return x->last_wrong;
}

static int refuse(struct xlsx *x, const struct message *what)
{
    x->last_wrong = what;
    x->last_at = (struct csv_place){.row = x->sheet.row, .line = x->sheet.row};
    return -EINVAL;
}

int xlsx_next(struct xlsx *x, struct csv_row *row)
{
    const struct sheet *s = &x->sheet;
    if (x->has_ended)
        return -ENODATA;
    int err = x->is_refused ? -EINVAL : x->is_open ? 0 : open_sheet(x);
    if (!err)
        err = sheet_next(&x->sheet);
    x->has_ended = err != 0;
    if (err == -EINVAL)
        return refuse(x, wrong_message(x->package.wrong));
    if (err)
        return err;
    if (s->wrong)
        return refuse(x, s->wrong);
    *row = (struct csv_row){
        .at = {.row = s->row, .line = s->row},
        .n = s->n,
        .field = s->field,
        .fault = s->has_fault ? s->fault : NULL
    };
    return 0;
}
